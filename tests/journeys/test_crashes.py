"""Power cut at every effect of a visit: after the restart, journal and ILS agree and nobody has lost anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.effects import AskLoan, AskReturn
from kiosk.events import IlsChanged, StopAsked, Touched
from tests.journeys.house import READER, SETTLES_S, Kiosk, PowerCut, World
from tests.journeys.truth import assert_settled, assert_tags_told
from wire import facts
from wire.faults import number


@dataclass(frozen=True)
class Story:
    """One visit: the world that it finds, what happens, and how many effects it has."""

    world: Callable[[], World]
    tell: Callable[[Kiosk], None]
    effects: int


def one_of_each() -> World:
    world = World(refused={"B003": number("on_hold")}, lent={"B004": "R0009"})
    world.secured["E4"] = False
    return world


def borrow_three_return_one(kiosk: Kiosk) -> None:
    kiosk.card(device="door_scanner")
    kiosk.card()
    for uid in ("E1", "E2", "E3"):
        kiosk.lay(uid)
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    kiosk.lay("E4")
    kiosk.lift_all()


def a_bad_tag() -> World:
    return World(unwritable={"E1"})


def borrow_a_book_whose_tag_cannot_be_written(kiosk: Kiosk) -> None:
    kiosk.card()
    kiosk.lay("E1")
    kiosk.lay("E2")
    kiosk.lift("E1")
    kiosk.lay("E1")
    kiosk.happen(Touched("done"))
    kiosk.lift_all()


def borrow_and_return_while_the_ils_is_silent(kiosk: Kiosk) -> None:
    kiosk.card()
    kiosk.lay("E1")
    kiosk.world.silent = True
    kiosk.lay("E2")
    kiosk.happen(IlsChanged(up=False))
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    kiosk.world.silent = False
    kiosk.happen(IlsChanged(up=True))
    kiosk.hands.deaf_to = (AskReturn,)
    kiosk.lay("E4")
    kiosk.lift_all()
    kiosk.hands.deaf_to = ()
    kiosk.pass_s(60)


def borrow_while_the_pad_is_lost_and_found(kiosk: Kiosk) -> None:
    kiosk.card()
    kiosk.lay("E1")
    kiosk.hands.pad_breaks_at = AskLoan
    kiosk.lay("E2")
    kiosk.lift("E1")
    kiosk.pass_s(10)
    kiosk.find_pad()
    kiosk.happen(Touched("done"))
    kiosk.lift_all()


def borrow_a_set_and_take_a_part_of_it_away(kiosk: Kiosk) -> None:
    kiosk.lay("E6")
    kiosk.card()
    kiosk.lay("E7")
    kiosk.lift("E7")
    kiosk.lay("E7")
    kiosk.happen(Touched("done"))
    kiosk.lift_all()


def an_evening_without_the_ils(kiosk: Kiosk) -> None:
    kiosk.card()
    kiosk.happen(Touched("done"))
    kiosk.world.deaf = True
    kiosk.happen(IlsChanged(up=False))
    kiosk.card(device="door_scanner")
    kiosk.card()
    for uid in ("E1", "E6", "E7"):
        kiosk.lay(uid)
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    kiosk.pass_s(7)
    kiosk.lay("E4")
    kiosk.lay("E1")
    kiosk.lift_all()
    kiosk.world.deaf = False
    kiosk.happen(IlsChanged(up=True))
    kiosk.pass_s(SETTLES_S)


def their_own_book() -> World:
    world = World(lent={"B001": READER.card})
    world.secured["E1"] = False
    return world


def lay_down_their_own_book_while_the_ils_is_silent(kiosk: Kiosk) -> None:
    kiosk.card()
    kiosk.world.silent = True
    kiosk.lay("E1")
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    kiosk.world.silent = False
    kiosk.happen(IlsChanged(up=True))
    kiosk.pass_s(SETTLES_S)


STORIES = [
    Story(their_own_book, lay_down_their_own_book_while_the_ils_is_silent, effects=4),
    Story(one_of_each, an_evening_without_the_ils, effects=23),
    Story(one_of_each, borrow_three_return_one, effects=11),
    Story(a_bad_tag, borrow_a_book_whose_tag_cannot_be_written, effects=14),
    Story(one_of_each, borrow_and_return_while_the_ils_is_silent, effects=12),
    Story(World, borrow_while_the_pad_is_lost_and_found, effects=10),
    Story(World, borrow_a_set_and_take_a_part_of_it_away, effects=4),
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.tell.__name__)
def test_a_visit_with_its_power_on(tmp_path: Path, story: Story):
    kiosk = Kiosk(tmp_path, story.world())
    before = dict(kiosk.world.lent)
    kiosk.boot()
    story.tell(kiosk)
    assert kiosk.hands.done == story.effects
    assert_settled(kiosk, before)
    assert_tags_told(kiosk)
    kiosk.power_off()


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.tell.__name__)
def test_power_cut_at_each_effect(tmp_path: Path, story: Story, after: bool):
    for cut_at in range(1, story.effects + 1):
        folder = tmp_path / str(cut_at)
        folder.mkdir()
        world = story.world()
        before = dict(world.lent)
        kiosk = Kiosk(folder, world)
        kiosk.hands.cut_at, kiosk.hands.cut_after = cut_at, after
        kiosk.boot()
        with pytest.raises(PowerCut):
            story.tell(kiosk)
        kiosk.power_off()
        world.silent, world.deaf, world.pad = False, False, True
        kiosk = Kiosk(folder, world)
        kiosk.boot_and_settle()
        assert_settled(kiosk, before)
        assert_tags_told(kiosk)
        kiosk.power_off()


def test_after_a_restart_the_books_on_the_pad_are_nobodys_until_lifted(tmp_path: Path):
    world = World()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    assert world.lent == {"B001": READER.card}
    assert "return.asked" not in kiosk.kinds()
    kiosk.lift("E1")
    kiosk.lay("E1")
    assert kiosk.kinds().count("return.made") == 1
    kiosk.power_off()


def test_the_second_start_after_a_clean_stop_finds_nothing_to_mend(tmp_path: Path):
    world = World()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    kiosk.happen(StopAsked("asked"))
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    assert "tag.unchanged" not in kiosk.kinds()
    started = [fact for fact in kiosk.facts() if isinstance(fact, facts.KioskStarted)]
    assert [fact.unclean for fact in started] == [False, False]
    kiosk.power_off()
