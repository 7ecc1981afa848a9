"""Amnesties of ours at a library system that has none."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.circulation.gateway.waiving import fee_of
from central.circulation.ledger.models import Amnesty
from central.db import open_sessions
from tests.central.circulation.gateway import desk as desks
from tests.central.circulation.gateway.desk import checkin, serve, until
from tests.central.circulation.gateway.ils import polite
from wire.sip2 import messages as m


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    desks.hurry(monkeypatch)


@pytest.fixture
def amnesty(embedded):
    with open_sessions(embedded).begin() as session:
        session.add(
            Amnesty(
                branch_id="xian",
                first_on=date(2026, 3, 1),
                last_on=date(2026, 3, 31),
                percent=50,
                reason="读书月",
                staff="wu",
                at_ms=1,
            )
        )
    return embedded


def ils(fee="3.20", card="R1", *, takes=True):
    def script(message, _):
        answer = polite(message) if not isinstance(message, m.FeePaid) else None
        if isinstance(message, m.Checkin):
            return replace(answer, patron_identifier=card, extra=(("BV", fee),) if fee else ())
        return answer or m.FeePaidResponse(
            payment_accepted=takes, transaction_date=None, patron_identifier=card
        )

    return script


def audit(engine):
    with open_sessions(engine, readonly=True)() as session:
        return [
            (row.action, row.subject.split()[0], row.subject.split()[-1])
            for row in session.scalars(select(AuditEntry))
        ]


def test_the_fee_of_a_return_is_forgiven_there(amnesty):
    async def conversation(desk, heard):
        answer = await desk.ask(checkin())
        assert answer.ok
        await until(lambda: audit(amnesty))
        (paid,) = heard.of(m.FeePaid)
        assert (paid.fee_amount, paid.payment_type, paid.fee_type) == ("1.60", "04", "04")
        assert (paid.patron_identifier, paid.transaction_id[:1]) == ("R1", "W")

    serve(amnesty, conversation, ils(), waive_with="04")
    assert audit(amnesty) == [("fee_waived_at_ils", "#1", "160")]


def test_what_the_ils_does_not_take_is_for_staff(amnesty):
    async def conversation(desk, heard):
        await desk.ask(checkin())
        await until(lambda: audit(amnesty))

    serve(amnesty, conversation, ils(takes=False), waive_with="04")
    assert audit(amnesty) == [("fee_not_waived_at_ils", "#1", "160")]


@pytest.mark.parametrize(
    ("script", "settings"),
    [(ils(), {}), (ils(fee=""), {"waive_with": "04"}), (ils(card=""), {"waive_with": "04"})],
)
def test_without_a_word_of_how_much_or_how_nothing_is_forgiven(amnesty, script, settings):
    async def conversation(desk, heard):
        await desk.ask(checkin())
        await desk.ask(m.ItemInformation(transaction_date=desks.AT, item_identifier="B1"))
        assert heard.of(m.FeePaid) == []

    serve(amnesty, conversation, script, **settings)
    assert audit(amnesty) == []


def test_outside_its_days_nothing_is_forgiven(amnesty):
    async def conversation(desk, heard):
        desk.clock.ms += 31 * 86_400_000
        await desk.ask(checkin())
        await desk.gateways._running["county"].waiving.stop()
        assert heard.of(m.FeePaid) == []

    serve(amnesty, conversation, ils(), waive_with="04")


@pytest.mark.parametrize(
    ("text", "fen"), [("3.20", 320), ("", 0), ("-1", 0), ("三元", 0), ("1e9", 0), ("NaN", 0), (" 0.05 ", 5)]
)
def test_amounts(text, fen):
    answer = m.CheckinResponse(
        ok=True, resensitize=True, transaction_date=None, item_identifier="B1", extra=(("BV", text),)
    )
    assert fee_of(answer) == fen
