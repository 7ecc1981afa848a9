"""Money at the desk: taken whenever it comes, told under one number until the ILS answers, never twice."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk import payments
from kiosk.clock import Now
from kiosk.debts import SILENCE_MS
from kiosk.effects import AnyEffect, ClearFault, RaiseFault, Record
from kiosk.events import AnyEvent, IlsChanged, IlsSilent, Ticked
from kiosk.payment_effects import AskPayment
from kiosk.payment_events import CodeOffered, MoneyCame, PaymentAnswered
from kiosk.payments import (
    EVENTS,
    IGNORED,
    KEPT_MS,
    TABLE,
    UNKNOWN,
    UNSETTLED,
    Attended,
    Payment,
    Payments,
    Stage,
)
from wire import facts
from wire.orders import Order

LI = "a" * 32
TXN, OTHER = "1" * 16, "2" * 16
MONO_MS, TIME_MS, ALARM_MS = 1_000_000, 1_790_000_000_000, 4 * 3_600_000
WANTED = facts.PaymentWanted(TXN, LI, 1250)
THERE = Attended(TXN)
MONEY = MoneyCame(TXN, "4200001", 1250)
ASKED = AskPayment(TXN, "R0001", "4200001", 1250, "")
SETTLED = Record(facts.PaymentSettled(TXN, "4200001", 1250))


def step(
    state: Payments, event: AnyEvent, attended: Attended = THERE, at_ms: int = MONO_MS
) -> tuple[Payments, list[AnyEffect]]:
    state, effects = payments.step(state, event, attended, Now(0, at_ms), alarm_ms=ALARM_MS)
    return state, list(effects)


@pytest.fixture
def waiting() -> Payments:
    return payments.begin(Payments(ils_up=True), [Record(WANTED, card="R0001")], Now(0, MONO_MS))


@pytest.fixture
def asked(waiting: Payments) -> Payments:
    state, effects = step(waiting, MONEY)
    assert effects == [Record(facts.PaymentTaken(TXN, "4200001", 1250)), ASKED]
    return state


def test_every_stage_and_event_is_a_row_or_is_ignored_with_a_reason():
    for stage in Stage:
        assert not TABLE[stage].keys() & IGNORED[stage].keys()
        assert TABLE[stage].keys() | IGNORED[stage].keys() == EVENTS
        assert all(IGNORED[stage].values())


def test_money_is_booked_once_and_forgotten(asked: Payments):
    state, effects = step(asked, PaymentAnswered(TXN, None))
    assert (effects, state.open, state.asking) == ([SETTLED], (), "")
    assert step(state, PaymentAnswered(TXN, None)) == (state, [])


def test_what_the_ils_will_not_book_is_for_staff(asked: Payments):
    state, effects = step(asked, PaymentAnswered(TXN, 130))
    assert effects == [Record(facts.PaymentRefused(TXN, "4200001", 1250, 130))]
    assert state.open == ()


def test_a_silent_ils_is_asked_again_with_the_same_number(asked: Payments):
    state, effects = step(asked, IlsSilent(txn=TXN))
    assert effects == []
    due = payments.deadline_ms(state, ALARM_MS)
    assert due == MONO_MS + SILENCE_MS
    assert step(state, Ticked(), at_ms=due - 1)[1] == []
    state, effects = step(state, Ticked(), at_ms=due)
    assert effects == [replace(ASKED, again=True)]
    assert step(state, Ticked(), at_ms=due + SILENCE_MS)[1] == [], "while it is being asked nobody asks"


def test_while_the_ils_is_away_nobody_asks(waiting: Payments):
    state, effects = step(replace(waiting, ils_up=False), MONEY)
    assert effects == [Record(facts.PaymentTaken(TXN, "4200001", 1250))]
    assert step(state, IlsChanged(up=True))[1] == [ASKED]


@pytest.mark.parametrize("why", ["left", "expired", "cancelled", "no_code"])
def test_nobody_waits_and_money_comes_all_the_same(waiting: Payments, why: payments.Why):
    state, effects = step(waiting, Ticked(), Attended("", why))
    assert effects == [Record(facts.PaymentDropped(TXN, why))]
    assert step(state, Ticked(), Attended())[1] == [], "dropped once"
    _, effects = step(state, MONEY, Attended())
    assert effects == [Record(facts.PaymentTaken(TXN, "4200001", 1250)), ASKED]


def test_without_money_it_lapses_after_a_day(waiting: Payments):
    state, _ = step(waiting, Ticked(), Attended())
    assert payments.deadline_ms(state, ALARM_MS) == MONO_MS + KEPT_MS
    state, effects = step(state, Ticked(), Attended(), at_ms=MONO_MS + KEPT_MS)
    assert (effects, state.open) == ([Record(facts.PaymentLapsed(TXN))], ())


def test_money_unbooked_for_long_is_an_alarm_until_it_is_booked(waiting: Payments):
    state, _ = step(replace(waiting, ils_up=False), MONEY)
    state, effects = step(state, Ticked(), at_ms=MONO_MS + ALARM_MS)
    assert effects == [RaiseFault(UNSETTLED)]
    state, _ = step(state, IlsChanged(up=True), at_ms=MONO_MS + ALARM_MS)
    _, effects = step(state, PaymentAnswered(TXN, None), at_ms=MONO_MS + ALARM_MS)
    assert effects == [SETTLED, ClearFault(UNSETTLED)]


def test_two_payments_are_told_one_after_the_other(waiting: Payments):
    second = Record(facts.PaymentWanted(OTHER, LI, 300, "9"), card="R0001")
    state = payments.begin(waiting, [second], Now(0, MONO_MS))
    state, _ = step(state, MoneyCame(OTHER, "4200002", 300))
    assert state.asking == OTHER
    state, effects = step(state, MONEY)
    assert AskPayment not in {type(effect) for effect in effects}
    _, effects = step(state, PaymentAnswered(OTHER, None))
    assert effects == [Record(facts.PaymentSettled(OTHER, "4200002", 300)), ASKED]


def test_a_card_that_is_locked_away_waits_and_one_that_is_lost_is_for_staff():
    taken = Payment(TXN, LI, "", 1250, stage=Stage.TAKEN, provider_id="4200001")
    locked = Payments((replace(taken, locked=True),), ils_up=True)
    assert step(locked, Ticked(), at_ms=0) == (locked, [])
    state, effects = step(Payments((taken,), ils_up=True), Ticked(), at_ms=0)
    assert effects == [Record(facts.PaymentRefused(TXN, "4200001", 1250, payments.NOT_BOOKED))]
    assert state.open == ()


# ---------------------------------------------------------------- what central tells
def told(state: Payments, order: Order) -> object:
    return payments.told(state, order, Now(0, MONO_MS), time_ms=TIME_MS)


@pytest.mark.parametrize(("told_ms", "good_ms"), [(120_000, 120_000), (86_400_000, payments.LONGEST_CODE_MS)])
def test_a_code_is_good_until_its_order_is_late_and_no_clock_makes_it_good_for_a_day(
    waiting: Payments, told_ms: int, good_ms: int
):
    order = Order(1, "payment.show", TIME_MS, TIME_MS + told_ms, txn=TXN, code="wx")
    assert told(waiting, order) == CodeOffered(TXN, "wx", MONO_MS + good_ms)


def test_money_is_known_again_by_its_number_and_nothing_else_is_ours(waiting: Payments, asked: Payments):
    made = Order(2, "payment.made", TIME_MS, TIME_MS + 1, txn=TXN, provider_id="4200001", amount_fen=1250)
    assert told(waiting, made) == MONEY
    assert told(asked, made) is None
    assert told(Payments(), made) == UNKNOWN
    second = Order(3, "payment.made", TIME_MS, TIME_MS + 1, txn=TXN, provider_id="4200009", amount_fen=1250)
    assert told(asked, second) == UNKNOWN


@pytest.mark.parametrize("untellable", [{"amount_fen": 0}, {"amount_fen": 10_000_001}, {"provider_id": ""}])
def test_money_that_no_fact_can_tell_is_for_staff(waiting: Payments, untellable: dict[str, object]):
    money = {"provider_id": "4200001", "amount_fen": 1250} | untellable
    order = Order(4, "payment.made", TIME_MS, TIME_MS + 1, txn=TXN, **money)
    assert told(waiting, order) == UNKNOWN
