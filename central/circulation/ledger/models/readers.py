"""Readers, their types, and the terms that they accept.

Of an ID card stands here a keyed hash and its last four characters, never the number.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.db import Base


class ReaderType(Base):
    __tablename__ = "reader_type"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(40))
    institution: Mapped[bool] = mapped_column(Boolean, default=False)
    """A school, a company or a reading point that borrows in bulk (统借); its loans are counted apart."""
    max_loans: Mapped[int | None] = mapped_column(Integer)
    """Of all item types together; None: only the rules of each type bind."""
    max_overdue: Mapped[int | None] = mapped_column(Integer)
    """A reader with more items overdue does not borrow; None: overdue items do not bind."""
    max_holds: Mapped[int] = mapped_column(Integer, default=5)
    card_months: Mapped[int] = mapped_column(Integer, default=60)
    """How long a new card is good."""
    deposit_fen: Mapped[int] = mapped_column(Integer, default=0)
    """To be paid before the first loan."""
    guardian_below: Mapped[int | None] = mapped_column(Integer)
    """Younger ones need a guardian; None: nobody does."""
    self_service: Mapped[bool] = mapped_column(Boolean, default=True)
    """May be registered at a kiosk."""


class Reader(Base):
    __tablename__ = "reader"

    card: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    type_id: Mapped[str] = mapped_column(ForeignKey("reader_type.id"))
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    expires_on: Mapped[date] = mapped_column(Date)
    blocked: Mapped[bool] = mapped_column(Boolean, default=False)
    blocked_why: Mapped[str] = mapped_column(String(16), default="")
    """`lost`, `retained` or `staff` where blocked."""
    blocked_until: Mapped[date | None] = mapped_column(Date)
    """Last day of the ban; None: until somebody lifts it."""
    fees_fen: Mapped[int] = mapped_column(Integer, default=0)
    """Owed, in 分 (hundredths of a yuan): the sum of what is open in `fee`."""
    deposit_fen: Mapped[int] = mapped_column(Integer, default=0)
    """Paid and not given back."""
    pin_hash: Mapped[str] = mapped_column(String(200), default="")
    id_digest: Mapped[str | None] = mapped_column(String(64))
    """Keyed hash of the ID card's number."""
    id_last4: Mapped[str] = mapped_column(String(4), default="")
    born_on: Mapped[date | None] = mapped_column(Date)
    sex: Mapped[str] = mapped_column(String(1), default="")
    """`m`, `f` or empty."""
    nation: Mapped[str] = mapped_column(String(20), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    email: Mapped[str] = mapped_column(String(100), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(String(200), default="")
    guardian_card: Mapped[str | None] = mapped_column(ForeignKey("reader.card"))
    terms_version: Mapped[str] = mapped_column(String(16), default="")
    """The terms that the reader accepted last; empty: none."""
    terms_ms: Mapped[int | None] = mapped_column(BigInteger)
    registered_ms: Mapped[int | None] = mapped_column(BigInteger)
    registered_account: Mapped[str] = mapped_column(String(64), default="")
    """SIP2 account or staff name."""
    keeps_history: Mapped[bool] = mapped_column(Boolean, default=False)
    """True: ended loans keep the card, because the reader wants to see them."""

    type: Mapped[ReaderType] = relationship()

    __table_args__ = (
        Index(
            "uq_reader_id_digest",
            "id_digest",
            unique=True,
            sqlite_where=text("id_digest IS NOT NULL"),
            postgresql_where=text("id_digest IS NOT NULL"),
        ),
        Index("ix_reader_name", "name"),
        Index("ix_reader_phone", "phone"),
        Index("ix_reader_guardian_card", "guardian_card"),
    )


class Terms(Base):
    """One version of what a reader agrees to; the newest in force is asked for."""

    __tablename__ = "terms"

    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    from_on: Mapped[date] = mapped_column(Date)
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
