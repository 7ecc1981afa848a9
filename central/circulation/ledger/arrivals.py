"""Where a copy goes that stands at a branch and is on nobody's card.

| its status | it goes |
| --- | --- |
| available | to the hold that it is set aside for, else to the one that has waited longest, else home |
| reference | home |
| any other | nowhere: staff look at it; a hold that it was set aside for waits again |

A copy whose place is here stays here: on the shelf, on the shelf of holds, or in a locker.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from central.circulation.ledger import transits, waiting
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.standing import Copy, Standing, find_copy, standing
from central.circulation.ledger.waiting import Place, Queue
from central.statements import Cursor


class Way(NamedTuple):
    """Where a copy goes."""

    wanted_at: str | None = None
    """Where somebody waits for it; None: nobody does."""
    sent_to: str | None = None
    """None: it stays."""
    locker: str | None = None


STAYS = Way()


def arrive(cursor: Cursor, desk: Desk, copy: Copy, now: Standing, places: Queue) -> Way:
    """Send a copy that is at the desk's branch on its way, or let it stay.

    Args:
        cursor: in the caller's transaction, under the lock of the item, and of its title where somebody waits.
        desk: where it is.
        copy: the item; what was missed is found.
        now: how it stands; its loan, if there was one, is over.
        places: the queue of its title.
    """
    transits.end(cursor, desk, now.transit)
    place = _place(cursor, desk, copy, places) if places else None
    if place is not None:
        return _keep(cursor, desk, copy, place)
    if copy.status in {"available", "missing", "reference"} and copy.book.home != desk.branch:
        transits.send(cursor, desk, copy.book.barcode, copy.book.home, "home")
        return Way(sent_to=copy.book.home)
    return STAYS


def pass_on(cursor: Cursor, desk: Desk, barcode: str) -> None:
    """A copy is not kept for its hold any more: let it go to the next, or home. Under the lock of its title.

    What is under way goes on; where it arrives it is decided again. What is lent needs no decision.
    """
    copy, now = find_copy(cursor, barcode), standing(cursor, barcode)
    assert copy is not None, "holds refer to items"
    if now.loan is None and now.transit is None:
        there = replace(desk, branch=copy.book.place)
        arrive(cursor, there, copy, now, waiting.look(cursor, copy.title_id))


def _place(cursor: Cursor, desk: Desk, copy: Copy, places: Queue) -> Place | None:
    """The hold that this copy serves."""
    kept = waiting.kept(places, copy.book.barcode)
    if copy.status in {"available", "missing"}:
        return kept or waiting.first(places, desk.today)
    if kept is not None:
        waiting.let_go(cursor, kept)
    return None


def _keep(cursor: Cursor, desk: Desk, copy: Copy, place: Place) -> Way:
    barcode = copy.book.barcode
    if place.barcode != barcode or place.pickup != desk.branch:
        waiting.keep(cursor, place, barcode)
    if place.pickup == desk.branch:
        return Way(place.pickup, locker=waiting.make_ready(cursor, desk, place))
    transits.send(cursor, desk, barcode, place.pickup, "hold")
    return Way(place.pickup, sent_to=place.pickup)
