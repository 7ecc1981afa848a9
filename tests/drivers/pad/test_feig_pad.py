"""The pad over every bad line: each book is seen once, as what it is; each order is answered once."""

from __future__ import annotations

from itertools import count
from queue import Queue

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from drivers.emulators.air import EmulatedTag
from drivers.emulators.feig import FeigReader
from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import DeviceBack, DeviceLost, TagGone, TagSeen, TagSensed, TagWritten
from drivers.line.serial_line import open_serial
from drivers.pad.feig.codec import Frame, encode
from drivers.pad.feig.messages import Block, pack_blocks
from drivers.pad.feig.pad import FeigPad
from drivers.pump import BackOff, Pump
from drivers.tag.security import AfiValues, Security
from tests.drivers.pad.pile import AT_ONCE, QUICK, Pile, book, content, lines, reader, settings, told
from tests.lines import (
    DOUBLED,
    ECHOED_LATE,
    EVERY,
    LOSSLESS,
    NOISE_BEHIND,
    RUN_TOGETHER,
    SPOILING,
    WHOLE,
    Answering,
    Bad,
)

BOOKS = 6
READ, WRITE_AFI, SYSTEM_INFORMATION = 0x23, 0x27, 0x2B
BACK = DeviceBack("pad", "FEIG ID ISC.MR102, firmware 2.06, serial number 1A2B3C4D")


class Visit:
    """Books are laid down; each is lent as it is seen; then all are taken away."""

    def __init__(self, books: int = BOOKS) -> None:
        self.pile = Pile(book(number) for number in range(books))
        self.tags = {tag.uid: tag for tag in self.pile.here}
        self.left = len(self.tags)

    def to_the_end(self, pad):
        def react(event, stop):
            if isinstance(event, TagSeen) or (isinstance(event, TagWritten) and event.error):
                pad.secure(event.uid, secured=False)
            elif isinstance(event, TagWritten):
                self.left -= 1
                if not self.left:
                    self.pile.here.clear()
            elif isinstance(event, TagGone):
                self.left += 1
                if self.left == len(self.tags):
                    stop.set()

        return told(pad, react)

    def check(self, events):
        seen = [event for event in events if isinstance(event, TagSeen)]
        assert sorted(event.uid for event in seen) == sorted(self.tags)
        for number, uid in enumerate(self.tags):
            assert TagSeen("pad", uid, content(number)) in seen
        assert sorted(event.uid for event in events if isinstance(event, TagGone)) == sorted(self.tags)
        assert {tag.afi for tag in self.tags.values()} == {0xC2}
        written = [event for event in events if isinstance(event, TagWritten) and not event.error]
        assert sorted(event.uid for event in written) == sorted(self.tags)


@pytest.mark.parametrize("frame", ["standard", "advanced"])
@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_a_visit_over_every_line(bad, frame):
    for seed in range(8):
        visit = Visit()
        pad = FeigPad(settings(frame=frame), lines(reader(visit.pile).answer, bad, seed))
        visit.check(visit.to_the_end(pad))


@pytest.mark.parametrize("bad", [*LOSSLESS, DOUBLED, RUN_TOGETHER, NOISE_BEHIND], ids=str)
def test_a_line_that_loses_nothing_costs_nothing(bad):
    def commands(bad):
        visit = Visit()
        reading = reader(visit.pile)
        events = visit.to_the_end(FeigPad(QUICK, lines(reading.answer, bad, every=1)))
        assert not [event for event in events if isinstance(event, DeviceLost)]
        return reading.asked

    assert commands(bad) == commands(WHOLE)


@hypothesis_settings(deadline=None, max_examples=60)
@given(
    bad=st.sampled_from(SPOILING),
    seed=st.integers(0, 2**16),
    every=st.integers(3, 9),
    frame=st.sampled_from(["standard", "advanced"]),
)
def test_a_visit_over_any_line(bad, seed, every, frame):
    visit = Visit()
    pad = FeigPad(settings(frame=frame), lines(reader(visit.pile).answer, bad, seed, every))
    visit.check(visit.to_the_end(pad))


@pytest.mark.parametrize("every", [2, 3, 7])
def test_half_frames_at_each_cut(every):
    for at in range(60):
        visit = Visit()
        cut = Bad(f"cut at {at}", lambda reply, _, at=at: [reply[:at]])
        visit.check(visit.to_the_end(FeigPad(QUICK, lines(reader(visit.pile).answer, cut, every=every))))


def test_unplugged_after_any_reply_it_is_lost_once_and_back_by_itself():
    for replies in range(45):
        visit = Visit()
        answer = reader(visit.pile).answer
        opened = iter([Answering(answer, break_after=replies)])
        pad = FeigPad(QUICK, lambda: next(opened, None) or Answering(answer))  # noqa: B023 - used in this turn
        events = visit.to_the_end(pad)
        lost = [event for event in events if isinstance(event, DeviceLost)]
        assert [event.cause.text for event in lost] == ["the cable is out"] * len(lost)
        assert len(lost) <= 1
        assert events.count(BACK) == len(lost) + (replies > 1)
        assert sum(isinstance(event, TagSeen) for event in events) == BOOKS
        visit.check(events)


@pytest.mark.parametrize("kind", ["tcp", "pty"])
def test_a_cable_pulled_in_mid_read_over_a_real_line(kind, tmp_path):
    pile = Pile(book(number) for number in range(10))
    emulator = FeigReader(pile, AT_ONCE)
    plug = TcpPlug(emulator) if kind == "tcp" else PtyPlug(emulator, tmp_path / "ttyPAD")
    events = Queue()
    pad = FeigPad(QUICK, lambda: open_serial(plug.url))
    pump = Pump(pad, events.put, backoff=BackOff(first_s=0.01, cap_s=0.01))
    pump.start()
    seen, story = [], []
    while len(seen) < 10:
        event = events.get(timeout=20)
        if isinstance(event, TagSeen):
            seen.append(event.uid)
        else:
            story.append(type(event))
        if len(seen) == 3 and DeviceLost not in story:
            plug.unplug()
            while not isinstance(event := events.get(timeout=20), DeviceLost):
                seen.append(event.uid)
            story.append(DeviceLost)
            assert isinstance(event.cause, Gone)
            plug.plug()
    assert pump.stop()
    plug.close()
    assert story == [DeviceBack, DeviceLost, DeviceBack]
    assert sorted(seen) == sorted(tag.uid for tag in pile.here)


def after(events_wanted):
    """Reacts by stopping once so many events have come."""
    counted = count(1)

    def react(_event, stop):
        if next(counted) >= events_wanted:
            stop.set()

    return react


def test_a_poll_with_nothing_new_is_one_inventory():
    pile = Pile([book(1), book(2)])
    reading = reader(pile)
    asked = []

    def answer(octets):
        asked.append(octets[4:6].hex())
        if len(asked) == 40:
            pile.here.clear()
        return reading.answer(octets)

    told(FeigPad(QUICK, lines(answer)), after(5))  # back, seen, seen, gone, gone
    assert asked[:5] == ["6600", "6680", "b001", "b023", "b023"]
    assert set(asked[5:]) == {"b001"}
    assert len(asked) == 41


def test_orders_come_before_the_next_reading():
    visit = Visit()
    events = visit.to_the_end(FeigPad(QUICK, lines(reader(visit.pile).answer)))
    kinds = [type(event) for event in events[1 : 1 + 2 * BOOKS]]
    assert kinds == [TagSeen, TagWritten] * BOOKS


@pytest.mark.parametrize("data_sets", [1, 3, 24])
@pytest.mark.parametrize(
    ("fresh", "only_new"), [("presence", True), ("presence", False), ("reset", True), ("plain", False)]
)
def test_every_way_to_take_an_inventory_finds_all(fresh, only_new, data_sets):
    visit = Visit()
    reading = reader(visit.pile, only_new=only_new, data_sets=data_sets)
    visit.check(visit.to_the_end(FeigPad(settings(fresh=fresh), lines(reading.answer))))


@pytest.mark.parametrize("frame", ["standard", "advanced"])
def test_thirty_books_at_once(frame):
    pile = Pile(book(number) for number in range(30))
    pad = FeigPad(settings(frame=frame), lines(reader(pile, data_sets=255).answer))
    seen = told(pad, after(31))[1:]
    assert {event.content.item for event in seen} == {content(number).item for number in range(30)}


# ---------------------------------------------------------------- tags that will not
class Stubborn:
    """A reader whose answers to one command about one tag are replaced, the first `times`."""

    def __init__(self, pile, control, tag, body, times=10**6):
        self.reader = reader(pile)
        self.wanted = bytes([control, 1]) + bytes.fromhex(tag.uid)
        self.body = body
        self.times = times

    def answer(self, octets):
        if self.wanted in octets and self.times:
            self.times -= 1
            return [encode(Frame(0, 0xB0, self.body))]
        return self.reader.answer(octets)


GONE, LOCKED = b"\x01", b"\x95\x12"


def test_a_tag_that_answers_late_is_read_then():
    pile = Pile([book(1), book(2)])
    stubborn = Stubborn(pile, READ, pile.here[0], GONE, times=QUICK.read_tries - 1)
    events = told(FeigPad(QUICK, lines(stubborn.answer)), after(3))
    assert events[1:] == [TagSeen("pad", book(2).uid, content(2)), TagSeen("pad", book(1).uid, content(1))]


def test_a_tag_that_never_answers_is_seen_without_content():
    pile = Pile([book(1), book(2)])
    stubborn = Stubborn(pile, READ, pile.here[0], GONE)
    events = told(FeigPad(QUICK, lines(stubborn.answer)), after(3))
    assert events[1:] == [TagSeen("pad", book(2).uid, content(2)), TagSeen("pad", book(1).uid, None)]


def test_a_tag_pulled_away_unread_was_never_there_and_is_read_no_more():
    pile = Pile([book(1), book(2)])
    stubborn = Stubborn(pile, READ, pile.here[0], GONE, times=1000)
    readings = []

    def react(event, stop):
        if isinstance(event, TagSeen) and event.uid == book(2).uid:
            pile.here = [book(3)]
            readings.append(stubborn.times)
        if isinstance(event, TagGone):
            stop.set()

    events = told(FeigPad(settings(read_tries=50), lines(stubborn.answer)), react)
    assert [(type(event), event.uid) for event in events[1:]] == [
        (TagSeen, book(2).uid),
        (TagSeen, book(3).uid),
        (TagGone, book(2).uid),
    ]
    assert readings == [stubborn.times]


@pytest.mark.parametrize("trouble", [b"\x83\x00", b"\x84\x00", b"\x93\x00", b"\x95\x0f", b"\x95\x00"])
def test_an_inventory_in_trouble_takes_nobody_away(trouble):
    pile = Pile([book(1)])
    reading = reader(pile)
    inventories = []

    def answer(octets):
        if octets[5:6] == b"\x01":
            inventories.append(octets)
        if len(inventories) == 30:
            pile.here.clear()
        troubled = 3 <= len(inventories) < 25
        return [encode(Frame(0, 0xB0, trouble))] if troubled else reading.answer(octets)

    events = told(FeigPad(QUICK, lines(answer)), after(3))
    assert events[1:] == [TagSeen("pad", book(1).uid, content(1)), TagGone("pad", book(1).uid)]
    assert len(inventories) == 30 + QUICK.presence.missed - 1


SHORT = pack_blocks(tuple(Block(bytes(book(1).memory[at : at + 4])) for at in range(0, 28, 4)))
BEYOND_ITS_END = {
    "no such block": b"\x95\x10",
    "unknown error": b"\x95\x0f",
    "address error": b"\x04",
    "nothing": b"\x01",
    "noise": b"\x83",
    "fewer blocks": b"\x00" + SHORT,
}


@pytest.mark.parametrize("said", BEYOND_ITS_END.values(), ids=list(BEYOND_ITS_END))
def test_a_short_tag_is_read_as_far_as_it_goes(said):
    """Whatever a chip of seven blocks says to nine."""
    reading = reader(Pile([EmulatedTag(book(1).uid, book(1).memory[:28])]))

    def answer(octets):
        replies = reading.answer(octets)
        return [encode(Frame(0, 0xB0, said)) if reply[5:7] == b"\x95\x10" else reply for reply in replies]

    assert told(FeigPad(QUICK, lines(answer)), after(2))[1].content.item == content(1).item


def test_a_blank_tag_and_two_of_the_same_content():
    twin = EmulatedTag(book(2).uid, book(1).memory)
    blanks = [EmulatedTag(book(number).uid) for number in (3, 4)]
    events = told(FeigPad(QUICK, lines(reader(Pile([book(1), twin, *blanks])).answer)), after(5))
    assert [event.content for event in events[1:]] == [content(1), content(1), None, None]


def test_an_echo_never_lends_its_content_to_the_next_tag():
    for every in range(1, 12):
        pile = Pile(book(number) for number in range(BOOKS))
        pad = FeigPad(QUICK, lines(reader(pile).answer, ECHOED_LATE, every=every))
        seen = [event for event in told(pad, after(BOOKS + 1)) if isinstance(event, TagSeen)]
        assert seen == [TagSeen("pad", book(number).uid, content(number)) for number in range(BOOKS)]


def order(stubborn, uid=None, **changes):
    """Seen, then ordered once; what the order came to."""
    pad = FeigPad(settings(**changes), lines(stubborn.answer))

    def react(event, stop):
        if isinstance(event, TagSeen):
            pad.secure(uid or event.uid, secured=False)
        if isinstance(event, TagWritten):
            stop.set()

    return told(pad, react)[-1].error


@pytest.mark.parametrize(
    ("control", "body", "error"),
    [
        (WRITE_AFI, LOCKED, Unsupported("iso15693 error: locked", frame=b"\x12", status=0x95)),
        (WRITE_AFI, GONE, Gone("no transponder", status=0x01)),
        (WRITE_AFI, b"\0", Misbehaved("the tag shows AFI 07")),
        (SYSTEM_INFORMATION, GONE, Gone("no transponder", status=0x01)),
    ],
)
def test_an_order_that_fails_says_why(control, body, error):
    pile = Pile([book(1)])
    assert order(Stubborn(pile, control, pile.here[0], body)) == error


def sense(stubborn, uid=None, **changes):
    """Seen, then its security asked for once; the answer."""
    pad = FeigPad(settings(**changes), lines(stubborn.answer))

    def react(event, stop):
        if isinstance(event, TagSeen):
            pad.sense(uid or event.uid)
        if isinstance(event, TagSensed):
            stop.set()

    return told(pad, react)[-1]


@pytest.mark.parametrize(("afi", "secured"), [(0x07, True), (0xC2, False), (0x00, None)])
def test_a_tag_s_security_is_read_and_left_as_it_is(afi, secured):
    pile = Pile([book(1)])
    pile.here[0].afi = afi
    assert sense(reader(pile)) == TagSensed("pad", book(1).uid, secured)
    assert pile.here[0].afi == afi


def test_a_library_s_own_values_say_what_a_tag_s_security_is():
    pile = Pile([book(1)])
    pile.here[0].afi = 0xC2
    swapped = AfiValues(in_stock=0xC2, lent=0x07)
    assert sense(reader(pile), security=Security(afi=swapped)) == TagSensed("pad", book(1).uid, True)


def test_a_tag_that_does_not_say_its_security_is_told_of_with_the_reason():
    pile = Pile([book(1)])
    gone = Gone("no transponder", status=0x01)
    stubborn = Stubborn(pile, SYSTEM_INFORMATION, pile.here[0], GONE)
    assert sense(stubborn) == TagSensed("pad", book(1).uid, None, gone)


def test_to_ask_for_the_security_of_no_uid_is_our_misuse():
    answer = sense(reader(Pile([book(1)])), uid="nonsense")
    assert answer == TagSensed("pad", "nonsense", None, Misuse("no UID: 'nonsense'"))


def test_a_write_that_fails_at_first_is_written_again():
    pile = Pile([book(1)])
    assert order(Stubborn(pile, WRITE_AFI, pile.here[0], GONE, times=QUICK.write_tries - 1)) is None
    assert pile.here[0].afi == 0xC2


def test_a_write_whose_answer_was_lost_counts_when_the_tag_shows_it():
    pile = Pile([book(1)])
    pile.here[0].afi = 0xC2
    assert order(Stubborn(pile, WRITE_AFI, pile.here[0], GONE)) is None


def test_an_order_for_no_uid_is_our_misuse():
    pile = Pile([book(1)])
    assert order(reader(pile), uid="nonsense") == Misuse("no UID: 'nonsense'")


def test_an_answer_about_another_tag_is_not_believed():
    pile = Pile([book(1)])
    other = b"\0\x06" + bytes.fromhex(book(2).uid) + b"\xc2\x03\x1b\x01"
    error = order(Stubborn(pile, SYSTEM_INFORMATION, pile.here[0], other))
    assert isinstance(error, Misbehaved)
    assert "was asked" in error.text


def test_a_reading_of_nonsense_does_not_take_the_pad_down():
    pile = Pile([book(1), book(2)])
    stubborn = Stubborn(pile, READ, pile.here[0], b"\0\x09\x00")
    events = told(FeigPad(QUICK, lines(stubborn.answer)), after(3))
    assert events == [BACK, TagSeen("pad", book(2).uid, content(2)), TagSeen("pad", book(1).uid, None)]


def test_orders_are_answered_while_the_pad_is_lost():
    pad = FeigPad(QUICK, lines(lambda _: []))
    pad.secure("E004015000000000", secured=True)
    pad.sense("E004015000000000")
    events = told(pad, after(3))
    assert events == [
        DeviceLost("pad", Gone("no answer")),
        TagWritten("pad", "E004015000000000", secured=True, error=Gone("the pad is lost")),
        TagSensed("pad", "E004015000000000", None, error=Gone("the pad is lost")),
    ]


class Babble:
    """A line on which somebody else never stops talking."""

    closed = False

    def write(self, octets):
        pass

    def read(self, timeout_s):
        return b"\x55"

    def close(self):
        self.closed = True


def test_a_line_that_babbles_is_misbehaved_and_closed():
    line = Babble()
    events = told(FeigPad(QUICK, lambda: line), after(1))
    assert events == [
        DeviceLost(
            "pad",
            Misbehaved(
                "no FEIG reader: a device that sends text answers: 'UUUUUUUUUUUUUUUUUUUUUUUU'",
                frame=b"U" * 64,
            ),
        )
    ]
    assert line.closed
