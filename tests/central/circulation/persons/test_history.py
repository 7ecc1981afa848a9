"""Old loans lose their cards, on both databases."""

import pytest
from sqlalchemy import select

from central.circulation.ledger import books
from central.circulation.ledger.models import Hold, Loan, Locker
from central.circulation.persons import history
from central.circulation.persons.history import History, forget
from central.db import open_sessions
from central.statements import Cursor
from tests.central.circulation.ledger.purse import fresh
from tests.central.circulation.world import DAY_MS, NOW_MS, TODAY, XIAN


@pytest.fixture
def known(library):
    """One loan of each story, that ended at 0 or not at all."""
    with open_sessions(library).begin() as session:
        fresh(session, "OLD")
        fresh(session, "KEEPER", keeps_history=True)
        fresh(session, "DEBTS")
        loans = [
            Loan(
                item_barcode=item,
                reader_card=card,
                lent_ms=0,
                due_on=TODAY,
                lent_account="x",
                returned_ms=end,
            )
            for item, card, end in (
                ("B1", "OLD", 0),
                ("B2", "OLD", None),
                ("B3", "OLD", NOW_MS),
                ("B4", "KEEPER", 0),
                ("B5", "DEBTS", 0),
            )
        ]
        session.add_all(loans)
        session.flush()
        cursor = Cursor(session.connection())
        books.charge(cursor, XIAN, "DEBTS", "overdue", 5, loan=loans[4].id)
        books.charge(cursor, XIAN, "OLD", "overdue", 5, loan=loans[2].id)
        for at, (card, end) in enumerate(
            (("OLD", 0), ("OLD", NOW_MS), ("KEEPER", 0), ("OLD", None), ("OLD", 0))
        ):
            hold = Hold(title_id=1, reader_card=card, pickup_branch_id="cun", placed_ms=at, filled_ms=end)
            session.add(hold)
        session.flush()
        session.add(Locker(branch_id="cun", label="1", hold_id=hold.id))
    return library


def cards(library):
    with open_sessions(library, readonly=True)() as session:
        return session.scalars(select(Loan.reader_card).order_by(Loan.item_barcode)).all()


def holds(library):
    with open_sessions(library, readonly=True)() as session:
        return session.scalars(select(Hold.placed_ms).order_by(Hold.placed_ms)).all()


def test_what_is_old_and_over_loses_its_card(known):
    with known.begin() as connection:
        assert forget(Cursor(connection), NOW_MS) == 2

    assert cards(known) == [None, "OLD", "OLD", "KEEPER", "DEBTS"]
    assert holds(known) == [1, 2, 3, 4]
    with known.begin() as connection:
        assert forget(Cursor(connection), NOW_MS) == 0


def test_the_clock_counts_the_days_from_the_return(known):
    History(known, 60).tick(60 * DAY_MS)
    assert cards(known)[0] == "OLD"
    History(known, 60).tick(60 * DAY_MS + 1)
    assert cards(known)[0] is None


def test_some_at_a_time_until_nothing_is_left(known, monkeypatch):
    work = History(known, 60)
    done = []
    monkeypatch.setattr(history, "forget", lambda _, until_ms: done.append(until_ms) or int(len(done) < 3))

    for second in range(5):
        work.tick(NOW_MS + second)
    assert len(done) == 3
    work.tick(NOW_MS + history.EVERY_MS + 2)
    assert len(done) == 4


def test_a_clock_that_was_set_back_does_not_stop_it(known):
    work = History(known, 60)
    work.tick(NOW_MS + 10_000 * DAY_MS)
    work.tick(NOW_MS + 10_000 * DAY_MS)
    with open_sessions(known).begin() as session:
        session.query(Loan).where(Loan.item_barcode == "B2").update({"returned_ms": 0})

    work.tick(NOW_MS)
    assert cards(known)[1] is None
