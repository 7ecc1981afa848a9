"""Triggers: literal commands, answers taken out of the payload, and when what is written."""

from __future__ import annotations

from collections import deque
from threading import Event

import pytest

from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import CardShown, DeviceBack
from drivers.scanner.codec import ENDLESS, STRANGE
from drivers.scanner.driver import DRIVER
from drivers.scanner.looking import UNANSWERED, Looking
from drivers.scanner.scanner import Scanner
from drivers.scanner.settings import ScannerSettings
from drivers.scanner.trigger import TRIGGERS, Ear, newland
from tests.lines import BYTEWISE, LOSSLESS, Answering, BadLine

DONE = b"\x02\x010000#SCNTRG1\x06;\x03"


def test_commands():
    assert [(each.look.hex(" "), each.stop.hex(" ")) for each in TRIGGERS.values()] == [
        ("16 54 0d", "16 55 0d"),
        (
            "7e 01 30 30 30 30 23 53 43 4e 54 52 47 31 3b 03",
            "7e 01 30 30 30 30 23 53 43 4e 54 52 47 30 3b 03",
        ),
        ("02 82 03 83", ""),
    ]
    assert newland("SCNMOD0", "@") == bytes.fromhex("7E 01 30 30 30 30 40 53 43 4E 4D 4F 44 30 3B 03")


@pytest.mark.parametrize(
    ("kind", "octets", "payload", "answers"),
    [
        ("newland", DONE + b"2110004711\r", b"2110004711\r", [True]),
        ("newland", b"21100\r" + DONE.replace(b"\x06", b"\x15") + b"04711\r", b"21100\r04711\r", [False]),
        ("newland", DONE + DONE.replace(b"\x06", b"\x05"), b"", [True, False]),
        ("newland", DONE[:9] + b"2110004711\r2110004712\r", b"2110004712\r", []),
        ("newland", DONE[:9] + b"9" * 400 + b"\r2110004712\r", b"2110004712\r", []),
        ("newland", b"\x022110004711\x03\r", b"\x022110004711\x03\r", []),
        ("oem", b"\x062110004711\r\x15", b"2110004711\r", [True, False]),
        ("honeywell", b"\x062110004711\r", b"\x062110004711\r", []),
    ],
)
def test_answers_are_taken_out_in_any_pieces(kind, octets, payload, answers):
    for size in (len(octets), 1, 3):
        ear, heard, obeyed = Ear(TRIGGERS[kind]), b"", []
        for at in range(0, len(octets), size):
            more, said = ear.feed(octets[at : at + size])
            heard += more
            obeyed += said
        assert (heard, obeyed) == (payload, answers)


def test_it_looks_at_once_again_after_a_while_after_a_payload_and_not_while_busy():
    looking = Looking(TRIGGERS["honeywell"], every_s=3.0)
    look, stop = TRIGGERS["honeywell"].look, TRIGGERS["honeywell"].stop
    assert looking.proven
    said = [looking.due(now, wanted=True) for now in (0.0, 0.1, 2.9, 3.0, 3.1)]
    assert said == [look, b"", b"", look, b""]
    looking.shown()
    assert looking.due(3.2, wanted=True) == look
    assert [looking.due(3.3, wanted=False), looking.due(9.0, wanted=False)] == [stop, b""]
    assert looking.due(9.1, wanted=True) == look


def test_each_setting_waits_for_its_answer():
    looking = Looking(TRIGGERS["newland"], 3.0, (b"one", b"two"))
    assert [looking.due(now, wanted=True) for now in (0.0, 0.1)] == [b"one", b""]
    assert not looking.proven
    looking.heard([True])
    assert looking.proven
    assert looking.due(0.2, wanted=True) == b"two"
    with pytest.raises(Unsupported, match="refuses b'two'"):
        looking.heard([False])


def test_who_never_answers_is_gone_and_who_answers_now_and_then_is_not():
    looking, now = Looking(TRIGGERS["oem"], every_s=1.0), 0.0
    for _ in range(4):
        for _ in range(2):
            assert looking.due(now, wanted=True) == TRIGGERS["oem"].look
            now += 1.0
        looking.due(now, wanted=True)
        looking.heard([True])
        now += 1.0
    for _ in range(UNANSWERED):
        assert looking.due(now, wanted=True)
        now += 1.0
    with pytest.raises(Gone, match="is it this maker's scanner"):
        looking.due(now, wanted=True)


class Newland:
    """A scanner that obeys, and shows the next card whenever it is told to look."""

    def __init__(self, *cards, stop):
        self._cards = deque(cards)
        self._stop = stop
        self.commands = []

    def answer(self, command):
        self.commands.append(command)
        yield b"\x02" + command[1:-2] + b"\x06;\x03"
        if b"SCNTRG1" in command:
            if self._cards:
                yield self._cards.popleft() + b"\r"
            else:
                self._stop.set()


@pytest.mark.parametrize("bad", LOSSLESS, ids=str)
def test_a_scanner_is_set_up_told_to_look_and_heard_over_a_lossless_line(bad):
    stop, events = Event(), []
    device = Newland(b"]Q1211000471", b"2110004712", stop=stop)
    settings = ScannerSettings(port="", trigger="newland", setup=("SCNMOD0",))
    now = iter(range(100_000))
    line = BadLine(Answering(device.answer), bad)
    scanner = Scanner("qr", settings, lambda: line, clock=lambda: next(now) / 1000)
    scanner.run(events.append, stop)
    assert events == [
        DeviceBack("qr", "serial scanner, newland trigger"),
        CardShown("qr", "211000471", "qr"),
        CardShown("qr", "2110004712", "card"),
    ]
    assert device.commands[:2] == [newland("SCNMOD0", "@"), newland("SCNTRG1", "#")]


def test_signals_stop_it_and_let_it_look_again():
    stop, written = Event(), []
    scanner = Scanner("qr", ScannerSettings(port="", trigger="honeywell"), lambda: line, clock=lambda: 0.0)
    steps = deque(["busy", "granted", "ready", "stop"])

    def read_on(_):
        step = steps.popleft()
        stop.set() if step == "stop" else scanner.signal(step)
        return b""

    line = Answering(lambda octets: written.append(octets) or ())
    line.read = read_on
    scanner.run(lambda _: None, stop)
    assert written == [b"\x16T\r", b"\x16U\r", b"\x16T\r"]


@pytest.mark.parametrize(
    "says", [b"".join(b"\xaa\x96%d\r" % n for n in range(STRANGE)), b"\xaa\x96" * ENDLESS]
)
def test_what_is_no_scanner_is_named(says):
    line = BadLine(Answering(lambda _: ()), BYTEWISE)
    line._line.say(says)
    with pytest.raises(Misbehaved, match="another device on this port, or another baud rate"):
        Scanner("qr", ScannerSettings(port=""), lambda: line).run(lambda _: None, Event())


def test_wrong_barcodes_are_no_other_device():
    line, stop = Answering(lambda _: ()), Event()
    for _ in range(3 * STRANGE):
        line.say(b"]Z9\r")
    line.say(b"2110004711\r")
    events = []

    def post(event):
        events.append(event)
        if isinstance(event, CardShown):
            stop.set()

    Scanner("qr", ScannerSettings(port=""), lambda: line).run(post, stop)
    assert {event.why for event in events[1:-1]} == {"unknown"}


def test_setup_without_the_scanner_that_knows_it_is_refused():
    with pytest.raises(Misuse, match="newland"):
        DRIVER.make("qr", ScannerSettings(port="", setup=("SCNMOD0",)))
