"""Requests of terminals through a gateway whose library system answers."""

import asyncio

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from central.circulation.gateway.models import GatewayTransaction
from central.circulation.gateway.session import Silent, Unreached
from central.config import SortBin
from central.db import open_sessions
from tests.central.circulation.gateway import desk as desks
from tests.central.circulation.gateway.desk import (
    KIOSK,
    MACHINE,
    OTHER,
    checkin,
    checkout,
    facts,
    kinds,
    reader,
    serve,
    tallies,
    waiting,
)
from tests.central.circulation.gateway.ils import polite, status
from wire.sip2 import messages as m
from wire.sip2.codes import Supported


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    desks.hurry(monkeypatch)


def test_a_loan_of_another_makers_machine_is_asked_once_and_counted(library):
    async def conversation(desk, ils):
        answer = await desk.ask(checkout())
        assert (answer.ok, answer.title_identifier) == (True, "三体")
        assert len(ils.of(m.Checkout)) == 1

    serve(library, conversation)
    (made,) = facts(library)
    assert (made.item, made.title, made.due, made.call_number) == ("B1", "三体", "2026-03-31", "I247.55/1")
    assert tallies(library) == {"loans": 1}
    assert waiting(library) == []


def test_a_return_of_it_is_counted(embedded):
    async def conversation(desk, ils):
        assert (await desk.ask(checkin())).ok

    serve(embedded, conversation)
    assert tallies(embedded) == {"returns": 1}


def test_a_kiosk_of_ours_counts_for_itself(embedded):
    async def conversation(desk, ils):
        assert (await desk.ask(checkout(), KIOSK)).ok
        assert (await desk.ask(checkin(), KIOSK)).ok

    serve(embedded, conversation)
    assert facts(embedded) == []


def renewing(message, _):
    """An ILS that renews: a checkout of what the reader has, a 29, and two of a 65."""
    match message:
        case m.Checkout():
            return polite(message).but(renewal_ok=True)
        case m.Renew():
            return m.RenewResponse(
                ok=True,
                desensitize=False,
                transaction_date=None,
                patron_identifier=message.patron_identifier,
                item_identifier=message.item_identifier,
                due_date="2026-04-30",
            )
        case m.RenewAll():
            return m.RenewAllResponse(
                ok=True, transaction_date=None, renewed_count=2, renewed_items=("B1", "B2")
            )
    return polite(message)


def test_a_renewal_is_no_loan_and_counted_once_by_whatever_message(embedded):
    renew = m.Renew(transaction_date=desks.AT, patron_identifier="R1", item_identifier="B1")
    renew_all = m.RenewAll(transaction_date=desks.AT, patron_identifier="R1")

    async def conversation(desk, ils):
        assert (await desk.ask(checkout())).renewal_ok
        for request in (renew, renew_all):
            assert await desk.ask(request, number=5) == await desk.ask(request, number=5)
        assert len(ils.of(m.Renew)) == len(ils.of(m.RenewAll)) == 1
        await desk.ask(renew, KIOSK)

    serve(embedded, conversation, renewing)
    assert [fact.item for fact in facts(embedded)] == ["B1", "B1", "B1", "B2"]
    assert tallies(embedded) == {"renewals": 4}


@pytest.mark.parametrize(
    ("before", "settings", "counted"),
    [
        ("2026-04-30", {}, []),
        ("20260430   Z155959", {}, []),
        ("2026-04-29", {}, ["loan.renewed"]),
        ("", {}, ["loan.renewed"]),
        ("2026-04-30", {"overrides": 'lacks = ["17"]'}, ["loan.renewed"]),
    ],
)
def test_a_29_that_makes_nothing_longer_is_no_renewal(embedded, before, settings, counted):
    """When it was due before is asked first."""
    renew = m.Renew(transaction_date=desks.AT, patron_identifier="R1", item_identifier="B1")

    def script(message, count):
        known = isinstance(message, m.ItemInformation)
        return polite(message).but(due_date=before) if known else renewing(message, count)

    async def conversation(desk, ils):
        assert (await desk.ask(renew)).ok
        await desk.ask(renew, KIOSK)
        assert len(ils.of(m.ItemInformation)) == (0 if settings else 1), "a kiosk knows it itself"

    serve(embedded, conversation, script, **settings)
    assert kinds(embedded) == counted


def test_a_renewal_goes_on_where_the_ils_does_not_say_when_it_was_due(embedded):
    renew = m.Renew(transaction_date=desks.AT, patron_identifier="R1", item_identifier="B1")

    def script(message, count):
        return None if isinstance(message, m.ItemInformation) else renewing(message, count)

    async def conversation(desk, ils):
        assert (await desk.ask(renew)).ok

    serve(embedded, conversation, script)
    assert kinds(embedded) == ["loan.renewed"]


def test_a_book_that_lies_on_the_pad_once_more_is_lent_once(embedded):
    """What this gateway told of the loan itself, within minutes, it need not ask."""
    has = []

    def script(message, count):
        answer = polite(message)
        if isinstance(message, m.Checkout):
            has.append(message.patron_identifier)
            return answer.but(renewal_ok=has[-2:-1] == has[-1:])
        return answer

    async def conversation(desk, ils):
        for number in range(3):
            assert (await desk.ask(checkout(), number=number)).renewal_ok is bool(number)
        assert not (await desk.ask(checkout(card="R2"))).renewal_ok
        assert (await desk.ask(checkin())).ok
        has.clear()
        assert (await desk.ask(checkout(card="R2"))).ok
        assert ils.of(m.ItemInformation) == []

    serve(embedded, conversation, script)
    assert kinds(embedded) == ["loan.made", "loan.made", "return.made", "loan.made"]


def test_what_is_undone_is_told(embedded):
    async def conversation(desk, ils):
        for request in (checkout(), checkin(cancel=True), checkin("B2"), checkout("B2", cancel=True)):
            assert (await desk.ask(request)).ok

    serve(embedded, conversation)
    assert kinds(embedded) == ["loan.made", "loan.undone", "return.made", "return.undone"]
    assert tallies(embedded) == {"loans": 1, "loans_undone": 1, "returns": 1, "returns_undone": 1}


def test_a_refusal_is_told_counted_and_decided_again_when_asked_again(embedded):
    def script(message, _):
        answer = polite(message)
        if not isinstance(message, m.Checkout):
            return answer
        return answer.but(ok=False, screen_message=("有预约",))

    async def conversation(desk, ils):
        answer = await desk.ask(checkout(), number=1)
        assert (answer.ok, answer.screen_message) == (False, ("有预约",))
        await desk.ask(checkout(), number=1)
        assert len(ils.of(m.Checkout)) == 2

    serve(embedded, conversation, script)
    assert kinds(embedded) == ["loan.refused", "loan.refused"]


def test_a_retransmission_is_answered_again_and_asked_once(library):
    async def conversation(desk, ils):
        first = await desk.ask(checkout(), number=3)
        again = await desk.ask(checkout(), number=3)
        assert first == again
        assert len(ils.of(m.Checkout)) == 1
        desk.clock.ms += 120_000
        await desk.ask(checkout(), number=3)
        assert len(ils.of(m.Checkout)) == 2

    serve(library, conversation)
    assert tallies(library) == {"loans": 2}


def test_the_same_request_after_another_about_the_item_is_a_new_one(embedded):
    async def conversation(desk, ils):
        for _ in range(2):
            assert (await desk.ask(checkout(), number=3)).ok
            assert (await desk.ask(checkin(), OTHER, number=3)).ok
        assert len(ils.of(m.Checkout)) == 2

    serve(embedded, conversation)
    assert tallies(embedded) == {"loans": 2, "returns": 2}


def test_a_retransmission_while_the_first_is_under_way_is_asked_once(embedded):
    def script(message, _):
        return [0.1, polite(message)] if isinstance(message, m.Checkout) else polite(message)

    async def conversation(desk, ils):
        first, again = await asyncio.gather(desk.ask(checkout(), number=3), desk.ask(checkout(), number=3))
        assert first == again
        assert len(ils.of(m.Checkout)) == 1

    serve(embedded, conversation, script)
    assert tallies(embedded) == {"loans": 1}


def test_two_accounts_that_say_the_same_are_two(embedded):
    async def conversation(desk, ils):
        await desk.ask(checkin(), MACHINE, number=3)
        await desk.ask(checkin(), OTHER, number=3)
        assert len(ils.of(m.Checkin)) == 2

    serve(embedded, conversation)


def test_other_transactions_are_asked_once_too(embedded):
    def script(message, _):
        if isinstance(message, m.FeePaid):
            return m.FeePaidResponse(payment_accepted=True, transaction_date=None, patron_identifier="R1")
        return polite(message)

    async def conversation(desk, ils):
        paid = m.FeePaid(
            transaction_date=desks.AT, fee_amount="5.00", patron_identifier="R1", transaction_id="W1"
        )
        for _ in range(2):
            assert (await desk.ask(paid, number=4)).payment_accepted
        assert len(ils.of(m.FeePaid)) == 1

    serve(embedded, conversation, script)
    assert facts(embedded) == []
    with open_sessions(embedded)() as session:
        subjects = session.scalars(select(GatewayTransaction.subject)).all()
    assert [subject.split()[0] for subject in subjects] == ["fee"], (
        "what it is about is kept for the next one"
    )
    assert "R1" not in subjects[0]


def test_what_is_the_terminals_alone_does_not_go_on(embedded):
    async def conversation(desk, ils):
        told = checkout(institution_id="cun", terminal_password="t", patron_password="1357")
        await desk.ask(told.but(extra=(("CN", "maker-1"), ("CO", "secret"), ("ZZ", "kept"))))
        (asked,) = ils.of(m.Checkout)
        assert (asked.institution_id, asked.terminal_password, asked.patron_password) == ("QY02", "", "1357")
        assert asked.extra == (("ZZ", "kept"),)

    serve(embedded, conversation, institution="QY01", institutions={"cun": "QY02"})


def test_the_terminal_hears_its_own_branch_and_what_it_sent(embedded):
    def script(message, _):
        answer = polite(message)
        changed = {"institution_id": "QY01", "patron_identifier": "0000R1", "extra": (("YX", "1"),)}
        return answer.but(**changed) if isinstance(message, m.Checkout) else answer

    async def conversation(desk, ils):
        answer = await desk.ask(checkout())
        assert (answer.institution_id, answer.patron_identifier) == ("cun", "R1")
        assert answer.due_date == "20260331    235959"
        assert answer.extra == (("YX", "1"),)

    serve(embedded, conversation, script)


@pytest.mark.parametrize(
    ("said", "bin_"),
    [
        ({"alert_type": "01"}, "9"),
        ({"alert_type": "04", "destination_location": "xian"}, "8"),
        ({"collection_code": "CHILD"}, "2"),
        ({"call_number": "I247.5"}, "3"),
        ({"call_number": "TP3"}, "1"),
        ({"sort_bin": "7", "alert_type": "01"}, "7"),
    ],
)
def test_a_sort_bin_where_the_ils_names_none(embedded, said, bin_):
    def script(message, _):
        answer = polite(message)
        return answer.but(**said) if isinstance(message, m.Checkin) else answer

    async def conversation(desk, ils):
        assert (await desk.ask(checkin())).sort_bin == bin_

    bins = (
        SortBin("9", alert="01"),
        SortBin("8", alert="04", destination="xian"),
        SortBin("5", branch="elsewhere"),
        SortBin("2", collection="CHILD"),
        SortBin("3", call_number="I"),
        SortBin("1"),
    )
    serve(embedded, conversation, script, bins=bins)


def test_98_says_what_the_ils_says(embedded):
    def script(message, _):
        return (
            status(offline_ok=False).but(checkin_ok=False)
            if isinstance(message, m.ScStatus)
            else polite(message)
        )

    async def conversation(desk, ils):
        answer = await desk.ask(m.ScStatus())
        assert (answer.online_status, answer.checkout_ok, answer.checkin_ok) == (True, True, False)
        assert (answer.offline_ok, answer.institution_id, answer.library_name) == (
            False,
            "cun",
            "清源县图书馆",
        )
        assert ils.of(m.ScStatus)  # once, at the beginning of the session: a terminal's 99 is answered here

    serve(embedded, conversation, script)


def test_98_of_an_ils_that_lends_though_its_own_says_no(embedded):
    def script(message, _):
        no = {"checkin_ok": False, "checkout_ok": False}
        return status().but(**no) if isinstance(message, m.ScStatus) else polite(message)

    async def conversation(desk, ils):
        answer = await desk.ask(m.ScStatus(), KIOSK)
        assert (answer.online_status, answer.checkout_ok, answer.checkin_ok) == (True, True, True)

    serve(embedded, conversation, script, dialect="evergreen")


ALL_OF_BX = frozenset(Supported)


@pytest.mark.parametrize(
    ("told", "settings", "denied"),
    [
        (ALL_OF_BX, {"overrides": 'lacks = ["15", "23"]'}, {Supported.HOLD}),
        (ALL_OF_BX - {Supported.HOLD}, {"overrides": 'lacks = ["63"]'}, {Supported.HOLD}),
        (
            ALL_OF_BX,
            {"overrides": 'lacks = ["23", "63"]'},
            {Supported.PATRON_STATUS, Supported.PATRON_INFORMATION},
        ),
        (
            ALL_OF_BX - {Supported.PATRON_INFORMATION},
            {"overrides": 'lacks = ["23"]'},
            {Supported.PATRON_STATUS, Supported.PATRON_INFORMATION},
        ),
        (frozenset(), {}, set()),
        (frozenset({Supported.CHECKOUT}), {"dialect": "evergreen"}, set()),
        (ALL_OF_BX - {Supported.LOGIN, Supported.STATUS, Supported.RESEND}, {}, set()),
    ],
)
def test_98_says_which_requests_are_answered(embedded, told, settings, denied):
    def script(message, _):
        return status().but(supported_messages=told) if isinstance(message, m.ScStatus) else polite(message)

    async def conversation(desk, ils):
        assert (await desk.ask(m.ScStatus())).supported_messages == ALL_OF_BX - denied

    serve(embedded, conversation, script, **settings)


def test_each_branch_is_at_the_ils_who_it_is_there(embedded, tmp_path):
    """One gateway for a network: AO, CP and AP are those of the branch, or of the nearest above it."""
    path = tmp_path / "password"
    path.write_text("secret", encoding="utf-8")
    path.chmod(0o600)
    county = replace(MACHINE, account="maker-3", branch="xian")

    async def conversation(desk, ils):
        assert (await desk.ask(checkin("B1"))).institution_id == "cun"
        assert (await desk.ask(checkin("B2"), county)).institution_id == "xian"
        asked = {one.item_identifier: (one.institution_id, one.current_location) for one in ils.of(m.Checkin)}
        assert asked == {"B1": ("QY", "SP-CUN"), "B2": ("QY", "SP-XIAN")}
        assert [one.location_code for one in ils.of(m.Login)] == ["SP-XIAN", "SP-CUN"]

    one = {"institutions": {"xian": "QY"}, "location": "SP-XIAN", "locations": {"cun": "SP-CUN"}}
    serve(embedded, conversation, username="op", password_file=path, **one)


def test_a_kiosk_of_ours_gets_no_answer_where_the_ils_gives_none(embedded):
    def script(message, _):
        return None if isinstance(message, m.Checkout) else polite(message)

    async def conversation(desk, ils):
        with pytest.raises(Silent):
            await desk.ask(checkout(), KIOSK, number=2)
        with pytest.raises(Silent):
            await desk.ask(checkout(), KIOSK, number=2)
        assert len(ils.of(m.Checkout)) == 1
        await ils.stop()
        await desk.until_up(False)
        with pytest.raises(Unreached):
            await desk.ask(checkin(), KIOSK)
        with pytest.raises(Unreached):
            await desk.ask(reader(), KIOSK)
        assert not (await desk.ask(m.ScStatus(), KIOSK)).online_status

    serve(embedded, conversation, script)
    assert facts(embedded) == []
    assert waiting(embedded) == []


def test_a_pin_is_nowhere_in_the_database(embedded, tmp_path):
    def script(message, _):
        return None if isinstance(message, m.Checkout) else polite(message)

    async def conversation(desk, ils):
        await desk.ask(reader("R9876543", patron_password="PIN97531"))
        await desk.ask(checkout(card="R9876543", patron_password="PIN97531"))

    serve(embedded, conversation, script)
    octets = b"".join(path.read_bytes() for path in tmp_path.glob("central.db*"))
    assert b"PIN97531" not in octets
