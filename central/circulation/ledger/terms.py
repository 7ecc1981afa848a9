"""The terms that readers accept (读者须知): versions, which one is in force, and who accepted which.

A version is in force from its day until the next one is. Who has not accepted the one in force does not borrow
(`central.circulation.ledger.rules`).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from central.circulation.ledger import audit
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import Reader, Terms
from central.circulation.ledger.outcomes import Refused
from central.statements import Cursor, Prepared


class Text(NamedTuple):
    """One version."""

    version: str
    from_on: date
    text_zh: str
    text_en: str


def in_force(cursor: Cursor, today: date) -> Text | None:
    """What readers accept today; None: nothing."""
    row = cursor.one(_IN_FORCE, today)
    return None if row is None else Text(*row)


def version(cursor: Cursor, today: date) -> str:
    """The version in force, empty where there is none."""
    text = in_force(cursor, today)
    return text.version if text else ""


def publish(cursor: Cursor, desk: Desk, text: Text) -> bool:
    """Enter a version; False where there is one of that name, which stays as it is."""
    if cursor.one(_KNOWN, text.version) is not None:
        return False
    cursor.run(_PUBLISH, *text)
    audit.record(cursor, desk, "terms_published", f"{text.version} {text.from_on}")
    return True


def accept(cursor: Cursor, desk: Desk, card: str, accepted: str) -> Refused | None:
    """Note that a reader accepts a version now. Refused with `terms_not_accepted` where another is in force."""
    if not accepted or accepted != version(cursor, desk.today):
        return Refused("terms_not_accepted")
    return None if cursor.one(_ACCEPT, accepted, desk.now_ms, card) else Refused("card_unknown")


def acceptances(cursor: Cursor) -> list[tuple[str, int]]:
    """How many readers accepted which version last, the newest first; an empty one for those who accepted none."""
    return [(row[0], row[1]) for row in cursor.all(_ACCEPTANCES)]


_COLUMNS = ("version", "from_on", "text_zh", "text_en")
_IN_FORCE = Prepared(
    "today",
    statement=select(Terms.version, Terms.from_on, Terms.text_zh, Terms.text_en)
    .where(Terms.from_on <= bindparam("today"))
    .order_by(Terms.from_on.desc(), Terms.version.desc())
    .limit(1),
)
_KNOWN = Prepared("version", statement=select(Terms.version).where(Terms.version == bindparam("version")))
_PUBLISH = Prepared(*_COLUMNS, statement=insert(Terms))
_ACCEPT = Prepared(
    "version",
    "now_ms",
    "card",
    statement=update(Reader)
    .where(Reader.card == bindparam("card"))
    .values(terms_version=bindparam("version"), terms_ms=bindparam("now_ms"))
    .returning(Reader.card),
)
_ACCEPTANCES = Prepared(
    statement=select(Reader.terms_version, func.count())
    .group_by(Reader.terms_version)
    .order_by(Reader.terms_version.desc())
)
