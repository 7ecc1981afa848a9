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


# ---------------------------------------------------------------- readers
@dataclass(frozen=True, slots=True)
class Registered:
    """A reader was entered, or changed."""

    card: str
    name: str
    type: str
    expires_on: date
    payment: int | None = None
    """Number in the cash book of the deposit that was paid with it."""


@dataclass(frozen=True, slots=True)
class ReaderRecord:
    """What is told of a reader to who looks after readers. Of the ID card only its last four characters."""

    card: str
    name: str
    type: str
    branch: str
    expires_on: date
    blocked: bool
    sex: str
    """`m`, `f` or empty."""
    born_on: date | None
    nation: str
    phone: str
    email: str
    address: str
    remark: str
    id_last4: str
    guardian_card: str | None
    deposit_fen: int
    fees_fen: int
    terms_version: str
    registered_ms: int | None


@dataclass(frozen=True, slots=True)
class Blocked:
    card: str
    name: str


@dataclass(frozen=True, slots=True)
class Enabled:
    card: str
    name: str
    was_blocked: bool


# ---------------------------------------------------------------- money, in 分
@dataclass(frozen=True, slots=True)
class OpenFee:
    """One fee of which something is open."""

    id: int
    kind: str
    """`overdue`, `lost`, `damage`, `card` or `other`."""
    amount_fen: int
    open_fen: int
    barcode: str
    title: str
    """Both empty where it is for no item."""
    at_ms: int
    note: str


@dataclass(frozen=True, slots=True)
class Paid:
    """Money is in the books."""

    payment: int
    """Number in the cash book."""
    amount_fen: int
    """Below 0: given back."""
    open_fen: int
    """What the reader owes still."""
    again: bool = False
    """True: this payment was in the books already; nothing was done."""


@dataclass(frozen=True, slots=True)
class Waived:
    """Fees, or parts of them, were forgiven."""

    fees: int
    """How many fees."""
    amount_fen: int
