"""Amnesties of ours at a library system that has none."""

from datetime import date

import pytest
from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.circulation.gateway.models import GatewayTransaction
from central.circulation.gateway.waiving import fee_of, fine_of
from central.circulation.ledger.models import Amnesty
from central.db import open_sessions
from tests.central.circulation.gateway import desk as desks
from tests.central.circulation.gateway.desk import checkin, checkout, serve, until
from tests.central.circulation.gateway.ils import polite
from wire.sip2 import messages as m
from wire.sip2.codes import Summary


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
            return answer.but(patron_identifier=card, extra=(("BV", fee),) if fee else ())
        return answer or m.FeePaidResponse(
            payment_accepted=takes, transaction_date=None, patron_identifier=card
        )

    return script


async def written(desk):
    """All that goes on beside the answers is over."""
    running = desk.gateways._running["county"]
    await running.front.stop()
    await running.waiving.stop()


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


class Fining:
    """A library system whose 10 names neither reader nor cost: both stand in its lists."""

    def __init__(self, *, due="2026-02-01", fines=("三体 3.20 overdue",), names=""):
        self.reader, self.due, self.fines, self.names = "R1", due, fines, names
        self.back = False

    def __call__(self, message, _):
        answer = None if isinstance(message, m.FeePaid) else polite(message)
        match message:
            case m.FeePaid():
                return m.FeePaidResponse(payment_accepted=True, transaction_date=None, patron_identifier="R1")
            case m.ItemInformation():
                return answer.but(due_date=self.due)
            case m.Checkin():
                self.back = True
                return answer.but(title_identifier="三体", patron_identifier=self.names)
            case m.PatronInformation(summary=asked):
                late = message.patron_identifier == self.reader and self.due < "2026-03-01"
                overdue = ("B1",) if Summary.OVERDUE in asked and late else ()
                fines = self.fines if Summary.FINE in asked and self.back else ()
                return answer.but(overdue_items=overdue, fine_items=fines)
        return answer


def fined(engine, script, *, lent=True):
    """The audit after a return, with how much was paid; the gateway lent the book unless `lent` is False."""

    async def conversation(desk, heard):
        if lent:
            assert (await desk.ask(checkout(), desks.KIOSK)).ok
        assert (await desk.ask(checkin(), desks.KIOSK)).ok
        await written(desk)
        return [(paid.patron_identifier, paid.fee_amount) for paid in heard.of(m.FeePaid)]

    return serve(engine, conversation, script, waive_with="04")


def test_what_the_10_does_not_say_is_asked(amnesty):
    assert fined(amnesty, Fining()) == [("R1", "1.60")]
    assert [action for action, *_ in audit(amnesty)] == ["fee_waived_at_ils"]


@pytest.mark.parametrize(
    ("script", "lent", "paid"),
    [
        (Fining(names="R1"), False, [("R1", "1.60")]),  # the reader by the 10, overdue by the 17
        (Fining(), False, []),  # nobody knows the reader
        (Fining(due="2026-03-20"), True, []),  # not overdue: the fine is an old one
        (Fining(names="R1", due="2026-03-20"), False, []),
        (Fining(fines=("三体 3.20", "三体 1.00")), True, []),  # one of them is an old one
        (Fining(fines=("昆虫记 3.20",)), True, []),
        (Fining(fines=("三体 3.20 of 5.00",)), True, []),
    ],
)
def test_what_is_not_certain_is_not_forgiven(amnesty, script, lent, paid):
    assert fined(amnesty, script, lent=lent) == paid


def test_who_had_it_once_is_not_taken_for_who_has_it_now(amnesty):
    """Who had it before has a fine for it still, which is theirs to pay."""
    script = Fining()

    async def conversation(desk, heard):
        await desk.ask(checkout(card="R9"))
        script.reader = "R1"  # lent on at the library's own counter
        await desk.ask(checkin())
        await written(desk)
        assert heard.of(m.FeePaid) == []

    serve(amnesty, conversation, script, waive_with="04")


@pytest.mark.parametrize("days", [0, 31])
def test_who_has_what_is_kept_sealed_and_no_longer_than_the_loan(amnesty, days):
    """Outside an amnesty as within."""

    def kept():
        with open_sessions(amnesty, readonly=True)() as session:
            rows = session.scalars(select(GatewayTransaction).where(GatewayTransaction.request == b""))
            return [(row.subject, row.item, row.reader != "", "R1" in row.sealed) for row in rows]

    async def conversation(desk, heard):
        desk.clock.ms += days * 86_400_000
        for _ in range(2):
            await desk.ask(checkout(), desks.KIOSK)
        await until(lambda: kept() == [("borrower B1", "B1", True, False)])
        await desk.ask(checkin(), desks.KIOSK)
        await until(lambda: kept() == [])

    serve(amnesty, conversation, Fining(), waive_with="04")


@pytest.mark.parametrize(
    ("line", "fen"),
    [
        ("17 12.50 逾期费 三体", 1250),
        ("三体 (2026-02-01) 0,35 EUR", 35),
        ("B1 due 01.03.2026 fine $1.20", 120),
        ("三体 3.5", 0),
        ("三体 12.50.00", 0),
        ("逾期费 CNY12.50《三体》", 1250),
        ("三体II 3.20", 0),
        ("B12 3.20", 0),
        ("三体 I247.57 5元", 0),
        ("三体 -3.20", 0),
    ],
)
def test_amounts_in_a_line_of_fines(line, fen):
    assert fine_of((line, "别的 9.99"), "B1", "三体") == fen


def test_outside_its_days_nothing_is_forgiven(amnesty):
    async def conversation(desk, heard):
        desk.clock.ms += 31 * 86_400_000
        await desk.ask(checkin())
        await written(desk)
        assert heard.of(m.FeePaid) == []

    serve(amnesty, conversation, ils(), waive_with="04")


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("3.20", 320),
        ("", 0),
        ("-1", 0),
        ("三元", 0),
        ("1e9", 0),
        ("1e999999", 0),
        ("NaN", 0),
        (" 0.05 ", 5),
    ],
)
def test_amounts(text, fen):
    answer = m.CheckinResponse(
        ok=True, resensitize=True, transaction_date=None, item_identifier="B1", extra=(("BV", text),)
    )
    assert fee_of(answer) == fen
