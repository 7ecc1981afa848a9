"""Answers that stay away: what is owed is settled once, and nothing is done over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.effects import AskReturn
from kiosk.events import IlsChanged, Touched
from tests.journeys.house import READER, Kiosk, World
from tests.journeys.truth import assert_settled, assert_tags_told


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


def test_a_return_that_was_heard_and_not_answered_stands_before_the_loan_that_followed_it(tmp_path: Path):
    world = World(lent={"B001": "R0009"})
    world.secured["E1"] = False
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.lay("E2")
    kiosk.lift("E2")
    kiosk.pass_s(7)
    kiosk.hands.mute_to = (AskReturn,)
    kiosk.lay("E1")
    assert kiosk.deadline_ms() == world.mono_ms + 25_000, "of the session, before the debt's"
    kiosk.lift("E1")
    kiosk.pass_s(7)
    assert kiosk.deadline_ms() == world.mono_ms + 23_000, "the debt's"
    kiosk.card()
    kiosk.lay("E1")
    made = [kind for kind in kiosk.kinds() if kind.endswith(".made")]
    assert made == ["return.made", "loan.made"]
    assert_settled(kiosk, {"B001": "R0009"})
    kiosk.power_off()
