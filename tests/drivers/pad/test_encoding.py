"""A book's tag written whole by a pad that runs: the one that lies there alone, and no other."""

import pytest

from drivers.emulators.air import EmulatedTag
from drivers.events import DeviceBack, TagEncoded
from drivers.pad.feig.pad import FeigPad
from drivers.tag.detect import decode
from tests.drivers.pad.pile import Pile, book, content, lines, reader, settings, told
from tests.lines import LOSSLESS

WANTED = content(7)


def blank(number):
    return EmulatedTag(f"E00401{number:010X}", bytearray(112))


def encode(pile, tmp_path, bad=None):
    """The answer of a pad that is asked as soon as it is there."""
    answers = []

    def react(event, stop):
        if isinstance(event, DeviceBack):
            pad.encode(WANTED, tmp_path / "tags.json")
        if isinstance(event, TagEncoded):
            answers.append(event)
            stop.set()

    answer = reader(pile).answer
    pad = FeigPad(settings(), lines(answer, bad) if bad else lines(answer))
    told(pad, react)
    (event,) = answers
    return event


@pytest.mark.parametrize("bad", LOSSLESS, ids=str)
def test_a_blank_tag_becomes_the_book_secured_and_read_back(tmp_path, bad):
    tag = blank(1)
    assert encode(Pile([tag]), tmp_path, bad) == TagEncoded("pad", WANTED.item, "tagged", tag.uid)
    assert decode(bytes(tag.memory)) == WANTED
    assert tag.afi == 0x07


def test_of_two_tags_none_is_touched(tmp_path):
    tags = [blank(1), blank(2)]
    assert encode(Pile(tags), tmp_path).verdict == "several"
    assert [bytes(tag.memory) for tag in tags] == [bytes(112)] * 2


def test_another_book_s_tag_is_left_as_it_is(tmp_path):
    other = book(3)
    before = bytes(other.memory)
    told = encode(Pile([other]), tmp_path)
    assert (told.verdict, told.detail) == ("other", content(3).item)
    assert bytes(other.memory) == before


def test_a_tag_that_was_taken_away_in_the_middle_is_not_written_on_another(tmp_path):
    first, second = blank(1), blank(2)
    pile, left = Pile([first]), []

    class Leaving:
        """The first tag is changed for another after a few commands."""

        def tags(self):
            left.append(1)
            return [second] if len(left) > 8 else pile.tags()

    assert encode(Leaving(), tmp_path).verdict == "failed"
    assert bytes(second.memory) == bytes(112)


def test_an_order_to_a_pad_that_is_lost_is_answered(tmp_path):
    answers = []
    pad = FeigPad(settings(), lines(reader(Pile()).answer))
    pad.encode(WANTED, tmp_path / "tags.json")
    pad.abandon(answers.append)
    assert answers == [TagEncoded("pad", WANTED.item, "failed", detail="the pad is lost")]
