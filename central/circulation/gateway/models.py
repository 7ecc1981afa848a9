"""What the gateway keeps: whose machines it counts, what it asked of an ILS, whom an ILS called good."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class GatewaySite(Base):
    """The device under which central counts what a branch's machines of other makers do, or its staff."""

    __tablename__ = "gateway_site"

    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    counts: Mapped[str] = mapped_column(String(8), primary_key=True)
    """`machines` or `desk`: see `central.circulation.gateway.journal`."""
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), unique=True)


class GatewayTransaction(Base):
    """One request that changes something at an ILS, on disk before it is asked.

    Kept until its answer can no longer be asked for again; where the ILS is owed the news, until it is told.
    """

    __tablename__ = "gateway_transaction"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    """In the order in which things happened."""
    gateway: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(64))
    branch_id: Mapped[str] = mapped_column(String(32))
    zone: Mapped[str] = mapped_column(String(40))
    txn: Mapped[str] = mapped_column(String(16), unique=True)
    subject: Mapped[str] = mapped_column(String(80))
    """What it is about: the next transaction on it takes the place of this one's answer."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """What a retransmission is recognised by; None where it cannot be told from a new request."""
    message: Mapped[str] = mapped_column(String(2))
    """Identifier of the request: `11`, `09`, …"""
    request: Mapped[bytes] = mapped_column(LargeBinary)
    """The request as JSON, without card and passwords."""
    item: Mapped[str] = mapped_column(String(200))
    reader: Mapped[str] = mapped_column(String(32))
    """Keyed hash of the card; empty for a return."""
    sealed: Mapped[str] = mapped_column(String(200))
    """The card, for `sealing.key` alone; empty for a return and for what is not counted here."""
    counted: Mapped[bool] = mapped_column(Boolean)
    """True: of a machine of another maker, whose facts are written here."""
    state: Mapped[str] = mapped_column(String(8))
    """`asked`, `granted`, `taken`, `owed` or `ended`: see `central.circulation.gateway.states`."""
    heard: Mapped[bool] = mapped_column(Boolean)
    """True: the ILS may have heard of it, so that it is asked what became of it before it is told again."""
    due: Mapped[str] = mapped_column(String(64))
    """ISO 8601 date that the reader was told by the rule."""
    asked_ms: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the terminal was told, as JSON."""
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    """None: it waits for its end."""

    __table_args__ = (
        Index("ix_gateway_transaction_subject", "gateway", "subject", "id"),
        Index("ix_gateway_transaction_work", "gateway", "ended_ms", "id"),
        Index("ix_gateway_transaction_ended_ms", "ended_ms"),
    )


class GatewayReader(Base):
    """A reader of whom the ILS had nothing bad to say lately, for the offline rule: no card, no name."""

    __tablename__ = "gateway_reader"

    gateway: Mapped[str] = mapped_column(String(32), primary_key=True)
    reader: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Keyed hash of the card."""
    type: Mapped[str] = mapped_column(String(64))
    """The ILS's own name for it."""
    good_ms: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_gateway_reader_good_ms", "good_ms"),)
