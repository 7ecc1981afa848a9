"""Work that one process at a time does, and until when it is whose."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class Lease(Base):
    """Who does a piece of periodic work; whoever finds it past its end takes it over."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    """Random, new with each process."""
    until_ms: Mapped[int] = mapped_column(BigInteger)
