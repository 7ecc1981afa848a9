"""Power cut at every effect of a visit: after the restart, journal and ILS agree and nobody has lost anything."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kiosk.effects import AskReturn
from kiosk.events import IlsChanged, StopAsked, Touched
from tests.journeys.house import READER, Kiosk, PowerCut, World
from wire import facts
from wire.faults import number


def borrow_three_return_one(kiosk: Kiosk) -> None:
    kiosk.card(device="door_scanner")
    kiosk.card()
    for uid in ("E1", "E2", "E3"):
        kiosk.lay(uid)
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    kiosk.lay("E4")
    kiosk.lift_all()


def effects_of_the_visit(folder: Path) -> int:
    kiosk = Kiosk(folder, world_of_the_visit())
    kiosk.boot()
    borrow_three_return_one(kiosk)
    kiosk.power_off()
    return kiosk.hands.done


def world_of_the_visit() -> World:
    world = World(refused={"B003": number("on_hold")}, lent={"B004": "R0009"})
    world.secured["E4"] = False
    return world


def assert_settled(kiosk: Kiosk, before: dict[str, str]) -> None:
    """Every intent has one outcome, and the outcomes are what the ILS has."""
    told = kiosk.facts()
    intents = [fact.txn for fact in told if isinstance(fact, facts.LoanAsked | facts.ReturnAsked)]
    ends = (
        facts.LoanMade, facts.LoanRefused, facts.LoanAbandoned,
        facts.ReturnMade, facts.ReturnRefused, facts.ReturnAbandoned,
    )  # fmt: skip
    outcomes = Counter(fact.txn for fact in told if isinstance(fact, ends))
    assert outcomes == Counter(intents)
    assert not kiosk.journal.intents()
    lent = dict(before)
    for fact in told:
        if isinstance(fact, facts.LoanMade):
            lent[fact.item] = READER.card
        elif isinstance(fact, facts.ReturnMade):
            lent.pop(fact.item, None)
    assert lent == kiosk.world.lent


def assert_tags_told(kiosk: Kiosk) -> None:
    """A tag that says other than its book's state has a fact for staff."""
    unchanged = {fact.item for fact in kiosk.facts() if isinstance(fact, facts.TagUnchanged)}
    for uid, item in kiosk.world.books.items():
        if kiosk.world.secured[uid] == (item in kiosk.world.lent):
            assert item in unchanged, item


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_power_cut_at_each_effect(tmp_path: Path, after: bool):
    (tmp_path / "whole").mkdir()
    count = effects_of_the_visit(tmp_path / "whole")
    assert count == 11
    for cut_at in range(1, count + 1):
        folder = tmp_path / str(cut_at)
        folder.mkdir()
        world = world_of_the_visit()
        kiosk = Kiosk(folder, world)
        kiosk.hands.cut_at, kiosk.hands.cut_after = cut_at, after
        kiosk.boot()
        with pytest.raises(PowerCut):
            borrow_three_return_one(kiosk)
        kiosk.power_off()
        kiosk = Kiosk(folder, world)
        kiosk.boot()
        assert_settled(kiosk, {"B004": "R0009"})
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


@pytest.mark.parametrize("deaf", [True, False], ids=["never heard", "heard, answer lost"])
def test_an_ils_that_falls_silent_and_comes_back_settles_what_is_owed(tmp_path: Path, deaf: bool):
    world = World(deaf=False)
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    world.deaf, world.silent = deaf, not deaf
    kiosk.lay("E1")
    assert "loan.owed" in kiosk.kinds()
    assert world.secured["E1"]
    kiosk.happen(IlsChanged(up=False))
    kiosk.happen(Touched("done"))
    world.deaf = world.silent = False
    kiosk.happen(IlsChanged(up=True))
    assert_settled(kiosk, {})
    assert ("loan.made" in kiosk.kinds()) is not deaf
    kiosk.power_off()


def test_a_return_that_was_owed_is_made_when_the_ils_is_back(tmp_path: Path):
    world = World(lent={"B001": "R0009"})
    world.secured["E1"] = False
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.hands.deaf_to = (AskReturn,)
    kiosk.lay("E1")
    assert kiosk.kinds()[-1] == "return.owed"
    kiosk.lift_all()
    kiosk.hands.deaf_to = ()
    kiosk.pass_s(60)
    assert world.lent == {}
    assert_settled(kiosk, {"B001": "R0009"})
    assert_tags_told(kiosk)
    kiosk.power_off()


def test_a_book_that_is_examined_in_vain_is_not_returned_later(tmp_path: Path):
    world = World(lent={"B002": "R0009"})
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    world.deaf = True
    kiosk.lay("E2")
    kiosk.pass_s(60)
    world.deaf = False
    kiosk.happen(IlsChanged(up=True))
    assert world.lent == {"B002": "R0009"}, "nobody was told that it was being returned"
    kiosk.power_off()


def test_a_loan_that_was_owed_and_made_again_since_is_counted_once(tmp_path: Path):
    world = World()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    world.deaf = True
    kiosk.lay("E1")
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    world.deaf = False
    kiosk.card()
    kiosk.lay("E1")
    kiosk.pass_s(120)
    assert kiosk.kinds().count("loan.made") == 1
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_an_owed_return_never_takes_the_book_from_the_one_who_borrowed_it_since(tmp_path: Path):
    world = World(lent={"B001": "R0009"})
    world.secured["E1"] = False
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.hands.deaf_to = (AskReturn,)
    kiosk.lay("E1")
    kiosk.lift_all()
    kiosk.pass_s(7)
    kiosk.hands.deaf_to = ()
    kiosk.lay("E1")
    kiosk.card()
    kiosk.lift("E1")
    kiosk.lay("E1")
    assert world.lent == {"B001": READER.card}
    kiosk.pass_s(120)
    assert world.lent == {"B001": READER.card}
    assert kiosk.kinds().count("return.made") == 1
    assert_settled(kiosk, {"B001": "R0009"})
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
