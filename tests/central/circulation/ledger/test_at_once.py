"""Readers registered and fees paid at several kiosks at once, each in a transaction of its own, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import func, select

from central.circulation.ledger import amnesties, fees, payments, registration
from central.circulation.ledger.amnesties import NewAmnesty
from central.circulation.ledger.models import Payment, Reader
from central.circulation.ledger.outcomes import Paid, Refused, Registered
from central.circulation.ledger.registration import Deposit, Registration
from central.db import open_sessions
from central.statements import Cursor
from tests.central.circulation.ledger.purse import fresh, imbalances, owed, shown
from tests.central.circulation.world import CUN, TODAY, XIAN

NEW = Registration("孟春和", type="adult", id_card=shown("11010519900101001", TODAY))
ROUNDS = 5


@pytest.fixture
def at_once(library):
    """Run all of these at once; their outcomes in order."""

    def run(*verbs):
        start = Barrier(len(verbs))

        def one(verb):
            start.wait(10)
            with open_sessions(library).begin() as session:
                return verb(Cursor(session.connection()))

        with ThreadPoolExecutor(len(verbs)) as kiosks:
            return list(kiosks.map(one, verbs))

    return run


@pytest.fixture
def indebted(library):
    """Two readers with a fee of 100 分 each."""
    with open_sessions(library).begin() as session:
        for card in ("NEW", "OTHER"):
            fresh(session, card)
            fees.charge(Cursor(session.connection()), XIAN, card, "other", 100)
            fees.charge(Cursor(session.connection()), XIAN, card, "overdue", 100)


def ask(library, query):
    with open_sessions(library, readonly=True).begin() as session:
        return query(session)


@pytest.mark.parametrize("at", range(ROUNDS))
def test_one_id_card_at_two_kiosks_is_one_reader(library, at_once, at):
    outcomes = at_once(
        lambda c: registration.register(c, XIAN, replace(NEW, card="K1")),
        lambda c: registration.register(c, CUN, replace(NEW, card="K2")),
    )

    assert Refused("id_card_taken") in outcomes
    assert sum(isinstance(outcome, Registered) for outcome in outcomes) == 1
    born = select(func.count()).where(Reader.id_digest == NEW.id_card.digest)
    assert ask(library, lambda s: s.scalar(born)) == 1


def test_one_card_at_two_kiosks_is_one_reader(at_once):
    plain = replace(NEW, id_card=None, card="K1")
    outcomes = at_once(
        lambda c: registration.register(c, XIAN, plain), lambda c: registration.register(c, CUN, plain)
    )

    assert Refused("card_taken") in outcomes
    assert sum(isinstance(outcome, Registered) for outcome in outcomes) == 1


@pytest.mark.parametrize("at", range(ROUNDS))
def test_one_payment_with_two_registrations_makes_one_reader(library, at_once, at):
    deposit = Deposit(100, "wechat", "WX1")
    outcomes = at_once(
        lambda c: registration.register(c, XIAN, replace(NEW, id_card=None, card="K1", deposit=deposit)),
        lambda c: registration.register(c, CUN, replace(NEW, id_card=None, card="K2", deposit=deposit)),
    )

    assert Refused("paid_already") in outcomes
    assert ask(library, lambda s: s.scalar(select(func.count()).where(Reader.card.in_(["K1", "K2"])))) == 1


@pytest.mark.parametrize("at", range(ROUNDS))
def test_one_number_at_two_terminals_is_one_payment(library, at_once, indebted, at):
    def pay(desk):
        return lambda c: payments.pay(c, desk, "NEW", 100, method="wechat", provider_id="WX1")

    outcomes = at_once(pay(XIAN), pay(CUN))
    assert sorted(outcome.again for outcome in outcomes) == [False, True]
    assert ask(library, lambda s: owed(s, "NEW")) == 100


@pytest.mark.parametrize("at", range(ROUNDS))
def test_one_number_for_two_readers_is_one_payment(library, at_once, indebted, at):
    def pay(card):
        return lambda c: payments.pay(c, XIAN, card, 100, method="wechat", provider_id="WX1")

    outcomes = at_once(pay("NEW"), pay("OTHER"))
    assert Refused("paid_already") in outcomes
    assert sum(isinstance(outcome, Paid) for outcome in outcomes) == 1
    assert ask(library, lambda s: s.scalar(select(func.count()).select_from(Payment))) == 1


def test_nobody_pays_twice_what_is_owed_once(library, at_once, indebted):
    outcomes = at_once(*[lambda c: payments.pay(c, XIAN, "NEW", 150, method="cash")] * 4)

    assert [outcome for outcome in outcomes if isinstance(outcome, Refused)] == [Refused("overpaid")] * 3
    assert ask(library, lambda s: owed(s, "NEW")) == 50


def test_payments_and_an_amnesty_over_all_of_them_do_not_lock_each_other_out(library, at_once, indebted):
    with open_sessions(library).begin() as session:
        number = amnesties.grant(Cursor(session.connection()), XIAN, NewAmnesty(TODAY, TODAY, "节"))

    def pay(card):
        return lambda c: payments.pay(c, XIAN, card, 150, method="cash")

    at_once(pay("OTHER"), lambda c: amnesties.forgive_open(c, XIAN, number), pay("NEW"))
    found = ask(library, imbalances)
    assert (found["fees"], found["payments"]) == ([], [])
    assert not {"NEW", "OTHER"} & set(found["readers"])
