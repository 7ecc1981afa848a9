"""What the ledger answers. Frozen values: they outlive the transaction that made them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wire import faults


@dataclass(frozen=True, slots=True)
class Book:
    """One item as the shelf and the catalogue know it."""

    barcode: str
    type: str
    """`book`, `audio` …"""
    title: str
    author: str
    call_number: str
    isbn: str
    home: str
    """Branch that owns it."""
    place: str
    """Branch where it is, or was when it was lent."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done. `fault` is a name of the catalogue (`wire/faults.toml`)."""

    fault: str
    book: Book | None = None
    """None where the item is unknown."""
    due_on: date | None = None
    """With `already_yours`: when the reader's own loan ends."""

    @property
    def number(self) -> int:
        return faults.number(self.fault)


@dataclass(frozen=True, slots=True)
class Lent:
    book: Book
    due_on: date
    renewed: bool = False
    overridden: str | None = None
    """Fault that a loan reported afterwards (no block) passed over."""


@dataclass(frozen=True, slots=True)
class Returned:
    book: Book
    was_lent: bool
    """False: it was not on loan; nothing changed but its place."""
    wanted_at: str | None = None
    """Branch where another reader waits for it."""
    notice: str | None = None
    """Fault of the catalogue that staff should hear of (`item_lost`); the return stands all the same."""


@dataclass(frozen=True, slots=True)
class ItemInformation:
    book: Book
    status: str
    """`available`, `lent`, `reference`, `lost` or `withdrawn`."""
    due_on: date | None
    waiting: int
    """Readers who wait for the title."""


@dataclass(frozen=True, slots=True)
class Charged:
    """One open loan."""

    barcode: str
    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Awaited:
    """One open hold."""

    title: str
    ready: bool
    """It is this reader's turn and a copy stands on a shelf."""


@dataclass(frozen=True, slots=True)
class ReaderInformation:
    card: str
    name: str
    type: str
    """Id of the reader type; also what `LoanMade.reader_type` carries."""
    home: str
    expires_on: date
    bar: str | None
    """Fault that keeps the card from any service (`card_blocked`, `card_expired`)."""
    fees_fen: int
    too_much_owed: bool
    charged: tuple[Charged, ...]
    overdue: tuple[Charged, ...]
    awaited: tuple[Awaited, ...]
    loan_limit: int
    """Sum over the item types that this type of reader may borrow."""
