"""What the ledger answers. Frozen values: they outlive the transaction that made them.

Structs, which are made in a tenth of the time that a frozen dataclass takes: each answer is some of them.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from wire import faults


class Book(Struct, frozen=True):
    """One item as the shelf and the catalogue know it."""

    barcode: str
    type: str
    """`book`, `audio` …"""
    title: str
    call_number: str
    home: str
    """Branch that owns it."""
    place: str
    """Branch where it is, or was when it was lent."""
    collection: str
    """Id of the part of the stock; empty: none."""
    parts: int
    """Pieces that bear this barcode."""
    parts_note: str
    """What they are (附光盘1张); empty: nothing but the item itself."""
    lender: str
    """Library that lent it to us (馆际互借): its loans are counted apart; empty: our own."""
    price_fen: int | None
    """What it costs when it is lost."""


class Refused(Struct, frozen=True):
    """Nothing was done. `fault` is a name of the catalogue (`wire/faults.toml`)."""

    fault: str
    book: Book | None = None
    """None where the item is unknown."""
    due_on: date | None = None
    """With `already_yours`: when the reader's own loan ends."""

    @property
    def number(self) -> int:
        return faults.number(self.fault)


class Lent(Struct, frozen=True):
    book: Book
    due_on: date
    renewed: bool = False
    longer: bool = False
    """Renewed, and due later than before: what is told twice is longer once."""
    known: bool = False
    """Reported afterwards (no block) once more: the loan was written down before."""
    overridden: str | None = None
    """Fault that a loan reported afterwards (no block) passed over."""
    reader_type: str = ""
    """The loans of institutions (统借) are counted apart by it."""
    missing: tuple[str, ...] = ()
    """Barcodes of the same set that are not on this card."""

    @property
    def is_news(self) -> bool:
        """Something was written: a loan, or a later due date."""
        return self.longer if self.renewed else not self.known


class RenewedAll(Struct, frozen=True):
    """What became of each open loan of a reader (65)."""

    renewed: tuple[str, ...]
    """Barcodes."""
    unrenewed: tuple[tuple[str, str], ...]
    """Barcode and the fault that kept it."""
    longer: tuple[str, ...] = ()
    """Those of `renewed` that are due later than before."""


class Returned(Struct, frozen=True):
    book: Book
    was_lent: bool
    """False: it was not on loan; nothing changed but its place."""
    wanted_at: str | None = None
    """Branch where another reader waits for it."""
    notice: str | None = None
    """Fault of the catalogue that staff should hear of (`item_lost`); the return stands all the same."""
    sent_to: str | None = None
    """Branch for which it is under way now: that of the hold, or its home; None: it stays here."""
    locker: str | None = None
    """Door of the pick-up cabinet here that is its place now."""
    fee_fen: int = 0
    """What the reader owes for bringing it late."""
    missing: tuple[str, ...] = ()
    """Barcodes of the same set that this reader still has."""


class ItemInformation(Struct, frozen=True):
    book: Book
    status: str
    """`lent`, else `transit`, `kept` (on the shelf for somebody), or `Item.status` as it stands."""
    due_on: date | None
    waiting: int
    """Readers who wait for the title."""
    properties: str
    """As a terminal set them (CH)."""
    pickup_by: date | None = None
    """With `kept`: until when."""
    sent_to: str | None = None
    """With `transit`: where it is going."""


class Charged(Struct, frozen=True):
    """One open loan."""

    barcode: str
    title: str
    due_on: date


class Held(Struct, frozen=True):
    """One hold."""

    hold: int
    """Its number."""
    title: str
    pickup: str
    """Branch where it is to be picked up."""
    position: int
    """Place in the queue, 1 for the first; 0: a copy is set aside, or the hold is over."""
    ready: bool
    """The copy stands at the place of pick-up."""
    barcode: str = ""
    """The copy that is kept for it, or is on its way."""
    pickup_by: date | None = None
    """Once ready: until the end of this day."""
    locker: str = ""
    """Door of the pick-up cabinet."""
    until_on: date | None = None
    """Not wanted after this day."""
    copy: str = ""
    """`barcode`, or any copy of the title: by it the hold can be named."""
    pickup_name: str = ""
    """What the branch of `pickup` is called."""
    in_stock: bool = False
    """Told where it is placed or changed: a copy stands on some shelf, and nobody before them waits for it."""


class ReaderInformation(Struct, frozen=True):
    card: str
    name: str
    type: str
    """Id of the reader type; also what `LoanMade.reader_type` carries."""
    home: str
    expires_on: date
    bar: str | None
    """Fault that keeps the card from any service (`card_blocked`, `card_expired`)."""
    refusal: str | None
    """Fault that keeps the reader from borrowing anything here (`fees_owed` …); None: some item may be lent."""
    card_lost: bool
    """The reader said that the card is lost."""
    fees_fen: int
    deposit_fen: int
    too_much_owed: bool
    too_many_overdue: bool
    charged: tuple[Charged, ...]
    overdue: tuple[Charged, ...]
    awaited: tuple[Held, ...]
    fees: tuple[OpenFee, ...]
    """Oldest first."""
    loan_limit: int
    """Sum over the item types that this type of reader may borrow here, its own limit at most."""
    hold_limit: int
    age: int | None = None
    """Full years; None: the date of birth is not known."""
    terms: str | None = None
    """The terms that the reader accepted last, empty for none; None: there are no terms to accept."""
    had_fees: bool = True
    """Some fee is on the card, open or not: only then can something have been forgiven."""


# ---------------------------------------------------------------- readers
class Registered(Struct, frozen=True):
    """A reader was entered, or changed."""

    card: str
    name: str
    type: str
    expires_on: date
    payment: int | None = None
    """Number in the cash book of the deposit that was paid with it."""


class ReaderRecord(Struct, frozen=True):
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


class Blocked(Struct, frozen=True):
    card: str
    name: str


class Enabled(Struct, frozen=True):
    card: str
    name: str
    was_blocked: bool


# ---------------------------------------------------------------- money, in 分
class OpenFee(Struct, frozen=True):
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


class Paid(Struct, frozen=True):
    """Money is in the books."""

    payment: int
    """Number in the cash book."""
    amount_fen: int
    """Below 0: given back."""
    open_fen: int
    """What the reader owes still."""
    again: bool = False
    """True: this payment was in the books already; nothing was done."""


class Waived(Struct, frozen=True):
    """Fees, or parts of them, were forgiven."""

    fees: int
    """How many fees."""
    amount_fen: int
