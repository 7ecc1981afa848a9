"""A gateway as terminals meet it: their requests to the ILS of their branch, its answers back.

- A query is asked and answered; nothing of it is kept but that a reader is good.
- A transaction is on disk before the ILS is asked. Its answer, its facts and its tallies are one commit, and the
  terminal hears it after that. What comes twice is asked once: see `central.circulation.server.repeats`.
- A machine of another maker gets an answer by the rule where the ILS is silent (`offline`); a kiosk of ours gets
  none, since it has a rule of its own, and its line is closed.
- About an item that the ILS is still to be told of, a machine is answered by the rule too, so that the
  ILS hears everything in order.
- May lose: nothing that was answered. Never logs a card, a PIN or a frame.
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial

from central.circulation.gateway import store, telling
from central.circulation.gateway.means import (
    Means,
    Turns,
    answer_of,
    end,
    found,
    new_txn,
    record,
    written,
)
from central.circulation.gateway.memory import Memory
from central.circulation.gateway.offline import Offline
from central.circulation.gateway.relay import Relay
from central.circulation.gateway.session import Silent, Unreached
from central.circulation.gateway.settling import Settler
from central.circulation.gateway.states import State
from central.circulation.gateway.status import status
from central.circulation.gateway.store import Transaction
from central.circulation.gateway.upstream import Upstream
from central.circulation.gateway.waiving import Waiving
from central.circulation.server import answers, repeats
from central.circulation.server.terminals import Terminal
from central.statements import Cursor
from wire.facts import clip
from wire.sealing import seal
from wire.sip2 import messages as m
from wire.sip2.conversation import Request
from wire.sip2.declare import Message

MACHINE = "machine"
"""`SipAccount.kind` of another maker's machine: its facts are written here."""


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

    def answer(self, terminal: Terminal, request: Request) -> Message | Awaitable[Message]:
        """The answer to any request but 93; raises where nothing may be said."""
        request = answers.allowed(request, terminal)
        message = request.message
        if isinstance(message, m.ScStatus):
            lends = self._offline.lends if terminal.kind == MACHINE else None
            desk = terminal.desk(self._means.now_ms())
            return status(self._upstream, desk, terminal, library=self._means.library, lends=lends)
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
        if message.layout.id in self._upstream.dialect.lacks:
            raise Unreached("the library system does not know this request")
        answer = await self._upstream.ask(self._relay.outward(message, terminal))
        reply = self._relay.inward(answer, message, terminal)
        self._memory.learn(reply)
        return reply

    # ---------------------------------------------------------------- transactions
    async def _transact(self, terminal: Terminal, request: Request) -> Message:
        message, digest = request.message, repeats.digest(request)
        async with self._turns.of(repeats.subject(message)):
            before, owes = await found(
                self._means.database.ask(partial(self._look, terminal, message, digest))
            )
            if before is not None:
                return await self._again(terminal, message, before)
            new = self._new(terminal, message, digest)
            if owes or not self._upstream.is_up:
                return await self._offline.transaction(terminal, message, new._replace(heard=False))
            return await self._first(terminal, message, new)

    def _look(
        self, terminal: Terminal, message: Message, digest: str | None, cursor: Cursor
    ) -> tuple[Transaction | None, bool]:
        """What this request was before, and whether the ILS is still to be told of its item."""
        name, about = self._upstream.name, repeats.subject(message)
        last = store.latest(cursor, name, about)
        if last is None:
            return None, False
        if digest and (last.account, last.digest) == (terminal.account, digest) and self._is_fresh(last):
            return last, False
        return None, terminal.kind == MACHINE and store.owes(cursor, name, about)

    def _is_fresh(self, last: Transaction) -> bool:
        return last.ended_ms is None or last.ended_ms > self._means.now_ms() - repeats.REPLAY_MS

    async def _first(self, terminal: Terminal, message: Message, new: Transaction) -> Message:
        """A transaction that nobody has asked for before."""
        change = self._means.database.change
        await change(lambda c: store.add(c, new))
        try:
            reply = await self._ask(terminal, message)
        except Unreached:
            return await self._offline.transaction(terminal, message, new._replace(heard=False), stored=True)
        except Silent:
            return await self._offline.transaction(terminal, message, new, stored=True)
        told = await change(partial(self._end, message, new, reply))
        if isinstance(told, m.CheckinResponse):
            self._waiving.after(told, terminal, terminal.desk(self._means.now_ms()))
        return told

    async def _again(self, terminal: Terminal, message: Message, before: Transaction) -> Message:
        """A transaction that was asked for already."""
        answer = answer_of(before)
        if answer is not None:
            return self._relay.inward(answer, message, terminal)
        if not before.counted or not isinstance(message, m.Checkout | m.Checkin):
            raise Silent("it was asked, and not answered")
        # the process ended between the question and the answer
        now = await self._settler.find_out(before)
        if now is None:
            return await self._first(terminal, message, self._new(terminal, message, before.digest))
        if (answer := answer_of(now)) is not None:
            return self._relay.inward(answer, message, terminal)
        return await self._offline.transaction(terminal, message, now, stored=True)

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
            subject=repeats.subject(message),
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

    def _end(self, message: Message, row: Transaction, reply: Message, cursor: Cursor) -> Message:
        """Write down what the ILS said; what the terminal is told is what was written."""
        now = store.lock(cursor, row.txn)
        if now is not None and (told := answer_of(now)) is not None:
            return told  # another process has found it out meanwhile
        if answers.was_done(reply):
            end(cursor, self._means, row, reply)
        else:
            store.drop(cursor, row.txn)  # asked again, it is decided again
        if row.counted:
            facts = telling.told(row.txn, message, reply, self._means.journal.pseudonym)
            record(cursor, self._means, row, facts)
        return reply


def _item(message: Message) -> str:
    """The item as facts name it; empty for what is about none."""
    return clip(getattr(message, "item_identifier", "").strip())
