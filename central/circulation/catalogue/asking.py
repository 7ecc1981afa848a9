"""What a kiosk is told of the catalogue: what fits, and where it stands, its own branch first."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from sqlalchemy import func, select

from central.circulation.catalogue import search
from central.circulation.catalogue.search import Found
from central.circulation.ledger.models import Item
from central.db import Sessions
from central.fleet.models import Branch
from central.fleet.operations import in_service
from wire.catalogue import MAX_TITLES, Answer, Question, Shelf, Title

Names = dict[str, tuple[str, str]]
"""Branch → its Chinese and English name."""


def answer(reading: Sessions, device: str, asked: Question) -> bytes | HTTPStatus:
    """The answer's octets; 403 where no kiosk of ours in service asks."""
    with reading() as session:
        known = in_service(session, device)
        if known is None:
            return HTTPStatus.FORBIDDEN
        found = search.find(session, asked.said, limit=MAX_TITLES + 1)
        here = {shelf.branch for one in found for shelf in one.shelves}
        rows = session.execute(select(Branch.id, Branch.name_zh, Branch.name_en).where(Branch.id.in_(here)))
        names: Names = {branch: (zh, en) for branch, zh, en in rows}
        ids = [one.title_id for one in found[:MAX_TITLES]]
        copies = select(Item.title_id, func.min(Item.barcode)).where(Item.title_id.in_(ids))
        items = {row[0]: row[1] for row in session.execute(copies.group_by(Item.title_id))}
        own = known.branch_id
    titles = tuple(_title(one, own, names, items.get(one.title_id, "")) for one in found[:MAX_TITLES])
    return msgspec.json.encode(Answer(titles, more=len(found) > MAX_TITLES))


def _title(found: Found, own: str, names: Names, item: str) -> Title:
    shelves = sorted(found.shelves, key=lambda shelf: (shelf.branch != own, -shelf.here, shelf.branch))
    return Title(
        found.title,
        found.author,
        " ".join(filter(None, (found.publisher, found.year))),
        found.call_number,
        tuple(
            Shelf(*names[shelf.branch], shelf.here, shelf.copies, shelf.branch == own) for shelf in shelves
        ),
        item,
    )
