"""One line of the audit for what somebody did to a reader or to money, in the transaction that did it."""

from __future__ import annotations

from sqlalchemy import insert

from central.accounts.models import AuditEntry
from central.circulation.ledger.desk import Desk
from central.statements import Cursor, Prepared

_LINE = Prepared("at_ms", "staff", "action", "subject", "address", statement=insert(AuditEntry))


def record(cursor: Cursor, desk: Desk, action: str, subject: str) -> None:
    """Who did what to what. `action` is one of `central.accounts.views.ACTIONS`."""
    cursor.run(_LINE, desk.now_ms, desk.account[:64], action, subject[:200], "")
