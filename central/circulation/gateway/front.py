"""A gateway as terminals meet it: their requests to the ILS of their branch, its answers back.

- A query is asked and answered; nothing of it is kept but that a reader is good.
- A transaction is on disk before the ILS is asked. Its end, its facts and its tallies are one commit beside the
  answer; a process that is killed before that finds out from the ILS what it lost. What comes twice is asked
  once: see `central.circulation.server.repeats`.
- A machine of another maker gets an answer by the rule where the ILS is silent (`offline`); a kiosk of ours gets
  none, since it has a rule of its own, and its line is closed.
- About an item that the ILS is still to be told of, a machine is answered by the rule too, so that the
  ILS hears everything in order.
- May lose: nothing that was answered. Never logs a card, a PIN or a frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import structlog

from central.circulation.gateway import instead, rule, store, telling
from central.circulation.gateway.means import (
    Means,
    Turns,
    answer_of,
    end,
    found,
    moves_a_book,
    new_txn,
    record,
    written,
)
from central.circulation.gateway.memory import Memory
from central.circulation.gateway.offline import Offline
from central.circulation.gateway.relay import Relay
from central.circulation.gateway.session import Silent, Unreached
from central.circulation.gateway.settling import Settler
from central.circulation.gateway.states import WAITING, State
from central.circulation.gateway.status import status
from central.circulation.gateway.store import Transaction
from central.circulation.gateway.upstream import Upstream
from central.circulation.gateway.waiving import ASK_PART, Expected, Waiving
from central.circulation.server import answers, repeats
from central.circulation.server.terminals import Terminal
from central.circulation.server.wording import moment
from central.statements import Cursor
from wire.facts import clip
from wire.sealing import seal
from wire.sip2 import messages as m
from wire.sip2.conversation import Request
from wire.sip2.declare import Message

Told = asyncio.Future[Message]
"""What a terminal waits for."""
MACHINE = "machine"
"""`SipAccount.kind` of another maker's machine: its facts are written here."""

log = structlog.get_logger(__name__)


class Past(NamedTuple):
    """What was asked before about the item or the reader of a transaction."""

    last: Transaction | None = None
    """The last transaction about it, of late."""
    same: Transaction | None = None
    """The same, where it was this very request."""
    owes: bool = False
    """The ILS is still to be told of it."""


class Gateway:
    """Answers the terminals of some branches out of one ILS; a `Circulation` of the SIP2 server."""

    def __init__(
        self,
        upstream: Upstream,
        relay: Relay,
        offline: Offline,
        settler: Settler,
        memory: Memory,
        waiving: Waiving,
        turns: Turns,
        means: Means,
    ) -> None:
        self._upstream = upstream
        self._relay = relay
        self._offline = offline
        self._settler = settler
        self._memory = memory
        self._waiving = waiving
        self._turns = turns
        self._means = means
        self._under_way: set[asyncio.Task[None]] = set()

    def answer(self, terminal: Terminal, request: Request) -> Message | Awaitable[Message]:
        """The answer to any request but 93; raises where nothing may be said."""
        request = answers.allowed(request, terminal)
        message = request.message
        if isinstance(message, m.ScStatus):
            lends = self._offline.lends if terminal.kind == MACHINE else None
            desk = terminal.desk(self._means.now_ms())
            return status(self._upstream, desk, terminal, library=self._means.library, lends=lends)
        if instead.asked_as(type(message), self._upstream.dialect.lacks) is None:
            return rule.answer_lacking(message, terminal.desk(self._means.now_ms()))
        if type(message) in repeats.SUBJECTS:
            return self._transact(terminal, request)
        return self._query(terminal, message)

    async def _query(self, terminal: Terminal, message: Message) -> Message:
        try:
            return await self._ask(terminal, message)
        except (Unreached, Silent):
            if terminal.kind != MACHINE:
                raise
        return await self._offline.query(terminal, message)

    async def _ask(self, terminal: Terminal, message: Message) -> Message:
        location = self._relay.location_of(terminal.branch)
        now = moment(terminal.desk(self._means.now_ms()))
        question = instead.question(message, self._upstream.dialect.lacks)
        assert question is not None, "what the ILS lacks is answered before"
        answer = await self._upstream.ask(self._relay.outward(question, terminal, now), location)
        reply = self._relay.inward(answer, question, terminal)
        self._memory.learn(reply, question)
        return instead.answer(reply, message)

    # ---------------------------------------------------------------- transactions
    def _transact(self, terminal: Terminal, request: Request) -> Told:
        """The answer, which may be there before all that is written of it."""
        loop = asyncio.get_running_loop()
        told: Told = loop.create_future()
        task = loop.create_task(self._take_turn(terminal, request, told))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return told

    def _subject(self, message: Message) -> str:
        """What a transaction is about; a reader by the name that the journal gives, never by the card."""
        word, _, name = repeats.subject(message).partition(" ")
        named = "item_identifier" in repeats.SUBJECTS[type(message)]
        return f"{word} {name if named else self._means.journal.pseudonym(name)}"

    async def stop(self) -> None:
        """Wait until what is under way is written."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _take_turn(self, terminal: Terminal, request: Request, told: Told) -> None:
        try:
            async with self._turns.of(self._subject(request.message)):
                await self._carry_out(terminal, request, told)
        except Exception as cause:  # noqa: BLE001 - whoever asked decides what it means
            if told.done():
                log.warning("gateway.not_written", ils=self._upstream.name, cause=type(cause).__name__)
            else:
                told.set_exception(cause)

    async def _carry_out(self, terminal: Terminal, request: Request, told: Told) -> None:
        message, digest = request.message, repeats.digest(request)
        past = await found(self._means.database.ask(partial(self._look, terminal, message, digest)))
        new = self._new(terminal, message, digest)
        if past.same is not None:
            await self._again(terminal, message, past.same, told)
        elif past.owes or not self._upstream.is_up:
            told.set_result(await self._by_rule(terminal, message, new._replace(heard=False)))
        else:
            await self._first(terminal, message, new, told, past.last)

    def _look(self, terminal: Terminal, message: Message, digest: str | None, cursor: Cursor) -> Past:
        name, about = self._upstream.name, self._subject(message)
        last = store.latest(cursor, name, about)
        if last is None:
            return Past()
        fresh = last if self._is_fresh(last) else None
        if fresh and digest and (last.account, last.digest) == (terminal.account, digest):
            return Past(same=last)
        return Past(fresh, owes=terminal.kind == MACHINE and store.owes(cursor, name, about))

    def _is_fresh(self, last: Transaction) -> bool:
        return last.ended_ms is None or last.ended_ms > self._means.now_ms() - repeats.REPLAY_MS

    async def _first(
        self,
        terminal: Terminal,
        message: Message,
        new: Transaction,
        told: Told,
        last: Transaction | None = None,
    ) -> None:
        """A transaction that nobody has asked for before; `last` is the one before it about the same."""
        change = self._means.database.change
        await change(lambda c: store.add(c, new))
        expected = await self._expected(terminal, message)
        was_due = await self._was_due(terminal, message, new, last)
        try:
            reply = await self._ask(terminal, message)
        except (Unreached, Silent) as cause:
            row = new._replace(heard=isinstance(cause, Silent))
            told.set_result(await self._by_rule(terminal, message, row, stored=True))
            return
        told.set_result(reply)  # the question is on disk: what is not written from here on is found out
        await change(partial(self._end, message, new, reply, was_due), soon=False)
        if isinstance(reply, m.CheckinResponse):
            self._waiving.after(reply, expected, terminal, terminal.desk(self._means.now_ms()))

    async def _expected(self, terminal: Terminal, message: Message) -> Expected | None:
        """What an amnesty has to know before a return."""
        if not isinstance(message, m.Checkin) or message.cancel:
            return None
        item, desk = message.item_identifier.strip(), terminal.desk(self._means.now_ms())
        return await self._waiving.before(item, terminal, desk)

    async def _was_due(
        self, terminal: Terminal, message: Message, new: Transaction, last: Transaction | None
    ) -> str:
        """The due date of the reader's own loan before it is asked for again; empty where that is not known.

        As this gateway told it last, within minutes; before a renewal the ILS is asked.
        """
        answer = None if last is None or last.reader != new.reader else answer_of(last)
        if telling.is_kept(answer):
            return answer.due_date
        if not (isinstance(message, m.Renew) and new.counted and new.item):
            return ""
        if m.ItemInformation.layout.id in self._upstream.dialect.lacks:
            return ""
        question = m.ItemInformation(transaction_date=None, item_identifier=new.item)
        with suppress(Unreached, Silent, TimeoutError):
            async with asyncio.timeout(self._upstream.timeout_s * ASK_PART):
                item = await self._ask(terminal, question)
            return item.due_date if isinstance(item, m.ItemInformationResponse) else ""
        return ""

    async def _again(self, terminal: Terminal, message: Message, before: Transaction, told: Told) -> None:
        """A transaction that was asked for already."""
        now: Transaction | None = before
        if before.answer is None:
            if not before.counted or not moves_a_book(message):
                raise Silent("it was asked, and not answered")
            now = await self._settler.find_out(before)  # the process ended between question and answer
        if now is None:
            await self._first(terminal, message, self._new(terminal, message, before.digest), told)
        elif (answer := answer_of(now)) is not None:
            told.set_result(self._relay.inward(answer, message, terminal))
        else:
            told.set_result(await self._by_rule(terminal, message, now, stored=True))

    async def _by_rule(
        self, terminal: Terminal, message: Message, row: Transaction, *, stored: bool = False
    ) -> Message:
        answer = await self._offline.transaction(terminal, message, row, stored=stored)
        return self._relay.inward(answer, message, terminal)

    def _new(self, terminal: Terminal, message: Message, digest: str | None) -> Transaction:
        card: str = getattr(message, "patron_identifier", "").strip()
        counted, txn = terminal.kind == MACHINE, new_txn()
        return Transaction(
            id=0,
            gateway=self._upstream.name,
            account=terminal.account,
            branch_id=terminal.branch,
            zone=terminal.zone,
            txn=txn,
            subject=self._subject(message),
            digest=digest,
            message=message.layout.id,
            request=written(message),
            item=_item(message),
            reader=self._means.journal.pseudonym(card) if card else "",
            sealed=seal(self._means.sealing.public_key(), card, txn) if counted and card else "",
            counted=counted,
            state=State.ASKED,
            heard=True,
            due="",
            asked_ms=self._means.now_ms(),
            answer=None,
            ended_ms=None,
        )

    def _end(self, message: Message, row: Transaction, reply: Message, was_due: str, cursor: Cursor) -> None:
        """Write down what the ILS said."""
        now = store.lock(cursor, row.txn)
        if now is None or now.state not in WAITING:
            return  # another process has found it out meanwhile
        if answers.was_done(reply):
            end(cursor, self._means, row, reply)
            if isinstance(message, m.Checkout) and not message.cancel:
                self._waiving.lent(cursor, row, message.patron_identifier.strip())
            if isinstance(message, m.Checkin):
                self._waiving.returned(cursor, row)
        else:
            store.drop(cursor, row.txn)  # asked again, it is decided again
        if row.counted:
            facts = telling.told(row.txn, message, reply, self._means.journal.pseudonym, was_due)
            record(cursor, self._means, row, facts)


def _item(message: Message) -> str:
    """The item as facts name it; empty for what is about none."""
    return clip(getattr(message, "item_identifier", "").strip())
