"""Each rule bites alone, the first of several is told, and every fault has its words."""

from dataclasses import replace
from datetime import date

import pytest

from central.circulation.ledger.rules import RULES, Allowance, Case, bar, may_renew, verdict
from wire import faults

TODAY = date(2026, 3, 1)
FINE = Case(
    today=TODAY,
    blocked=False,
    expires_on=TODAY,
    fees_fen=500,
    item_status="available",
    lent_to_other=False,
    held_for_other=False,
    loans=1,
    allowance=Allowance(max_loans=2, days=30, max_fees_fen=500, max_renewals=1),
)

BITES = {
    "card_blocked": {"blocked": True},
    "card_expired": {"expires_on": date(2026, 2, 28)},
    "lent_to_other": {"lent_to_other": True},
    "item_lost": {"item_status": "lost"},
    "not_for_loan": {"item_status": "reference"},
    "loan_not_allowed": {"allowance": None},
    "fees_owed": {"fees_fen": 501},
    "limit_reached": {"loans": 2},
    "on_hold": {"held_for_other": True},
}


def test_nothing_bites_at_the_limits_themselves():
    assert verdict(FINE) is None


@pytest.mark.parametrize("fault", BITES)
def test_each_rule_bites_alone(fault):
    assert verdict(replace(FINE, **BITES[fault])) == fault


def test_the_first_of_several_is_told():
    worse = {}
    for fault, _ in reversed(RULES):
        worse |= BITES[fault]
        if fault != "loan_not_allowed":
            assert verdict(replace(FINE, **worse)) == fault


def test_a_withdrawn_item_is_not_lent():
    assert verdict(replace(FINE, item_status="withdrawn")) == "loan_not_allowed"


def test_every_fault_is_in_the_catalogue_and_every_rule_is_tested():
    assert [fault for fault, _ in RULES] == list(BITES)
    assert all(faults.number(fault) for fault in BITES)


def test_a_loan_is_renewed_as_often_as_the_rule_says():
    assert may_renew(FINE, renewals=0)
    assert not may_renew(FINE, renewals=1)


@pytest.mark.parametrize(
    "fault", ["card_blocked", "card_expired", "loan_not_allowed", "fees_owed", "on_hold"]
)
def test_what_keeps_a_loan_from_being_renewed(fault):
    assert not may_renew(replace(FINE, **BITES[fault]), renewals=0)


def test_a_reader_at_the_limit_may_renew():
    assert may_renew(replace(FINE, loans=2), renewals=0)


@pytest.mark.parametrize(
    ("blocked", "expires_on", "fault"),
    [
        (False, TODAY, None),
        (False, date(2026, 2, 28), "card_expired"),
        (True, date(2026, 2, 28), "card_blocked"),
    ],
)
def test_what_keeps_a_card_from_any_service(blocked, expires_on, fault):
    assert bar(blocked, expires_on, TODAY) == fault
