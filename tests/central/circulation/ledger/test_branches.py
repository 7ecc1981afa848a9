"""The rule of the nearest branch binds, on both databases."""

from datetime import date

import pytest

from central.circulation.ledger.models import ReaderType
from central.circulation.ledger.outcomes import Lent
from tests.central.circulation.ledger.more import add_branch, add_rule, change
from tests.central.circulation.ledger.verbs import check_out, reader_information
from tests.central.circulation.world import CUN, XIAN


def test_without_a_rule_of_its_own_the_networks_binds(session):
    assert check_out(session, CUN, "R1", "B1").due_on == date(2026, 3, 31)


def test_the_nearest_rule_up_the_tree_binds(session):
    add_rule(session, "xian", days=10)
    assert check_out(session, CUN, "R1", "B1").due_on == date(2026, 3, 11)

    add_rule(session, "cun", days=5)
    assert check_out(session, CUN, "R1", "B2").due_on == date(2026, 3, 6)
    assert check_out(session, XIAN, "R2", "B4").due_on == date(2026, 3, 11)


def test_a_rule_of_a_sister_does_not_bind(session):
    add_branch(session, "zhen")
    add_rule(session, "zhen", days=5)

    assert check_out(session, CUN, "R1", "B1").due_on == date(2026, 3, 31)


def test_a_branch_may_lend_what_others_do_not(session):
    add_rule(session, "cun", "child", "audio")

    assert check_out(session, XIAN, "CHILD", "AUDIO").fault == "loan_not_allowed"
    assert isinstance(check_out(session, CUN, "CHILD", "AUDIO"), Lent)


def test_a_branch_may_lend_nothing_of_a_kind(session):
    add_rule(session, "cun", max_loans=0)

    assert check_out(session, CUN, "R1", "B1").fault == "limit_reached"
    assert isinstance(check_out(session, XIAN, "R1", "B1"), Lent)


def test_loans_count_wherever_they_were_made(session):
    add_rule(session, "cun", max_loans=1)
    check_out(session, XIAN, "R1", "B1")

    assert check_out(session, CUN, "R1", "B2").fault == "limit_reached"


@pytest.mark.parametrize(("limit", "fault"), [(1, "limit_reached"), (2, None)])
def test_the_readers_type_limits_all_kinds_together(session, limit, fault):
    change(session, ReaderType, "adult", max_loans=limit)
    check_out(session, XIAN, "R1", "AUDIO")

    assert getattr(check_out(session, XIAN, "R1", "B1"), "fault", None) == fault


def test_what_a_reader_may_have_here_sums_the_nearest_rules(session):
    assert reader_information(session, XIAN, "R1").loan_limit == 3
    add_rule(session, "cun", max_loans=7)
    assert reader_information(session, CUN, "R1").loan_limit == 8
    assert reader_information(session, XIAN, "R1").loan_limit == 3
    change(session, ReaderType, "adult", max_loans=5)
    assert reader_information(session, CUN, "R1").loan_limit == 5
