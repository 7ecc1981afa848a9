"""Books that readers have lost, on both databases."""

import pytest
from sqlalchemy import select

from central.circulation.ledger import books, lending, losses
from central.circulation.ledger.models import Item, Loan
from central.circulation.ledger.outcomes import Refused
from tests.central.circulation.ledger.purse import BALANCED, fresh, imbalances, owed
from tests.central.circulation.world import NOW_MS, XIAN


@pytest.fixture
def lent(session, cursor):
    """B1, which costs 30 yuan, is on a reader's card."""
    fresh(session, "NEW")
    session.get(Item, "B1").price_fen = 3000
    session.flush()
    lending.check_out(cursor, XIAN, "NEW", "B1")


def test_the_reader_owes_its_price_and_the_work(session, cursor, lent):
    fee = losses.declare(cursor, XIAN, "B1", processing_fen=500, note="读者报失")

    assert (fee.kind, fee.amount_fen, fee.title) == ("lost", 3500, "三体")
    assert books.open_fees(cursor, "NEW")[0] == fee
    assert owed(session, "NEW") == 3500
    assert session.scalars(select(Loan.returned_ms)).one() == NOW_MS
    assert session.scalars(select(Item.status).where(Item.barcode == "B1")).one() == "lost"
    assert imbalances(session)["fees"] == BALANCED["fees"]


def test_it_is_for_staff_when_it_turns_up(cursor, lent):
    losses.declare(cursor, XIAN, "B1")

    returned = lending.check_in(cursor, XIAN, "B1")
    assert (returned.was_lent, returned.notice) == (False, "item_lost")


def test_what_nobody_had_costs_nobody(session, cursor):
    assert losses.declare(cursor, XIAN, "B1", processing_fen=500) is None
    assert session.scalars(select(Item.status).where(Item.barcode == "B1")).one() == "lost"


def test_what_has_no_price_costs_nothing(session, cursor, lent):
    session.get(Item, "B1").price_fen = None
    session.flush()

    assert losses.declare(cursor, XIAN, "B1") is None
    assert owed(session, "NEW") == 0


def test_what_cannot_be_lost(cursor):
    assert losses.declare(cursor, XIAN, "NOTHING") == Refused("item_unknown")
    with pytest.raises(ValueError, match="-1"):
        losses.declare(cursor, XIAN, "B1", processing_fen=-1)
