"""Holidays that staff have entered, by set and year."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class HolidayYear(Base):
    """One file (`central.rooms.hours.holidays`); it replaces the shipped one of the same set and year."""

    __tablename__ = "holiday_year"

    set: Mapped[str] = mapped_column(String(32), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)
