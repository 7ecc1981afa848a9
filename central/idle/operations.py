"""What staff do to the screens of kiosks: announce, take back, give titles their covers.

Each works inside the caller's transaction and never commits.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.circulation.ledger import isbn
from central.circulation.ledger.models import Title
from central.fleet.models import Branch
from central.idle.models import Announcement, TitleCover
from wire.envelope import Malformed
from wire.idle import picture

MAX_TEXT = 120
"""Characters: three lines on the smallest screen."""
MAX_DAYS = 366
MAX_STANDING = 100
"""Announcements of a network that are not over."""


class Unfit(ValueError):  # noqa: N818 - a verdict on the request
    """The change is refused; `args[0]` names why: see `words.WHY`."""


class Wish(NamedTuple):
    """What is to be announced."""

    branch: str | None
    """None: everywhere."""
    text_zh: str
    text_en: str
    from_on: date
    until_on: date


def announce(session: Session, wish: Wish, staff: str, now_ms: int, today: date) -> Announcement:
    """Announce it on the screens of a branch and of those below it.

    Raises:
        Unfit: `text`, `days`, `branch` or `many`.
    """
    if not all(0 < len(text) <= MAX_TEXT for text in (wish.text_zh, wish.text_en)):
        raise Unfit("text")
    if not (today <= wish.until_on and timedelta() <= wish.until_on - wish.from_on <= timedelta(MAX_DAYS)):
        raise Unfit("days")
    if wish.branch is not None and session.get(Branch, wish.branch) is None:
        raise Unfit("branch")
    if (
        len(session.scalars(select(Announcement.id).where(Announcement.until_on >= today)).all())
        >= MAX_STANDING
    ):
        raise Unfit("many")
    row = Announcement(
        branch_id=wish.branch,
        text_zh=wish.text_zh,
        text_en=wish.text_en,
        from_on=wish.from_on,
        until_on=wish.until_on,
        staff=staff,
        at_ms=now_ms,
    )
    session.add(row)
    session.flush()
    return row


def standing(session: Session, today: date) -> list[Announcement]:
    """All that are not over, the next to end first."""
    query = select(Announcement).where(Announcement.until_on >= today)
    return list(session.scalars(query.order_by(Announcement.until_on, Announcement.id)))


def give_cover(session: Session, number: str, octets: bytes) -> int:
    """Give a picture to the titles of this ISBN; how many there are.

    Raises:
        Unfit: `picture`.
    """
    try:
        picture(octets)
    except Malformed:
        raise Unfit("picture") from None
    digest = sha256(octets).hexdigest()
    titles = session.scalars(select(Title.id).where(Title.isbn.in_(isbn.forms(number)))).all()
    for title in titles:
        row = session.get(TitleCover, title) or TitleCover(title_id=title)
        row.sha256, row.octets = digest, octets
        session.add(row)
    return len(titles)
