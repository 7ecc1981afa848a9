"""A pad that came up says once when all that lay there has been told: what is seen later was laid down later."""

from __future__ import annotations

from itertools import count
from threading import Event

import pytest

from drivers.events import DeviceBack, PadSettled, TagSeen
from drivers.pad.feig.codec import Frame, encode
from drivers.pad.feig.pad import FeigPad
from drivers.pad.presence import PresenceRule
from tests.drivers.pad.pile import QUICK, Pile, book, content, lines, reader, settings

TROUBLE = b"\x83\x00"
"""An inventory that the reader could not finish."""
NO_ANSWER = b"\x01"


def is_inventory(octets):
    return octets[4:6] == b"\xb0\x01"


def until_settled(pad):
    """What the pad tells in one life of its line, until it has settled."""
    stop, events = Event(), []

    def post(event):
        events.append(event)
        if isinstance(event, PadSettled):
            stop.set()

    pad.run(post, stop)
    return events


def kinds(events):
    return [type(event) for event in events]


@pytest.mark.parametrize("books", [0, 1, 8])
def test_all_that_lies_there_is_told_before(books):
    pad = FeigPad(QUICK, lines(reader(Pile(book(number) for number in range(books))).answer))
    first, *seen, last = until_settled(pad)
    assert isinstance(first, DeviceBack)
    assert last == PadSettled("pad")
    assert len(seen) == books
    assert all(TagSeen("pad", book(number).uid, content(number)) in seen for number in range(books))


def test_a_pad_that_is_back_settles_anew():
    pad = FeigPad(QUICK, lines(reader(Pile([book(1)])).answer))
    assert kinds(until_settled(pad)) == [DeviceBack, TagSeen, PadSettled]
    assert kinds(until_settled(pad)) == [DeviceBack, PadSettled]


def test_a_tag_that_is_hard_to_read_is_waited_for():
    reading, wanted = reader(Pile([book(1), book(2)])), bytes.fromhex(book(1).uid)
    left = count(QUICK.read_tries - 1, -1)

    def answer(octets):
        if wanted in octets and next(left) > 0:
            return [encode(Frame(0, 0xB0, NO_ANSWER))]
        return reading.answer(octets)

    assert kinds(until_settled(FeigPad(QUICK, lines(answer)))) == [DeviceBack, TagSeen, TagSeen, PadSettled]


@pytest.mark.parametrize("late", [1, 2, 3])
def test_a_tag_at_the_edge_that_the_first_inventories_miss_was_there_before(late):
    pile, inventories = Pile(), count(1)
    reading = reader(pile)

    def answer(octets):
        if is_inventory(octets) and next(inventories) == late:
            pile.here.append(book(1))
        return reading.answer(octets)

    pad = FeigPad(settings(presence=PresenceRule(missed=3, absent_ms=0)), lines(answer))
    assert kinds(until_settled(pad)) == [DeviceBack, TagSeen, PadSettled]


def test_inventories_that_the_reader_cannot_finish_prove_nothing():
    reading, inventories = reader(Pile()), count(1)

    def answer(octets):
        if is_inventory(octets) and (number := next(inventories)) % 2 == 0 and number < 20:
            return [encode(Frame(0, 0xB0, TROUBLE))]
        return reading.answer(octets)

    assert kinds(until_settled(FeigPad(QUICK, lines(answer)))) == [DeviceBack, PadSettled]
    assert next(inventories) == 21, "18 is the last that fails; then two prove it"


@pytest.mark.parametrize(("books", "missed"), [(0, 3), (8, 3), (8, 1)])
def test_it_costs_as_many_inventories_as_make_a_tag_gone_and_one_to_see_that_all_was_read(books, missed):
    reading, inventories = reader(Pile(book(number) for number in range(books))), []

    def answer(octets):
        if is_inventory(octets):
            inventories.append(octets)
        return reading.answer(octets)

    until_settled(FeigPad(settings(presence=PresenceRule(missed=missed, absent_ms=0)), lines(answer)))
    assert len(inventories) == max(missed, 2 if books else 1)
