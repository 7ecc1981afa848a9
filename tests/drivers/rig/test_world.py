"""Books, people and antennas."""

from __future__ import annotations

import pytest

from drivers.rig.world import Antenna, Impossible, Unknown, World
from drivers.tag.detect import decode
from tests.drivers.rig.room import BOOKS, CARDS, UIDS


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def world(now):
    return World(BOOKS, CARDS, clock=lambda: now[0])


def uids(world, place):
    return [tag.uid for tag in world.tags_at(place)]


def test_books_begin_where_the_file_lays_them(world):
    assert (uids(world, "shelf"), uids(world, "bag")) == ([UIDS[0], UIDS[1]], [UIDS[2]])


def test_tags_say_what_the_file_says(world):
    tags = {tag.uid: tag for tag in world.tags_at("shelf")}
    for book in BOOKS[:2]:
        content = decode(bytes(tags[book.uid].memory))
        assert (content.item, content.owner, content.model) == (book.item, book.owner, book.model)
    assert [(tags[uid].afi, tags[uid].eas) for uid in UIDS[:2]] == [(0x07, True), (0xC2, False)]


def test_a_book_laid_down_is_under_that_antenna_alone(world):
    world.lay(UIDS[0], "pad")
    assert [tag.uid for tag in Antenna(world, "pad").tags()] == [UIDS[0]]
    assert uids(world, "shelf") == [UIDS[1]]


def test_the_last_one_laid_lies_last(world):
    world.lay(UIDS[1], "bag")
    assert uids(world, "bag") == [UIDS[2], UIDS[1]]


def test_a_pile_moves_at_once(world):
    world.lay_pile("shelf", "pad")
    assert uids(world, "pad") == [UIDS[0], UIDS[1]]
    assert uids(world, "shelf") == []


def test_the_bag_is_in_the_gate_while_somebody_passes(world, now):
    world.lay(UIDS[0], "gate")
    world.walk(entering=1)
    assert uids(world, "gate") == [UIDS[2], UIDS[0]]
    assert world.passing
    now[0] = 1.6
    assert uids(world, "gate") == [UIDS[0]]
    assert not world.passing


def test_only_who_is_inside_can_leave(world):
    world.walk(entering=2)
    world.walk(leaving=2)
    with pytest.raises(Impossible, match="nobody_inside"):
        world.walk(leaving=1)
    assert world.inside == 0


def test_a_tag_written_by_a_reader_shows(world):
    world.tags_at("shelf")[0].afi = 0xC2
    assert not world.books[0].secured


def test_a_book_goes_and_comes(world):
    world.remove(UIDS[0])
    with pytest.raises(Unknown, match="unknown_book"):
        world.lay(UIDS[0], "pad")
    world.bring(BOOKS[0])
    with pytest.raises(Impossible, match="book_is_here"):
        world.bring(BOOKS[0])


def test_a_card_is_known_by_its_number(world):
    assert world.card("3305230000171") == CARDS[0]
    with pytest.raises(Unknown, match="unknown_card"):
        world.card("0")
