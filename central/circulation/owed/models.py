"""What kiosks dealt with while the ILS was silent, and where items came back since."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class OwedTransaction(Base):
    """A loan, return or registration that a kiosk dealt with while the ILS was silent, from its beginning to its settling.

    The ingest writes the upper part out of facts, staff write the lower one.
    """

    __tablename__ = "owed_transaction"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    txn: Mapped[str] = mapped_column(String(16), primary_key=True)
    journal: Mapped[str] = mapped_column(String(32))
    """The journal that holds the debt now: it goes with the kiosk from one journal to the next."""
    kind: Mapped[str] = mapped_column(String(8))
    """`loan`, `return` or `register`: a new reader, who has no item."""
    state: Mapped[str] = mapped_column(String(16))
    """One of `central.circulation.owed.states.STATES`."""
    handed_over: Mapped[bool] = mapped_column(Boolean)
    """True: the reader has the book by a loan, the book is here by a return, whatever the ILS says."""
    branch_id: Mapped[str] = mapped_column(String(32))
    item: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    reader: Mapped[str] = mapped_column(String(33))
    """As central hashes readers; empty for a return."""
    sealed: Mapped[str] = mapped_column(String(200))
    """The card, for `sealing.key` alone; empty where the kiosk had no key for it."""
    decided_by: Mapped[str] = mapped_column(String(8))
    """`list` or `rule` where it was lent offline."""
    due: Mapped[str] = mapped_column(String(64))
    """As the reader was told."""
    begun_ms: Mapped[int] = mapped_column(BigInteger)
    """When it was lent, taken or left open; the end's time where its beginning never came."""
    fault: Mapped[int | None] = mapped_column(Integer)
    """Why the ILS refused it."""
    forced: Mapped[bool] = mapped_column(Boolean)
    """True: the ILS took it with no-block, past its own rules."""
    settled_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the kiosk wrote its end."""
    settled_by: Mapped[str] = mapped_column(String(8))
    """`ils` or `staff`; empty before the end."""

    resolution: Mapped[str] = mapped_column(String(16), default="")
    """`accepted` or `cancelled` by staff; empty until then."""
    resolved_by: Mapped[str] = mapped_column(String(64), default="")
    resolved_ms: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(500), default="")
    contacted_by: Mapped[str] = mapped_column(String(64), default="")
    """Who last saw the card."""
    contacted_ms: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index("ix_owed_transaction_state_begun_ms", "state", "begun_ms"),
        Index("ix_owed_transaction_work", "resolution", "state", "begun_ms"),
        Index("ix_owed_transaction_item", "item"),
    )


class ItemReturn(Base):
    """The last return of an item at each kiosk: tells what has come back since it was lent elsewhere."""

    __tablename__ = "item_return"

    item: Mapped[str] = mapped_column(String(200), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
