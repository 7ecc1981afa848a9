"""Questions to the ledger: nothing here changes a row.

Each runs in the caller's transaction, which may be a read-only one. `today` is the civil date at the
branch that asks.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from central.circulation.models import Hold, Item, LendingRule, Loan, Reader
from central.circulation.outcomes import Awaited, Book, Charged, ItemInformation, ReaderInformation
from central.circulation.rules import Allowance, bar


def find_reader(session: Session, card: str) -> Reader | None:
    """The reader who holds this card."""
    return session.get(Reader, card)


def pin_hash(session: Session, card: str) -> str | None:
    """The hash of a reader's PIN, empty where none was set; None where the card is unknown."""
    return session.scalar(select(Reader.pin_hash).where(Reader.card == card))


def find_item(session: Session, barcode: str) -> Item | None:
    """The item with this barcode, its title with it."""
    return session.scalar(select(Item).where(Item.barcode == barcode).options(joinedload(Item.title)))


def open_loan(session: Session, barcode: str) -> Loan | None:
    """The loan that the item is out on."""
    return session.scalar(select(Loan).where(Loan.item_barcode == barcode, Loan.returned_ms.is_(None)))


def oldest_hold(session: Session, title_id: int) -> Hold | None:
    """The hold that is served next."""
    waiting = select(Hold).where(Hold.title_id == title_id, Hold.filled_ms.is_(None))
    return session.scalar(waiting.order_by(Hold.placed_ms, Hold.id).limit(1))


def allowance(session: Session, reader_type: str, item_type: str) -> Allowance | None:
    """What this type of reader may borrow of this type of item; None: nothing."""
    rule = session.get(LendingRule, (reader_type, item_type))
    if rule is None:
        return None
    return Allowance(rule.max_loans, rule.days, rule.max_fees_fen, rule.max_renewals)


def open_loans(session: Session, card: str, item_type: str) -> int:
    """How many items of one type the reader has out."""
    lent = select(func.count()).select_from(Loan).join(Item, Item.barcode == Loan.item_barcode)
    mine = lent.where(Loan.reader_card == card, Loan.returned_ms.is_(None), Item.type == item_type)
    return session.scalar(mine) or 0


def book(item: Item) -> Book:
    """The item as a value that outlives the transaction."""
    title = item.title
    return Book(
        barcode=item.barcode,
        type=item.type,
        title=title.title,
        author=title.author,
        call_number=title.call_number,
        isbn=title.isbn,
        home=item.home_branch_id,
        place=item.place_branch_id,
    )


def item_information(session: Session, barcode: str) -> ItemInformation | None:
    """One item, its loan and its queue; None where it is unknown."""
    item = find_item(session, barcode)
    if item is None:
        return None
    loan = open_loan(session, barcode)
    queue = select(func.count()).where(Hold.title_id == item.title_id, Hold.filled_ms.is_(None))
    return ItemInformation(
        book=book(item),
        status="lent" if loan else item.status,
        due_on=loan.due_on if loan else None,
        waiting=session.scalar(queue) or 0,
    )


def reader_information(session: Session, card: str, today: date) -> ReaderInformation | None:
    """One reader with loans and holds, both oldest first; None where the card is unknown."""
    reader = find_reader(session, card)
    if reader is None:
        return None
    rules = session.scalars(select(LendingRule).where(LendingRule.reader_type_id == reader.type_id)).all()
    charged = _charged(session, card)
    return ReaderInformation(
        card=card,
        name=reader.name,
        type=reader.type_id,
        home=reader.branch_id,
        expires_on=reader.expires_on,
        bar=bar(reader.blocked, reader.expires_on, today),
        fees_fen=reader.fees_fen,
        too_much_owed=reader.fees_fen > max((rule.max_fees_fen for rule in rules), default=0),
        charged=charged,
        overdue=tuple(loan for loan in charged if loan.due_on < today),
        awaited=_awaited(session, card),
        loan_limit=sum(rule.max_loans for rule in rules),
    )


def _charged(session: Session, card: str) -> tuple[Charged, ...]:
    lent = (
        select(Loan, Item)
        .join(Item, Item.barcode == Loan.item_barcode)
        .where(Loan.reader_card == card, Loan.returned_ms.is_(None))
        .options(joinedload(Item.title))
        .order_by(Loan.lent_ms, Loan.id)
    )
    return tuple(Charged(i.barcode, i.title.title, loan.due_on) for loan, i in session.execute(lent))


def _awaited(session: Session, card: str) -> tuple[Awaited, ...]:
    mine = select(Hold).where(Hold.reader_card == card, Hold.filled_ms.is_(None)).order_by(Hold.placed_ms)
    holds = session.scalars(mine.options(joinedload(Hold.title))).all()
    return tuple(Awaited(hold.title.title, _ready(session, hold)) for hold in holds)


def _ready(session: Session, hold: Hold) -> bool:
    next_one = oldest_hold(session, hold.title_id)
    out = exists().where(Loan.item_barcode == Item.barcode, Loan.returned_ms.is_(None))
    on_shelf = exists().where(Item.title_id == hold.title_id, Item.status == "available", ~out)
    return next_one is not None and next_one.id == hold.id and bool(session.scalar(select(on_shelf)))
