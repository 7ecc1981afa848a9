"""Loans, holds, and items under way between branches."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.circulation.ledger.models.catalogue import Title
from central.db import Base

OPEN_HOLD = "filled_ms IS NULL AND cancelled_ms IS NULL"
KEPT = f"{OPEN_HOLD} AND item_barcode IS NOT NULL"


class Loan(Base):
    __tablename__ = "loan"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_barcode: Mapped[str] = mapped_column(ForeignKey("item.barcode"))
    reader_card: Mapped[str | None] = mapped_column(ForeignKey("reader.card"))
    """None for an ended loan whose reader is forgotten."""
    lent_ms: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date] = mapped_column(Date)
    lent_account: Mapped[str] = mapped_column(String(64))
    """The SIP2 account that lent it."""
    returned_ms: Mapped[int | None] = mapped_column(BigInteger)
    returned_account: Mapped[str | None] = mapped_column(String(64))
    renewals: Mapped[int] = mapped_column(Integer, default=0)
    overridden: Mapped[int | None] = mapped_column(Integer)
    """Fault that would have refused it, where a terminal lent it offline and reports it as done (no block)."""
    entered_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When it was told, where that was afterwards (no block); None for one that was asked for."""
    lent_branch_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))
    """Where it was lent; its rules, closures and fees are that branch's."""
    reader_type_id: Mapped[str] = mapped_column(String(16), default="")
    """Type of the reader when it was lent."""
    claimed_returned_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the reader said that it is back though we do not have it."""

    __table_args__ = (
        Index(
            "uq_loan_open_item",
            "item_barcode",
            unique=True,
            sqlite_where=text("returned_ms IS NULL"),
            postgresql_where=text("returned_ms IS NULL"),
        ),
        Index("ix_loan_reader_card_returned_ms", "reader_card", "returned_ms"),
    )


class Hold(Base):
    """A reader waits for a title; the oldest that waits is served first.

    It waits until a copy is set aside (`ready_ms`), and is over when that was lent (`filled_ms`) or when it
    was cancelled or ran out (`cancelled_ms`).
    """

    __tablename__ = "hold"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"))
    reader_card: Mapped[str] = mapped_column(ForeignKey("reader.card"), index=True)
    pickup_branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    placed_ms: Mapped[int] = mapped_column(BigInteger)
    filled_ms: Mapped[int | None] = mapped_column(BigInteger)

    cancelled_ms: Mapped[int | None] = mapped_column(BigInteger)
    cancelled_why: Mapped[str] = mapped_column(String(16), default="")
    """`reader`, `staff`, `expired` (nobody came) or `too_late` (not wanted any more)."""
    until_on: Mapped[date | None] = mapped_column(Date)
    """Not wanted after this day."""
    item_barcode: Mapped[str | None] = mapped_column(ForeignKey("item.barcode"))
    """The copy that is kept for it, or is on its way."""
    ready_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When that copy reached the place of pick-up."""
    pickup_by: Mapped[date | None] = mapped_column(Date)
    """Kept until the end of this day."""

    title: Mapped[Title] = relationship()

    __table_args__ = (
        Index(
            "uq_hold_open_title",
            "title_id",
            "reader_card",
            unique=True,
            sqlite_where=text(OPEN_HOLD),
            postgresql_where=text(OPEN_HOLD),
        ),
        Index(
            "uq_hold_open_item",
            "item_barcode",
            unique=True,
            sqlite_where=text(KEPT),
            postgresql_where=text(KEPT),
        ),
    )


class Locker(Base):
    """A door of a pick-up cabinet; it holds the copy of one hold."""

    __tablename__ = "locker"

    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    label: Mapped[str] = mapped_column(String(16), primary_key=True)
    """As it stands on the door."""
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"), unique=True)


class Transit(Base):
    """An item on its way from one branch to another (通借通还); one at a time."""

    __tablename__ = "transit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_barcode: Mapped[str] = mapped_column(ForeignKey("item.barcode"))
    from_branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    to_branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    why: Mapped[str] = mapped_column(String(8))
    """`home`, `hold` or `rotation` (轮换)."""
    sent_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When it arrived, or was seen somewhere else."""
    ended_branch_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))

    __table_args__ = (
        Index(
            "uq_transit_open_item",
            "item_barcode",
            unique=True,
            sqlite_where=text("ended_ms IS NULL"),
            postgresql_where=text("ended_ms IS NULL"),
        ),
        Index("ix_transit_to_branch_id_ended_ms", "to_branch_id", "ended_ms"),
    )
