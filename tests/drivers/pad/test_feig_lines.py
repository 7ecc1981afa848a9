"""The pad where a reader lies about a length, never ends, or is unplugged between two octets."""

from __future__ import annotations

import pytest

from drivers.errors import Gone, Misbehaved
from drivers.events import DeviceBack, DeviceLost
from drivers.pad.feig.codec import STX, Frame, encode
from drivers.pad.feig.conversation import CHARACTER_S
from drivers.pad.feig.messages import ISO15693, DataSet, pack_inventory
from drivers.pad.feig.pad import FeigPad
from drivers.tag.iso15693 import uid_octets
from tests.drivers.pad.pile import QUICK, Pile, book, lines, reader, settings, told
from tests.drivers.pad.test_feig_pad import Visit
from tests.lines import Answering, Bad

INTRODUCED = 2
"""Replies: what it is, and which."""


def test_unplugged_at_any_octet_it_comes_back_and_nothing_is_lost():
    octets = 1
    while True:
        visit = Visit(books=1)
        answer = reader(visit.pile).answer
        bytewise = lambda asked, answer=answer: [bytes([each]) for each in b"".join(answer(asked))]  # noqa: E731 - bound to this visit
        opened = iter([Answering(bytewise, break_after=octets)])
        pad = FeigPad(QUICK, lambda opened=opened, answer=answer: next(opened, None) or Answering(answer))
        events = visit.to_the_end(pad)
        visit.check(events)
        lost = [event.cause for event in events if isinstance(event, DeviceLost)]
        if not lost:
            break
        assert lost == [Gone("the cable is out")]
        octets += 1
    assert octets > 150, "a whole visit"


@pytest.mark.parametrize("frame", ["standard", "advanced"])
@pytest.mark.parametrize("lie", [0, 1, 7, 200, 254, 0xFFFF])
def test_a_length_that_lies(lie, frame):
    """It says less than comes, or waits for more; `lie` is what stands there instead."""

    def lying(reply, _):
        length = lie.to_bytes(2) if reply[0] == STX else bytes([min(lie, 255)])
        begin = reply[:1] if reply[0] == STX else b""
        return [begin + length + reply[len(begin + length) :]]

    visit = Visit()
    pad = FeigPad(settings(frame=frame), lines(reader(visit.pile).answer, Bad(f"says {lie}", lying)))
    visit.check(visit.to_the_end(pad))


STRANGERS = (b"\x55", b"\x55" * 4096, b"\x02\x0a\x28" + bytes(500), encode(Frame(0, 0x69, b"\0")) * 40)


@pytest.mark.parametrize(
    "octets", STRANGERS, ids=["one by one", "many", "a long frame begins", "other replies"]
)
def test_a_reader_that_never_ends_is_lost_within_seconds(octets):
    """It answers who it is, and then talks on and on, each piece just before the time between two of them is over."""
    now = 0.0

    class Endless(Answering):
        def read(self, timeout_s):
            nonlocal now
            if len(self.written) <= INTRODUCED:
                return super().read(timeout_s)
            now += 0.9 * CHARACTER_S
            return octets

    line = Endless(reader(Pile()).answer)
    pad = FeigPad(QUICK, lambda: line, lambda: now)
    back, lost = told(pad, lambda event, stop: isinstance(event, DeviceLost) and stop.set())
    assert isinstance(back, DeviceBack)
    assert isinstance(lost.cause, Misbehaved)
    assert line.closed
    assert now < 20


def test_an_inventory_that_never_ends_is_lost_and_says_so():
    one = pack_inventory((DataSet(ISO15693, 0, uid_octets(book(1).uid)),))
    reading = reader(Pile())

    def answer(octets):
        more = octets[4:5] == b"\xb0"
        return [encode(Frame(0, 0xB0, b"\x94" + one))] if more else reading.answer(octets)

    _, lost = told(
        FeigPad(QUICK, lines(answer)), lambda event, stop: isinstance(event, DeviceLost) and stop.set()
    )
    assert lost.cause == Misbehaved("an inventory of more than 32 replies")
