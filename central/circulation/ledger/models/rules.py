"""What binds lending: rules, and the days on which nobody can return."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class LendingRule(Base):
    """What one type of reader may borrow of one type of item at a branch.

    The rule of the branch binds, else its parent's, up the tree, and at last that of no branch.
    """

    __tablename__ = "lending_rule"

    reader_type_id: Mapped[str] = mapped_column(ForeignKey("reader_type.id"), primary_key=True)
    item_type: Mapped[str] = mapped_column(String(16), primary_key=True)
    """`book` …"""
    branch_id: Mapped[str] = mapped_column(String(32), primary_key=True, default="")
    """Where it is lent; empty: wherever no other rule says otherwise."""
    max_loans: Mapped[int] = mapped_column(Integer)
    days: Mapped[int] = mapped_column(Integer)
    max_fees_fen: Mapped[int] = mapped_column(Integer, default=0)
    """A reader who owes more does not borrow."""
    max_renewals: Mapped[int] = mapped_column(Integer, default=1)
    renew_days: Mapped[int] = mapped_column(Integer, default=0)
    """From the day of the renewal; 0: as long as a loan."""
    renew_overdue: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether an overdue loan may be renewed."""
    grace_days: Mapped[int] = mapped_column(Integer, default=0)
    """Overdue for no longer costs nothing."""
    fine_fen: Mapped[int] = mapped_column(Integer, default=0)
    """A day overdue, closed days left out."""
    max_fine_fen: Mapped[int] = mapped_column(Integer, default=0)
    """For one loan; 0: the price of the item."""


class Closure(Base):
    """Days on which a branch, and all below it, is closed. No loan falls due on them, no fine runs."""

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    branch_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))
    """None: the whole network."""
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(100))
    reason_en: Mapped[str] = mapped_column(String(100), server_default=text("''"))
    shuts_rooms: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Nobody is admitted to the rooms of the branch either."""
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)


class BranchRule(Base):
    """What holds at a branch, and in all below it that say nothing else."""

    __tablename__ = "branch_rule"

    branch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Empty: the whole network."""
    closed_weekdays: Mapped[str | None] = mapped_column(String(6))
    """ISO numbers of the days on which it never opens: `1` Mondays, `67` weekends; empty: it opens on all; None: as
    the branch above it."""
    hold_days: Mapped[int | None] = mapped_column(Integer)
    """How long a copy is kept for a reader; None: as the branch above it."""
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)
