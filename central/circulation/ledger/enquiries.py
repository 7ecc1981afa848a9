"""Questions to the ledger: nothing here changes a row.

Each runs on a cursor in the caller's transaction, which may be a read-only one. The desk says whose rules and
which day count.
"""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from central.circulation.ledger import books, rules
from central.circulation.ledger.borrowers import OWN, borrower
from central.circulation.ledger.branches import above
from central.circulation.ledger.candidates import age
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.models import (
    Fee,
    Hold,
    Item,
    LendingRule,
    Loan,
    Locker,
    Reader,
    Title,
    Transit,
)
from central.circulation.ledger.outcomes import Book, Charged, Held, ItemInformation, ReaderInformation
from central.circulation.ledger.rules import Visit
from central.circulation.ledger.standing import BOOK, LENT, OPEN_HOLD, UNDER_WAY
from central.fleet.models import Branch
from central.statements import Cursor, Prepared

_PIN = Prepared("card", statement=select(Reader.pin_hash).where(Reader.card == bindparam("card")))


def pin_hash(cursor: Cursor, card: str) -> str | None:
    """The hash of a reader's PIN, empty where none was set; None where the card is unknown."""
    row = cursor.one(_PIN, card)
    return None if row is None else str(row[0])


# ---------------------------------------------------------------- items
_kept, _other = aliased(Hold), aliased(Hold)
_waiting = (
    select(func.count())
    .where(
        _other.title_id == Item.title_id,
        _other.item_barcode.is_(None),
        _other.filled_ms.is_(None),
        _other.cancelled_ms.is_(None),
    )
    .correlate(Item)
    .scalar_subquery()
)
_status = case(
    (Loan.id.is_not(None), "lent"),
    (Transit.id.is_not(None), "transit"),
    (_kept.id.is_not(None), "kept"),
    else_=Item.status,
)
_ITEM = Prepared(
    "barcode",
    statement=select(
        *BOOK, _status, Loan.due_on, _waiting, Item.properties, _kept.pickup_by, Transit.to_branch_id
    )
    .select_from(Item)
    .join(Title, Title.id == Item.title_id)
    .outerjoin(Loan, LENT)
    .outerjoin(Transit, UNDER_WAY)
    .outerjoin(
        _kept,
        and_(_kept.item_barcode == Item.barcode, _kept.filled_ms.is_(None), _kept.cancelled_ms.is_(None)),
    )
    .where(Item.barcode == bindparam("barcode")),
)


def item_information(cursor: Cursor, barcode: str) -> ItemInformation | None:
    """One item, its loan, its way and its queue; None where it is unknown."""
    row = cursor.one(_ITEM, barcode)
    return None if row is None else ItemInformation(Book(*row[: len(BOOK)]), *row[len(BOOK) :])


# ---------------------------------------------------------------- readers
_READER = Prepared(
    "card",
    statement=select(
        *OWN,
        Reader.name,
        Reader.branch_id,
        Reader.blocked_why,
        Reader.born_on,
        exists().where(Loan.reader_card == Reader.card, Loan.returned_ms.is_(None)),
        exists().where(Hold.reader_card == Reader.card, OPEN_HOLD),
        exists().where(Fee.reader_card == Reader.card),
    ).where(Reader.card == bindparam("card")),
)
_above = above()
_by_distance = (
    select(
        LendingRule.max_fees_fen,
        LendingRule.max_loans,
        func.row_number()
        .over(partition_by=LendingRule.item_type, order_by=_above.c.distance)
        .label("nearest"),
    )
    .join(_above, _above.c.id == LendingRule.branch_id)
    .where(LendingRule.reader_type_id == bindparam("reader_type"))
    .subquery()
)
_LIMITS = Prepared(
    "branch",
    "reader_type",
    statement=select(
        func.coalesce(func.max(_by_distance.c.max_fees_fen), 0),
        func.coalesce(func.sum(_by_distance.c.max_loans), 0),
    ).where(_by_distance.c.nearest == 1),
)
_CHARGED = Prepared(
    "card",
    statement=select(Item.barcode, Title.title, Loan.due_on)
    .select_from(Loan)
    .join(Item, Item.barcode == Loan.item_barcode)
    .join(Title, Title.id == Item.title_id)
    .where(Loan.reader_card == bindparam("card"), Loan.returned_ms.is_(None))
    .order_by(Loan.lent_ms, Loan.id),
)
_older = (
    select(func.count())
    .where(
        _other.title_id == Hold.title_id,
        _other.item_barcode.is_(None),
        _other.filled_ms.is_(None),
        _other.cancelled_ms.is_(None),
        tuple_(_other.placed_ms, _other.id) <= tuple_(Hold.placed_ms, Hold.id),
    )
    .correlate(Hold)
    .scalar_subquery()
)
_any_copy = (
    select(func.min(Item.barcode)).where(Item.title_id == Hold.title_id).correlate(Hold).scalar_subquery()
)
_AWAITED = Prepared(
    "card",
    statement=select(
        Hold.title_id,
        Hold.id,
        Title.title,
        Hold.pickup_branch_id,
        case((Hold.item_barcode.is_(None), _older), else_=0),
        Hold.ready_ms.is_not(None),
        func.coalesce(Hold.item_barcode, ""),
        Hold.pickup_by,
        func.coalesce(Locker.label, ""),
        Hold.until_on,
        func.coalesce(Hold.item_barcode, _any_copy, ""),
        func.coalesce(Branch.name_zh, ""),
    )
    .join(Title, Title.id == Hold.title_id)
    .outerjoin(Branch, Branch.id == Hold.pickup_branch_id)
    .outerjoin(Locker, Locker.hold_id == Hold.id)
    .where(Hold.reader_card == bindparam("card"), OPEN_HOLD)
    .order_by(Hold.placed_ms, Hold.id),
)


def awaited(cursor: Cursor, card: str) -> list[tuple[int, Held]]:
    """The open holds of a reader, oldest first, each with the number of its title."""
    return [(row[0], _held(*row[1:])) for row in cursor.all(_AWAITED, card)]


def _held(hold: int, title: str, pickup: str, position: int, ready: object, *more: object) -> Held:
    return Held(hold, title, pickup, position, bool(ready), *more)  # type: ignore[arg-type]  # columns of a row


def reader_information(cursor: Cursor, desk: Desk, card: str) -> ReaderInformation | None:
    """One reader with loans, holds and fees, all oldest first; None where the card is unknown."""
    row = cursor.one(_READER, card)
    if row is None:
        return None
    today, (name, home, blocked_why, born_on, has_loans, waits, had_fees) = desk.today, row[len(OWN) :]
    reader = borrower(cursor, today, card, row[: len(OWN)])
    ((max_fees_fen, loan_limit),) = cursor.known(_LIMITS, desk.branch, reader.type)
    charged = tuple([Charged(*loan) for loan in cursor.all(_CHARGED, card)]) if has_loans else ()
    overdue = tuple([loan for loan in charged if loan.due_on < today])
    limit = loan_limit if reader.max_loans is None else min(loan_limit, reader.max_loans)
    owes = reader.fees_fen > max_fees_fen
    late = reader.max_overdue is not None and len(overdue) > reader.max_overdue
    refusal = rules.verdict(rules.READER, Visit(today, reader))
    return ReaderInformation(
        card=card,
        name=name,
        type=reader.type,
        home=home,
        expires_on=reader.expires_on,
        bar=refusal if refusal in rules.CARD_FAULTS else None,
        refusal=refusal
        or ("fees_owed" if owes else "overdue_items" if late else None)
        or ("limit_reached" if len(charged) >= limit else None),
        card_lost=reader.blocked and blocked_why == "lost",
        fees_fen=reader.fees_fen,
        deposit_fen=reader.deposit_fen,
        too_much_owed=owes,
        too_many_overdue=late,
        charged=charged,
        overdue=overdue,
        awaited=tuple([held for _, held in awaited(cursor, card)]) if waits else (),
        fees=books.open_fees(cursor, card) if reader.fees_fen else (),
        loan_limit=limit,
        hold_limit=reader.max_holds,
        age=age(born_on, today) if born_on else None,
        terms=reader.terms_version if reader.terms_in_force else None,
        had_fees=had_fees,
    )
