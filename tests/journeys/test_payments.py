"""Money at a whole kiosk: each row of docs/money.md, and the power cut at each effect.

| what happens                                   | test                                                       |
| ---------------------------------------------- | ---------------------------------------------------------- |
| the reader pays and waits                      | `test_fees_are_paid_…`                                     |
| power lost at any effect                       | `test_power_cut_at_each_effect`                            |
| 37 unanswered                                  | `test_a_silent_ils_…`                                      |
| the same reader wants to pay it once more      | `test_what_is_paid_and_not_booked_…`                       |
| the reader goes, the code expires, no code     | `test_nobody_waits_…`                                      |
| paid after all that                            | `test_money_that_comes_late_…`                             |
| the ILS will not book it                       | `test_what_the_ils_refuses_…`                              |
| no money for a day, then money                 | `test_after_a_day_…`                                       |
| central says it twice, or says another number  | `test_central_s_word_…`                                    |
| central is away                                | `test_without_central_…`                                   |
| who owes may not borrow, pays, and borrows     | `test_whoever_owes_…`                                      |
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.central_events import UplinkChanged
from kiosk.effects import AskLoan
from kiosk.errands.paying import PayStep
from kiosk.errands.state import Panel
from kiosk.events import IlsChanged
from kiosk.payment_effects import AskPayment
from kiosk.payments import KEPT_MS, UNKNOWN
from tests.journeys import house
from tests.journeys.house import NEIGHBOUR, READER, SETTLES_S, PowerCut
from tests.journeys.tills import OVERPAID, Hall, Till, assert_paid
from wire import facts
from wire.faults import number

MONEY_FACTS = ["payment.wanted", "payment.taken", "payment.settled"]


def begun(folder: Path, world: Hall | None = None) -> Till:
    folder.mkdir(exist_ok=True)
    kiosk = Till(folder, world or Hall())
    kiosk.boot()
    return kiosk


def again(kiosk: Till, folder: Path) -> Till:
    """The next run, and central says what is not answered yet."""
    kiosk.power_off()
    fresh = Till(folder, kiosk.world)
    fresh.boot()
    fresh.hear()
    fresh.pass_s(SETTLES_S)
    return fresh


def money(kiosk: Till) -> list[str]:
    return [kind for kind in kiosk.kinds() if kind.startswith("payment.")]


# ---------------------------------------------------------------- somebody waits
def test_fees_are_paid_by_telephone_and_booked_once_while_the_reader_looks_on(tmp_path: Path):
    kiosk = begun(tmp_path)
    txn = kiosk.want()
    assert kiosk.paying
    assert (kiosk.paying.step, kiosk.paying.amount_fen) == (PayStep.ASKING, 1250)
    kiosk.offer()
    assert (kiosk.paying.step, kiosk.paying.code) == (PayStep.SHOWN, "https://pay.example/1")
    kiosk.pass_s(100)
    assert kiosk.paying, "whoever looks at a telephone is not sent away"
    kiosk.pay(txn)
    kiosk.hear()
    assert kiosk.paying.step is PayStep.BOOKED
    account = kiosk.loop.kiosk.errand.account
    assert account
    assert account.owed_fen == 0, "asked anew"
    assert money(kiosk) == MONEY_FACTS
    kiosk.touch("done")
    assert kiosk.loop.kiosk.errand.panel is Panel.NOBODY
    assert_paid(kiosk)
    kiosk.power_off()


def test_one_fee_is_paid_by_its_number(tmp_path: Path):
    kiosk = begun(tmp_path)
    kiosk.pay(kiosk.want("17"))
    kiosk.hear()
    (asked,) = [effect for effect in kiosk.hands.effects if isinstance(effect, AskPayment)]
    assert (asked.fee, asked.provider_id, asked.card) == ("17", "4200001", READER.card)
    wanted = next(fact for fact in kiosk.facts() if isinstance(fact, facts.PaymentWanted))
    assert (wanted.fee, bool(wanted.sealed)) == ("17", True)
    assert READER.card not in repr(kiosk.loop.kiosk.payments)
    kiosk.power_off()


# ---------------------------------------------------------------- power
def a_visit(kiosk: Till) -> None:
    """Card, fees, code, money, done."""
    kiosk.pay(kiosk.want())
    kiosk.offer()
    kiosk.hear()
    kiosk.touch("done")


def a_visit_with_a_silent_ils(kiosk: Till) -> None:
    txn = kiosk.want()
    kiosk.offer()
    kiosk.world.silent = True
    kiosk.pay(txn)
    kiosk.hear()
    kiosk.touch("done")
    kiosk.world.silent = False
    kiosk.pass_s(SETTLES_S)


STORIES = [(a_visit, 4), (a_visit_with_a_silent_ils, 4)]


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
@pytest.mark.parametrize(("story", "effects"), STORIES, ids=lambda one: getattr(one, "__name__", ""))
def test_power_cut_at_each_effect(tmp_path: Path, story: Callable[[Till], None], effects: int, after: bool):
    whole = begun(tmp_path / "whole")
    story(whole)
    assert whole.hands.done == effects
    assert_paid(whole)
    whole.power_off()
    for cut_at in range(1, effects + 1):
        folder = tmp_path / str(cut_at)
        kiosk = begun(folder)
        kiosk.hands.cut_at, kiosk.hands.cut_after = cut_at, after
        with pytest.raises(PowerCut):
            story(kiosk)
        kiosk.world.silent = False
        kiosk = again(kiosk, folder)
        assert_paid(kiosk)
        assert sum(kiosk.world.booked.values()) + kiosk.world.owes[READER.card] == 1250
        kiosk.power_off()


def test_power_lost_while_the_code_is_shown_and_money_comes_meanwhile(tmp_path: Path):
    kiosk = begun(tmp_path)
    txn = kiosk.want()
    kiosk.offer()
    kiosk.pay(txn)
    kiosk = again(kiosk, tmp_path)
    assert money(kiosk) == ["payment.wanted", "payment.dropped", "payment.taken", "payment.settled"]
    assert_paid(kiosk)
    kiosk.power_off()


# ---------------------------------------------------------------- the ILS
def test_a_silent_ils_is_told_again_with_the_same_number_until_it_answers_across_restarts(tmp_path: Path):
    kiosk = begun(tmp_path)
    kiosk.hands.mute_to = (AskPayment,)
    kiosk.pay(kiosk.want())
    kiosk.offer()
    kiosk.hear()
    assert kiosk.paying
    assert kiosk.paying.step is PayStep.LATER, "the reader need not wait"
    kiosk.pass_s(70)
    assert kiosk.paying is None, "silence keeps no session"
    kiosk = again(kiosk, tmp_path)
    assert kiosk.world.told["4200001"] >= 4
    assert kiosk.world.booked == {"4200001": 1250}
    assert_paid(kiosk)
    kiosk.power_off()


def test_money_that_comes_while_the_ils_is_away_is_told_when_it_is_back(tmp_path: Path):
    kiosk = begun(tmp_path)
    txn = kiosk.want()
    kiosk.world.deaf = True
    kiosk.happen(IlsChanged(up=False))
    kiosk.pay(txn)
    kiosk.hear()
    kiosk.pass_s(600)
    assert money(kiosk)[-1] == "payment.taken"
    kiosk.world.deaf = False
    kiosk.happen(IlsChanged(up=True, takes=kiosk.world.takes))
    assert_paid(kiosk)
    kiosk.power_off()


def test_what_is_paid_and_not_booked_is_not_paid_again(tmp_path: Path):
    kiosk = begun(tmp_path)
    kiosk.hands.deaf_to = (AskPayment,)
    txn = kiosk.want()
    kiosk.pay(txn)
    kiosk.hear()
    for leaving in ("fees", "done"):
        kiosk.touch(leaving)
        assert kiosk.want() == txn, "no second wish"
        assert kiosk.paying
        assert (kiosk.paying.txn, kiosk.paying.step) == (txn, PayStep.LATER)
    kiosk.hands.deaf_to = ()
    kiosk.pass_s(SETTLES_S)
    assert kiosk.paying.step is PayStep.BOOKED
    assert_paid(kiosk)
    kiosk.power_off()


def test_what_the_ils_refuses_is_for_staff_and_asked_no_more(tmp_path: Path):
    kiosk = begun(tmp_path)
    txn = kiosk.want()
    kiosk.world.owes[READER.card] = 0  # paid at the counter meanwhile
    kiosk.pay(txn)
    kiosk.hear()
    refused = [fact for fact in kiosk.facts() if isinstance(fact, facts.PaymentRefused)]
    assert [(fact.provider_id, fact.fault) for fact in refused] == [("4200001", OVERPAID)]
    assert kiosk.paying
    assert kiosk.paying.fault == number("payment_not_booked")
    kiosk.pass_s(60)
    assert kiosk.world.told["4200001"] == 1
    assert_paid(kiosk)
    kiosk.power_off()


# ---------------------------------------------------------------- nobody waits
def leaves(kiosk: Till) -> None:
    kiosk.touch("done")


def turns_back(kiosk: Till) -> None:
    kiosk.touch("fees")


def lets_it_expire(kiosk: Till) -> None:
    kiosk.pass_s(200)


def shows_another_card(kiosk: Till) -> None:
    kiosk.pass_s(10)
    kiosk.card(NEIGHBOUR.card)


LEAVINGS = [
    (leaves, "left"),
    (turns_back, "cancelled"),
    (lets_it_expire, "expired"),
    (shows_another_card, "left"),
]


@pytest.mark.parametrize(("leaving", "why"), LEAVINGS, ids=lambda one: getattr(one, "__name__", one))
def test_nobody_waits_any_more_and_money_that_comes_late_is_booked(
    tmp_path: Path, leaving: Callable[[Till], None], why: str
):
    kiosk = begun(tmp_path)
    txn = kiosk.want()
    kiosk.offer()
    leaving(kiosk)
    dropped = [fact.why for fact in kiosk.facts() if isinstance(fact, facts.PaymentDropped)]
    assert dropped == [why]
    kiosk.pay(txn)
    kiosk.hear()
    assert money(kiosk)[-2:] == ["payment.taken", "payment.settled"]
    assert_paid(kiosk)
    kiosk.power_off()


@pytest.mark.parametrize("declined", [False, True])
def test_without_a_code_the_reader_is_told_so(tmp_path: Path, declined: bool):
    kiosk = begun(tmp_path)
    kiosk.want()
    if declined:
        kiosk.offer(code="")
    else:
        kiosk.pass_s(20)
    assert kiosk.paying
    assert (kiosk.paying.step, kiosk.paying.fault) == (PayStep.FAILED, number("payment_unavailable"))
    kiosk.pass_s(1)
    assert [fact.why for fact in kiosk.facts() if isinstance(fact, facts.PaymentDropped)] == ["no_code"]
    kiosk.power_off()


def test_after_a_day_it_has_lapsed_and_money_is_refused_for_staff(tmp_path: Path):
    kiosk = begun(tmp_path)
    txn = kiosk.want()
    kiosk.touch("done")
    kiosk.pass_s(KEPT_MS / 1000 + 1)
    assert money(kiosk)[-1] == "payment.lapsed"
    kiosk.order("payment.made", txn, provider_id="4200001", amount_fen=1250)
    refused = [fact for fact in kiosk.facts() if isinstance(fact, facts.OrderRefused)]
    assert [fact.fault for fact in refused] == [UNKNOWN]
    assert kiosk.world.booked == {}
    assert_paid(kiosk)
    kiosk.power_off()


def test_central_s_word_said_again_is_known_and_another_number_is_refused(tmp_path: Path):
    kiosk = begun(tmp_path)
    txn = kiosk.want()
    kiosk.hands.deaf_to = (AskPayment,)
    kiosk.pay(txn)
    kiosk.hear()
    kiosk.order("payment.made", txn, provider_id="4200001", amount_fen=1250)
    kiosk.order("payment.made", txn, provider_id="4200002", amount_fen=1250)
    answers = [fact for fact in kiosk.facts() if isinstance(fact, facts.OrderDone | facts.OrderRefused)]
    assert [type(fact).__name__ for fact in answers] == ["OrderDone", "OrderDone", "OrderRefused"]
    assert money(kiosk).count("payment.taken") == 1
    kiosk.hands.deaf_to = ()
    kiosk.pass_s(SETTLES_S)
    assert_paid(kiosk)
    kiosk.power_off()


def test_without_central_nothing_is_begun(tmp_path: Path):
    kiosk = begun(tmp_path)
    kiosk.happen(UplinkChanged(broker=False, central=False))
    kiosk.card()
    kiosk.touch("fees", "pay")
    assert (kiosk.loop.kiosk.errand.panel, money(kiosk)) == (Panel.FEES, [])
    kiosk.power_off()


# ---------------------------------------------------------------- who owes may not borrow
def test_whoever_owes_may_not_borrow_pays_and_has_the_book_that_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    barred = replace(READER, borrows=False, bar=number("fees_owed"))
    monkeypatch.setitem(house.READERS, READER.card, barred)
    kiosk = begun(tmp_path)
    kiosk.card()
    kiosk.lay("E1")
    session = kiosk.loop.kiosk.session
    assert session
    assert [line.fault for line in session.lines] == [number("fees_owed")]
    assert AskLoan not in {type(effect) for effect in kiosk.hands.effects}
    kiosk.touch("fees", "pay")
    kiosk.offer()
    kiosk.pay(kiosk.wanted())
    kiosk.hear()
    assert kiosk.paying, "the page stays"
    assert kiosk.world.lent == {"B001": READER.card}
    assert_paid(kiosk)
    kiosk.power_off()
