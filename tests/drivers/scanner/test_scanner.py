"""The scanner on a line: whole, bad, unplugged; and its emulator at the other end of real cables."""

from __future__ import annotations

from queue import Queue
from threading import Event

import pytest

from drivers.emulators.scanner import EmulatedScanner, EmulatedScannerSettings
from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.errors import DriverError, Gone, Misbehaved, Unsupported
from drivers.events import CardRefused, CardShown, DeviceBack, DeviceLost
from drivers.pump import BackOff, Pump
from drivers.scanner.codec import STRANGE, MediumRule
from drivers.scanner.driver import DRIVER
from drivers.scanner.scanner import Scanner
from drivers.scanner.settings import ScannerSettings
from drivers.scanner.trigger import TRIGGERS
from tests.lines import EVERY, LOSSLESS, Answering, BadLine

CARDS = tuple(f"21100047{i:02}" for i in range(30))
SETTINGS = ScannerSettings(port="", rules=(MediumRule("card", min_length=10, max_length=10),))


def test_a_card_that_is_left_on_the_reader_is_told_once_and_no_line_without_an_end():
    inner, scanner_s = Answering(lambda _: ()), [0.0]
    for _ in range(1000):
        inner.say(b"2110004711\r\n")

    def clock():
        scanner_s[0] += 0.1
        return scanner_s[0]

    events = []
    with pytest.raises(Gone, match="the end"):
        Scanner("reader", SETTINGS, lambda: Ending(inner), clock=clock).run(events.append, Event())
    assert events == [DeviceBack("reader", "serial scanner"), CardShown("reader", "2110004711", "card")]


def test_which_of_two_alike_it_is_tells_its_usb_plug():
    def told(wanted, plug):
        events, line = [], Ending(Answering(lambda _: ()))
        settings = ScannerSettings(port="", serial=wanted)
        with pytest.raises(DriverError) as ended:
            Scanner("reader", settings, lambda: line, plug=lambda: plug).run(events.append, Event())
        return [event.identity for event in events] or ended.value

    assert told("", "HJ4042") == told("hj4042", "HJ4042") == ["serial scanner, serial number HJ4042"]
    assert told("HJ4043", "HJ4042") == Misbehaved(
        "serial scanner, serial number HJ4042: it is another one, HJ4043 is configured"
    )
    assert isinstance(told("HJ4043", ""), Unsupported)


def test_a_code_that_is_no_text_is_refused_once_however_long_it_is_held_there():
    line, events = Answering(lambda _: ()), []
    for _ in range(3 * STRANGE):
        line.say("读者\r".encode("gb18030"))
    line.say(b"2110004711\r")
    with pytest.raises(Gone, match="the end"):
        Scanner("reader", SETTINGS, lambda: Ending(line), clock=lambda: 0.0).run(events.append, Event())
    assert events[1:] == [
        CardRefused("reader", "card", "unreadable"),
        CardShown("reader", "2110004711", "card"),
    ]


def test_a_scanner_without_its_suffix_is_named_at_the_fourth_card():
    line, now_s = Answering(lambda _: ()), [0.0]
    for _ in range(4):
        line.say(b"2110004711")

    def clock():
        now_s[0] += 1.0
        return now_s[0]

    with pytest.raises(Misbehaved, match=r"a scanner without its suffix \(CR\)"):
        Scanner("reader", SETTINGS, lambda: Ending(line), clock=clock).run(lambda _: None, Event())


class Ending:
    """A line that is Gone at its end, so that `run` ends without a thread."""

    def __init__(self, line):
        self._line = line
        self._silent = 0

    def read(self, timeout_s):
        octets = self._line.read(timeout_s)
        self._silent = 0 if octets else self._silent + 1
        if not octets:
            self._line.write(b"")  # a listener sends nothing that would let go of what the line holds
        if self._silent > 3:
            raise Gone("the end")
        return octets

    def write(self, octets):
        self._line.write(octets)

    def close(self):
        self._line.close()


def shown_over(bad):
    inner = Answering(lambda _: ())
    for card in CARDS:
        inner.say(card.encode() + b"\r")
    scanner = Scanner("reader", SETTINGS, lambda: Ending(BadLine(inner, bad, seed=5)), clock=lambda: 0.0)
    events = []
    with pytest.raises(Gone):
        scanner.run(events.append, Event())
    assert inner.closed
    assert events[0] == DeviceBack("reader", "serial scanner")
    return [event.number for event in events[1:] if isinstance(event, CardShown)], scanner


@pytest.mark.parametrize("bad", LOSSLESS, ids=str)
def test_every_card_once_over_a_lossless_line(bad):
    numbers, scanner = shown_over(bad)
    assert tuple(numbers) == CARDS
    assert scanner.spoiled == 0


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_a_bad_line_never_costs_more_than_the_next_card(bad):
    """Every third showing is hurt and may swallow its successor; the one after it comes through."""
    numbers, _ = shown_over(bad)
    assert all(len(number) == 10 for number in numbers)
    unhurt = [card for i, card in enumerate(CARDS) if i % 3 == 1]
    assert [number for number in numbers if number in unhurt] == unhurt


def test_what_was_dropped_is_counted_and_kept():
    inner = Answering(lambda _: ())
    inner.say(b"211\r")
    scanner = Scanner("reader", SETTINGS, lambda: Ending(inner))
    with pytest.raises(Gone):
        scanner.run(lambda _: None, Event())
    assert scanner.spoiled == 1
    assert scanner.last_spoiled is not None
    assert (scanner.last_spoiled.why, scanner.last_spoiled.octets) == ("fits no rule", b"211")


@pytest.fixture(params=["tcp", "pty"])
def cable(request, tmp_path):
    scanner = EmulatedScanner(EmulatedScannerSettings(baud=115200, suffix=b"\r\n"))
    plug = TcpPlug(scanner) if request.param == "tcp" else PtyPlug(scanner, tmp_path / "ttySCAN")
    yield scanner, plug
    plug.close()


def test_shown_unplugged_and_plugged_again(cable):
    emulated, plug = cable
    events = Queue()
    scanner = DRIVER.make("reader", ScannerSettings(port=plug.url, baud=115200))
    pump = Pump(scanner, events.put, backoff=BackOff(first_s=0.01, cap_s=0.01))
    pump.start()
    assert events.get(timeout=10) == DeviceBack("reader", "serial scanner")
    for medium in ("card", "barcode", "qr"):
        emulated.show("2110004711", medium)
        assert events.get(timeout=10) == CardShown("reader", "2110004711", medium)
    plug.unplug()
    lost = events.get(timeout=10)
    assert isinstance(lost, DeviceLost)
    assert isinstance(lost.cause, Gone)
    plug.plug()
    assert events.get(timeout=10) == DeviceBack("reader", "serial scanner")
    emulated.show("2110004712", "card")
    assert events.get(timeout=10) == CardShown("reader", "2110004712", "card")
    assert pump.stop()
    assert events.empty()


@pytest.mark.parametrize("kind", TRIGGERS)
def test_a_scanner_with_a_trigger_sees_two_cards_and_is_plugged_again(kind):
    emulated = EmulatedScanner(EmulatedScannerSettings(baud=115200, trigger=kind))
    plug = TcpPlug(emulated)
    setup = ("SCNMOD0",) if kind == "newland" else ()
    events, settings = Queue(), ScannerSettings(port=plug.url, trigger=kind, setup=setup)
    pump = Pump(DRIVER.make("reader", settings), events.put, backoff=BackOff(first_s=0.01, cap_s=0.01))
    pump.start()
    back = DeviceBack("reader", f"serial scanner, {kind} trigger")
    assert events.get(timeout=10) == back
    for number in ("2110004711", "2110004712"):
        emulated.show(number, "qr")
        assert events.get(timeout=10) == CardShown("reader", number, "qr")
    plug.unplug()
    assert isinstance(events.get(timeout=10), DeviceLost)
    plug.plug()
    assert events.get(timeout=10) == back
    assert pump.stop()
    plug.close()


def test_what_nobody_read_for_a_while_is_forgotten():
    now = [0.0]
    emulated = EmulatedScanner(clock=lambda: now[0])
    emulated.emit(b"old\r")
    now[0] = 1.5
    emulated.emit(b"new\r")
    line = Answering(lambda _: ())
    with pytest.raises(Gone):
        emulated.serve(Ending(line))
    assert b"".join(line.written) == b"new\r"
