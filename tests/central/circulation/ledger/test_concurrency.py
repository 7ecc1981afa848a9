"""Several kiosks at once, on both databases: each with a connection and a transaction of its own.

Whoever comes first, what there is at the end is one of the outcomes that one after the other would give.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from central.circulation.ledger.models import Hold, Loan, Locker, Transit
from central.circulation.ledger.outcomes import Lent
from central.db import open_sessions
from tests.central.circulation.ledger.more import later
from tests.central.circulation.ledger.verbs import (
    cancel_hold,
    check_in,
    check_out,
    close,
    expire_holds,
    place_hold,
    renew,
    renew_all,
    settle_closures,
)
from tests.central.circulation.world import CUN, NOW_MS, XIAN, fill, hold

DUE = date(2026, 3, 31)


@pytest.fixture
def at_once(library):
    """Run all of these at once, each in a transaction of its own; their outcomes in order."""

    def run(*verbs):
        start = Barrier(len(verbs))

        def one(verb):
            start.wait(10)
            with open_sessions(library).begin() as session:
                return verb(session)

        with ThreadPoolExecutor(len(verbs)) as kiosks:
            return list(kiosks.map(one, verbs))

    return run


@pytest.fixture
def before(library):
    """What was done before, committed."""

    def run(*verbs):
        with open_sessions(library).begin() as session:
            for verb in verbs:
                verb(session)

    return run


def ask(engine, question):
    with open_sessions(engine, readonly=True).begin() as session:
        return session.execute(question).all()


def open_loans(engine):
    return ask(engine, select(func.count()).select_from(Loan).where(Loan.returned_ms.is_(None)))[0][0]


def open_transits(engine):
    return ask(engine, select(func.count()).select_from(Transit).where(Transit.ended_ms.is_(None)))[0][0]


# ---------------------------------------------------------------- loans
def test_two_kiosks_one_book_one_loan(library, at_once):
    outcomes = at_once(
        lambda session: check_out(session, XIAN, "R1", "B1"),
        lambda session: check_out(session, CUN, "R2", "B1"),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Lent", "Refused"]
    assert {getattr(outcome, "fault", None) for outcome in outcomes} == {None, "lent_to_other"}
    assert open_loans(library) == 1


def test_the_same_reader_twice_one_loan(library, at_once):
    outcomes = at_once(*[lambda session: check_out(session, XIAN, "R1", "B1")] * 4)

    assert sorted(getattr(outcome, "fault", "lent") for outcome in outcomes) == ["already_yours"] * 3 + [
        "lent"
    ]
    assert open_loans(library) == 1


def test_four_kiosks_one_card_one_limit(library, at_once):
    wanted = ("B1", "B3", "B4", "B5")
    outcomes = at_once(
        *[lambda session, barcode=barcode: check_out(session, XIAN, "R1", barcode) for barcode in wanted]
    )

    assert sum(isinstance(outcome, Lent) for outcome in outcomes) == 2
    assert {outcome.fault for outcome in outcomes if not isinstance(outcome, Lent)} == {"limit_reached"}
    assert open_loans(library) == 2


def test_two_returns_of_one_loan_close_it_once(library, at_once, before):
    before(lambda session: check_out(session, XIAN, "R1", "B1"))

    outcomes = at_once(
        lambda session: check_in(session, XIAN, "B1"), lambda session: check_in(session, CUN, "B1")
    )
    assert sorted(outcome.was_lent for outcome in outcomes) == [False, True]
    assert open_loans(library) == 0
    assert open_transits(library) <= 1


def test_renewed_at_two_places_it_counts_as_often_as_the_rule_allows(library, at_once, before):
    before(lambda session: check_out(session, XIAN, "R1", "B1"))
    tenth_day = later(XIAN, 10)

    at_once(
        lambda session: renew(session, tenth_day, "R1", "B1"),
        lambda session: renew_all(session, tenth_day, "R1"),
        lambda session: check_out(session, tenth_day, "R1", "B1", renew=True),
    )
    assert ask(library, select(Loan.renewals, Loan.due_on)) == [(1, date(2026, 4, 10))]


def test_renewed_and_returned_at_once_it_is_back(library, at_once, before):
    before(
        lambda session: check_out(session, XIAN, "R1", "B1"),
        lambda session: check_out(session, XIAN, "R1", "B4"),
    )

    at_once(
        lambda session: renew_all(session, later(XIAN, 10), "R1"),
        lambda session: check_in(session, XIAN, "B1"),
        lambda session: check_in(session, XIAN, "B4"),
    )
    assert open_loans(library) == 0


# ---------------------------------------------------------------- holds
def test_placed_twice_at_once_it_is_one_hold(library, at_once):
    outcomes = at_once(*[lambda session: place_hold(session, XIAN, "R1", title_id=1)] * 3)

    assert sorted(getattr(outcome, "fault", "held") for outcome in outcomes) == ["already_held"] * 2 + [
        "held"
    ]
    assert len(ask(library, select(Hold.id))) == 1


def test_two_copies_come_back_for_two_who_wait(library, at_once, before):
    before(
        lambda session: check_out(session, XIAN, "SMALLDEBT", "B1"),
        lambda session: check_out(session, XIAN, "SMALLDEBT", "B2"),
        lambda session: session.add_all(
            [Locker(branch_id="xian", label="A1"), Locker(branch_id="xian", label="A2")]
        ),
        lambda session: hold(session, "R1", 1),
        lambda session: hold(session, "R2", 1),
    )

    outcomes = at_once(
        lambda session: check_in(session, XIAN, "B1"), lambda session: check_in(session, XIAN, "B2")
    )
    assert {outcome.locker for outcome in outcomes} == {"A1", "A2"}
    assert {barcode for (barcode,) in ask(library, select(Hold.item_barcode))} == {"B1", "B2"}


def test_one_copy_two_who_want_it_now(library, at_once, before):
    """The first that waits, and a passer-by: the book goes to the first."""
    before(lambda session: hold(session, "R2", 2), lambda session: check_in(session, CUN, "B3"))

    outcomes = at_once(
        lambda session: check_out(session, CUN, "R1", "B3"),
        lambda session: check_out(session, CUN, "R2", "B3"),
    )
    assert isinstance(outcomes[1], Lent)
    assert outcomes[0].fault in {"on_hold", "lent_to_other"}


def test_placed_while_the_last_copy_is_lent(library, at_once):
    placed, lent = at_once(
        lambda session: place_hold(session, XIAN, "R2", barcode="B3"),
        lambda session: check_out(session, CUN, "R1", "B3"),
    )

    assert placed.title == "万历十五年"
    assert isinstance(lent, Lent) or lent.fault == "on_hold"
    assert open_loans(library) == isinstance(lent, Lent)


def test_a_hold_ends_while_its_copy_moves(library, at_once, before):
    """Cancelled, expired, taken and returned at once: the copy is with one reader or on one way."""
    before(
        lambda session: hold(session, "R1", 1),
        lambda session: hold(session, "R2", 1, NOW_MS, "cun"),
        lambda session: check_in(session, XIAN, "B1"),
    )
    tenth_day = later(XIAN, 10)

    at_once(
        lambda session: cancel_hold(session, tenth_day, "R1", title_id=1),
        lambda session: expire_holds(session, tenth_day.now_ms),
        lambda session: check_out(session, tenth_day, "R1", "B1"),
        lambda session: check_in(session, later(CUN, 10), "B1"),
        lambda session: check_in(session, later(CUN, 10), "B2"),
    )
    kept = ask(
        library,
        select(Hold.item_barcode).where(
            Hold.filled_ms.is_(None), Hold.cancelled_ms.is_(None), Hold.item_barcode.is_not(None)
        ),
    )
    lent = ask(library, select(Loan.item_barcode).where(Loan.returned_ms.is_(None)))
    assert len(kept) == len(set(kept))
    assert not set(kept) & set(lent)
    assert open_transits(library) <= 2


def test_a_copy_that_somebody_is_sending_on_is_not_sent_twice(postgres_engine):
    """The return has seen the hold, and waits for the queue that the cancelling kiosk has."""
    fill(postgres_engine)
    sessions = open_sessions(postgres_engine)
    with sessions.begin() as session:
        hold(session, "R2", 1)
        check_in(session, XIAN, "B2")

    def take_back():
        with sessions.begin() as session:
            return check_in(session, XIAN, "B2").sent_to

    with ThreadPoolExecutor(1) as kiosk:
        with sessions.begin() as session:
            cancel_hold(session, XIAN, "R2", title_id=1)
            returned = kiosk.submit(take_back)
            while not ask(postgres_engine, text("SELECT 1 FROM pg_locks WHERE NOT granted")):
                assert not returned.done()
        assert returned.result() == "cun"
    assert open_transits(postgres_engine) == 1


def test_who_waits_for_a_reader_has_the_item_already(postgres_engine):
    """Two kiosks that took them in different orders would wait for each other."""
    fill(postgres_engine)
    sessions = open_sessions(postgres_engine)

    def lend():
        with sessions.begin() as session:
            return check_out(session, XIAN, "R1", "B1")

    with ThreadPoolExecutor(1) as kiosk:
        with sessions.begin() as session:
            session.execute(text("SELECT 1 FROM reader WHERE card = 'R1' FOR UPDATE"))
            lent = kiosk.submit(lend)
            while not ask(postgres_engine, text("SELECT 1 FROM pg_locks WHERE NOT granted")):
                assert not lent.done()
            free = text("SELECT barcode FROM item WHERE barcode IN ('B1', 'B2') FOR UPDATE SKIP LOCKED")
            assert session.scalars(free).all() == ["B2"]
        assert isinstance(lent.result(), Lent)


# ---------------------------------------------------------------- closures
def test_lent_while_a_closure_is_entered_it_is_due_after_it(library, at_once):
    at_once(
        lambda session: check_out(session, XIAN, "R1", "B1"),
        lambda session: close(session, XIAN, "xian", (DUE, DUE), ""),
        lambda session: check_out(session, CUN, "R2", "B2"),
    )
    at_once(lambda session: settle_closures(session, NOW_MS + 60_000))

    assert set(ask(library, select(Loan.due_on))) == {(date(2026, 4, 1),)}
