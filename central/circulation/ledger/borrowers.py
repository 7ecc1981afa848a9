"""A reader as the rules ask: the reader's own row, and what staff have said of the type and of the terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from central.circulation.ledger.models import Reader, ReaderType, Terms
from central.circulation.ledger.rules import Borrower
from central.statements import Cursor, Prepared

OWN = (
    Reader.type_id,
    Reader.expires_on,
    Reader.blocked,
    Reader.blocked_until,
    Reader.fees_fen,
    Reader.deposit_fen,
    Reader.terms_version,
)
"""The columns of the reader's own row, in the order of the fields of a `Borrower` that follow the card."""

_TYPE = Prepared(
    "type",
    statement=select(
        ReaderType.deposit_fen, ReaderType.max_loans, ReaderType.max_overdue, ReaderType.max_holds
    ).where(ReaderType.id == bindparam("type")),
)
_TERMS = Prepared(
    "today",
    statement=select(Terms.version)
    .where(Terms.from_on <= bindparam("today"))
    .order_by(Terms.from_on.desc(), Terms.version.desc())
    .limit(1),
)


def borrower(cursor: Cursor, today: date, card: str, own: Sequence[Any]) -> Borrower:
    """The reader with this card, whose `OWN` columns these are."""
    (limits,) = cursor.known(_TYPE, own[0])
    terms = cursor.known(_TERMS, today)
    return Borrower._make((card, *own, *limits, terms[0][0] if terms else ""))
