"""Closures: nothing falls due on a closed day, and nobody loses a day. On both databases."""

from datetime import date

import pytest

from central.circulation.ledger.models import BranchRule, Closure, Hold, Loan
from tests.central.circulation.ledger.more import add_branch, later
from tests.central.circulation.ledger.verbs import (
    change_closure,
    check_in,
    check_out,
    close,
    close_weekly,
    next_open,
    open_days,
    remove_closure,
    settle_closures,
)
from tests.central.circulation.world import CUN, NOW_MS, XIAN, hold

DUE = date(2026, 3, 31)
"""Of a book lent today."""
HOLIDAY = (date(2026, 3, 30), date(2026, 4, 2))
AFTER = date(2026, 4, 3)


def dues(session):
    return {loan.item_barcode: loan.due_on for loan in session.query(Loan)}


def test_a_loan_falls_due_on_the_next_open_day(session):
    close(session, XIAN, "xian", HOLIDAY, "清明节")
    closure = session.query(Closure).one()

    assert check_out(session, XIAN, "R1", "B1").due_on == AFTER
    assert (closure.reason, closure.staff, closure.at_ms) == ("清明节", "xian-desk", NOW_MS)


@pytest.mark.parametrize(
    ("branch", "due_at_xian", "due_at_cun"),
    [(None, AFTER, AFTER), ("xian", AFTER, AFTER), ("cun", DUE, AFTER)],
)
def test_a_closure_holds_at_its_branch_and_below(session, branch, due_at_xian, due_at_cun):
    close(session, XIAN, branch, HOLIDAY, "")

    assert check_out(session, XIAN, "R1", "B1").due_on == due_at_xian
    assert check_out(session, CUN, "R2", "B2").due_on == due_at_cun


def test_closures_one_behind_the_other_are_one(session):
    close(session, XIAN, None, HOLIDAY, "")
    close(session, XIAN, "xian", (AFTER, date(2026, 4, 5)), "")

    assert next_open(session, "xian", DUE) == date(2026, 4, 6)
    assert next_open(session, "xian", date(2026, 4, 6)) == date(2026, 4, 6)
    assert next_open(session, "xian", date(2026, 3, 29)) == date(2026, 3, 29)


# ---------------------------------------------------------------- what was due already
def test_entering_a_closure_moves_what_falls_due_on_it(session):
    add_branch(session, "zhen")
    check_out(session, XIAN, "R1", "B1")
    check_out(session, CUN, "R2", "B2")
    check_out(session, later(CUN, -4), "R2", "B3")
    check_out(session, CUN, "CHILD", "B4")
    check_in(session, CUN, "B4")

    moved = close(session, XIAN, "cun", HOLIDAY, "")
    assert (moved.loans, moved.holds) == (1, 0)
    assert dues(session)["B1"] == DUE
    assert dues(session)["B2"] == AFTER
    assert dues(session)["B3"] == date(2026, 3, 27)
    assert dues(session)["B4"] == date(2026, 3, 21)


def test_a_second_closure_moves_it_past_both(session):
    close(session, XIAN, "cun", (AFTER, date(2026, 4, 10)), "")
    check_out(session, CUN, "R2", "B2")

    assert close(session, XIAN, None, HOLIDAY, "").loans == 1
    assert dues(session)["B2"] == date(2026, 4, 11)


def test_what_is_kept_for_somebody_is_kept_for_longer(session):
    hold(session, "R2", 1, pickup="cun")
    check_in(session, CUN, "B1")

    assert close(session, XIAN, "xian", (date(2026, 3, 8), date(2026, 3, 8)), "").holds == 1
    assert session.query(Hold.pickup_by).scalar() == date(2026, 3, 9)


def test_a_longer_closure_moves_more_and_a_shorter_one_takes_no_day_away(session):
    closure = close(session, XIAN, "xian", (HOLIDAY[0], HOLIDAY[0]), "").closure
    check_out(session, XIAN, "R1", "B1")

    assert change_closure(session, XIAN, closure, HOLIDAY).loans == 1
    assert dues(session) == {"B1": AFTER}
    assert change_closure(session, XIAN, closure, (HOLIDAY[0], HOLIDAY[0])).loans == 0
    assert dues(session) == {"B1": AFTER}
    remove_closure(session, closure)
    assert dues(session) == {"B1": AFTER}
    assert session.query(Closure).count() == 0


def test_a_closure_that_is_gone_is_not_changed(session):
    assert change_closure(session, XIAN, 7, HOLIDAY) is None


@pytest.mark.parametrize("days", [(date(2026, 3, 2), date(2026, 3, 1)), (date(2026, 1, 1), date(2027, 1, 3))])
def test_days_that_are_no_closure(session, days):
    with pytest.raises(ValueError, match="no closure lasts"):
        close(session, XIAN, None, days, "")


def test_a_loan_of_the_moment_in_which_a_closure_was_entered_is_moved_by_the_clock(session):
    close(session, XIAN, "xian", HOLIDAY, "")
    check_out(session, XIAN, "R1", "B1")
    session.query(Loan).update({"due_on": DUE})

    assert settle_closures(session, NOW_MS + 60_000) == 1
    assert dues(session) == {"B1": AFTER}
    assert settle_closures(session, NOW_MS + 60_000) == 0


def test_a_loan_from_before_branches_were_written_down_follows_the_network_alone(session):
    check_out(session, XIAN, "R1", "B1")
    session.query(Loan).update({"lent_branch_id": None})

    assert close(session, XIAN, "xian", HOLIDAY, "").loans == 0
    assert close(session, XIAN, None, HOLIDAY, "").loans == 1


# ---------------------------------------------------------------- counting
def test_open_days_leave_closed_ones_out_and_count_none_twice(session):
    close(session, XIAN, "xian", HOLIDAY, "")
    close(session, XIAN, None, (date(2026, 4, 2), date(2026, 4, 4)), "")

    assert open_days(session, "cun", date(2026, 3, 29), date(2026, 4, 5)) == 1
    assert open_days(session, "cun", date(2026, 3, 31), date(2026, 4, 2)) == 0
    assert open_days(session, "cun", date(2026, 3, 1), date(2026, 3, 8)) == 7
    assert open_days(session, "cun", date(2026, 3, 8), date(2026, 3, 1)) == 0


# ---------------------------------------------------------------- every week
TUESDAY, WEDNESDAY = DUE, date(2026, 4, 1)


@pytest.mark.parametrize(
    ("said", "due_at_xian", "due_at_cun"),
    [
        ({None: "2"}, WEDNESDAY, WEDNESDAY),
        ({"xian": "2"}, WEDNESDAY, WEDNESDAY),
        ({"xian": "2", "cun": ""}, WEDNESDAY, TUESDAY),
        ({"cun": "2"}, TUESDAY, WEDNESDAY),
        ({"xian": "23", "cun": None}, date(2026, 4, 2), date(2026, 4, 2)),
    ],
)
def test_the_nearest_branch_that_says_something_closes_its_weekdays(session, said, due_at_xian, due_at_cun):
    for branch, weekdays in said.items():
        close_weekly(session, XIAN, branch, weekdays, None)

    assert check_out(session, XIAN, "R1", "B1").due_on == due_at_xian
    assert check_out(session, CUN, "R2", "B2").due_on == due_at_cun


def test_a_week_and_a_closure_together(session):
    close_weekly(session, XIAN, None, "6", None)
    close(session, XIAN, None, HOLIDAY, "清明节")
    close(session, XIAN, None, (date(2026, 4, 5), date(2026, 4, 5)), "")

    assert next_open(session, "xian", date(2026, 4, 4)) == date(2026, 4, 6)
    assert next_open(session, "xian", HOLIDAY[0]) == AFTER
    assert open_days(session, "xian", date(2026, 3, 27), date(2026, 4, 6)) == 3


def test_a_weekday_that_is_closed_from_now_on_moves_what_falls_due_on_it(session):
    check_out(session, XIAN, "R1", "B1")
    hold(session, "R2", 2, pickup="xian")
    check_in(session, XIAN, "B3")
    assert dues(session)["B1"] == TUESDAY

    assert close_weekly(session, XIAN, "xian", "27", None)[1:] == (1, 1)
    assert dues(session)["B1"] == WEDNESDAY
    assert session.query(Hold.pickup_by).scalar() == date(2026, 3, 9)
    session.query(Loan).update({"due_on": TUESDAY})
    assert settle_closures(session, NOW_MS + 60_000) == 1


def test_a_hold_is_kept_as_long_as_the_nearest_branch_says(session):
    close_weekly(session, XIAN, None, None, 3)
    hold(session, "R2", 1, pickup="xian")
    check_in(session, XIAN, "B1")
    assert session.query(Hold.pickup_by).scalar() == date(2026, 3, 4)

    close_weekly(session, XIAN, None, None, None)
    assert session.query(BranchRule).count() == 0


@pytest.mark.parametrize(
    ("weekdays", "days"), [("1234567", None), ("8", None), ("11", None), (None, 0), (None, 61)]
)
def test_what_no_branch_can_say(session, weekdays, days):
    with pytest.raises(ValueError, match=r"no week is closed|nothing is kept"):
        close_weekly(session, XIAN, None, weekdays, days)
