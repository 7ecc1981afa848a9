"""Codes, money and orders: whatever comes late, twice, without a reader, or not at all."""

from __future__ import annotations

from itertools import permutations
from threading import Thread

import pytest
from sqlalchemy import text

from central.circulation.owed.states import Told
from central.db import open_sessions
from central.payments.cashier import PACE, UNKNOWN, receive
from central.payments.provider import Away, Money
from central.payments.states import NEXT, STATES, after, reference
from central.payments.store import take
from tests.central.ingest.world import JOURNAL, NOW, READER, ROOM
from tests.central.payments.world import CODE_MS, OTHER, REFERENCE, TXN, WANTED
from wire import facts
from wire.envelope import encode_fact
from wire.faults import number
from wire.orders import LIVE_VERBS

TAKEN = facts.PaymentTaken(TXN, "4200001", 1250)
SETTLED = facts.PaymentSettled(TXN, "4200001", 1250)
REFUSED = facts.PaymentRefused(TXN, "4200001", 1250, 130)
DROPPED, LAPSED = facts.PaymentDropped(TXN, "left"), facts.PaymentLapsed(TXN)


def test_a_payment_from_the_wish_to_the_ils(till):
    till.tell(WANTED)
    (show,) = till.tick()
    assert (show.verb, show.txn, show.code) == ("payment.show", TXN, f"wx://{REFERENCE}")
    assert show.deadline_ms == till.now_ms + CODE_MS
    assert show.verb not in LIVE_VERBS
    assert READER not in REFERENCE
    till.answer(show)
    assert till.tick(1_000) == [], "nobody has paid"
    till.shop.pay()
    (made,) = till.tick(2_000)
    assert (made.verb, made.txn, made.provider_id, made.amount_fen) == ("payment.made", TXN, "4200001", 1250)
    assert till.payment().state == "paid"
    till.tell(TAKEN, facts.OrderDone(made.number, made.verb))
    assert till.payment().state == "taken"
    till.tell(SETTLED)
    row = till.payment()
    assert (row.state, row.provider_id, row.fee, row.sealed) == ("settled", "4200001", "17", "c2VhbGVk")
    assert row.reader not in {"", READER}
    assert till.tick(60_000) == []
    assert till.money() == {"4200001": "payment"}


def test_a_wish_that_comes_late_gets_no_code(lite_till):
    lite_till.tell(WANTED)
    lite_till.now_ms += CODE_MS
    assert lite_till.tick() == []
    assert lite_till.shop.codes == {}


def test_a_provider_that_is_away_is_asked_again_while_the_reader_waits(lite_till):
    lite_till.shop.away = True
    lite_till.tell(WANTED)
    assert lite_till.tick() == []
    lite_till.shop.away = False
    assert [order.verb for order in lite_till.tick(500)] == ["payment.show"]


def test_a_provider_that_declines_is_told_to_the_reader_at_once(lite_till):
    lite_till.shop.declines = True
    lite_till.tell(WANTED)
    (show,) = lite_till.tick()
    assert (show.verb, show.code) == ("payment.show", "")
    assert lite_till.payment().dropped == "no_code"


def test_a_code_of_which_nobody_knows_whether_it_was_given_is_given_again(lite_till):
    """The process died between the provider's answer and the database."""
    lite_till.shop.codes[REFERENCE] = 1250
    lite_till.tell(WANTED)
    assert [order.code for order in lite_till.tick()] == [f"wx://{REFERENCE}"]


def test_what_nobody_waits_for_is_cancelled_and_its_money_is_told_all_the_same(lite_till):
    lite_till.tell(WANTED)
    lite_till.tick()
    lite_till.tell(DROPPED)
    lite_till.shop.pay()
    (made,) = lite_till.tick(2_000)
    assert lite_till.shop.cancelled == [REFERENCE]
    assert made.verb == "payment.made"
    lite_till.tick(60_000)
    assert lite_till.shop.cancelled == [REFERENCE], "once"


@pytest.mark.parametrize("late_ms", [PACE[0][0] + CODE_MS, 2 * 3_600_000, 20 * 3_600_000])
def test_money_after_the_code_s_time_is_found(lite_till, late_ms):
    lite_till.tell(WANTED)
    lite_till.tick()
    lite_till.tell(DROPPED)
    lite_till.tick(late_ms)
    lite_till.shop.pay()
    verbs = [order.verb for _ in range(2) for order in lite_till.tick(1_800_000)]
    assert verbs == ["payment.made"]


def test_after_a_day_nobody_looks_any_more(lite_till):
    lite_till.tell(WANTED)
    lite_till.tick()
    lite_till.tell(DROPPED)
    lite_till.tick(PACE[-1][0] + CODE_MS)
    assert lite_till.payment().look_ms is None
    asked = lite_till.shop.asked
    lite_till.tick(3_600_000)
    assert lite_till.shop.asked == asked


def test_the_word_of_money_is_given_again_until_the_kiosk_has_it(till):
    till.tell(WANTED)
    till.tick()
    till.shop.pay()
    (made,) = till.tick(2_000)
    assert till.tick(10_000) == [], "the ingest says a pending order again"
    till.answer(made, number("order_not_possible"))
    assert till.tick(1_000) == [], "not at once"
    (again,) = till.tick(60_000)
    assert (again.verb, again.provider_id) == ("payment.made", "4200001")
    (third,) = till.tick(24 * 3_600_000 + 1)
    assert third.number > again.number > made.number


def test_a_kiosk_that_does_not_know_the_payment_leaves_it_to_staff_and_may_still_know_it(till):
    till.tell(WANTED)
    till.tick()
    till.shop.pay()
    (made,) = till.tick(2_000)
    till.answer(made, UNKNOWN)
    till.tick(1_000)
    assert till.payment().state == "orphaned"
    till.tell(TAKEN, SETTLED)
    assert till.payment().state == "settled"


def test_money_on_the_disk_of_a_board_that_burns_is_for_staff(till):
    till.tell(WANTED, TAKEN)
    till.tell(facts.KioskStarted("1", "6e" * 16, unclean=True), journal="6e" * 16, first=1)
    assert till.payment().state == "orphaned"


def test_money_for_what_the_kiosk_has_given_up_is_for_staff_at_once(lite_till):
    lite_till.tell(WANTED)
    lite_till.tick()
    lite_till.tell(DROPPED, LAPSED)
    lite_till.shop.pay()
    assert lite_till.tick(1_800_000) == []
    assert lite_till.payment().state == "orphaned"


ODD = [
    ([("4200001", 1250), ("4200002", 1250)], {"4200001": "payment", "4200002": "surplus"}),
    ([("4200001", 1000)], {"4200001": "odd"}),
]


@pytest.mark.parametrize(("paid", "uses"), ODD, ids=["twice", "another amount"])
def test_money_that_is_not_what_was_wanted_is_never_told_to_the_ils(till, paid, uses):
    till.tell(WANTED)
    till.tick()
    for provider_id, fen in paid:
        till.shop.pay(provider_id, fen)
    orders = till.tick(2_000)
    assert till.money() == uses
    assert [order.provider_id for order in orders] == [one for one, use in uses.items() if use == "payment"]


def test_a_notification_is_taken_once_and_before_the_wish_too(till):
    money = Money("4200001", REFERENCE, 1250, till.now_ms)
    told = []
    for _ in range(2):
        with open_sessions(till.engine).begin() as session:
            told.append(receive(session, money, till.now_ms))
    assert (told, till.money()) == ([True, False], {"4200001": "unknown"})
    till.shop.money.append(money)
    till.tell(WANTED)  # a restored central hears of it only now
    till.tick()
    (made,) = till.tick(2_000)
    assert (made.provider_id, till.money()) == ("4200001", {"4200001": "payment"})


def test_two_workers_that_hear_of_the_same_money_at_once_write_it_down_once(postgres_engine):
    money = Money("4200001", "nobody", 1250, 1)
    told = []

    def hear():
        with open_sessions(postgres_engine).begin() as session:
            told.append(receive(session, money, 1))

    second = Thread(target=hear)
    with open_sessions(postgres_engine).begin() as session:
        assert receive(session, money, 1)
        second.start()
        while session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) == 0:
            assert second.is_alive()
    second.join(10)
    assert told == [False]


def test_a_payment_that_cannot_be_dealt_with_keeps_no_other_from_its_turn(lite_till):
    other = facts.PaymentWanted("0b" * 8, READER, 300)
    lite_till.tell(WANTED, other)
    create = lite_till.shop.create

    def fails(amount_fen, about, expires_ms):
        if amount_fen == 1250:
            raise RuntimeError("a mistake of the plug-in's")
        return create(amount_fen, about, expires_ms)

    lite_till.shop.create = fails
    assert [order.txn for order in lite_till.tick(1_000)] == ["0b" * 8]


# ---------------------------------------------------------------- facts in any order
@pytest.mark.parametrize("end", [SETTLED, REFUSED])
def test_facts_may_come_again_after_a_restored_backup_in_any_order_of_what_else_is_known(lite_till, end):
    lite_till.tell(WANTED, DROPPED, TAKEN, end)
    first = lite_till.payment()
    with lite_till.engine.begin() as connection:
        for fact in (WANTED, DROPPED, TAKEN):
            told = Told(ROOM, JOURNAL, "zhen", lite_till.now_ms, fact, encode_fact(fact).decode())
            take(connection, [told])
    again = lite_till.payment()
    assert (again.state, again.provider_id, again.fault) == (first.state, first.provider_id, first.fault)


def test_of_money_that_came_twice_the_payment_is_what_the_kiosk_booked(till):
    """A central that was restored may hear of the other one first."""
    till.tell(WANTED)
    till.tick()
    till.shop.pay("4199999", at_ms=NOW + 1)
    till.tick(2_000)
    till.shop.pay("4200001", at_ms=NOW + 2)
    with open_sessions(till.engine).begin() as session:
        receive(session, till.shop.money[-1], till.now_ms)
    assert till.money() == {"4199999": "payment", "4200001": "surplus"}
    till.tell(TAKEN, SETTLED)
    assert till.money() == {"4199999": "surplus", "4200001": "payment"}
    payment = till.payment()
    assert (payment.state, payment.provider_id, payment.paid_ms) == ("settled", "4200001", NOW + 2)


def test_the_end_does_not_depend_on_the_order_in_which_it_is_told():
    said = ("offered", "dropped", "paid", "taken", "settled")
    ends = set()
    for order in permutations(said):
        state = "wanted"
        for one in order:
            state = after(state, one)
        ends.add(state)
    assert ends == {"settled"}
    assert NEXT.keys() == set(STATES)
    assert all(following <= set(STATES) for following in NEXT.values())


# ---------------------------------------------------------------- a provider that is not well
def test_one_payment_of_which_the_provider_does_not_speak_keeps_no_other_waiting(lite_till):
    lite_till.tell(WANTED, facts.PaymentWanted(OTHER, READER, 300))
    lite_till.tick()
    status = lite_till.shop.status

    def silent(about):
        if about == REFERENCE:
            raise Away
        return status(about)

    lite_till.shop.status = silent
    lite_till.shop.pay("4200002", 300, reference(ROOM, OTHER))
    orders = [order for _ in range(4) for order in lite_till.tick(2_000)]
    assert [order.txn for order in orders] == [OTHER]


def test_a_mistake_of_the_plug_in_s_is_not_asked_for_ever(lite_till):
    lite_till.tell(WANTED)
    lite_till.shop.create = lite_till.shop.status = lambda *_: 1 / 0
    lite_till.tick()
    lite_till.tick(PACE[-1][0] + CODE_MS)
    assert lite_till.payment().look_ms is None


@pytest.mark.parametrize("code", ["w" * 513, "微信", "two words"])
def test_a_code_that_no_order_carries_is_none(lite_till, code):
    lite_till.shop.create = lambda *_: code
    lite_till.tell(WANTED)
    (show,) = lite_till.tick()
    assert (show.code, lite_till.payment().dropped) == ("", "no_code")


def test_money_that_waits_for_its_kiosk_keeps_no_other_from_being_told(lite_till, monkeypatch):
    monkeypatch.setattr("central.payments.due.MOST", 1)
    lite_till.tell(WANTED, facts.PaymentWanted(OTHER, READER, 300))
    lite_till.shop.pay(at_ms=lite_till.now_ms)
    lite_till.shop.pay("4200002", 300, reference(ROOM, OTHER), at_ms=lite_till.now_ms + 1)
    told = [order.txn for _ in range(8) for order in lite_till.tick(1_000) if order.verb == "payment.made"]
    assert sorted(told) == [TXN, OTHER]
