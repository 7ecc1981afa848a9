"""Several kiosks at once, on both databases: each with a connection and a transaction of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from central.circulation.ledger.models import Loan
from central.circulation.ledger.outcomes import Lent
from central.db import open_sessions
from tests.central.circulation.verbs import check_in, check_out
from tests.central.circulation.world import CUN, XIAN


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


def open_loans(engine):
    with open_sessions(engine, readonly=True).begin() as session:
        return session.scalar(select(func.count()).select_from(Loan).where(Loan.returned_ms.is_(None)))


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


def test_two_returns_of_one_loan_close_it_once(library, at_once):
    at_once(lambda session: check_out(session, XIAN, "R1", "B1"))

    outcomes = at_once(
        lambda session: check_in(session, XIAN, "B1"), lambda session: check_in(session, CUN, "B1")
    )
    assert sorted(outcome.was_lent for outcome in outcomes) == [False, True]
    assert open_loans(library) == 0
