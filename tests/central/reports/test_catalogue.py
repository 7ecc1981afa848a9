"""What each fact of lending adds: once for the book, once more for how it was done."""

import pytest

from central.reports.catalogue import MEASURES, addends
from wire import facts

TXN, READER = "0a" * 8, "ab" * 16
LOAN = {"txn": TXN, "item": "B1", "reader": READER}
RETURN = {"txn": TXN, "item": "B1"}


@pytest.mark.parametrize(
    ("fact", "measures"),
    [
        (facts.LoanMade(**LOAN), ["loans"]),
        (facts.LoanMade(**LOAN, settled=True), ["loans"]),
        (facts.LoanMade(**LOAN, settled=True, forced=True), ["loans", "loans_forced"]),
        (facts.LoanGranted(**LOAN), ["loans", "loans_offline"]),
        (facts.LoanMade(**LOAN, settled=True, granted=True), []),
        (facts.LoanMade(**LOAN, settled=True, granted=True, forced=True), ["loans_forced"]),
        (facts.LoanRefused(**LOAN, fault=201), ["refusals"]),
        (facts.LoanRefused(**LOAN, fault=201, granted=True), ["owed_refused"]),
        (facts.LoanOwed(**LOAN), []),
        (facts.LoanAbandoned(**LOAN), []),
        (facts.ReturnMade(**RETURN), ["returns"]),
        (facts.ReturnMade(**RETURN, forced=True), ["returns", "returns_forced"]),
        (facts.ReturnTaken(**RETURN), ["returns", "returns_offline"]),
        (facts.ReturnMade(**RETURN, settled=True, taken=True), []),
        (facts.ReturnMade(**RETURN, settled=True, taken=True, forced=True), ["returns_forced"]),
        (facts.ReturnRefused(**RETURN, fault=205), []),
        (facts.ReturnRefused(**RETURN, fault=205, taken=True), ["owed_refused"]),
        (facts.ReturnOwed(**RETURN), []),
        (facts.LoanRenewed(**LOAN), ["renewals"]),
        (facts.LoanUndone(**RETURN), ["loans_undone"]),
        (facts.ReturnUndone(**LOAN), ["returns_undone"]),
        (facts.VisitEntered(1, "counter"), ["visits"]),
        (facts.VisitEntered(1, "card"), ["visits", "visits_card"]),
        (facts.VisitEntered(1, "card", unattended=True), ["visits", "visits_card", "visits_unattended"]),
        (facts.VisitEntered(1, "card", check=True, unattended=True), ["visits_check"]),
        (facts.VisitEntered(1, "card", check=True, again=True), ["visits_check", "visits_again"]),
        (facts.VisitLeft(1, "counter"), []),
        (facts.VisitLeft(1, "counter", stays=1, stayed_s=1), ["stays", "stayed_s"]),
        (facts.VisitLeft(1, "card", check=True, stays=1, stayed_s=1), []),
        (facts.EntryApart(1, "counter", "staff"), ["entries_apart"]),
        (facts.FaultRaised(742, "beam"), ["counter_jumps"]),
        (facts.FaultRaised(701, "door"), []),
    ],
)
def test_what_it_adds(fact, measures):
    assert [(addend.measure, addend.by) for addend in addends(fact)] == [(name, 1) for name in measures]


def test_persons_are_counted_one_by_one():
    visit = facts.VisitEntered(3, "card", companions=2)
    assert [one[:2] for one in addends(visit)] == [
        ("visits", 3),
        ("visits_card", 3),
        ("visits_companions", 2),
    ]
    left = facts.VisitLeft(3, "counter", stays=2, stayed_s=600)
    assert [one[:2] for one in addends(left)] == [("stays", 2), ("stayed_s", 600)]


def test_an_offline_loan_has_the_shares_of_a_loan():
    made = facts.LoanMade(**LOAN, reader_type="adult", call_number="I247.57/1")
    granted = facts.LoanGranted(**LOAN, reader_type="adult", call_number="I247.57/1")
    assert next(addends(granted)).shares == next(addends(made)).shares


def test_a_measure_is_shown_below_one_that_has_a_place():
    assert {m.under for m in MEASURES.values()} - {""} <= {m.name for m in MEASURES.values() if not m.under}


@pytest.mark.parametrize(("score", "part"), [(1, "judged_bad"), (2, "judged_fair"), (3, "judged_good")])
def test_a_judgement_is_one_more_in_the_sample_and_one_in_its_part(score, part):
    assert [one[:2] for one in addends(facts.SurveyAnswered(score))] == [("judgements", 1), (part, 1)]
    assert MEASURES[part].under == "judgements"


def test_a_rate_is_a_part_s_share_of_its_whole():
    rated = {measure.name: measure.rate for measure in MEASURES.values() if measure.rate}
    assert rated == {"judgements": "judged_good"}
    assert all(MEASURES[part].under == whole for whole, part in rated.items())
    assert {measure.name: measure.per for measure in MEASURES.values() if measure.per} == {
        "stayed_s": "stays"
    }
