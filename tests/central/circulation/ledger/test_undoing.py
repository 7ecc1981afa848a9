"""What a machine could not finish is as if it had not been begun. On both databases."""

from datetime import date

from central.circulation.ledger.models import Fee, Hold, Loan, Reader
from central.circulation.ledger.outcomes import Lent, Returned
from tests.central.circulation.ledger.more import add_rule, later
from tests.central.circulation.ledger.verbs import (
    cancel_check_in,
    cancel_check_out,
    check_in,
    check_out,
    item_information,
    renew,
)
from tests.central.circulation.world import CUN, MINUTE_MS, NOW_MS, XIAN, hold

SOON = later(XIAN, 0, 10 * MINUTE_MS)
TOO_LATE = later(XIAN, 0, 10 * MINUTE_MS + 1)


def status(session):
    return item_information(session, "B1").status


# ---------------------------------------------------------------- a loan
def test_a_loan_is_undone_and_leaves_no_trace(session):
    check_out(session, XIAN, "R1", "B1")

    undone = cancel_check_out(session, SOON, "B1")
    assert isinstance(undone, Returned)
    assert undone.was_lent
    assert (status(session), session.query(Loan).count()) == ("available", 0)


def test_asked_twice_it_is_undone_once(session):
    check_out(session, XIAN, "R1", "B1")
    cancel_check_out(session, XIAN, "B1")

    assert not cancel_check_out(session, XIAN, "B1").was_lent


def test_what_is_no_loan_of_that_terminal_a_moment_ago_stands(session):
    check_out(session, XIAN, "R1", "B1")

    assert cancel_check_out(session, TOO_LATE, "B1").fault == "cannot_cancel"
    assert cancel_check_out(session, CUN, "B1").fault == "cannot_cancel"
    assert cancel_check_out(session, XIAN, "NOTHING").fault == "item_unknown"
    renew(session, later(XIAN, 1), "R1", "B1")
    assert cancel_check_out(session, SOON, "B1").fault == "cannot_cancel"
    assert status(session) == "lent"


def test_the_hold_that_it_filled_waits_again_and_gets_the_copy(session):
    hold(session, "R1", 1)
    check_in(session, XIAN, "B1")
    check_out(session, XIAN, "R1", "B1")

    assert cancel_check_out(session, SOON, "B1").wanted_at == "xian"
    kept = session.query(Hold).one()
    assert (kept.filled_ms, kept.item_barcode, kept.ready_ms) == (None, "B1", SOON.now_ms)


def test_a_hold_placed_since_waits_in_the_place_of_the_one_that_was_filled(session):
    hold(session, "R1", 1)
    check_in(session, XIAN, "B1")
    check_out(session, XIAN, "R1", "B1")
    hold(session, "R1", 1)

    assert cancel_check_out(session, SOON, "B1").wanted_at == "xian"
    waiting = [each.item_barcode for each in session.query(Hold).filter_by(filled_ms=None)]
    assert waiting == ["B1"]


def test_a_book_of_another_branch_is_sent_home_again(session):
    check_in(session, CUN, "B1")
    check_out(session, CUN, "R1", "B1")

    assert cancel_check_out(session, CUN, "B1").sent_to == "xian"
    assert status(session) == "transit"


# ---------------------------------------------------------------- a return
def test_a_return_is_undone_and_the_loan_runs_on(session):
    due_on = check_out(session, XIAN, "R1", "B1").due_on
    check_in(session, CUN, "B1")

    undone = cancel_check_in(session, CUN, "R1", "B1")
    assert isinstance(undone, Lent)
    assert undone.due_on == due_on
    assert status(session) == "lent"
    loan = session.query(Loan).one()
    assert (loan.reader_card, loan.returned_ms, loan.returned_account) == ("R1", None, None)


def test_a_return_undone_twice_is_the_same_answer(session):
    check_out(session, XIAN, "R1", "B1")
    check_in(session, XIAN, "B1")
    first = cancel_check_in(session, SOON, "R1", "B1")

    assert cancel_check_in(session, TOO_LATE, "R1", "B1") == first


def test_what_happened_otherwise_stands(session):
    check_out(session, XIAN, "R1", "B1")
    check_in(session, XIAN, "B1")

    assert cancel_check_in(session, TOO_LATE, "R1", "B1").fault == "cannot_cancel"
    assert cancel_check_in(session, CUN, "R1", "B1").fault == "cannot_cancel"
    assert cancel_check_in(session, XIAN, "R2", "B1").fault == "cannot_cancel"
    assert cancel_check_in(session, XIAN, "R1", "B4").fault == "cannot_cancel"
    assert cancel_check_in(session, XIAN, "NOBODY", "B1").fault == "card_unknown"
    assert cancel_check_in(session, XIAN, "R1", "NOTHING").fault == "item_unknown"
    check_out(session, XIAN, "R2", "B1")
    assert cancel_check_in(session, XIAN, "R1", "B1").fault == "cannot_cancel"


def test_who_was_to_get_the_copy_waits_again(session):
    check_out(session, XIAN, "R1", "B1")
    hold(session, "R2", 1)
    check_in(session, XIAN, "B1")

    cancel_check_in(session, XIAN, "R1", "B1")
    waiting = session.query(Hold).one()
    assert (waiting.item_barcode, waiting.ready_ms, waiting.cancelled_ms) == (None, None, None)


def test_what_the_return_cost_is_struck(session):
    add_rule(session, "xian", fine_fen=20)
    check_out(session, XIAN, "R1", "B1")
    overdue = later(XIAN, 35)
    assert check_in(session, overdue, "B1").fee_fen == 100

    assert cancel_check_in(session, overdue, "R1", "B1").due_on == date(2026, 3, 31)
    assert (session.query(Fee).count(), session.get(Reader, "R1").fees_fen) == (0, 0)


def test_a_reader_of_the_same_moment_is_not_harmed(session):
    """What was lent at NOW and undone is free for the next."""
    check_out(session, XIAN, "R1", "B1")
    cancel_check_out(session, XIAN, "B1")

    assert isinstance(check_out(session, XIAN, "R2", "B1"), Lent)
    assert session.query(Loan.lent_ms).scalar() == NOW_MS
