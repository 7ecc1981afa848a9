"""What the ILS is owed: told to it in order when it is back, or found out from it.

- One debt at a time, the oldest first; of one item a later one never before an earlier one has ended.
- What the ILS may have heard is found out first: 17, and for a loan 63 without a PIN. Done: it is ended as made.
- Nothing is concluded from a silence for QUIET_MS: the ILS may still be at work on the question.
- Of a renewal, a payment, an undoing whose answer a crash took, nothing can be found out and nothing is told: it is
  kept until nobody may ask for it again.
- What has changed hands by the rule and never got there is told with its own time: 11 or 09, with no block where
  the ILS takes it (98: off-line ok). What it refuses is on the staff's list (`owed`).
- Each end is one commit with its facts. A crash in between finds out again; nothing is told twice unasked.
- A debt about which the ILS says nothing, though it answers else, holds up no other: it is looked at more and more
  rarely, so that its silence is not taken for the ILS's.
- Staff may end what the ILS cannot tell, by the order that a kiosk would get (`debt.settle`).
- One process at a time for each gateway, by a lease.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from datetime import UTC, date, datetime, time
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from central.circulation.gateway import endings, orders, store
from central.circulation.gateway.endings import End
from central.circulation.gateway.means import Means, Turns, found, happened_ms, moves_a_book, request_of, site
from central.circulation.gateway.relay import Relay
from central.circulation.gateway.session import Busy, Silent, Unreached
from central.circulation.gateway.states import BY_RULE, WAITING, State
from central.circulation.gateway.store import DAY_MS, Transaction
from central.circulation.gateway.upstream import Upstream
from central.circulation.gateway.waiving import Waiving
from central.circulation.ledger.desk import Desk
from central.circulation.server.answers import was_done
from central.circulation.server.repeats import REPLAY_MS
from central.clock import lease
from central.statements import Cursor
from wire.envelope import Malformed
from wire.facts import ReturnMade
from wire.sealing import unseal
from wire.sip2 import became as tables
from wire.sip2 import messages as m
from wire.sip2.became import Became
from wire.sip2.codes import Summary
from wire.sip2.declare import Message

LOOK_S = 5.0
"""Between two looks at what waits, where the ILS was there all the time."""
QUIET_MS = 10_000
SWEEP_MS = 60_000
MOST_SKIPPED = 4
"""Doublings: what was never answered is asked at each 16th look."""

A = TypeVar("A", bound=Message)

log = structlog.get_logger(__name__)


class Settler:
    """The worker of one gateway."""

    def __init__(
        self,
        upstream: Upstream,
        relay: Relay,
        turns: Turns,
        means: Means,
        waiving: Waiving,
        back: asyncio.Event,
        *,
        known_days: int,
    ) -> None:
        """A worker that does nothing yet; `back` is set when the ILS is back after a silence."""
        self._upstream = upstream
        self._relay = relay
        self._turns = turns
        self._means = means
        self._waiving = waiving
        self._known_days = known_days
        self._holder = secrets.token_hex(8)
        self._back = back
        self._swept_ms = 0
        self._looks = 0
        self._silences: dict[str, int] = {}
        """By transaction: how often the ILS said nothing of it."""

    async def run(self) -> None:
        """Look and settle until cancelled."""
        while True:
            try:
                await self._round()
            except (Unreached, Silent) as cause:
                log.info("gateway.still_owed", ils=self._upstream.name, why=str(cause))
            except SQLAlchemyError as cause:
                log.warning("gateway.not_settled", ils=self._upstream.name, cause=type(cause).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._back.wait()
            self._back.clear()

    async def find_out(self, row: Transaction) -> Transaction | None:
        """What became of a question whose answer was lost: the row as it is now, None where nothing came of it.

        In the turn of its subject. A row that is still `asked` afterwards is one that nobody could tell of.
        """
        with suppress(Unreached, Silent):
            await self._settle_or_leave(row)
        return await found(self._means.database.ask(partial(store.look, txn=row.txn)))

    # ---------------------------------------------------------------- one look
    async def _round(self) -> None:
        await self._sweep()
        self._looks += 1
        database, left, blocked, after = self._means.database, set[str](), set[str](), 0
        while rows := await found(
            database.ask(partial(store.waiting, gateway=self._upstream.name, after=after))
        ):
            if not await database.change(self._hold):
                return
            after = rows[-1].id
            rows = await database.change(partial(orders.obey, means=self._means, rows=rows))
            left.update(row.txn for row in rows)
            for row in rows if self._upstream.is_up else ():
                if row.subject not in blocked and not await self._is_over(row):
                    blocked.add(row.subject)
        self._silences = {txn: count for txn, count in self._silences.items() if txn in left}

    async def _is_over(self, row: Transaction) -> bool:
        """Whether a debt holds up none that came after it about the same; looks at it where it is its turn."""
        if self._looks % 2 ** min(self._silences.get(row.txn, 0), MOST_SKIPPED):
            return False
        async with self._turns.of(row.subject):
            now = await found(self._means.database.ask(partial(store.look, txn=row.txn)))
            return now is None or not self._is_ripe(now) or await self._settle_or_pass(now)

    async def _settle_or_pass(self, row: Transaction) -> bool:
        """As `_settle_or_leave`; where the ILS says nothing of this debt alone, it waits.

        Raises:
            Unreached, Silent: the ILS says nothing at all, or has no time.
        """
        try:
            return await self._settle_or_leave(row)
        except Busy:
            raise
        except (Unreached, Silent) as cause:
            self._silences[row.txn] = self._silences.get(row.txn, 0) + 1
            if not self._upstream.is_up:
                raise
            log.info("gateway.still_owed", ils=self._upstream.name, txn=row.txn, why=str(cause))
            return False

    def _is_ripe(self, row: Transaction) -> bool:
        """It waits, and no process that runs is still asking it."""
        asking = row.state == State.ASKED and self._means.now_ms() - row.asked_ms < QUIET_MS
        return row.state in WAITING and not asking

    def _hold(self, cursor: Cursor) -> bool:
        with Session(cursor.connection) as session:
            held = lease.hold(session, f"gateway-{self._upstream.name}", self._holder, self._means.now_ms())
            session.flush()
        return held

    async def _sweep(self) -> None:
        now_ms = self._means.now_ms()
        if 0 <= now_ms - self._swept_ms < SWEEP_MS:
            return
        until_ms = now_ms - self._known_days * DAY_MS

        def sweep(cursor: Cursor) -> None:
            store.sweep(cursor, now_ms)
            store.forget_all(cursor, self._upstream.name, until_ms)

        await self._means.database.change(sweep)
        self._swept_ms = now_ms

    # ---------------------------------------------------------------- one debt
    async def _settle_or_leave(self, row: Transaction) -> bool:
        """As `_settle`; a debt whose card was sealed to a key that central has no more is left to staff."""
        try:
            return await self._settle(row)
        except Malformed as cause:
            log.info("gateway.unreadable", ils=self._upstream.name, txn=row.txn, why=str(cause))
            return False

    async def _settle(self, row: Transaction) -> bool:
        """Go on with one debt; False where it has to wait.

        Raises:
            Unreached, Silent: the ILS.
        """
        if not moves_a_book(request_of(row)):
            if self._means.now_ms() - row.asked_ms >= REPLAY_MS:
                await self._means.database.change(partial(store.drop, txn=row.txn))
            return True
        if row.heard:
            became, item = await self._became(row)
            if became is Became.DONE:
                await self._end(End.found_done(row, item))
                return True
            if became is Became.NEVER and self._means.now_ms() - row.asked_ms < QUIET_MS:
                return False
            if row.state not in BY_RULE:
                if became is Became.NEVER:
                    await self._end(End.never(row))
                return became is Became.NEVER
        await self._tell(row)
        return True

    async def _became(self, row: Transaction) -> tuple[Became, m.ItemInformationResponse]:
        request, lacks = request_of(row), self._upstream.dialect.lacks
        item = getattr(request, "item_identifier", "").strip()
        asked = m.ItemInformation(transaction_date=self._now(row), item_identifier=item)
        answer = m.ItemInformationResponse(transaction_date=None, item_identifier=item)
        if asked.layout.id not in lacks:
            answer = _meant(m.ItemInformationResponse, await self._ask(asked, row))
        charged = tables.CHARGED.get(answer.circulation_status)
        if isinstance(request, m.Checkin):
            return tables.RETURN[charged], answer
        if m.PatronInformation.layout.id in lacks:
            return tables.LOAN[charged, None], answer
        return tables.LOAN[charged, await self._is_listed(row, item)], answer

    async def _is_listed(self, row: Transaction, item: str) -> bool | None:
        """Whether the item is on the card of a loan's reader."""
        wanted = m.PatronInformation(
            transaction_date=self._now(row),
            summary=frozenset({Summary.CHARGED}),
            patron_identifier=unseal(self._means.sealing, row.sealed, row.txn),
            institution_id=row.branch_id,
        )
        return self._lists(_meant(m.PatronInformationResponse, await self._ask(wanted, row)), item)

    def _lists(self, reader: m.PatronInformationResponse, item: str) -> bool | None:
        """Whether the item is on this reader's card; None where the list may not be the whole one."""
        items = [charged.strip() for charged in reader.charged_items]
        if self._upstream.dialect.lists_titles:
            return None
        if item in items:
            return True
        count = reader.charged_items_count
        return False if count is not None and count <= len(items) and reader.valid_patron else None

    async def _tell(self, row: Transaction) -> None:
        """Tell the ILS what has happened; its word is the last."""
        request = self._replayed(row)
        if not row.heard:
            row = row._replace(heard=True)
            await self._means.database.change(partial(store.change, now=row))
        where = site(row)
        desk = Desk(row.account, row.branch_id, row.zone, happened_ms(row, request_of(row)))
        back = isinstance(request, m.Checkin)
        expected = await self._waiving.before(row.item, where, desk) if back else None
        answer = await self._ask(request, row)
        reply = self._relay.inward(answer, request, where)
        if isinstance(reply, m.CheckoutResponse | m.CheckinResponse):
            await self._end(End.told(row, reply, forced=request.no_block))
        if isinstance(request, m.Checkout) and was_done(reply):
            lent = partial(self._waiving.lent, row=row, card=request.patron_identifier)
            await self._means.database.change(lent)
        if isinstance(reply, m.CheckinResponse):
            self._waiving.after(reply, expected, where, desk)

    def _replayed(self, row: Transaction) -> m.Checkout | m.Checkin:
        """The request as it is told afterwards: with the time at which it happened."""
        request, status = request_of(row), self._upstream.status
        no_block = status is not None and status.offline_ok
        at = datetime.fromtimestamp(happened_ms(row, request) / 1000, UTC)
        if not self._upstream.dialect.utc:
            at = at.astimezone(ZoneInfo(row.zone)).replace(tzinfo=None)
        if isinstance(request, m.Checkin):
            now = self._now(row)
            return request.but(no_block=no_block, transaction_date=now, return_date=at)
        assert isinstance(request, m.Checkout), "nothing else is lent or taken by the rule"
        until = datetime.combine(date.fromisoformat(row.due), time(23, 59, 59)) if no_block else None
        card = unseal(self._means.sealing, row.sealed, row.txn)
        return request.but(no_block=no_block, transaction_date=at, nb_due_date=until, patron_identifier=card)

    async def _ask(self, request: Message, row: Transaction) -> Message:
        location = self._relay.location_of(row.branch_id)
        return await self._upstream.ask(self._relay.outward(request, site(row)), location)

    def _now(self, row: Transaction) -> datetime:
        """Civil time of the branch."""
        now_s = self._means.now_ms() / 1000
        return datetime.fromtimestamp(now_s, ZoneInfo(row.zone)).replace(tzinfo=None)

    async def _end(self, how: End) -> None:
        def write(cursor: Cursor) -> None:
            endings.write(cursor, self._means, how)
            if any(isinstance(fact, ReturnMade) for fact in how.facts):
                self._waiving.returned(cursor, how.row)

        await self._means.database.change(write)


def _meant(kind: type[A], answer: Message) -> A:
    if not isinstance(answer, kind):
        raise Silent(f"{answer.layout.id} where {kind.layout.id} is meant")
    return answer
