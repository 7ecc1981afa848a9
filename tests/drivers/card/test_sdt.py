"""The reader of identity cards over whole, bad and broken lines: nobody is ever told as somebody else."""

from __future__ import annotations

from contextlib import suppress
from queue import Queue
from threading import Event

import pytest

from drivers.card.sdt.codec import encode
from drivers.card.sdt.driver import DRIVER
from drivers.card.sdt.messages import Request
from drivers.card.sdt.reader import SdtReader
from drivers.card.sdt.session import Session
from drivers.card.sdt.settings import SdtSettings
from drivers.emulators.sdt import EmulatedSdt, EmulatedSdtSettings, text_of
from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.errors import DriverError, Gone, Misbehaved, Unsupported
from drivers.events import CardRefused, DeviceBack, DeviceLost, IdCardShown
from drivers.kit import Found
from drivers.pump import BackOff, Pump
from tests.drivers.card.people import LEE, SMITH, ZHANG, person
from tests.lines import EVERY, LOSSLESS, Answering, BadLine

SETTINGS = SdtSettings(port="", poll_ms=0, again_ms=0)
BACK = DeviceBack("id_card", "SAM_V 05.01-20080626-0000101529-2119862553")
FIND = encode(Request.FIND.value)
PEOPLE = 12


class Desk:
    """People come to the reader one after the other: each lays the card down for a few looks, and takes it away."""

    def __init__(self, people=PEOPLE, stay=6, leave=3, **settings):
        self.emulated = EmulatedSdt(EmulatedSdtSettings(**settings))
        self.done = Event()
        self.at = -1
        self.told = []
        self._people, self._stay, self._every = people, stay, stay + leave
        self._looks = 0

    def answer(self, octets):
        if octets == FIND:
            self._look()
        return self.emulated.answer(octets)

    def _look(self):
        self.at, look = divmod(self._looks, self._every)
        if self.at >= self._people:
            self.done.set()
        elif look == 0:
            self.emulated.lay(text_of(person(self.at)))
        elif look == self._stay:
            self.emulated.lift()
        self._looks += 1

    def post(self, event):
        if isinstance(event, IdCardShown):
            assert event.card == person(self.at), "somebody else's card"
        self.told.append(event)


def run_over(desk, line, reader=None):
    reader = reader or SdtReader("id_card", SETTINGS, lambda: line, lambda: 0.0)
    reader.run(desk.post, desk.done)


@pytest.mark.parametrize("bad", LOSSLESS, ids=str)
def test_each_person_once_over_a_lossless_line(bad):
    desk = Desk()
    inner = Answering(desk.answer)
    run_over(desk, BadLine(inner, bad, seed=3))
    assert desk.told == [BACK, *(IdCardShown("id_card", person(at)) for at in range(PEOPLE))]
    assert inner.closed


@pytest.mark.parametrize("scattered", [False, True], ids=["each third", "at random"])
@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_nobody_is_somebody_else_over_a_bad_line(bad, scattered):
    desk = Desk()
    for seed in range(40):
        line = BadLine(Answering(desk.answer), bad, seed=seed, scattered=scattered)
        with suppress(DriverError):  # the pump would open the line again
            run_over(desk, line)
        if desk.done.is_set():
            break
    assert desk.done.is_set()
    shown = [event.card for event in desk.told if isinstance(event, IdCardShown)]
    assert len(shown) == len({card.number for card in shown}), "told twice"
    assert len(shown) >= PEOPLE // 2


def test_old_answers_are_passed_over_on_the_way_to_a_request_s_own():
    emulated = EmulatedSdt()
    emulated.lay(text_of(ZHANG))
    answers = {request: emulated.answer(encode(request.value))[0] for request in Request}
    emulated.lift()
    nobody = emulated.answer(FIND)[0]
    for request, verb, outcome in (
        (Request.FIND, Session.find, True),
        (Request.SELECT, Session.select, True),
        (Request.READ, Session.read, ZHANG),
        (Request.SAM_NUMBER, Session.identify, BACK.identity.removeprefix("SAM_V ")),
    ):
        old = [octets for each, octets in answers.items() if each is not request]
        line = Answering(lambda _, said=(*old, answers[request], nobody): said)
        assert verb(Session(line)) == outcome


class Cut:
    """A line whose cable is pulled after so many octets."""

    def __init__(self, line, octets):
        self._line, self._left = line, octets

    def write(self, octets):
        self._line.write(octets)

    def read(self, timeout_s):
        octets = self._line.read(timeout_s)[: self._left]
        self._left -= len(octets)
        if not self._left:
            raise Gone("pulled")
        return octets

    def close(self):
        self._line.close()


@pytest.mark.parametrize("first", range(4))
def test_unplugged_at_any_octet_it_comes_back_and_reads_the_next_card(first):
    for octets in range(1 + first, 1400, 16):  # one conversation: 27, 15, 19, 1295
        desk = Desk(people=3)
        reader = SdtReader(
            "id_card", SETTINGS, lambda octets=octets, desk=desk: Cut(Answering(desk.answer), octets)
        )
        with pytest.raises(Gone, match="pulled"):
            run_over(desk, None, reader)
        again = SdtReader("id_card", SETTINGS, lambda desk=desk: Answering(desk.answer))
        run_over(desk, None, again)
        shown = [event.card for event in desk.told if isinstance(event, IdCardShown)]
        assert shown[-2:] == [person(1), person(2)]


def told(*steps, again_ms=2000):
    """What is posted while these are laid on the reader, one look each: (seconds, text, leaves before)."""
    emulated, done, looks, events = EmulatedSdt(EmulatedSdtSettings()), Event(), iter(steps), []
    now = [0.0]

    def answer(octets):
        if octets == FIND:
            step = next(looks, None)
            if step is None:
                done.set()
            elif step[1] is None:
                emulated.lift()
            else:
                emulated.lay(*step[1:])
            now[0] = step[0] if step else now[0]
        return emulated.answer(octets)

    settings = SdtSettings(port="", poll_ms=0, again_ms=again_ms)
    SdtReader("id_card", settings, lambda: Answering(answer), lambda: now[0]).run(events.append, done)
    assert events[0] == BACK
    return events[1:]


def test_two_readers_are_told_apart_by_the_numbers_of_their_modules():
    desk, other = Desk(), "05.01-20080626-0000101529-0000000000"
    for module, back in ((BACK.identity[6:], [BACK]), (other, [])):
        settings = SdtSettings(port="", poll_ms=0, again_ms=0, module=module)
        line = Answering(desk.answer, break_after=1)
        reader = SdtReader("id_card", settings, lambda line=line: line, lambda: 0.0)
        told = []
        with pytest.raises(Gone if back else Misbehaved, match="out" if back else "another one"):
            reader.run(told.append, Event())
        assert told == back
        assert line.closed


def test_a_card_that_is_found_again_at_once_is_the_same_showing():
    zhang, shown = text_of(ZHANG), IdCardShown("id_card", ZHANG)
    assert told((0.0, zhang), (1.0, zhang), (2.5, zhang), (2.6, None)) == [shown]
    assert told((0.0, zhang), (0.1, None), (2.5, zhang)) == [shown, shown]
    assert told((0.0, zhang), (1.0, text_of(LEE)), (1.5, zhang)) == [
        shown,
        IdCardShown("id_card", LEE),
        shown,
    ]


def test_what_cannot_be_read_is_refused_with_its_reason():
    spoilt, new = bytearray(text_of(ZHANG)), bytearray(text_of(SMITH))
    spoilt[122:124] = b"9\0"
    new[248:250] = b"Z\0"
    for card, leaves, why in (
        (bytes(spoilt), None, "unreadable"),
        (bytes(new), None, "unknown"),
        (text_of(ZHANG), Request.SELECT, "removed"),
        (text_of(ZHANG), Request.READ, "removed"),
    ):
        assert told((0.0, card, leaves), (0.1, None)) == [CardRefused("id_card", "id_card", why)]


@pytest.mark.parametrize(
    ("says", "error", "why"),
    [
        ([], Gone, "is it an SDT reader"),
        ([b"2110004711\r"], Misbehaved, "a scanner, and no SDT reader"),
        ([bytes.fromhex("02 00 08 00 66 00 12 34")], Misbehaved, "another device, or another baud rate"),
        ([b"\xaa" * 4096] * 9, Misbehaved, "another device, or another baud rate"),
    ],
)
def test_another_device_on_the_port_is_named(says, error, why):
    reader = SdtReader("id_card", SETTINGS, lambda: Answering(lambda _: says))
    with pytest.raises(error, match=why):
        reader.run(lambda _: None, Event())


def test_a_device_that_speaks_unasked_and_a_module_out_of_order_are_named():
    line = Answering(lambda _: ())
    for _ in range(200):
        line.say(b"\x00")
    with pytest.raises(Misbehaved, match="never quiet"):
        SdtReader("id_card", SETTINGS, lambda: line).run(lambda _: None, Event())
    broken = EmulatedSdt(EmulatedSdtSettings(sam_fails=True))
    with pytest.raises(Unsupported, match=r"out of order \(60\)"):
        SdtReader("id_card", SETTINGS, lambda: Answering(broken.answer)).run(lambda _: None, Event())


def test_a_device_that_trickles_for_ever_is_given_up():
    now = iter(range(10_000))
    line = Answering(lambda _: [b"\0"] * 40)
    with pytest.raises(Misbehaved, match="another device"):
        Session(line, clock=lambda: next(now) / 10).identify()
    assert next(now) < 100


@pytest.mark.parametrize("kind", ["tcp", "pty"])
def test_found_read_unplugged_and_plugged_again_on_a_real_line(kind, tmp_path):
    emulated = EmulatedSdt(EmulatedSdtSettings(pace=0.1))
    plug = TcpPlug(emulated) if kind == "tcp" else PtyPlug(emulated, tmp_path / "ttySDT")
    assert DRIVER.probe is not None
    assert DRIVER.probe(plug.url) == Found(
        "sdt", plug.url, BACK.identity, {"port": plug.url, "module": BACK.identity.removeprefix("SAM_V ")}
    )
    events = Queue()
    reader = DRIVER.make("id_card", SdtSettings(port=plug.url, poll_ms=5, again_ms=0))
    pump = Pump(reader, events.put, backoff=BackOff(first_s=0.01, cap_s=0.01))
    pump.start()
    assert events.get(timeout=10) == BACK
    for card in (ZHANG, SMITH):
        emulated.lay(text_of(card))
        assert events.get(timeout=10) == IdCardShown("id_card", card)
        plug.unplug()
        assert isinstance(events.get(timeout=10), DeviceLost)
        plug.plug()
        assert events.get(timeout=10) == BACK
    assert pump.stop()
    assert events.empty()
    plug.close()
    assert DRIVER.probe(plug.url) is None
