"""What the database knows of one device: its orders, facts, journals, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.facts import marks
from central.facts.models import FactAside, FactGap, Journal, StoredFact
from central.fleet import words
from central.fleet.models import Order, RefusedMessage
from wire.faults import Words, fault

SHOWN_ORDERS = 8
SHOWN_FACTS = 12
"""On the device's page; the page of facts has the others."""
PAGE = 50
MAX_LOOKED_AT = 1_000
"""Rows that are looked at for the machines behind a fork: as many as are kept aside of one."""
LATELY_MS = 24 * 3600 * 1000

TOLD = (
    "title",
    "item",
    "name",
    "list",
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
    return [order(one, now_ms) for one in session.scalars(newest)]


def order(order: Order, now_ms: int) -> ShownOrder:
    """One order as a page shows it."""
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
    return [shown(fact) for fact in session.scalars(newest.order_by(StoredFact.id.desc()).limit(limit))]


def shown(stored: StoredFact) -> ShownFact:
    """One fact as a page shows it."""
    body = _object(stored.body)
    number = body.get("fault")
    about = fault(number).title if isinstance(number, int) else None
    if number == words.HELP_CALLED:
        body.pop("cause", None)
    told = [words.value(name, str(body[name])) for name in TOLD if body.get(name) not in NOTHING]
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


class Machine(NamedTuple):
    """One of the machines that write one journal."""

    boot: str
    taken_ms: int | None
    """When a fact of its was last stored; None: never."""
    kept_ms: int | None
    """When a fact of its was last kept aside; None: never."""


def machines(session: Session, journal: Journal) -> list[Machine]:
    """The boots that wrote a forked journal lately, the one whose facts were stored last first."""
    stored = _last_heard(session, StoredFact, journal)
    aside = _last_heard(session, FactAside, journal)
    latest = sorted(stored, key=lambda boot: stored[boot], reverse=True)[:1]
    boots = dict.fromkeys((*latest, *aside))
    return [Machine(boot, stored.get(boot), aside.get(boot)) for boot in boots]


def _last_heard(session: Session, kind: type[StoredFact | FactAside], journal: Journal) -> dict[str, int]:
    """Boot → when a fact of it last came, of the newest rows."""
    newest = (
        select(kind.boot, kind.received_ms)
        .where(kind.device_id == journal.device_id, kind.journal == journal.journal, kind.boot.is_not(None))
        .order_by(kind.id.desc())
        .limit(MAX_LOOKED_AT)
        .subquery()
        .c
    )
    query = select(newest.boot, func.max(newest.received_ms)).group_by(newest.boot)
    return {row[0]: row[1] for row in session.execute(query)}


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
    twins: int
    gaps: int
    """Found in the last day."""


def attention(session: Session, now_ms: int) -> Attention:
    """What the fleet page points at."""
    lately = select(func.count()).where(RefusedMessage.last_ms >= now_ms - LATELY_MS)
    gaps = select(func.count()).where(FactGap.found_ms >= now_ms - LATELY_MS)
    return Attention(
        session.scalar(lately) or 0,
        len(marks.forked(session)),
        len(marks.twins(session)),
        session.scalar(gaps) or 0,
    )
