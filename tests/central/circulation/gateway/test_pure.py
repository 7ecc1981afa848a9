"""The tables and the few rules beside them, without a line or a database."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from central.circulation.gateway import rule, telling
from central.circulation.gateway.relay import Relay, due_day, last_moment
from central.circulation.gateway.rule import Known
from central.circulation.gateway.states import BY_RULE, WAITING, State
from central.config import GatewayOffline
from tests.central.circulation.gateway.desk import AT, checkin, checkout
from tests.central.circulation.gateway.ils import polite
from tests.central.circulation.world import XIAN
from wire import faults
from wire.facts import kind_of
from wire.sip2 import messages as m

READER = "ab" * 16


class Where(NamedTuple):
    branch: str = "cun"
    zone: str = "Asia/Shanghai"


def test_the_states_are_whole():
    assert set(WAITING) | {State.ENDED} == set(State)
    assert set(BY_RULE) < set(WAITING)


@pytest.mark.parametrize(
    ("text", "moment", "day"),
    [
        ("2026-03-31", "20260331    235959", "2026-03-31"),
        ("2026-03-31 18:00:00", "20260331    180000", "2026-03-31"),
        ("20260331    235959", "20260331    235959", "2026-03-31"),
        ("20260331   Z155959", "20260331    235959", "2026-03-31"),
        ("20260331   Z170000", "20260401    010000", "2026-04-01"),
        ("2026-03-31T17:00:00Z", "20260401    010000", "2026-04-01"),
        ("99991231   Z235959", "99991231   Z235959", "9999-12-31"),
        ("下周五", "下周五", "下周五"),
    ],
)
def test_due_dates(text, moment, day):
    told = last_moment(text, "Asia/Shanghai")
    assert (told, due_day(told)) == (moment, day)


def test_a_time_in_utc_goes_on_in_the_branchs_time():
    at = datetime(2026, 3, 1, 2, tzinfo=UTC)
    told = m.Checkin(transaction_date=at, return_date=at, item_identifier="B1")
    gone = Relay("", {}, "", ()).outward(told, Where())
    local = datetime(2026, 3, 1, 10)  # noqa: DTZ001 - SIP2's dates are local
    assert (gone.transaction_date, gone.return_date) == (local, local)


def test_what_bears_no_date_goes_on_with_one():
    """As a 29 of Interlib's terminals, which has no fixed fields."""
    said = datetime(2026, 3, 1, 9)  # noqa: DTZ001 - SIP2's dates are local
    beyond = datetime(9999, 12, 31, 23, tzinfo=UTC)
    undated = m.Checkin(transaction_date=None, return_date=said, item_identifier="B1")
    forced = m.Checkout(
        transaction_date=beyond, nb_due_date=beyond, patron_identifier="R1", item_identifier="B1"
    )

    held = m.Hold(
        transaction_date=AT, expiration_date=datetime(2026, 3, 31, 17, tzinfo=UTC), patron_identifier="R1"
    )
    until = datetime(2026, 4, 1, 1)  # noqa: DTZ001 - SIP2's dates are local
    assert Relay("", {}, "", ()).outward(held, Where()).expiration_date == until
    kept = m.HoldResponse(
        ok=True,
        available=False,
        transaction_date=AT,
        expiration_date=held.expiration_date,
        patron_identifier="R1",
    )
    assert Relay("", {}, "", ()).inward(kept, held, Where()).expiration_date == until
    back, lent = (Relay("", {}, "", ()).outward(message, Where(), AT) for message in (undated, forced))
    assert (back.transaction_date, back.return_date) == (AT, said)
    assert (lent.transaction_date, lent.nb_due_date) == (AT, None)


@pytest.mark.parametrize(
    ("institution", "location", "sent"),
    [("", "", ("cun", "cun")), ("QY", "", ("QY", "QY")), ("QY", "SP-7", ("QY", "SP-7"))],
)
def test_where_a_book_comes_back(institution, location, sent):
    gone = Relay(institution, {}, location, ()).outward(checkin(current_location="desk"), Where())
    assert (gone.institution_id, gone.current_location) == sent


def told(request, was_due="", **changes):
    answer = {**{f: getattr(polite(request), f) for f in polite(request).layout.names}, **changes}
    return telling.told("1" * 16, request, type(polite(request))(**answer), lambda _: READER, was_due)


def test_what_leaves_an_item_due_as_before_is_told_where_it_undoes_a_return_alone():
    due = polite(checkout()).due_date
    assert told(checkout(), due) == told(checkout(), due, renewal_ok=True) == ()
    assert told(checkout(cancel=True), due) == told(checkout(cancel=True)) != ()


def test_what_is_told_of_each_answer():
    assert [type(f).__name__ for f in told(checkout())] == ["LoanMade"]
    assert [type(f).__name__ for f in told(checkin())] == ["ReturnMade"]
    (renewed,) = told(checkout(), renewal_ok=True)
    assert (kind_of(renewed), renewed.item, renewed.due) == ("loan.renewed", "B1", "2026-03-31")
    (back,), (undone,) = told(checkout(cancel=True)), told(checkin(cancel=True))
    assert (kind_of(back), kind_of(undone)) == ("return.undone", "loan.undone")
    assert told(checkout(cancel=True), ok=False) == told(checkin(cancel=True), ok=False) == ()
    assert told(checkout(no_block=True))[0].forced
    refused = told(checkout(), ok=False)[0]
    assert (type(refused).__name__, refused.fault) == ("LoanRefused", faults.number("loan_not_allowed"))
    assert told(checkout(), ok=False, fault=202)[0].fault == 202
    assert told(checkout(), ok=False, fault=198)[0].fault == faults.number("loan_not_allowed")
    assert told(checkin(), ok=False)[0].fault == faults.number("return_refused")
    assert told(m.ItemInformation(transaction_date=None, item_identifier="B1")) == ()


RENEW = m.Renew(transaction_date=AT, patron_identifier="R1", item_identifier="B1")
RENEW_ALL = m.RenewAll(transaction_date=AT, patron_identifier="R1")


def renewed(answer, request=RENEW):
    return telling.told("1" * 16, request, answer, lambda _: READER)


def test_a_renewal_is_told_once_by_whatever_message():
    said = m.RenewResponse(
        ok=True,
        desensitize=None,
        transaction_date=None,
        patron_identifier="R1",
        item_identifier="B1",
        due_date="2026-04-30",
    )
    (told,) = renewed(said)
    assert (kind_of(told), told.item, told.reader, told.due) == ("loan.renewed", "B1", READER, "2026-04-30")
    assert renewed(said.but(ok=False)) == ()


@pytest.mark.parametrize(
    ("named", "count", "items"),
    [(("B1", "B2"), 2, ["B1", "B2"]), ((), 2, ["", ""]), (("B1",), 0, ["B1"]), ((), 0, []), ((), 9999, 100)],
)
def test_all_that_was_renewed_is_told_item_by_item(named, count, items):
    answer = m.RenewAllResponse(ok=True, transaction_date=None, renewed_items=named, renewed_count=count)
    told = renewed(answer, RENEW_ALL)
    assert {kind_of(fact) for fact in told} <= {"loan.renewed"}
    assert [fact.item for fact in told] == items or len(told) == items


def test_what_a_peer_says_is_cut_to_what_a_fact_holds():
    (made,) = told(
        checkout("B" * 300), title_identifier="三" * 255, call_number="I" * 255, due_date="明" * 99
    )
    assert (len(made.item), len(made.title), len(made.call_number), len(made.due)) == (200, 200, 64, 64)


def test_every_reason_of_the_rule_is_a_fault_of_the_catalogue():
    assert all(faults.number(fault) for _, fault in rule.REASONS)
    assert rule.withholds(Known(reader=True), GatewayOffline()) is None


REQUESTS = sorted(m.ANSWERED_BY.keys() - {m.ScStatus}, key=lambda kind: kind.layout.id)
GIVEN = {
    "patron_identifier": "R1",
    "item_identifier": "B1",
    "fee_amount": "1.00",
    "login_user_id": "u",
    "login_password": "p",
    "transaction_date": None,
    "return_date": None,
    "card_retained": False,
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_every_request_can_be_refused(kind):
    request = kind(**{name: value for name, value in GIVEN.items() if name in kind.layout.names})
    assert isinstance(rule.refusal(request, "ils_silent", XIAN), m.ANSWERED_BY[kind])
