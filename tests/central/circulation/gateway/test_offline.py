"""Machines of other makers while the library system is silent, and what it is told afterwards."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import select, update

from central.circulation.gateway import settling
from central.circulation.gateway.models import GatewayReader, GatewayTransaction
from central.circulation.gateway.store import MAX_WAITING
from central.circulation.owed.models import OwedTransaction
from central.circulation.server import repeats
from central.config import GatewayOffline
from central.db import open_sessions
from central.fleet.models import Order
from central.fleet.operations import give_order
from central.lists.models import ListEntry, ListImport, ListNumber
from central.reports.models import TallyDay
from tests.central.circulation.gateway import desk as desks
from tests.central.circulation.gateway.desk import (
    KEYS,
    OTHER,
    checkin,
    checkout,
    facts,
    gateway,
    kinds,
    owed,
    reader,
    serve,
    tallies,
    until,
    waiting,
)
from tests.central.circulation.gateway.ils import Ils, listening, polite, status
from tests.central.circulation.world import DAY_MS, MINUTE_MS, NOW_MS, TODAY
from wire.faults import number
from wire.sealing import unseal
from wire.sip2 import messages as m


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    desks.hurry(monkeypatch)


class Library:
    """An ILS with a memory: items on loan, and what it does with the next transactions."""

    def __init__(self, *, offline_ok=True):
        self.on_loan = {}
        self.offline_ok = offline_ok
        self.deaf = False
        """It does what it is asked and does not answer."""
        self.refuses = set()
        self.vague = False
        """It does not say of an item whether it is on loan."""

    def __call__(self, message, _):
        said = self._say(message)
        return None if self.deaf and isinstance(message, m.Checkout | m.Checkin) else said

    def _say(self, message):
        answer = polite(message)
        match message:
            case m.ScStatus():
                return status(offline_ok=self.offline_ok)
            case m.Checkout():
                if message.item_identifier in self.refuses:
                    return answer.but(ok=False)
                if self.on_loan.get(message.item_identifier) == message.patron_identifier:
                    return answer.but(ok=False)
                self.on_loan[message.item_identifier] = message.patron_identifier
            case m.Checkin():
                self.on_loan.pop(message.item_identifier, None)
            case m.ItemInformation():
                status_ = "04" if message.item_identifier in self.on_loan else "03"
                return answer.but(circulation_status="01" if self.vague else status_, due_date="2026-03-31")
            case m.PatronInformation():
                items = tuple(i for i, card in self.on_loan.items() if card == message.patron_identifier)
                return answer.but(charged_items=items, charged_items_count=len(items))
        return answer


def away(engine, conversation, library=None, **settings):
    """A reader is known, then the ILS goes; `conversation(desk, library, back)`, where `back()` lets it return."""
    library = library or Library()

    async def within():
        ils = Ils(library)
        await ils.start()
        port = ils.port
        async with asyncio.timeout(60), gateway(engine, port, **settings) as desk:
            await desk.until_up()
            await desk.ask(reader("R1"))
            await until(lambda: known(engine) == 1)
            await ils.stop()
            await desk.until_up(False)
            returned = []

            async def back():
                again = Ils(library)
                await again.start(port)
                returned.append(again)
                await desk.until_up()
                return again

            try:
                await conversation(desk, library, back)
            finally:
                for one in returned:
                    await one.stop()

    asyncio.run(within())


def known(engine):
    with open_sessions(engine, readonly=True)() as session:
        return len(session.scalars(select(GatewayReader)).all())


def with_rows(engine, *rows):
    with open_sessions(engine).begin() as session:
        for row in rows:
            session.add(row)
            session.flush()


# ---------------------------------------------------------------- the rule
def test_a_known_reader_borrows_and_the_ils_is_told(library):
    async def conversation(desk, ils, back):
        answer = await desk.ask(checkout(), number=1)
        assert (answer.ok, answer.due_date) == (True, "20260331    235959")
        assert answer.screen_message == ("已借出，联网后登记",)
        assert (await desk.ask(checkout(), number=1)) == answer
        assert tallies(library) == {"loans": 1, "loans_offline": 1}
        assert owed(library) == {"B1": "granted"}
        desk.clock.ms += MINUTE_MS
        heard = await back()
        await desk.until_settled()
        (told,) = heard.of(m.Checkout)
        assert (told.no_block, told.patron_identifier) == (True, "R1")
        assert told.transaction_date == datetime(2026, 3, 1, 10)  # noqa: DTZ001 - SIP2's dates are local
        assert told.nb_due_date == datetime(2026, 3, 31, 23, 59, 59)  # noqa: DTZ001

    away(library, conversation)
    assert kinds(library) == ["loan.granted", "loan.made"]
    assert (facts(library)[1].granted, facts(library)[1].forced) == (True, True)
    assert tallies(library) == {"loans": 1, "loans_offline": 1, "loans_forced": 1}
    assert owed(library) == {"B1": "made"}


def test_a_debt_whose_card_cannot_be_read_holds_up_no_other(embedded):
    """As where central's keys were made anew: it waits for staff."""

    async def conversation(desk, ils, back):
        assert (await desk.ask(checkout("B1"))).ok
        assert (await desk.ask(checkin("B9"), OTHER)).ok
        with open_sessions(embedded).begin() as session:
            session.execute(update(GatewayTransaction).values(sealed="to another key"))
        heard = await back()
        await until(lambda: [row.item for row in waiting(embedded)] == ["B1"])
        assert len(heard.of(m.Checkin)) == 1

    away(embedded, conversation)


def test_debts_that_nobody_can_settle_hold_up_no_other_however_many_they_are(embedded):
    async def conversation(desk, ils, back):
        assert (await desk.ask(checkout("B1"))).ok
        with open_sessions(embedded).begin() as session:
            first = session.execute(select(GatewayTransaction.__table__)).mappings().one()
            for number in range(MAX_WAITING):
                own = {
                    "txn": f"{number:032}",
                    "subject": f"item E{number}",
                    "item": f"E{number}",
                    "sealed": "of another key",
                }
                session.add(GatewayTransaction(**{**first, "id": None, **own}))
        assert (await desk.ask(checkin("B9"), OTHER)).ok
        heard = await back()
        await until(lambda: "B9" not in [row.item for row in waiting(embedded)])
        assert len(heard.of(m.Checkin)) == 1

    away(embedded, conversation)


def test_a_debt_of_which_the_ils_says_nothing_holds_up_no_other_and_is_no_silence_of_its(embedded):
    """As where a library system falls over one item's number."""
    ils = Library()

    def script(message, count):
        mute = isinstance(message, m.Checkin | m.ItemInformation) and message.item_identifier == "B8"
        return None if mute else ils(message, count)

    async def conversation(desk, _library, back):
        assert (await desk.ask(checkin("B8"))).ok
        assert (await desk.ask(checkin("B9"), OTHER)).ok
        heard = await back()
        await until(lambda: [row.item for row in waiting(embedded)] == ["B8"])
        assert len(heard.of(m.Checkin)) == 2
        for _ in range(3):
            await desk.ask(reader())
            asked = len(heard.of(m.ItemInformation))
            await until(lambda asked=asked: len(heard.of(m.ItemInformation)) > asked)
        assert desk.upstream.is_up

    away(embedded, conversation, script, timeout_s=0.3)


@pytest.mark.parametrize("lacks", ["63", "17", "17 63"])
def test_what_the_ils_cannot_be_asked_holds_up_no_other_debt(embedded, lacks):
    """A loan it may have heard of cannot be found out, and is not told; a return behind it is."""
    ils = Library()

    async def conversation(desk, heard):
        ils.deaf = True
        await desk.ask(checkout("B1", "R2"))
        await desk.ask(checkin("B9"), OTHER)
        ils.deaf = False
        desk.clock.ms += MINUTE_MS
        await until(lambda: [row.item for row in waiting(embedded)] == ["B1"])
        asked = {one.layout.id for one in heard.heard}
        assert asked.isdisjoint(lacks.split())

    serve(embedded, conversation, ils, overrides=f"lacks = {lacks.split()}".replace("'", '"'))


def test_a_book_comes_back_and_the_ils_is_told_in_order(embedded):
    async def conversation(desk, ils, back):
        assert (await desk.ask(checkout("B1"))).ok
        assert (await desk.ask(checkin("B1"))).ok
        assert (await desk.ask(checkin("B9"), OTHER)).ok
        heard = await back()
        await desk.until_settled()
        told = [one for one in heard.heard if isinstance(one, m.Checkout | m.Checkin)]
        assert [(type(one), one.item_identifier) for one in told] == [
            (m.Checkout, "B1"),
            (m.Checkin, "B1"),
            (m.Checkin, "B9"),
        ]
        assert all(one.no_block for one in told)

    away(embedded, conversation)
    assert tallies(embedded) == {
        "loans": 1,
        "loans_offline": 1,
        "loans_forced": 1,
        "returns": 2,
        "returns_offline": 2,
        "returns_forced": 2,
    }


def test_without_offline_ok_it_is_told_without_no_block(embedded):
    async def conversation(desk, ils, back):
        await desk.ask(checkout())
        heard = await back()
        await desk.until_settled()
        (told,) = heard.of(m.Checkout)
        assert (told.no_block, told.nb_due_date) == (False, None)

    away(embedded, conversation, Library(offline_ok=False))
    assert not facts(embedded)[1].forced


def test_what_the_ils_refuses_afterwards_is_for_staff(library):
    async def conversation(desk, ils, back):
        await desk.ask(checkout())
        ils.refuses.add("B1")
        await back()
        await desk.until_settled()

    away(library, conversation)
    assert owed(library) == {"B1": "refused"}
    refused = facts(library)[1]
    assert (refused.granted, refused.fault) == (True, number("loan_not_allowed"))
    assert unseal(KEYS.sealing, refused.sealed, refused.txn) == "R1"
    assert tallies(library)["owed_refused"] == 1


@pytest.mark.parametrize(
    ("rows", "settings", "card", "fault"),
    [
        ((), {}, "R2", "cannot_check_card"),
        ((), {"offline": GatewayOffline(lend=False)}, "R1", "cannot_lend_now"),
        ((), {"offline": GatewayOffline(cap=0)}, "R1", "offline_limit_reached"),
        (
            (
                ListEntry(
                    kind="reader",
                    number="R1",
                    branch_id="xian",
                    reason="挂失",
                    until_on=TODAY,
                    staff="w",
                    at_ms=1,
                ),
            ),
            {},
            "R1",
            "card_blocked",
        ),
        (
            (
                ListEntry(
                    kind="item", number="B1", branch_id=None, reason="丢失", until_on=None, staff="w", at_ms=1
                ),
            ),
            {},
            "R1",
            "loan_not_allowed",
        ),
        (
            (
                ListImport(
                    id=1, name="deny", branch_id="cun", staff="w", at_ms=1, until_ms=NOW_MS + 1, numbers=1
                ),
                ListNumber(import_id=1, kind="reader", number="R1", type="", cap=0),
            ),
            {},
            "R1",
            "card_blocked",
        ),
    ],
)
def test_who_and_what_the_rule_does_not_lend(embedded, rows, settings, card, fault):
    with_rows(embedded, *rows)

    async def conversation(desk, ils, back):
        answer = await desk.ask(checkout(card=card))
        assert (answer.ok, answer.fault) == (False, number(fault))
        assert answer.screen_message

    away(embedded, conversation, **settings)
    assert kinds(embedded) == ["loan.refused"]
    assert waiting(embedded) == []
    assert tallies(embedded) == {"refusals": 1}


def test_a_reader_has_no_more_by_the_rule_than_the_cap(embedded):
    async def conversation(desk, ils, back):
        assert (await desk.ask(checkout("B1"))).ok
        assert (await desk.ask(checkout("B2"))).ok
        assert (await desk.ask(checkout("B3"))).fault == number("offline_limit_reached")

    away(embedded, conversation, offline=GatewayOffline(cap=2))


def test_a_reader_who_was_good_long_ago_is_not_known(embedded):
    async def conversation(desk, ils, back):
        desk.clock.ms += 31 * DAY_MS
        assert (await desk.ask(checkout())).fault == number("cannot_check_card")

    away(embedded, conversation)


def test_a_reader_whom_the_ils_bars_is_forgotten(embedded):
    def script(message, _):
        answer = polite(message)
        bars = isinstance(message, m.PatronInformation) and bool(barred)
        return answer.but(patron_status=frozenset({0, 10})) if bars else answer

    barred = []

    async def conversation(desk, ils):
        await desk.ask(reader("R1"))
        await until(lambda: known(embedded) == 1)
        barred.append(1)
        await desk.ask(reader("R1"))
        await until(lambda: known(embedded) == 0)

    serve(embedded, conversation, script)


def test_what_happened_at_the_machine_itself_is_written_down_whatever_the_rule_says(embedded):
    early = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001 - SIP2's dates are local

    async def conversation(desk, ils, back):
        told = m.Checkout(
            no_block=True,
            transaction_date=early,
            nb_due_date=datetime(2026, 3, 20, 23, 59, 59),  # noqa: DTZ001
            patron_identifier="R2",
            item_identifier="B1",
        )
        answer = await desk.ask(told)
        assert (answer.ok, answer.due_date) == (True, "20260320    235959")
        heard = await back()
        await desk.until_settled()
        (told,) = heard.of(m.Checkout)
        assert told.transaction_date == early

    away(embedded, conversation)
    with open_sessions(embedded, readonly=True)() as session:
        begun = session.scalars(select(OwedTransaction.begun_ms)).one()
        assert begun == NOW_MS - 30 * MINUTE_MS


# ---------------------------------------------------------------- other questions
def test_readers_are_answered_by_what_is_known(embedded):
    async def conversation(desk, ils, back):
        good, strange = await desk.ask(reader("R1")), await desk.ask(reader("R2"))
        assert (good.valid_patron, good.personal_name, good.reader_type) == (True, "", "adult")
        assert 0 not in good.patron_status
        assert (strange.valid_patron, strange.fault) == (None, number("cannot_check_card"))
        assert 0 in strange.patron_status
        asked = m.PatronStatusRequest(transaction_date=desks.AT, patron_identifier="R1")
        assert (await desk.ask(asked)).valid_patron
        ended = m.EndPatronSession(transaction_date=desks.AT, patron_identifier="R1")
        assert (await desk.ask(ended)).end_session
        item = m.ItemInformation(transaction_date=desks.AT, item_identifier="B1")
        assert (await desk.ask(item)).item_identifier == "B1"

    away(embedded, conversation)


def test_what_cannot_wait_is_refused_and_forgotten(embedded):
    async def conversation(desk, ils, back):
        paid = m.FeePaid(transaction_date=desks.AT, fee_amount="1.00", patron_identifier="R1")
        held = m.Hold(transaction_date=desks.AT, patron_identifier="R1", item_identifier="B1")
        renewed = m.Renew(transaction_date=desks.AT, patron_identifier="R1", item_identifier="B1")
        assert not (await desk.ask(paid)).payment_accepted
        assert not (await desk.ask(held)).ok
        assert not (await desk.ask(renewed)).ok
        assert not (await desk.ask(checkout(cancel=True))).ok

    away(embedded, conversation)
    assert waiting(embedded) == []
    assert facts(embedded) == []


def test_98_is_honest(embedded):
    async def conversation(desk, ils, back):
        machine, kiosk = await desk.ask(m.ScStatus()), await desk.ask(m.ScStatus(), desks.KIOSK)
        assert (machine.online_status, machine.checkout_ok, machine.checkin_ok) == (True, False, True)
        assert (machine.acs_renewal_policy, machine.offline_ok) == (False, True)
        assert (kiosk.online_status, kiosk.checkout_ok) == (False, False)

    away(embedded, conversation, offline=GatewayOffline(lend=False))


# ---------------------------------------------------------------- a silence after the question
def test_what_the_ils_did_before_it_fell_silent_is_found_out_and_not_done_twice(library):
    ils = Library()

    async def conversation(desk, heard):
        await desk.ask(reader("R1"))
        ils.deaf = True
        assert (await desk.ask(checkout())).ok  # by the rule
        assert ils.on_loan == {"B1": "R1"}
        ils.deaf = False
        await desk.until_settled()
        assert len(heard.of(m.Checkout)) == 1

    serve(library, conversation, ils)
    assert kinds(library) == ["loan.granted", "loan.made"]
    assert tallies(library) == {"loans": 1, "loans_offline": 1}


def test_a_loan_that_was_refused_after_a_silence_and_made_after_all_is_on_the_list(embedded):
    ils = Library()

    async def conversation(desk, heard):
        ils.deaf = True
        answer = await desk.ask(checkout(card="R2"))
        assert (answer.ok, answer.fault) == (False, number("cannot_check_card"))
        assert owed(embedded) == {"B1": "owed"}
        ils.deaf = False
        await desk.until_settled()

    serve(embedded, conversation, ils)
    assert kinds(embedded) == ["loan.owed", "loan.made"]
    assert owed(embedded) == {"B1": "made"}
    assert tallies(embedded) == {"loans": 1}


def test_nothing_is_concluded_from_a_silence_before_the_ils_has_had_its_time(embedded):
    ils = Library()

    async def conversation(desk, heard):
        await desk.ask(reader("R1"))
        ils.deaf = True
        await desk.ask(checkout())
        ils.deaf, ils.on_loan = False, {}  # it had not heard it
        asked = len(heard.of(m.ItemInformation))
        await until(lambda: len(heard.of(m.ItemInformation)) > asked + 2)
        assert len(heard.of(m.Checkout)) == 1
        desk.clock.ms += settling.QUIET_MS
        await desk.until_settled()
        assert [one.no_block for one in heard.of(m.Checkout)] == [False, True]

    serve(embedded, conversation, ils)
    assert kinds(embedded) == ["loan.granted", "loan.made"]


def test_one_that_never_was_is_abandoned(embedded):
    ils = Library()

    async def conversation(desk, heard):
        ils.deaf = True
        await desk.ask(checkout(card="R2"))
        ils.deaf, ils.on_loan = False, {}
        desk.clock.ms += settling.QUIET_MS
        await desk.until_settled()
        assert len(heard.of(m.Checkout)) == 1

    serve(embedded, conversation, ils)
    assert kinds(embedded) == ["loan.owed", "loan.abandoned"]
    assert tallies(embedded) == {}


def test_what_the_ils_cannot_tell_waits_for_staff(library):
    ils = Library()

    async def conversation(desk, heard):
        ils.deaf = ils.vague = True
        await desk.ask(checkout(card="R2"))
        ils.deaf = False
        asked = len(heard.of(m.ItemInformation))
        await until(lambda: len(heard.of(m.ItemInformation)) > asked + 2)
        (row,) = waiting(library)
        with open_sessions(library).begin() as session:
            give_order(session, "gateway-cun", "debt.settle", "wu", NOW_MS, txn=row.txn, verdict="never")
        await desk.until_settled()

    serve(library, conversation, ils)
    assert kinds(library) == ["loan.owed", "loan.abandoned", "order.done"]
    assert facts(library)[1].by == "staff"
    with open_sessions(library, readonly=True)() as session:
        assert session.scalars(select(Order.state)).one() == "done"


def test_an_item_that_the_ils_is_still_to_be_told_of_is_dealt_with_by_the_rule(embedded):
    async def conversation(desk, ils, back):
        assert (await desk.ask(checkout())).ok
        ils.vague = True
        with open_sessions(embedded).begin() as session:
            session.execute(update(GatewayTransaction).values(heard=True, state="owed"))
        heard = await back()
        answer = await desk.ask(checkin())
        assert answer.screen_message == ("已收下，联网后登记",)
        assert heard.of(m.Checkin) == []

    away(embedded, conversation)


# ---------------------------------------------------------------- a crash
def test_a_question_whose_process_ended_is_found_out_when_the_terminal_asks_again(library):
    ils = Library()

    async def crashing():
        async with asyncio.timeout(30), listening(ils) as heard:
            async with gateway(library, heard.port, timeout_s=5) as desk:
                await desk.until_up()
                ils.deaf = True
                task = asyncio.create_task(desk.ask(checkout(), number=4))
                await until(lambda: ils.on_loan)
                await desk.crash(task)
            ils.deaf = False
            async with gateway(library, heard.port) as desk:
                await desk.until_up()
                answer = await desk.ask(checkout(), number=4)
                assert (answer.ok, answer.patron_identifier, answer.item_identifier) == (True, "R1", "B1")
                assert (answer.title_identifier, answer.due_date) == ("三体", "20260331    235959")
                assert (await desk.ask(checkout(), number=4)) == answer
                assert len(heard.of(m.Checkout)) == 1

    asyncio.run(crashing())
    assert kinds(library) == ["loan.made"]
    assert facts(library)[0].settled
    assert tallies(library) == {"loans": 1}


def test_an_end_that_could_not_be_written_is_found_out(embedded, monkeypatch):
    ils = Library()

    async def conversation(desk, heard):
        front = desk.gateways._running["county"].front
        monkeypatch.setattr(front, "_end", lambda *_: 1 / 0)
        assert (await desk.ask(checkout())).ok
        desk.clock.ms += settling.QUIET_MS
        await desk.until_settled()
        assert len(heard.of(m.Checkout)) == 1

    serve(embedded, conversation, ils)
    assert kinds(embedded) == ["loan.made"]
    assert tallies(embedded) == {"loans": 1}


def test_one_that_the_terminal_never_asks_again_is_found_out_all_the_same(embedded):
    ils = Library()

    async def crashing():
        async with asyncio.timeout(30), listening(ils) as heard:
            async with gateway(embedded, heard.port, timeout_s=5) as desk:
                await desk.until_up()
                ils.deaf = True
                tasks = [asyncio.create_task(desk.ask(one)) for one in (checkout("B1"), checkin("B2"))]
                await until(lambda: len(heard.of(m.Checkout) + heard.of(m.Checkin)) == 2)
                await desk.crash(*tasks)
            ils.deaf = False
            clock = desks.Clock()
            clock.ms += settling.QUIET_MS
            async with gateway(embedded, heard.port, clock) as desk:
                await desk.until_settled()

    asyncio.run(crashing())
    assert sorted(kinds(embedded)) == ["loan.made", "return.made"]
    with open_sessions(embedded, readonly=True)() as session:
        assert dict(session.execute(select(TallyDay.measure, TallyDay.count)).all()) == {
            "loans": 1,
            "returns": 1,
        }


RENEW = m.Renew(transaction_date=desks.AT, patron_identifier="R1", item_identifier="B1")
PAID = m.FeePaid(transaction_date=desks.AT, fee_amount="5.00", patron_identifier="R1", transaction_id="W1")


@pytest.mark.parametrize("request_", [RENEW, PAID, checkin(cancel=True)])
def test_of_a_lost_renewal_or_payment_nothing_is_concluded(embedded, request_):
    """The book is on loan, so that a question about it would find a loan that nobody made just now."""
    ils = Library()
    ils.on_loan["B1"] = "R1"

    def script(message, number):
        return None if type(message) is type(request_) else ils(message, number)

    async def crashing():
        async with asyncio.timeout(30), listening(script) as heard:
            async with gateway(embedded, heard.port, timeout_s=5) as desk:
                await desk.until_up()
                task = asyncio.create_task(desk.ask(request_))
                await until(lambda: heard.of(type(request_)))
                await desk.crash(task)
            asked = len(heard.heard)
            clock = desks.Clock()
            clock.ms += repeats.REPLAY_MS + settling.SWEEP_MS
            async with gateway(embedded, heard.port, clock) as desk:
                await desk.until_settled()
            return heard.heard[asked:]

    since = asyncio.run(crashing())
    assert {type(message) for message in since} <= {m.Login, m.ScStatus}
    assert kinds(embedded) == []
