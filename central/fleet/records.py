"""What the database knows of one device: its orders, facts, journals, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.facts.models import FactAside, Journal, StoredFact
from central.fleet import words
from central.fleet.models import Order, RefusedMessage
from wire.faults import Words, fault

SHOWN_ORDERS = 8
SHOWN_FACTS = 12
"""On the device's page; the page of facts has the others."""
PAGE = 50
LATELY_MS = 24 * 3600 * 1000

TOLD = (
    "title",
    "item",
    "name",
    "entries",
    "device",
    "persons",
    "method",
    "decided_by",
    "why",
    "cause",
    "count",
    "topic",
)
"""Fields of a fact that tell a technician something, in that order. Readers' pseudonyms never do."""
NOTHING = (None, "")


class ShownOrder(NamedTuple):
    order: Order
    title: Words
    look: words.Look
    why: Words | None
    """Why the kiosk refused it."""


class ShownFact(NamedTuple):
    fact: StoredFact
    title: Words
    fault: Words | None
    told: list[Words]


def orders(session: Session, device: str, now_ms: int) -> list[ShownOrder]:
    """The last orders, newest first. What is pending beyond its deadline has expired, swept or not."""
    newest = select(Order).where(Order.device_id == device).order_by(Order.number.desc()).limit(SHOWN_ORDERS)
    return [_order(order, now_ms) for order in session.scalars(newest)]


def _order(order: Order, now_ms: int) -> ShownOrder:
    state = "expired" if order.state == "pending" and order.deadline_ms < now_ms else order.state
    why = fault(order.fault).title if order.fault else None
    title = words.called(words.VERBS, order.verb)
    return ShownOrder(order, title, words.ORDER_STATES[state], why)


def facts(session: Session, device: str, *, before: int | None = None, limit: int = PAGE) -> list[ShownFact]:
    """Facts as they came, newest first.

    Args:
        session: reading.
        device: whose.
        before: only those that were stored before this row id.
        limit: how many at most.
    """
    newest = select(StoredFact).where(StoredFact.device_id == device)
    if before is not None:
        newest = newest.where(StoredFact.id < before)
    return [_fact(fact) for fact in session.scalars(newest.order_by(StoredFact.id.desc()).limit(limit))]


def _fact(stored: StoredFact) -> ShownFact:
    body = _object(stored.body)
    number = body.get("fault")
    about = fault(number).title if isinstance(number, int) else None
    said = [str(body[name]) for name in TOLD if body.get(name) not in NOTHING]
    told = [words.called(words.VALUES, value) for value in said]
    told += [flag for name, flag in words.FLAGS.items() if body.get(name) is True]
    if body.get("by") == "staff":
        told.append(words.VALUES["staff"])
    title = words.called(words.KINDS, stored.kind)
    return ShownFact(stored, title, about, told)


def _object(text: str) -> dict[str, object]:
    """The members of a stored body; none where it is something else, as an unreadable fact may be."""
    body = msgspec.json.decode(text)
    return body if isinstance(body, dict) else {}


def journals(session: Session, device: str) -> Sequence[Journal]:
    """The device's journals, the one last heard first."""
    return session.scalars(
        select(Journal).where(Journal.device_id == device).order_by(Journal.last_ms.desc())
    ).all()


def forked(session: Session) -> Sequence[Journal]:
    """Journals that two machines write: a clone or a restored image."""
    return session.scalars(select(Journal).where(Journal.forked).order_by(Journal.last_ms.desc())).all()


def refused(session: Session, device: str | None = None, *, skip: int = 0) -> Sequence[RefusedMessage]:
    """Messages that were not taken, the last first; of one device, or of all."""
    last = select(RefusedMessage).order_by(RefusedMessage.last_ms.desc(), RefusedMessage.id.desc())
    if device is not None:
        last = last.where(RefusedMessage.device_id == device)
    return session.scalars(last.offset(skip).limit(PAGE)).all()


def asides(session: Session, *, before: int | None = None) -> Sequence[FactAside]:
    """Facts that this version could not count, the last first."""
    last = select(FactAside).order_by(FactAside.id.desc()).limit(PAGE)
    if before is not None:
        last = last.where(FactAside.id < before)
    return session.scalars(last).all()


class Attention(NamedTuple):
    """What the database knows to be wrong and no device says."""

    refused: int
    """Causes of refused messages in the last day."""
    forked: int


def attention(session: Session, now_ms: int) -> Attention:
    """What the fleet page points at."""
    lately = select(func.count()).where(RefusedMessage.last_ms >= now_ms - LATELY_MS)
    cloned = select(func.count()).where(Journal.forked)
    return Attention(session.scalar(lately) or 0, session.scalar(cloned) or 0)
