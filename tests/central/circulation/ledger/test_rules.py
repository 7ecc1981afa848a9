"""Each rule bites alone, the first of several is told, and every fault has its words."""

from datetime import date

import pytest
from msgspec.structs import replace

from central.circulation.ledger.rules import (
    CARD,
    HOLD,
    LOAN,
    READER,
    RENEWAL,
    Allowance,
    Borrower,
    Case,
    Counts,
    Visit,
    Wish,
    verdict,
)
from wire import faults

TODAY = date(2026, 3, 1)
YESTERDAY = date(2026, 2, 28)
READER_AT_THE_LIMITS = Borrower(
    card="R1",
    type="adult",
    expires_on=TODAY,
    blocked=True,
    blocked_until=YESTERDAY,
    fees_fen=500,
    deposit_fen=10_000,
    terms_version="2",
    deposit_needed_fen=10_000,
    max_loans=6,
    max_overdue=1,
    max_holds=3,
    terms_in_force="2",
)
FINE = Case(
    today=TODAY,
    reader=READER_AT_THE_LIMITS,
    item_status="available",
    lent_to_other=False,
    kept_from=False,
    counts=Counts(of_type=1, total=5, overdue=1),
    allowance=Allowance(max_loans=2, days=30, max_fees_fen=500, max_renewals=1),
    renewals=0,
    overdue=False,
)


def reader(**fields):
    return {"reader": READER_AT_THE_LIMITS._replace(**fields)}


BITES = [
    ("card_blocked", reader(blocked_until=TODAY)),
    ("card_expired", reader(expires_on=YESTERDAY)),
    ("terms_not_accepted", reader(terms_in_force="3")),
    ("deposit_needed", reader(deposit_fen=9_999)),
    ("lent_to_other", {"lent_to_other": True}),
    ("item_lost", {"item_status": "lost"}),
    ("in_repair", {"item_status": "repair"}),
    ("not_for_loan", {"item_status": "reference"}),
    ("loan_not_allowed", {"allowance": None}),
    ("fees_owed", reader(fees_fen=501)),
    ("overdue_items", {"counts": Counts(of_type=1, total=5, overdue=2)}),
    ("limit_reached", {"counts": Counts(of_type=2, total=5, overdue=1)}),
    ("limit_reached", {"counts": Counts(of_type=1, total=6, overdue=1)}),
    ("on_hold", {"kept_from": True}),
]
"""As `LOAN` has them, in its order."""


# ---------------------------------------------------------------- loans
def test_nothing_bites_at_the_limits_themselves():
    assert verdict(LOAN, FINE) is None
    assert verdict(RENEWAL, FINE) is None


@pytest.mark.parametrize(("fault", "what"), BITES)
def test_each_rule_bites_alone(fault, what):
    assert verdict(LOAN, replace(FINE, **what)) == fault


def test_each_rule_is_tested_in_its_order():
    assert [fault for fault, _ in LOAN] == [fault for fault, _ in BITES]


def test_the_first_of_several_is_told():
    worse = {"reader": READER_AT_THE_LIMITS}
    for fault, what in reversed(BITES):
        if "item_status" in what or "allowance" in what:
            continue  # one item has one status, and without a rule its limits do not bind
        if "reader" in what:
            fields = what["reader"]._asdict()
            changed = {k: v for k, v in fields.items() if v != getattr(READER_AT_THE_LIMITS, k)}
            worse["reader"] = worse["reader"]._replace(**changed)
        else:
            worse |= what
        assert verdict(LOAN, replace(FINE, **worse)) == fault


@pytest.mark.parametrize(
    ("status", "fault"), [("missing", None), ("withdrawn", "loan_not_allowed"), ("odd", "loan_not_allowed")]
)
def test_what_other_states_of_an_item_mean(status, fault):
    assert verdict(LOAN, replace(FINE, item_status=status)) == fault


def test_a_limit_that_is_not_set_does_not_bind():
    free = READER_AT_THE_LIMITS._replace(max_loans=None, max_overdue=None)
    assert verdict(LOAN, replace(FINE, reader=free, counts=Counts(1, 99, 99))) is None


def test_a_ban_without_an_end_stays():
    assert verdict(CARD, Visit(TODAY, READER_AT_THE_LIMITS._replace(blocked_until=None))) == "card_blocked"


# ---------------------------------------------------------------- renewals
RENEWAL_BITES = [
    ("card_blocked", reader(blocked_until=TODAY)),
    ("card_expired", reader(expires_on=YESTERDAY)),
    ("item_lost", {"item_status": "lost"}),
    ("loan_not_allowed", {"allowance": None}),
    ("fees_owed", reader(fees_fen=501)),
    ("renewal_limit", {"renewals": 1}),
    ("overdue_not_renewed", {"overdue": True}),
    ("renewal_on_hold", {"kept_from": True}),
]


@pytest.mark.parametrize(("fault", "what"), RENEWAL_BITES)
def test_what_keeps_a_loan_from_being_renewed(fault, what):
    assert verdict(RENEWAL, replace(FINE, **what)) == fault


def test_each_rule_of_renewals_is_tested():
    assert [fault for fault, _ in RENEWAL] == [fault for fault, _ in RENEWAL_BITES]


def test_a_rule_may_let_an_overdue_loan_be_renewed():
    kind = FINE.allowance._replace(renew_overdue=True)
    assert verdict(RENEWAL, replace(FINE, overdue=True, allowance=kind)) is None


@pytest.mark.parametrize("counts", [Counts(9, 5, 1), Counts(1, 99, 1), Counts(1, 5, 9)])
def test_the_limits_do_not_concern_a_renewal(counts):
    assert verdict(RENEWAL, replace(FINE, counts=counts)) is None


# ---------------------------------------------------------------- holds
WANTED = Wish(
    today=TODAY,
    reader=READER_AT_THE_LIMITS,
    max_fees_fen=500,
    is_theirs=False,
    is_held=False,
    holds=2,
    pickup_known=True,
)
HOLD_BITES = [
    ("card_blocked", reader(blocked_until=TODAY)),
    ("card_expired", reader(expires_on=YESTERDAY)),
    ("pickup_unknown", {"pickup_known": False}),
    ("loan_not_allowed", {"max_fees_fen": None}),
    ("already_yours", {"is_theirs": True}),
    ("already_held", {"is_held": True}),
    ("fees_owed", reader(fees_fen=501)),
    ("hold_limit", {"holds": 3}),
]


def test_a_reader_at_the_limits_may_wait():
    assert verdict(HOLD, WANTED) is None


@pytest.mark.parametrize(("fault", "what"), HOLD_BITES)
def test_what_keeps_a_reader_from_waiting(fault, what):
    assert verdict(HOLD, replace(WANTED, **what)) == fault


def test_each_rule_of_holds_is_tested():
    assert [fault for fault, _ in HOLD] == [fault for fault, _ in HOLD_BITES]


@pytest.mark.parametrize("rules", [CARD, READER, LOAN, RENEWAL, HOLD])
def test_every_fault_is_in_the_catalogue(rules):
    assert all(faults.number(fault) for fault, _ in rules)
