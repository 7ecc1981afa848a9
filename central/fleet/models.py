"""Branches, devices, their conditions, and the orders given to them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.db import Base


class Branch(Base):
    """One library, branch or service point in the tree county → town → village."""

    __tablename__ = "branch"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Also the SIP2 institution and location code."""
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))
    tier: Mapped[str] = mapped_column(String(16))
    """`county`, `town` or `village`."""
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    """Civil time of its reports."""
    position: Mapped[int] = mapped_column(Integer, default=0)
    """Order among its siblings."""


class Device(Base):
    """One kiosk, as the registry knows it. Its keys and topics bear `id`."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    setting: Mapped[str] = mapped_column(String(16))
    """`staffed` or `room24`: a 24-hour self-service room."""
    commissioned_on: Mapped[date | None]
    retired_on: Mapped[date | None]
    """Stolen, sold or scrapped since then: it is served nothing any more."""
    last_order: Mapped[int] = mapped_column(Integer, default=0)
    """Number of the last order given, 0 before the first; the row is locked while the next one is minted."""

    branch: Mapped[Branch] = relationship()


class DeviceCondition(Base):
    """The last condition heard, one row a device."""

    __tablename__ = "device_condition"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    session: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    since_ms: Mapped[int] = mapped_column(BigInteger)
    """When central first heard this state."""
    heard_ms: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    """The whole `wire.condition.Condition`."""


class ConditionSpan(Base):
    """History: how long a device was in one state with one set of faults. Availability is computed from it."""

    __tablename__ = "condition_span"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    state: Mapped[str] = mapped_column(String(16))
    faults: Mapped[list[int]] = mapped_column(JSON)
    from_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_condition_span_device_id_from_ms", "device_id", "from_ms"),)


class Order(Base):
    """An order given to a device: pending until a fact answers it or its deadline passes."""

    __tablename__ = "device_order"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    number: Mapped[int] = mapped_column(Integer)
    verb: Mapped[str] = mapped_column(String(32))
    seconds: Mapped[int] = mapped_column(Integer, default=0)
    boot: Mapped[str | None] = mapped_column(String(32))
    """The boot that it is for, where it is for one alone."""
    txn: Mapped[str | None] = mapped_column(String(16))
    """`debt.settle`: the transaction that is settled."""
    verdict: Mapped[str | None] = mapped_column(String(8))
    """`debt.settle`: `done` or `never`."""
    more: Mapped[dict[str, object] | None] = mapped_column(JSON)
    """What else the kiosk is told, by its name in `wire.orders.Order`."""
    issued_ms: Mapped[int] = mapped_column(BigInteger)
    deadline_ms: Mapped[int] = mapped_column(BigInteger)
    staff: Mapped[str] = mapped_column(String(64))
    """User name of who gave it."""
    state: Mapped[str] = mapped_column(String(16), default="pending")
    """`pending`, `done`, `refused` or `expired`."""
    fault: Mapped[int | None] = mapped_column(Integer)
    """Why it was refused."""
    answered_ms: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (UniqueConstraint("device_id", "number"), Index("ix_device_order_state", "state"))


class RefusedMessage(Base):
    """What arrived and was not taken: malformed, forged, of a device that nobody knows. One row a cause."""

    __tablename__ = "refused_message"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(String(64))
    """As the topic names it; need not be registered."""
    leaf: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(200))
    count: Mapped[int] = mapped_column(Integer, default=0)
    first_ms: Mapped[int] = mapped_column(BigInteger)
    last_ms: Mapped[int] = mapped_column(BigInteger)
    sample: Mapped[str] = mapped_column(Text)
    """The last one, at most 512 characters, for the technician."""

    __table_args__ = (UniqueConstraint("device_id", "leaf", "why"),)
