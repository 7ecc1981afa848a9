"""A machine of another maker while its ILS is silent: answers by the rule, and what is owed to the ILS.

- Decided, written down and counted in one commit; the machine hears it after that.
- A loan that the ILS may have heard of and that the rule refuses is owed too: what became of it is found out.
- A kiosk of ours is refused an answer. What the ILS may have done is never asked again for it.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import msgspec

from central.circulation.gateway import rule, store
from central.circulation.gateway.means import Means, answer_of, end, found, happened_ms, moves_a_book, record
from central.circulation.gateway.session import Silent, Unreached
from central.circulation.gateway.states import WAITING, State
from central.circulation.gateway.store import Asked, Transaction
from central.circulation.ledger.afterwards import promised
from central.circulation.ledger.desk import Desk
from central.circulation.server.terminals import Terminal
from central.config import GatewayOffline
from central.statements import Cursor
from wire.facts import LoanGranted, LoanOwed, LoanRefused, ReturnTaken
from wire.faults import number
from wire.sip2 import messages as m
from wire.sip2.declare import Message


class Offline:
    """The rule of one gateway."""

    def __init__(self, gateway: str, settings: GatewayOffline, means: Means) -> None:
        self._gateway = gateway
        self._settings = settings
        self._means = means

    @property
    def lends(self) -> bool:
        """Whether anything is lent by the rule."""
        return self._settings.lend and self._settings.cap > 0

    async def query(self, terminal: Terminal, message: Message) -> Message:
        """The answer to a machine's request that changes nothing."""
        known = await found(self._means.database.ask(partial(self._known, terminal, message)))
        return rule.answer_query(message, known, self._desk(terminal))

    async def transaction(
        self, terminal: Terminal, message: Message, row: Transaction, *, stored: bool = False
    ) -> Message:
        """The answer to a request that changes something.

        Args:
            terminal: who asks.
            message: what is asked.
            row: its transaction; `heard` says whether the ILS may have heard of it.
            stored: the row is in the database already.

        Raises:
            Silent: nothing may be said: the ILS may have done it, and only it can tell.
            Unreached: a kiosk of ours, which is to decide by itself.
        """
        change = self._means.database.change
        if row.counted and moves_a_book(message):
            return await change(partial(self._decide, terminal, message, row, stored))
        if stored:
            leave = partial(end, means=self._means, row=row, reply=None)
            await change(leave if row.heard else partial(store.drop, txn=row.txn))
        if row.heard:
            raise Silent("the library system has not answered")
        if not row.counted:
            raise Unreached("the library system is silent")
        return rule.refusal(message, "ils_silent", self._desk(terminal))

    # ---------------------------------------------------------------- in one commit
    def _decide(
        self,
        terminal: Terminal,
        message: m.Checkout | m.Checkin,
        row: Transaction,
        stored: bool,
        cursor: Cursor,
    ) -> Message:
        now = store.lock(cursor, row.txn) if stored else None
        if now is not None and now.state not in WAITING and (told := answer_of(now)) is not None:
            return told  # another process has found out meanwhile that it was done
        (store.add if now is None else store.change)(cursor, row)
        if isinstance(message, m.Checkin):
            return self._take_back(terminal, message, row, cursor)
        fault = rule.withholds(self._known(terminal, message, cursor), self._settings)
        if fault is None or message.no_block:
            return self._lend(terminal, message, row, cursor)
        return self._refuse(terminal, message, row, fault, cursor)

    def _take_back(
        self, terminal: Terminal, message: m.Checkin, row: Transaction, cursor: Cursor
    ) -> m.CheckinResponse:
        reply = rule.taken(message, self._desk(terminal))
        record(cursor, self._means, row, (ReturnTaken(row.txn, row.item),))
        store.change(cursor, row._replace(state=State.TAKEN, answer=msgspec.json.encode(reply)))
        return reply

    def _lend(
        self, terminal: Terminal, message: m.Checkout, row: Transaction, cursor: Cursor
    ) -> m.CheckoutResponse:
        at = terminal.desk(happened_ms(row, message))
        told = promised(at, at.now_ms, message.nb_due_date) if message.no_block else None
        until = told or at.today + timedelta(days=self._settings.loan_days)
        reply = rule.lent(message, until, self._desk(terminal))
        granted = LoanGranted(row.txn, row.item, row.reader, due=until.isoformat(), sealed=row.sealed)
        record(cursor, self._means, row, (granted,))
        now = row._replace(state=State.GRANTED, due=until.isoformat(), answer=msgspec.json.encode(reply))
        store.change(cursor, now)
        return reply

    def _refuse(
        self, terminal: Terminal, message: m.Checkout, row: Transaction, fault: str, cursor: Cursor
    ) -> Message:
        """Not lent; where the ILS may have heard of it, what became of it is to be found out."""
        reply = rule.refusal(message, fault, self._desk(terminal))
        if row.heard:
            record(cursor, self._means, row, (LoanOwed(row.txn, row.item, row.reader, row.sealed),))
            store.change(cursor, row._replace(state=State.OWED, answer=msgspec.json.encode(reply)))
        else:
            record(cursor, self._means, row, (LoanRefused(row.txn, row.item, row.reader, number(fault)),))
            store.drop(cursor, row.txn)
        return reply

    def _known(self, terminal: Terminal, message: Message, cursor: Cursor) -> rule.Known:
        """What central itself knows of the reader and the item of a request."""
        card: str = getattr(message, "patron_identifier", "").strip()
        item: str = getattr(message, "item_identifier", "").strip()
        means, desk = self._means, self._desk(terminal)
        asked = Asked(
            self._gateway,
            card,
            means.journal.pseudonym(card),
            item,
            means.above(terminal.branch),
            desk.today,
            desk.now_ms,
            self._settings.known_days,
        )
        return store.known(cursor, asked)

    def _desk(self, terminal: Terminal) -> Desk:
        return terminal.desk(self._means.now_ms())
