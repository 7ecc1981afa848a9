"""Holds: a reader waits for a title, whichever copy comes first, and picks it up at a branch.

    placed ──────────► waits ──────────► set aside ──────────► ready ──────────► filled
                         │   a copy comes     │    it reaches      │   it is lent
                         │   in anywhere      │    the branch      │   to the reader
                         ▼                    ▼                    ▼
              too_late (not wanted      reader, staff         expired (nobody came
              any more), reader, staff                        within its days), reader, staff

A hold that ends lets its copy go to the next one. See `waiting` for whose turn it is, `arrivals` for copies.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Date, and_, bindparam, exists, func, insert, or_, select, update

from central.circulation.ledger import arrivals, enquiries, rules, waiting
from central.circulation.ledger.branches import above
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.locks import lock_reader, lock_title
from central.circulation.ledger.models import Hold, Item, LendingRule, Loan
from central.circulation.ledger.outcomes import Held, Refused
from central.circulation.ledger.rules import Borrower, Wish
from central.circulation.ledger.standing import IN_STOCK, OPEN_HOLD, UNDER_WAY
from central.circulation.ledger.waiting import Place
from central.fleet.models import Branch
from central.statements import Cursor, Prepared

MAX_EXPIRED: Final = 200
"""In one transaction, some 100 ms: the rest comes at the next turn."""


# ---------------------------------------------------------------- by the reader
def place(
    cursor: Cursor,
    desk: Desk,
    card: str,
    *,
    barcode: str = "",
    title_id: int | None = None,
    pickup: str = "",
    until: date | None = None,
) -> Held | Refused:
    """Let a reader wait for a title (15+).

    Refused with `card_unknown`, `item_unknown` or a fault of `rules.HOLD`.

    Args:
        cursor: in the caller's transaction.
        desk: where it is asked for.
        card: of the reader.
        barcode: of any copy of the title.
        title_id: in place of a barcode.
        pickup: branch; empty: the desk's.
        until: the last day on which it is wanted; None: for as long as it takes.
    """
    reader = lock_reader(cursor, desk, card)
    if reader is None:
        return Refused("card_unknown")
    title = _title(cursor, barcode, title_id)
    if title is None or not lock_title(cursor, title):
        return Refused("item_unknown")
    pickup = pickup or desk.branch
    fault = rules.verdict(rules.HOLD, _wish(cursor, desk, reader, title, pickup))
    if fault:
        return Refused(fault)
    cursor.run(_PLACE, title, card, pickup, desk.now_ms, until)
    return _placed(cursor, card, title)


def change(
    cursor: Cursor,
    desk: Desk,
    card: str,
    *,
    barcode: str = "",
    title_id: int | None = None,
    pickup: str = "",
    until: date | None = None,
) -> Held | Refused:
    """Another place of pick-up, or another last day (15*); what is empty stays. It keeps its turn.

    Refused with `card_unknown`, `item_unknown`, `not_held` or `pickup_unknown`.
    """
    found = _own(cursor, desk, card, barcode, title_id)
    if isinstance(found, Refused):
        return found
    title, hold = found
    if pickup and cursor.one(_BRANCH, pickup) is None:
        return Refused("pickup_unknown")
    cursor.run(_CHANGE, pickup or hold.pickup, until or hold.until_on, hold.hold)
    if pickup not in {"", hold.pickup} and hold.barcode is not None:
        waiting.keep(cursor, hold, hold.barcode)
        arrivals.pass_on(cursor, desk, hold.barcode)
    return _placed(cursor, card, title)


def cancel(
    cursor: Cursor,
    desk: Desk,
    card: str,
    *,
    barcode: str = "",
    title_id: int | None = None,
    why: str = "reader",
) -> Held | Refused:
    """A reader does not wait any more (15-), by themselves or by `staff`.

    Refused with `card_unknown`, `item_unknown` or `not_held`.
    """
    found = _own(cursor, desk, card, barcode, title_id)
    if isinstance(found, Refused):
        return found
    title, hold = found
    told = _held(cursor, card, title)
    end(cursor, desk, hold, why)
    return replace(told, position=0, ready=False, barcode="", pickup_by=None, locker="")


def end(cursor: Cursor, desk: Desk, hold: Place, why: str) -> None:
    """A hold ends unfilled, and its copy goes to the next one. Under the lock of its title."""
    waiting.drop(cursor, hold, desk.now_ms, why)
    if hold.barcode is not None:
        arrivals.pass_on(cursor, desk, hold.barcode)


# ---------------------------------------------------------------- by the clock
_ZONES = Prepared(statement=select(Branch.zone).distinct())
_ran_out = or_(
    and_(Hold.ready_ms.is_not(None), Hold.pickup_by < bindparam("today", type_=Date)),
    and_(Hold.ready_ms.is_(None), Hold.until_on < bindparam("today", type_=Date)),
)
_OVER = Prepared(
    "zone",
    "today",
    statement=select(Hold.id, Hold.title_id, Hold.pickup_branch_id, Hold.ready_ms.is_not(None))
    .join(Branch, Branch.id == Hold.pickup_branch_id)
    .where(OPEN_HOLD, Branch.zone == bindparam("zone"), _ran_out)
    .order_by(Hold.title_id, Hold.id)
    .limit(MAX_EXPIRED),
)


def expire(cursor: Cursor, now_ms: int) -> int:
    """End the holds whose days are over, `MAX_EXPIRED` a zone at most; how many that were.

    What is ready has the days of its pick-up, what waits or is under way those on which it is wanted.
    """
    ended = 0
    for (zone,) in cursor.all(_ZONES):
        clock = Desk("clock", "", zone, now_ms)
        for hold, title, pickup, ready in cursor.all(_OVER, zone, clock.today):
            places = waiting.queue(cursor, title)
            found = next((place for place in places if place.hold == hold and place.ready == ready), None)
            if found is not None:  # nobody took it just before
                end(cursor, replace(clock, branch=pickup), found, "expired" if ready else "too_late")
                ended += 1
    return ended


# ---------------------------------------------------------------- questions
_TITLE = Prepared("barcode", statement=select(Item.title_id).where(Item.barcode == bindparam("barcode")))
_BRANCH = Prepared("branch", statement=select(Branch.id).where(Branch.id == bindparam("branch")))
_above = above()
_max_fees = (
    select(func.max(LendingRule.max_fees_fen))
    .select_from(Item)
    .join(LendingRule, LendingRule.item_type == Item.type)
    .join(_above, _above.c.id == LendingRule.branch_id)
    .where(
        Item.title_id == bindparam("title"),
        IN_STOCK,
        LendingRule.reader_type_id == bindparam("reader_type"),
    )
    .scalar_subquery()
)
_on_card = Item.title_id == bindparam("title"), Loan.reader_card == bindparam("card")
_WISH = Prepared(
    "branch",
    "reader_type",
    "title",
    "card",
    statement=select(
        _max_fees,
        exists().where(Loan.item_barcode == Item.barcode, Loan.returned_ms.is_(None), *_on_card),
        exists().where(Hold.title_id == bindparam("title"), Hold.reader_card == bindparam("card"), OPEN_HOLD),
        select(func.count())
        .select_from(Hold)
        .where(Hold.reader_card == bindparam("card"), OPEN_HOLD)
        .scalar_subquery(),
        exists().where(Branch.id == bindparam("branch")),
    ),
)

_ON_SHELVES = Prepared(
    "title",
    statement=select(func.count())
    .select_from(Item)
    .where(waiting.OF_TITLE, waiting.FREE, ~exists().where(UNDER_WAY)),
)


def _title(cursor: Cursor, barcode: str, title_id: int | None) -> int | None:
    """The title that is meant; None where there is no such copy."""
    if title_id is not None:
        return title_id
    row = cursor.one(_TITLE, barcode)
    return None if row is None else int(row[0])


def _wish(cursor: Cursor, desk: Desk, reader: Borrower, title: int, pickup: str) -> Wish:
    row = cursor.one(_WISH, pickup, reader.type, title, reader.card)
    assert row is not None, "a row of answers"
    max_fees_fen, is_theirs, is_held, holds, pickup_known = row
    return Wish(
        today=desk.today,
        reader=reader,
        is_theirs=bool(is_theirs),
        is_held=bool(is_held),
        holds=holds,
        max_fees_fen=max_fees_fen,
        pickup_known=bool(pickup_known),
    )


def _own(
    cursor: Cursor, desk: Desk, card: str, barcode: str, title_id: int | None
) -> tuple[int, Place] | Refused:
    """The title that is meant and this reader's hold on it, under the locks of both."""
    if lock_reader(cursor, desk, card) is None:
        return Refused("card_unknown")
    title = _title(cursor, barcode, title_id)
    if title is None:
        return Refused("item_unknown")
    hold = waiting.own(waiting.queue(cursor, title), card)
    return Refused("not_held") if hold is None else (title, hold)


def _held(cursor: Cursor, card: str, title: int) -> Held:
    """The hold as the reader is told of it."""
    return next(held for number, held in enquiries.awaited(cursor, card) if number == title)


def _placed(cursor: Cursor, card: str, title: int) -> Held:
    """The same, and whether a copy stands on a shelf for it."""
    held, row = _held(cursor, card, title), cursor.one(_ON_SHELVES, title)
    return replace(held, in_stock=row is not None and 0 < held.position <= row[0])


# ---------------------------------------------------------------- changes
_PLACE = Prepared(
    "title",
    "card",
    "pickup",
    "now_ms",
    "until",
    statement=insert(Hold).values(
        title_id=bindparam("title"),
        reader_card=bindparam("card"),
        pickup_branch_id=bindparam("pickup"),
        placed_ms=bindparam("now_ms"),
        until_on=bindparam("until"),
        cancelled_why="",
    ),
)
_CHANGE = Prepared(
    "pickup",
    "until",
    "hold",
    statement=update(Hold)
    .where(Hold.id == bindparam("hold"))
    .values(pickup_branch_id=bindparam("pickup"), until_on=bindparam("until")),
)
