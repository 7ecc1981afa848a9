"""Transactions of other makers' machines, written down as facts of central's own and counted.

A kiosk of ours tells its own facts. What a machine does is one here, in the same transaction as the thing
itself, so that reports count each loan once; a retransmission is not executed and not counted.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from central.circulation.gateway import telling
from central.circulation.gateway.journal import FactJournal
from central.circulation.ledger import afterwards
from central.circulation.server.answers import Count
from central.circulation.server.terminals import Terminal
from central.clock_ms import now_ms
from central.statements import Cursor
from wire.sip2.declare import Message
from wire.sip2.messages import Checkin

TXN_OCTETS = 8
"""`wire.facts.Txn`."""


def by(journal: FactJournal) -> Count:
    """What counts into a journal."""

    def count(cursor: Cursor, terminal: Terminal, request: Message, response: Message) -> None:
        facts = telling.told(secrets.token_hex(TXN_OCTETS), request, response, journal.pseudonym)
        if facts:
            journal.record_all(cursor, terminal, facts, _happened_ms(terminal, request))

    return count


def _happened_ms(terminal: Terminal, request: Message) -> int | None:
    """When it happened, where it is told afterwards (no block); None: now."""
    if not getattr(request, "no_block", False):
        return None
    told = request.return_date if isinstance(request, Checkin) else None
    said: datetime | None = told or getattr(request, "transaction_date", None)
    return afterwards.when(terminal.desk(now_ms()), said)
