"""A reader's right to see their data (Personal Information Protection Law of the PRC, article 45): all of it.

Secrets are left out, and only that they exist is said: the hash of the PIN, of the ID card, sealed cards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from central.accounts.models import AuditEntry
from central.circulation.ledger.models import PaymentShare, Reader, Waiver
from central.circulation.persons import traces
from central.circulation.persons.places import PLACES, naming
from central.circulation.persons.traces import Opener
from central.db import Base
from central.keys import Keys

SECRET: Final = frozenset(
    {"pin_hash", "id_digest", "sealed", "answer", "request", "digest", "request_digest"}
)
KEPT: Final = "(kept)"

Rows = list[dict[str, Any]]


def export(session: Session, keys: Keys, card: str) -> dict[str, Rows] | None:
    """Everything that central holds of the reader, by the kind of record; None where the card is unknown."""
    if session.get(Reader, card) is None:
        return None
    found = {
        place.name: _told(session.scalars(select(place.model).where(place.holds(card)))) for place in PLACES
    }
    fees = [fee["id"] for fee in found["fees"]]
    found["payment_shares"] = _told(
        session.scalars(select(PaymentShare).where(PaymentShare.fee_id.in_(fees)))
    )
    found["waivers"] = _told(session.scalars(select(Waiver).where(Waiver.fee_id.in_(fees))))
    return found | _traces(session, keys, card) | {"audit": _told(audit_lines(session, card))}


def audit_lines(session: Session, card: str) -> list[AuditEntry]:
    """Lines of the audit that name a card."""
    query = select(AuditEntry).where(AuditEntry.subject.contains(card, autoescape=True))
    named = naming(card)
    return [line for line in session.scalars(query.order_by(AuditEntry.id)) if named.search(line.subject)]


def write(found: dict[str, Rows]) -> str:
    """The export as JSON, readable by people."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()


def _traces(session: Session, keys: Keys, card: str) -> dict[str, Rows]:
    opener = Opener(keys, card)
    owed, paid = traces.owed(session, opener), traces.paid(session, opener)
    names = traces.kiosk_aliases(session, [*owed, *paid], card) | traces.gateway_aliases(session, keys, card)
    return {
        "owed": _told(owed),
        "payments_at_kiosks": _told(paid),
        "facts": _facts(session, names),
        "gateway": _told(traces.gateway_rows(session, keys, card)),
        "gateway_memory": _told(traces.gateway_readers(session, keys, card)),
        "recent_answers": _told(traces.answers(session, card, "")),
    }


def _facts(session: Session, names: set[traces.Alias]) -> Rows:
    return [
        {
            "device": fact.device_id,
            "kind": fact.kind,
            "at_ms": fact.at_ms,
            "fact": _without_secrets(msgspec.json.decode(fact.body)),
        }
        for fact in traces.facts(session, names)
    ]


def _told(rows: Iterable[Base]) -> Rows:
    return [
        _without_secrets({column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs})
        for row in rows
    ]


def _without_secrets(values: dict[str, Any]) -> dict[str, Any]:
    return {name: KEPT if value and name in SECRET else value for name, value in values.items()}
