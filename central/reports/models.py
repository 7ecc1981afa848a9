"""Tallies: counted in the transaction that stores the facts. Reports read these, never raw facts.

By device, so that a device may move between branches: the branch of the time stands in the row.
Hours are UTC; days and months are civil time of the branch. A measure is named in `reports.catalogue`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class TallyHour(Base):
    __tablename__ = "tally_hour"

    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """Whole hours since 1970, UTC."""
    measure: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class TallyDay(Base):
    __tablename__ = "tally_day"

    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    measure: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("ix_tally_day_measure_day", "measure", "day"),)


class TallyMonth(Base):
    __tablename__ = "tally_month"

    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    """First day of the month."""
    measure: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class TallyPeak(Base):
    """On how many days so many persons were inside a room at once at most: the peak is the most of them."""

    __tablename__ = "tally_peak"

    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    """First day of the month in which it was told: a day is told when it is over."""
    first: Mapped[date] = mapped_column(Date, primary_key=True)
    span: Mapped[str] = mapped_column(String(8), primary_key=True)
    """`day`, or `month` from its first day."""
    inside: Mapped[int] = mapped_column(Integer, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("ix_tally_peak_span", "span", "first", "branch_id", "device_id", "inside"),)


class TallyShare(Base):
    """The same by one dimension, for rankings: CLC class, item, reader type."""

    __tablename__ = "tally_share"

    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    measure: Mapped[str] = mapped_column(String(32), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(16), primary_key=True)
    """`clc`, `item`, `reader_type` or `credential`."""
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
