"""Renewals: one, all at once, all one by one; each with its reason, each a fact whoever stands there."""

from __future__ import annotations

import pytest

from kiosk.errand_effects import AskAllRenewed, AskRenewal
from kiosk.errand_events import AllRenewed
from kiosk.errands.state import Extending
from tests.kiosk.errands.desk import ALL, LI, Desk
from wire import facts
from wire.faults import number

ON_HOLD = number("renewal_on_hold")
ILS_SILENT = number("ils_silent")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.greet()
    desk.touch("account")
    desk.account()
    desk.copies()
    return desk


def steps(desk: Desk) -> dict[str, tuple[str, int | None]]:
    return {item: (one.step.value, one.fault) for item, one in desk.errand.renewals.items()}


def test_one_book_has_a_new_date(desk: Desk):
    desk.touch("renew", "B002")
    desk.touch("renew", "B002")
    assert len(desk.asked(AskRenewal)) == 1, "a touch too many"
    desk.renewal()
    charge = desk.errand.find(lambda one: one.item == "B002")
    assert charge
    assert (charge.due, charge.overdue) == ("2027-01-20", False)
    (fact,) = desk.facts()
    assert fact == facts.LoanRenewed(
        desk.last(AskRenewal).txn, "B002", LI.pseudonym, "adult", "《B002》", "", "2027-01-20", by_name=True
    )


def test_what_is_due_no_later_than_before_was_not_renewed_once_more(desk: Desk):
    for _ in range(2):
        desk.touch("renew", "B002")
        desk.renewal()
    assert len(desk.asked(AskRenewal)) == 2
    assert len(desk.facts()) == 1
    assert steps(desk)["B002"] == ("renewed", None)


@pytest.mark.parametrize("about", ["", "B777"])
def test_what_is_not_on_the_card_is_not_renewed(desk: Desk, about: str):
    assert desk.touch("renew", about) == []


def test_all_at_once_and_why_one_was_not(desk: Desk):
    desk.touch("renew_all")
    txn = desk.last(AskAllRenewed).txn
    desk.touch("renew_all")
    desk.happen(AllRenewed(txn, None, ("B001",), ("B002",)))
    assert steps(desk) == {"B001": ("renewed", None), "B002": ("asking", None)}
    desk.renewal(ON_HOLD)
    desk.copies("2027-01-20")
    assert steps(desk)["B002"] == ("refused", ON_HOLD)
    charge = desk.errand.find(lambda one: one.item == "B001")
    assert charge
    assert charge.due == "2027-01-20", "the new date was asked for"
    assert [type(fact) for fact in desk.facts()] == [facts.LoanRenewed]
    assert len(desk.asked(AskAllRenewed)) == 1


def test_all_one_by_one_where_there_is_no_other_way(desk: Desk):
    desk.takes = ALL - {"65"}
    desk.touch("renew_all")
    assert len(desk.asked(AskRenewal)) == 1, "each has its own time to be answered in"
    desk.renewal(ON_HOLD)
    desk.renewal()
    assert steps(desk) == {"B001": ("refused", ON_HOLD), "B002": ("renewed", None)}


def test_silence_about_all_is_silence_about_each(desk: Desk):
    desk.touch("renew_all")
    desk.happen(AllRenewed(desk.last(AskAllRenewed).txn, ILS_SILENT))
    assert set(steps(desk).values()) == {(Extending.REFUSED.value, ILS_SILENT)}
    assert desk.facts() == []


def test_a_renewal_that_is_answered_after_its_reader_has_gone_is_a_fact(desk: Desk):
    desk.touch("renew", "B001")
    desk.leave()
    desk.renewal()
    desk.renewal()
    assert [type(fact) for fact in desk.facts()] == [facts.LoanRenewed], "once"
