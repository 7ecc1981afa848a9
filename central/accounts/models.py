"""Staff who sign in to the console, and what they did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class Staff(Base):
    __tablename__ = "staff"

    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    """argon2id."""
    role: Mapped[str] = mapped_column(String(16))
    """`technician`, `manager` or `admin`."""
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class AuditEntry(Base):
    """Who did what, when. Never changed, never deleted before its retention."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    staff: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    """`signed_in`, `sign_in_failed`, `ordered` …"""
    subject: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64))
