"""Facts as they came, the journals they came from, and what could not be taken."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class Journal(Base):
    """One journal of one device, and how far it is committed. The ingest locks this row."""

    __tablename__ = "journal"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    journal: Mapped[str] = mapped_column(String(32), primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
    committed: Mapped[int] = mapped_column(BigInteger, default=0)
    """Seq up to which every fact is here; the watermark."""
    forked: Mapped[bool] = mapped_column(Boolean, default=False)
    """The same key came with other content: nothing of it is counted any more, and that stays so."""
    first_ms: Mapped[int] = mapped_column(BigInteger)
    last_ms: Mapped[int] = mapped_column(BigInteger)


class StoredFact(Base):
    """One fact. (device, journal, seq) is its name: a second arrival changes nothing."""

    __tablename__ = "fact"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    journal: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(BigInteger)
    branch_id: Mapped[str] = mapped_column(String(32))
    """Where the device stood when the fact came."""
    kind: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    """When it happened, UTC, by the best clock known; reports count by it."""
    wall_ms: Mapped[int] = mapped_column(BigInteger)
    """The kiosk's own clock."""
    mono_ms: Mapped[int] = mapped_column(BigInteger)
    boot: Mapped[str] = mapped_column(String(32))
    clock_set: Mapped[bool] = mapped_column(Boolean)
    received_ms: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str] = mapped_column(Text)
    """Its JSON, readers hashed once more with central's own key."""

    __table_args__ = (
        Index("uq_fact_name", "device_id", "journal", "seq", unique=True),
        Index("ix_fact_device_id_at_ms", "device_id", "at_ms"),
    )


class BootClock(Base):
    """The line of one boot, by which its facts are dated: see `central.ingest.clocks.Line`."""

    __tablename__ = "boot_clock"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    boot: Mapped[str] = mapped_column(String(32), primary_key=True)
    begun_ms: Mapped[int] = mapped_column(BigInteger)
    """When its monotonic clock stood at zero, by central's."""
    since_mono_ms: Mapped[int] = mapped_column(BigInteger)
    before_ms: Mapped[int] = mapped_column(BigInteger)
    """The beginning as it was told before `since_mono_ms`, for what was written until then."""


class Revision(Base):
    """Figures that changed because a clock was corrected."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    boot: Mapped[str] = mapped_column(String(32))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    """Civil days, the last one too, between which counted facts were moved."""
    facts: Mapped[int] = mapped_column(Integer)
    """How many were moved."""
    at_ms: Mapped[int] = mapped_column(BigInteger)
    """When, by central's clock."""

    __table_args__ = (Index("ix_revision_last_day", "last_day"),)


class FactGap(Base):
    """Facts that never came and no longer can: the kiosk does not have them any more."""

    __tablename__ = "fact_gap"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    journal: Mapped[str] = mapped_column(String(32), primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
    found_ms: Mapped[int] = mapped_column(BigInteger)


class FactAside(Base):
    """Kept aside and shown: a kind that this version does not know, or a fact of a forked journal."""

    __tablename__ = "fact_aside"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    journal: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(String(200))
    """`unknown kind …`, `journal forked`."""
    body: Mapped[str] = mapped_column(Text)
    boot: Mapped[str | None] = mapped_column(String(32))
    """Tells the machines apart that write one journal."""
    received_ms: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_fact_aside_name", "device_id", "journal", "seq"),)
