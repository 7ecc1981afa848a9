"""The built-in ledger: readers, titles, items, loans, holds and the rules."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.db import Base


class ReaderType(Base):
    __tablename__ = "reader_type"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(40))


class Reader(Base):
    __tablename__ = "reader"

    card: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    type_id: Mapped[str] = mapped_column(ForeignKey("reader_type.id"))
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    expires_on: Mapped[date] = mapped_column(Date)
    blocked: Mapped[bool] = mapped_column(Boolean, default=False)
    fees_fen: Mapped[int] = mapped_column(Integer, default=0)
    """Owed, in 分 (hundredths of a yuan)."""
    pin_hash: Mapped[str] = mapped_column(String(200), default="")

    type: Mapped[ReaderType] = relationship()


class LendingRule(Base):
    """What one type of reader may borrow."""

    __tablename__ = "lending_rule"

    reader_type_id: Mapped[str] = mapped_column(ForeignKey("reader_type.id"), primary_key=True)
    item_type: Mapped[str] = mapped_column(String(16), primary_key=True)
    """`book` …"""
    max_loans: Mapped[int] = mapped_column(Integer)
    days: Mapped[int] = mapped_column(Integer)
    max_fees_fen: Mapped[int] = mapped_column(Integer, default=0)
    """A reader who owes more does not borrow."""
    max_renewals: Mapped[int] = mapped_column(Integer, default=1)


class Title(Base):
    __tablename__ = "title"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    author: Mapped[str] = mapped_column(String(200), default="")
    publisher: Mapped[str] = mapped_column(String(100), default="")
    year: Mapped[str] = mapped_column(String(8), default="")
    isbn: Mapped[str] = mapped_column(String(20), default="")
    clc: Mapped[str] = mapped_column(String(40), default="")
    """Chinese Library Classification number."""
    call_number: Mapped[str] = mapped_column(String(64), default="")


class Item(Base):
    __tablename__ = "item"

    barcode: Mapped[str] = mapped_column(String(64), primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"), index=True)
    type: Mapped[str] = mapped_column(String(16), default="book")
    home_branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    place_branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    """Where it is now (通借通还: returned anywhere)."""
    status: Mapped[str] = mapped_column(String(16), default="available")
    """`available`, `reference` (not for loan), `lost` or `withdrawn`; being lent is a row in `loan`."""
    returned_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When it last came back, on loan or not."""

    title: Mapped[Title] = relationship()


class Loan(Base):
    __tablename__ = "loan"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_barcode: Mapped[str] = mapped_column(ForeignKey("item.barcode"))
    reader_card: Mapped[str] = mapped_column(ForeignKey("reader.card"))
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
    """A reader waits for a title; the oldest unfilled one is served first."""

    __tablename__ = "hold"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"), index=True)
    reader_card: Mapped[str] = mapped_column(ForeignKey("reader.card"), index=True)
    pickup_branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    placed_ms: Mapped[int] = mapped_column(BigInteger)
    filled_ms: Mapped[int | None] = mapped_column(BigInteger)

    title: Mapped[Title] = relationship()
