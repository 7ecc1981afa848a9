"""Fees, what was paid of them, and what was forgiven. All amounts in 分 (hundredths of a yuan).

    open of a fee = amount − its shares of payments − its waivers        reader.fees_fen = sum of what is open

A payment is never changed and never taken back: a refund is a payment with a negative amount.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class Fee(Base):
    """What a reader is asked to pay."""

    __tablename__ = "fee"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reader_card: Mapped[str | None] = mapped_column(ForeignKey("reader.card"))
    """None for one that is settled and whose reader is forgotten."""
    kind: Mapped[str] = mapped_column(String(16))
    """`overdue`, `lost`, `damage`, `card` or `other`."""
    amount_fen: Mapped[int] = mapped_column(Integer)
    open_fen: Mapped[int] = mapped_column(Integer)
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"))
    item_barcode: Mapped[str] = mapped_column(String(64), default="")
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        Index("ix_fee_reader_card_open_fen", "reader_card", "open_fen"),
        Index(
            "uq_fee_loan_id_kind",
            "loan_id",
            "kind",
            unique=True,
            sqlite_where=text("loan_id IS NOT NULL"),
            postgresql_where=text("loan_id IS NOT NULL"),
        ),
    )


class Payment(Base):
    """Money that came or went."""

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reader_card: Mapped[str | None] = mapped_column(ForeignKey("reader.card"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """`fees` or `deposit`."""
    amount_fen: Mapped[int] = mapped_column(Integer)
    """Below 0: given back."""
    method: Mapped[str] = mapped_column(String(16))
    """`cash`, `wechat`, `alipay`, `card` or `other`."""
    provider_id: Mapped[str | None] = mapped_column(String(64))
    """The payment's number at whoever took the money: the same one is never booked twice."""
    account: Mapped[str] = mapped_column(String(64))
    """SIP2 account or staff name."""
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    at_ms: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        Index(
            "uq_payment_provider_id",
            "provider_id",
            unique=True,
            sqlite_where=text("provider_id IS NOT NULL"),
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
    )


class PaymentShare(Base):
    """What a payment did for one fee."""

    __tablename__ = "payment_share"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    fee_id: Mapped[int] = mapped_column(ForeignKey("fee.id"), primary_key=True, index=True)
    amount_fen: Mapped[int] = mapped_column(Integer)


class Amnesty(Base):
    """Overdue fees of what comes back within these days are forgiven."""

    __tablename__ = "amnesty"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    branch_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))
    """Where it is brought back, and all below; None: anywhere."""
    reader_type_id: Mapped[str | None] = mapped_column(ForeignKey("reader_type.id"))
    """None: every type."""
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    percent: Mapped[int] = mapped_column(Integer, default=100)
    """Of the fee."""
    reason: Mapped[str] = mapped_column(String(100))
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When staff ended it before its last day."""


class Waiver(Base):
    """What was forgiven of one fee, by an amnesty or by staff."""

    __tablename__ = "waiver"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    fee_id: Mapped[int] = mapped_column(ForeignKey("fee.id"), index=True)
    amnesty_id: Mapped[int | None] = mapped_column(ForeignKey("amnesty.id"))
    amount_fen: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(100))
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)
