"""Answers that stay away: what is owed is settled once, and nothing is done over it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace

from kiosk import config
from kiosk.central_events import OrderArrived
from kiosk.effects import AskLoan, AskSettle
from kiosk.events import IlsChanged, Touched
from tests.journeys.house import READER, SETTLES_S, Kiosk, PowerCut, World
from tests.journeys.truth import assert_settled
from wire import facts
from wire.faults import number
from wire.orders import Order


@pytest.mark.parametrize("deaf", [True, False], ids=["never heard", "heard, answer lost"])
def test_an_ils_that_falls_silent_and_comes_back_settles_what_is_owed(tmp_path: Path, deaf: bool):
    world = World(offline=config.Offline(lend=False))
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
    kiosk.pass_s(SETTLES_S)
    assert_settled(kiosk, {})
    assert ("loan.made" in kiosk.kinds()) is not deaf
    kiosk.power_off()


def test_a_loan_that_was_owed_and_turns_out_to_be_the_readers_has_its_tag_cleared_and_is_told_so(
    tmp_path: Path,
):
    world = World(offline=config.Offline(lend=False))
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    world.silent = True
    kiosk.lay("E1")
    world.silent = False
    kiosk.lift("E1")
    kiosk.lay("E1")
    assert not world.secured["E1"]
    kiosk.pass_s(SETTLES_S)
    assert kiosk.kinds().count("loan.made") == 1
    assert "tag.unchanged" not in kiosk.kinds(), "the reader has it, and its tag is cleared"
    assert kiosk.loop.kiosk.service.counts.loans == 1
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_an_ils_that_is_still_at_work_after_a_silence_is_not_judged_too_soon(tmp_path: Path):
    world = World(offline=config.Offline(lend=False))
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.hands.deaf_to = (AskLoan,)
    kiosk.lay("E1")
    kiosk.happen(IlsChanged(up=False))
    kiosk.happen(IlsChanged(up=True))
    kiosk.pass_s(9)
    assert not any(isinstance(effect, AskSettle) for effect in kiosk.hands.effects)
    world.lent["B001"] = READER.card  # it did it after all
    world.done.append(("loan", "B001", READER.card))
    kiosk.pass_s(2)
    assert "loan.made" in kiosk.kinds()
    assert_settled(kiosk, {})
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
    world = World(offline=config.Offline(lend=False))
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


def test_a_loan_that_was_owed_twice_is_made_once(tmp_path: Path):
    world = World(offline=config.Offline(lend=False))
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    world.silent = True
    kiosk.lay("E1")
    kiosk.lift("E1")
    kiosk.lay("E1")
    world.silent = False
    kiosk.pass_s(SETTLES_S)
    assert kiosk.kinds().count("loan.owed") == 2
    assert kiosk.kinds().count("loan.made") == 1
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_a_return_that_was_asked_when_the_power_went_stands_before_the_loan_that_followed_it(tmp_path: Path):
    world = World(lent={"B001": "R0009"})
    world.secured["E1"] = False
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.hands.cut_at, kiosk.hands.cut_after = kiosk.hands.done + 2, True  # heard, not answered
    with pytest.raises(PowerCut):
        kiosk.lay("E1")
    kiosk.power_off()
    world.on_pad.clear()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    made = [kind for kind in kiosk.kinds() if kind.endswith(".made")]
    assert made == ["return.made", "loan.made"]
    kiosk.pass_s(SETTLES_S)
    assert_settled(kiosk, {"B001": "R0009"})
    kiosk.power_off()


def test_what_is_unclear_at_a_start_is_owed_and_told_so(tmp_path: Path):
    world = World()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.hands.cut_at, kiosk.hands.cut_after = kiosk.hands.done + 1, True
    with pytest.raises(PowerCut):
        kiosk.lay("E1")
    kiosk.power_off()
    world.unclear.add("B001")
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot_and_settle()
    owed = [fact for fact in kiosk.facts() if isinstance(fact, facts.LoanOwed)]
    assert [(fact.item, fact.reader, bool(fact.sealed)) for fact in owed] == [
        ("B001", READER.pseudonym, True)
    ]
    kiosk.pass_s(120)
    assert kiosk.kinds().count("loan.owed") == 1
    kiosk.power_off()


@pytest.mark.parametrize(("verdict", "end"), [("done", "loan.made"), ("never", "loan.abandoned")])
def test_staff_end_what_the_ils_cannot_tell(tmp_path: Path, verdict: Literal["done", "never"], end: str):
    world = World(offline=config.Offline(lend=False), unclear={"B001"})
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.hands.deaf_to = (AskLoan,)
    kiosk.lay("E1")
    kiosk.pass_s(SETTLES_S)
    (owed,) = [fact for fact in kiosk.facts() if isinstance(fact, facts.LoanOwed)]
    now = world.wall_ms
    order = Order(1, "debt.settle", now, now + 60_000, txn=owed.txn, verdict=verdict)
    kiosk.happen(OrderArrived(order))
    assert end in kiosk.kinds()
    ended = next(f for f in kiosk.facts() if isinstance(f, facts.LoanMade | facts.LoanAbandoned))
    assert ended.by == "staff"
    assert kiosk.kinds()[-1] == "order.done"
    assert not kiosk.journal.intents()
    kiosk.happen(OrderArrived(replace(order, number=2)))
    assert kiosk.kinds()[-1] == "order.refused", "nothing of that name is owed any more"
    kiosk.power_off()


def test_what_is_owed_for_too_long_is_an_alarm_until_it_is_gone(tmp_path: Path):
    world = World(offline=config.Offline(alarm_h=1))
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    world.deaf = True
    kiosk.lay("E1")
    kiosk.happen(IlsChanged(up=False))
    kiosk.happen(Touched("done"))
    kiosk.pass_s(3590)
    assert not alarms(kiosk)
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.pass_s(20)
    assert alarms(kiosk) == ["fault.raised"], "a restart does not make it younger"
    world.deaf = False
    kiosk.happen(IlsChanged(up=True))
    assert alarms(kiosk) == ["fault.raised", "fault.cleared"]
    kiosk.power_off()


def alarms(kiosk: Kiosk) -> list[str]:
    told = [f for f in kiosk.facts() if isinstance(f, facts.FaultRaised | facts.FaultCleared)]
    return [facts.kind_of(fact) for fact in told if fact.fault == number("owed_too_long")]
