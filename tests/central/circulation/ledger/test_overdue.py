"""What comes back late, and what it costs by the branch that lent it. On both databases."""

import pytest

from central.circulation.ledger.models import Fee, Item, Loan, Reader
from tests.central.circulation.ledger.more import add_rule, change, later
from tests.central.circulation.ledger.verbs import check_in, check_out, close, tell_check_in
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, XIAN


@pytest.fixture
def lent(session):
    """Due on the thirtieth day."""
    add_rule(session, "xian", fine_fen=10, grace_days=2)
    check_out(session, XIAN, "R1", "B1")
    return session


@pytest.mark.parametrize(("days", "fee_fen"), [(30, 0), (31, 0), (32, 0), (33, 30), (40, 100)])
def test_each_day_beyond_those_of_grace_costs(lent, days, fee_fen):
    assert check_in(lent, later(XIAN, days), "B1").fee_fen == fee_fen
    assert lent.get(Reader, "R1").fees_fen == fee_fen


def test_closed_days_of_the_lending_branch_cost_nothing(lent):
    close(lent, XIAN, "xian", (later(XIAN, 31).today, later(XIAN, 34).today), "")
    close(lent, XIAN, "cun", (later(XIAN, 30).today, later(XIAN, 60).today), "")

    assert check_in(lent, later(CUN, 40), "B1").fee_fen == 60


def test_the_rule_of_the_branch_that_lent_it_binds(lent):
    add_rule(lent, "cun", fine_fen=99)

    assert check_in(lent, later(CUN, 40), "B1").fee_fen == 100
    fee = lent.query(Fee).one()
    assert (fee.kind, fee.branch_id, fee.item_barcode, fee.open_fen) == ("overdue", "xian", "B1", 100)


def test_it_costs_no_more_than_the_book(lent):
    change(lent, Item, "B1", price_fen=45)

    assert check_in(lent, later(XIAN, 40), "B1").fee_fen == 45


def test_without_a_rule_there_is_no_fee(lent):
    lent.query(Loan).update({"reader_type_id": "gone"})

    assert check_in(lent, later(XIAN, 40), "B1").fee_fen == 0


def test_a_return_told_afterwards_costs_what_it_cost_then(lent):
    told = tell_check_in(lent, later(XIAN, 40), "B1", NOW_MS + 33 * DAY_MS)

    assert told.fee_fen == 30
