"""What a kiosk is told for its idle screen, and the covers that it may fetch: for it, and for books on its pad.

Read from the ledger's titles and the tallies of the kiosk's own branch alone: what is new and liked here is what
whoever stands there can take along. No fact is read, and no reader is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from central.circulation.ledger.models import Item, Title
from central.db import Sessions
from central.fleet import tree as branches
from central.fleet.models import Device
from central.fleet.operations import in_service
from central.idle.models import Announcement, TitleCover
from central.reports.models import TallyShare
from wire import idle
from wire.covers import Answer
from wire.idle import MAX_ANNOUNCEMENTS, MAX_BOOKS, Book, Idle

NEW_DAYS = 90
"""A title that came earlier is not new."""
AHEAD_DAYS = 14
"""Announcements whose first day is so near are told already: the kiosk may be offline then."""
HERE = ("available", "reference")
RANKED = 4 * MAX_BOOKS
"""Items looked at for the titles that are borrowed most: several may be copies of one."""


def answer(reading: Sessions, device: str, now_ms: int) -> bytes | HTTPStatus:
    """The octets of an Idle; 403 where no kiosk of ours in service asks."""
    with reading() as session:
        known = in_service(session, device)
        if known is None:
            return HTTPStatus.FORBIDDEN
        tree = branches.read(session)
        path = [place.id for place in tree.path(known.branch_id)]
        zone = tree.places[known.branch_id].zone
        today = _civil(zone, now_ms)
        found = Idle(
            now_ms,
            fresh=_books(session, _new(session, known.branch_id, today)),
            most=_books(session, _most(session, known.branch_id, today)),
            announcements=_announced(session, path, today),
            zone=zone.key,
        )
    return msgspec.json.encode(found)


def covers(reading: Sessions, device: str, items: Sequence[str]) -> bytes | HTTPStatus:
    """The octets of an Answer: the picture of each item's title; 403 where no kiosk of ours in service asks."""
    query = (
        select(Item.barcode, TitleCover.sha256)
        .join(TitleCover, TitleCover.title_id == Item.title_id)
        .where(Item.barcode.in_(items))
    )
    with reading() as session:
        if in_service(session, device) is None:
            return HTTPStatus.FORBIDDEN
        found = {row[0]: row[1] for row in session.execute(query)}
    return msgspec.json.encode(Answer(tuple(found.get(item, "") for item in items)))


def cover(reading: Sessions, device: str, sha256: str) -> bytes | HTTPStatus:
    """A picture; 404 where no title bears it."""
    with reading() as session:
        if in_service(session, device) is None:
            return HTTPStatus.FORBIDDEN
        octets = session.scalar(select(TitleCover.octets).where(TitleCover.sha256 == sha256).limit(1))
    return HTTPStatus.NOT_FOUND if octets is None else octets


def _civil(zone: ZoneInfo, now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()


def _new(session: Session, branch: str, today: date) -> Sequence[int]:
    """Titles whose newest item came to this branch lately."""
    came = func.max(Item.added_on)
    query = (
        select(Item.title_id)
        .where(
            Item.place_branch_id == branch,
            Item.added_on > today - timedelta(days=NEW_DAYS),
            Item.added_on <= today,
            Item.status.in_(HERE),
        )
        .group_by(Item.title_id)
        .order_by(came.desc(), Item.title_id.desc())
        .limit(MAX_BOOKS)
    )
    return session.scalars(query).all()


def _most(session: Session, branch: str, today: date) -> Sequence[int]:
    """Titles by how often their items were lent here in this month and the one before."""
    this = today.replace(day=1)
    months = (this, (this - timedelta(days=1)).replace(day=1))
    lent = func.sum(TallyShare.count)
    ranked = (
        select(TallyShare.value, lent.label("lent"))
        .where(
            TallyShare.device_id.in_(select(Device.id).where(Device.branch_id == branch)),
            TallyShare.branch_id == branch,
            TallyShare.month.in_(months),
            TallyShare.measure == "loans",
            TallyShare.dimension == "item",
        )
        .group_by(TallyShare.value)
        .order_by(lent.desc(), TallyShare.value)
        .limit(RANKED)
        .subquery()
    )
    total = func.sum(ranked.c.lent)
    query = (
        select(Item.title_id)
        .join(ranked, ranked.c.value == Item.barcode)
        .group_by(Item.title_id)
        .order_by(total.desc(), Item.title_id)
        .limit(MAX_BOOKS)
    )
    return session.scalars(query).all()


def _books(session: Session, titles: Sequence[int]) -> tuple[Book, ...]:
    """These titles as a kiosk shows them, in this order."""
    query = (
        select(Title.id, Title.title, Title.author, Title.call_number, TitleCover.sha256)
        .outerjoin(TitleCover, TitleCover.title_id == Title.id)
        .where(Title.id.in_(titles))
    )
    found = {
        number: Book(title, author, mark, cover or "")
        for number, title, author, mark, cover in session.execute(query)
    }
    return tuple(found[number] for number in titles)


def _announced(session: Session, path: Sequence[str], today: date) -> tuple[idle.Announcement, ...]:
    """What holds at this branch now or soon, the one that ends first at the head."""
    query = (
        select(Announcement)
        .where(
            or_(Announcement.branch_id.is_(None), Announcement.branch_id.in_(path)),
            Announcement.until_on >= today,
            Announcement.from_on <= today + timedelta(days=AHEAD_DAYS),
        )
        .order_by(Announcement.until_on, Announcement.id)
        .limit(MAX_ANNOUNCEMENTS)
    )
    return tuple(
        idle.Announcement(one.text_zh, one.text_en, one.from_on.isoformat(), one.until_on.isoformat())
        for one in session.scalars(query)
    )
