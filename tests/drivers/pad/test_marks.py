"""Security by EAS and by both marks, and readers with several antennas, over every bad line."""

from __future__ import annotations

import pytest

from drivers.emulators.air import EmulatedTag
from drivers.emulators.feig import FeigReader, FeigReaderSettings
from drivers.errors import Gone, Misbehaved
from drivers.events import DeviceBack, TagGone, TagSeen, TagSensed, TagWritten
from drivers.pad.feig.pad import FeigPad
from drivers.tag.security import Security
from tests.drivers.pad.pile import Pile, book, content, lines, reader, settings, told
from tests.drivers.pad.test_feig_pad import Stubborn
from tests.lines import EVERY

EAS = settings(security=Security("eas"))
BOTH = settings(security=Security("both"))


def ordered(pad, order):
    """Seen, then ordered once; the answer."""

    def react(event, stop):
        if isinstance(event, TagSeen):
            order(event.uid)
        if isinstance(event, TagWritten | TagSensed):
            stop.set()

    return told(pad, react)[-1]


@pytest.mark.parametrize("secured", [False, True])
@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_both_marks_are_written_and_read_back_over_every_line(bad, secured):
    for seed in range(2):
        tag = book(1)
        tag.afi, tag.eas = 0x00, not secured
        pad = FeigPad(BOTH, lines(reader(Pile([tag])).answer, bad, seed))

        def react(event, stop, pad=pad):
            if isinstance(event, TagSeen) or (isinstance(event, TagWritten) and event.error):
                pad.secure(event.uid, secured)
            elif isinstance(event, TagWritten):
                stop.set()

        told(pad, react)
        assert (tag.afi, tag.eas) == (0x07 if secured else 0xC2, secured)


def test_eas_alone_leaves_the_afi_as_it_is():
    tag = book(1)
    tag.afi = 0x55
    pad = FeigPad(EAS, lines(reader(Pile([tag])).answer))
    assert ordered(pad, lambda uid: pad.secure(uid, secured=False)) == TagWritten(
        "pad", tag.uid, secured=False
    )
    assert (tag.afi, tag.eas) == (0x55, False)


@pytest.mark.parametrize(
    ("config", "afi", "eas", "secured"),
    [(EAS, 0, True, True), (EAS, 0, False, False), (BOTH, 0x07, True, True), (BOTH, 0x07, False, None)],
)
def test_what_the_marks_say(config, afi, eas, secured):
    tag = book(1)
    tag.afi, tag.eas = afi, eas
    pad = FeigPad(config, lines(reader(Pile([tag])).answer))
    assert ordered(pad, pad.sense) == TagSensed("pad", tag.uid, secured)


def test_a_tag_without_eas_says_what_it_shows():
    tag = EmulatedTag("E007000000000001", book(1).memory, eas=True)
    pad = FeigPad(EAS, lines(reader(Pile([tag])).answer))
    answer = ordered(pad, lambda uid: pad.secure(uid, secured=True))
    assert answer.error == Gone("no transponder", status=0x01)


def test_silence_of_a_tag_that_left_is_no_eas_off():
    pile = Pile([book(1)])
    stubborn = Stubborn(pile, 0x2B, pile.here[0], b"\x01")  # it does not tell its system information
    pile.here[0].eas = False
    pad = FeigPad(EAS, lines(stubborn.answer))
    assert ordered(pad, pad.sense) == TagSensed("pad", book(1).uid, None, Gone("no transponder", status=0x01))


def test_a_mark_that_does_not_stick_is_told():
    pile = Pile([book(1)])
    reading = reader(pile)

    def answer(octets):
        replies = reading.answer(octets)
        pile.here[0].eas = True
        return replies

    pad = FeigPad(BOTH, lines(answer))
    answer = ordered(pad, lambda uid: pad.secure(uid, secured=False))
    assert answer.error == Misbehaved("the tag shows AFI C2, EAS on")


# ---------------------------------------------------------------- antennas
def two_antennas(left, right):
    return FeigReader(left, FeigReaderSettings(pace=0.0), [right])


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_books_on_both_antennas_are_read_and_lent(bad):
    left, right = Pile([book(0), book(1)]), Pile([book(2), book(3)])
    tags = [*left.here, *right.here]
    pad = FeigPad(settings(antennas=(1, 2)), lines(two_antennas(left, right).answer, bad))
    lent = set()

    def react(event, stop):
        if isinstance(event, TagSeen):
            assert event.content == content(int(event.content.item[1:]))
        if isinstance(event, TagSeen) or (isinstance(event, TagWritten) and event.error):
            pad.secure(event.uid, secured=False)
        elif isinstance(event, TagWritten):
            lent.add(event.uid)
            if len(lent) == len(tags):
                stop.set()

    told(pad, react)
    assert {tag.afi for tag in tags} == {0xC2}


def test_a_book_moved_to_the_other_antenna_stays():
    left, right = Pile([book(1)]), Pile()
    reading, asked = two_antennas(left, right), []

    def answer(octets):
        asked.append(octets[4:6].hex())
        if len(asked) == 20:
            left.here, right.here = right.here, left.here
        if len(asked) == 60:
            right.here.clear()
        return reading.answer(octets)

    events = told(
        FeigPad(settings(antennas=(1, 2)), lines(answer)),
        lambda event, stop: isinstance(event, TagGone) and stop.set(),
    )
    assert [type(event) for event in events] == [DeviceBack, TagSeen, TagGone]
    assert asked[:7] == ["6600", "6680", "6a01", "b001", "6a02", "b001", "6a01"]


def test_after_a_reset_the_antenna_is_chosen_anew():
    asked, reading = [], two_antennas(Pile(), Pile([book(1)]))

    def answer(octets):
        asked.append(octets[4:6].hex())
        return reading.answer(octets)

    pad = FeigPad(settings(antennas=(2,), fresh="reset"), lines(answer))
    told(pad, lambda event, stop: isinstance(event, TagSeen) and stop.set())
    assert asked[:6] == ["6600", "6680", "6902", "6a02", "b001", "b023"]


def test_an_antenna_that_is_not_there_is_a_fault():
    pad = FeigPad(settings(antennas=(1, 3)), lines(two_antennas(Pile(), Pile()).answer))
    events = told(pad, lambda event, stop: not isinstance(event, DeviceBack) and stop.set())
    assert events[-1].cause == Misbehaved("parameter range", status=0x11)
