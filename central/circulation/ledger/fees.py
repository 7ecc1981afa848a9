"""Fees: what a late return costs, what staff charge, what staff forgive. All amounts in 分."""

from __future__ import annotations

from dataclasses import dataclass

from central.circulation.ledger import amnesties, audit, books
from central.circulation.ledger.books import Debt
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import OpenFee, Refused, Waived
from central.circulation.ledger.yuan import MAX_FEN
from central.statements import Cursor

KINDS = ("overdue", "lost", "damage", "card", "other")


# ---------------------------------------------------------------- overdue
@dataclass(frozen=True, slots=True)
class Late:
    """A loan that came back after its last day, and what the rule of its branch says of that."""

    loan: int
    card: str
    reader_type: str
    barcode: str
    branch: str
    """Where it was lent."""
    days: int
    """Overdue; those on which the branch was closed are left out."""
    grace_days: int
    fine_fen: int
    """A day."""
    max_fine_fen: int
    """0: the price of the item."""
    price_fen: int | None
    """None: nobody knows."""


def fine(late: Late) -> int:
    """What a late return costs: nothing within the days of grace, beyond them each day, and never above the cap.

    The cap is the rule's, else the price of the item; there is none where nobody knows the price.
    """
    if late.days <= late.grace_days:
        return 0
    caps = (late.max_fine_fen, late.price_fen, MAX_FEN)
    return min(late.days * late.fine_fen, next(cap for cap in caps if cap))


def charge_overdue(cursor: Cursor, desk: Desk, late: Late) -> int:
    """Charge a late return, less what an amnesty forgives where and when it came back; what is open of that.

    A loan has one such fee. Where its return was undone and it comes back again, the fee grows to what it
    costs by then.
    """
    amount_fen = fine(late)
    if amount_fen == 0:
        return 0
    books.lock(cursor, late.card)
    fee = books.of_loan(cursor, late.loan, "overdue")
    if fee is None:
        about = {"branch": late.branch, "barcode": late.barcode}
        debt = books.charge(cursor, desk, late.card, "overdue", amount_fen, loan=late.loan, **about)
    elif amount_fen > fee.amount_fen:
        debt = Debt(fee.id, late.card, amount_fen - fee.amount_fen)
        books.add(cursor, late.card, fee.id, debt.open_fen)
    else:
        return 0
    return debt.open_fen - _by_amnesty(cursor, desk, late, debt)


def _by_amnesty(cursor: Cursor, desk: Desk, late: Late, debt: Debt) -> int:
    """Forgive what an amnesty forgives; how much."""
    amnesty = amnesties.in_force(cursor, desk, late.reader_type)
    if amnesty is None:
        return 0
    amount_fen = amnesty.share(debt.open_fen)
    books.forgive(cursor, desk, debt, amount_fen, amnesty.reason, amnesty.id)
    return amount_fen


def uncharge(cursor: Cursor, loan: int, kind: str = "overdue") -> None:
    """Take back what is open of a loan's fee, because what it was for was undone.

    A fee of which something was paid or forgiven stays, as high as that.
    """
    fee = books.of_loan(cursor, loan, kind)
    if fee is None or fee.card is None:
        return
    books.lock(cursor, fee.card)
    if fee.open_fen == fee.amount_fen:
        books.strike(cursor, Debt(fee.id, fee.card, fee.open_fen))
    else:
        books.add(cursor, fee.card, fee.id, -fee.open_fen)


# ---------------------------------------------------------------- by staff
def charge(
    cursor: Cursor, desk: Desk, card: str, kind: str, amount_fen: int, *, barcode: str = "", note: str = ""
) -> OpenFee | Refused:
    """Charge a fee of a kind of `KINDS`. Refused with `card_unknown`.

    Raises:
        ValueError: no such kind, or an amount below 1 分 or above `MAX_FEN`.
    """
    if kind not in KINDS or not 0 < amount_fen <= MAX_FEN:
        raise ValueError(f"a fee of kind {kind}, {amount_fen} 分")
    if books.lock(cursor, card) is None:
        return Refused("card_unknown")
    debt = books.charge(cursor, desk, card, kind, amount_fen, barcode=barcode, note=note)
    audit.record(cursor, desk, "fee_charged", f"{card} {kind} {amount_fen} #{debt.id}")
    return OpenFee(debt.id, kind, amount_fen, amount_fen, barcode, "", desk.now_ms, note)


def waive(
    cursor: Cursor, desk: Desk, fee: int, reason: str, amount_fen: int | None = None
) -> Waived | Refused:
    """Forgive what is open of a fee, or a part of it. Refused with `fee_unknown` or `overpaid`."""
    debt = books.find(cursor, fee)
    if debt is None:
        return Refused("fee_unknown")
    amount_fen = debt.open_fen if amount_fen is None else amount_fen
    if not 0 < amount_fen <= debt.open_fen:
        return Refused("overpaid")
    books.forgive(cursor, desk, debt, amount_fen, reason)
    audit.record(cursor, desk, "fee_waived", f"{debt.card} {amount_fen} #{fee} {reason}")
    return Waived(1, amount_fen)
