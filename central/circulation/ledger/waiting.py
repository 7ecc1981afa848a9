"""The queue of a title: who waits, for whom a copy is set aside, and which copies are left for everybody else.

    a copy comes in           it is set aside for the hold that has waited longest without one
    it reaches its place      that hold is ready, for the branch's days, in a locker where one is free
    a copy is wanted          a reader gets the one that is kept for them; or any, where enough free ones are
                              left for all who have waited longer; what is kept for another is refused

Ask and change under the lock of the title: `queue` takes it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select, update
from sqlalchemy.orm import aliased

from central.circulation.ledger import branch_rules, calendar
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.locks import lock_title
from central.circulation.ledger.models import Hold, Item, Locker
from central.circulation.ledger.standing import LENT, OPEN_HOLD, Copy, Standing, standing
from central.statements import Cursor, Prepared


class Place(NamedTuple):
    """One open hold in the queue."""

    hold: int
    card: str
    pickup: str
    barcode: str | None
    """The copy that is set aside."""
    ready: bool
    until_on: date | None
    """Not wanted after this day."""

    def waits(self, today: date) -> bool:
        return self.barcode is None and (self.until_on is None or today <= self.until_on)


Queue = tuple[Place, ...]
"""The open holds on a title, the oldest first."""

_QUEUE = Prepared(
    "title",
    statement=select(
        Hold.id,
        Hold.reader_card,
        Hold.pickup_branch_id,
        Hold.item_barcode,
        Hold.ready_ms.is_not(None),
        Hold.until_on,
    )
    .where(Hold.title_id == bindparam("title"), OPEN_HOLD)
    .order_by(Hold.placed_ms, Hold.id),
)


def join(cursor: Cursor, copy: Copy, now: Standing) -> tuple[Standing, Queue]:
    """How a copy stands once its title's queue is ours, and that queue; as it stood where nobody waits.

    Whoever had the queue before may have sent the copy on its way.
    """
    if not now.awaited:
        return now, ()
    places = queue(cursor, copy.title_id)
    return standing(cursor, copy.book.barcode), places


def queue(cursor: Cursor, title_id: int) -> Queue:
    """The queue of a title, ours alone until the transaction ends."""
    lock_title(cursor, title_id)
    return look(cursor, title_id)


def look(cursor: Cursor, title_id: int) -> Queue:
    """The queue of a title as it is now."""
    return tuple(Place(*row) for row in cursor.all(_QUEUE, title_id))


# ---------------------------------------------------------------- whose turn it is
def kept(places: Queue, barcode: str) -> Place | None:
    """The hold for which this copy is set aside."""
    return next((place for place in places if place.barcode == barcode), None)


def own(places: Queue, card: str) -> Place | None:
    """This reader's hold."""
    return next((place for place in places if place.card == card), None)


def first(places: Queue, today: date) -> Place | None:
    """The hold that is served next."""
    return next((place for place in places if place.waits(today)), None)


def before(places: Queue, card: str, today: date) -> int:
    """How many wait longer than this reader; all who wait where the reader does not."""
    waiting = [place.card for place in places if place.waits(today)]
    return waiting.index(card) if card in waiting else len(waiting)


FREE = and_(
    Item.status == "available",
    ~exists().where(LENT),
    ~exists().where(Hold.item_barcode == Item.barcode, OPEN_HOLD),
)
"""A copy that is lent to nobody and kept for nobody."""
OF_TITLE = Item.title_id == bindparam("title")
_FREE = Prepared("title", statement=select(func.count()).select_from(Item).where(OF_TITLE, FREE))


def is_kept_from(cursor: Cursor, places: Queue, copy: Copy, card: str, today: date, *, lent: bool) -> bool:
    """Whether other readers come first for this copy.

    Args:
        cursor: in the caller's transaction.
        places: the queue of its title.
        copy: the one in question.
        card: of the reader who wants it.
        today: at the branch.
        lent: it is on loan, so that no copy that is free now would go.
    """
    keeper, mine = kept(places, copy.book.barcode), own(places, card)
    if keeper is not None:
        return keeper.card != card
    longer = before(places, card, today)
    if not longer:
        return False
    row = cursor.one(_FREE, copy.title_id)
    assert row is not None, "a count is always one row"
    taken = copy.status == "available" and not lent
    given = mine is not None and mine.barcode is not None
    return bool(longer > row[0] - taken + given)


# ---------------------------------------------------------------- changes
_KEEP = Prepared(
    "barcode",
    "hold",
    statement=update(Hold)
    .where(Hold.id == bindparam("hold"))
    .values(item_barcode=bindparam("barcode"), ready_ms=None, pickup_by=None),
)
_READY = Prepared(
    "now_ms",
    "pickup_by",
    "hold",
    statement=update(Hold)
    .where(Hold.id == bindparam("hold"))
    .values(ready_ms=bindparam("now_ms"), pickup_by=bindparam("pickup_by")),
)
_FILL = Prepared(
    "now_ms",
    "barcode",
    "hold",
    statement=update(Hold)
    .where(Hold.id == bindparam("hold"))
    .values(filled_ms=bindparam("now_ms"), item_barcode=bindparam("barcode")),
)
_anew = aliased(Hold)
_waits_anew = exists().where(
    _anew.title_id == Hold.title_id,
    _anew.reader_card == Hold.reader_card,
    _anew.filled_ms.is_(None),
    _anew.cancelled_ms.is_(None),
)
_UNFILL = Prepared(
    "barcode",
    "card",
    "lent_ms",
    statement=update(Hold)
    .where(
        Hold.item_barcode == bindparam("barcode"),
        Hold.reader_card == bindparam("card"),
        Hold.filled_ms == bindparam("lent_ms"),
        ~_waits_anew,
    )
    .values(filled_ms=None, item_barcode=None, ready_ms=None, pickup_by=None),
)
_DROP = Prepared(
    "now_ms",
    "why",
    "hold",
    statement=update(Hold)
    .where(Hold.id == bindparam("hold"))
    .values(cancelled_ms=bindparam("now_ms"), cancelled_why=bindparam("why")),
)
_free_locker = (
    select(Locker.label)
    .where(Locker.branch_id == bindparam("branch"), Locker.hold_id.is_(None))
    .order_by(Locker.label)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_LOCKER = Prepared("branch", statement=_free_locker)
_OCCUPY = Prepared(
    "hold",
    "branch",
    "label",
    statement=update(Locker)
    .where(Locker.branch_id == bindparam("branch"), Locker.label == bindparam("label"))
    .values(hold_id=bindparam("hold")),
)
_OWN_LOCKER = Prepared("hold", statement=select(Locker.label).where(Locker.hold_id == bindparam("hold")))
_EMPTY = Prepared(
    "hold", statement=update(Locker).where(Locker.hold_id == bindparam("hold")).values(hold_id=None)
)


def keep(cursor: Cursor, place: Place, barcode: str) -> None:
    """Set a copy aside; it is not at the place of pick-up yet."""
    cursor.run(_EMPTY, place.hold)
    cursor.run(_KEEP, barcode, place.hold)


def make_ready(cursor: Cursor, desk: Desk, place: Place) -> str | None:
    """The copy that is set aside is at the desk's branch, where it is picked up; the locker that it is in, or gets."""
    if not place.ready:
        kept = timedelta(days=branch_rules.binding(cursor, desk.branch).hold_days)
        pickup_by = calendar.next_open(cursor, desk.branch, desk.today + kept)
        cursor.run(_READY, desk.now_ms, pickup_by, place.hold)
    row = cursor.one(_OWN_LOCKER, place.hold)
    if row is None:
        row = cursor.one(_LOCKER, desk.branch)
        if row is not None:
            cursor.run(_OCCUPY, place.hold, desk.branch, row[0])
    return None if row is None else str(row[0])


def let_go(cursor: Cursor, place: Place) -> None:
    """The copy that was set aside is gone: the hold waits again, where it was in the queue."""
    cursor.run(_EMPTY, place.hold)
    cursor.run(_KEEP, None, place.hold)


def fill(cursor: Cursor, place: Place, barcode: str, at_ms: int) -> None:
    """The reader has a copy: the hold is over."""
    cursor.run(_EMPTY, place.hold)
    cursor.run(_FILL, at_ms, barcode, place.hold)


def drop(cursor: Cursor, place: Place, at_ms: int, why: str) -> None:
    """The hold is over unfilled: `Hold.cancelled_why`."""
    cursor.run(_EMPTY, place.hold)
    cursor.run(_DROP, at_ms, why, place.hold)


def unfill(cursor: Cursor, barcode: str, card: str, lent_ms: int) -> None:
    """The loan that filled a hold is undone: the hold waits again, unless its reader has placed another one since."""
    cursor.run(_UNFILL, barcode, card, lent_ms)
