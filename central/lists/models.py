"""What the lists are made of, the bodies that were made, and the head that each kiosk was given.

Card numbers stand here as they are, because each version hashes them with a new salt. They go when their
entry is lifted or past its end, or when the import that brought them is replaced or past its own.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class ListEntry(Base):
    """One reader or item that staff have denied."""

    __tablename__ = "list_entry"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """`reader` or `item`."""
    number: Mapped[str] = mapped_column(String(64))
    branch_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))
    """There and in all branches below; None: in the whole network."""
    reason: Mapped[str] = mapped_column(String(100))
    until_on: Mapped[date | None] = mapped_column(Date)
    """Last day on which it stands, in the network's civil time; None: until it is lifted."""
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)


class ListImport(Base):
    """A file of numbers that a library brought from its ILS; the next one of list and branch replaces it."""

    __tablename__ = "list_import"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(8))
    branch_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    """Its numbers are forgotten then."""
    numbers: Mapped[int] = mapped_column(Integer)


class ListNumber(Base):
    """One line of an import."""

    __tablename__ = "list_number"

    import_id: Mapped[int] = mapped_column(ForeignKey("list_import.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[str] = mapped_column(String(64), primary_key=True)
    type: Mapped[str] = mapped_column(String(64))
    """Of a reader; the ILS's own name."""
    cap: Mapped[int] = mapped_column(Integer)
    """Books on an offline loan at once; 0: the kiosk's own rule."""


class BranchHours(Base):
    """When a branch admits readers, and those below it that have no hours of their own."""

    __tablename__ = "branch_hours"

    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    week: Mapped[list[list[list[int]]]] = mapped_column(JSON)
    """Monday first; a day is intervals of minutes from midnight."""
    dates: Mapped[dict[str, list[list[int]]]] = mapped_column(JSON)
    """Days that differ, by ISO 8601 date."""
    staffed: Mapped[list[list[list[int]]]] = mapped_column(JSON, default=list)
    """As `week`, the minutes in which staff are there; empty: nobody ever is."""
    staffed_dates: Mapped[dict[str, list[list[int]]]] = mapped_column(JSON, default=dict)
    """The same of days that differ."""
    reasons: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    """Why a day differs, in Chinese and English."""
    pauses: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """As `wire.hours.Pause`."""
    last_entry_min: Mapped[int] = mapped_column(Integer, default=0)
    shown_min: Mapped[int] = mapped_column(Integer, default=0)
    """The clock that people there go by, less the zone's."""
    holidays: Mapped[dict[str, list[list[list[int]]]]] = mapped_column(JSON, default=dict)
    """Sets of holidays that the branch keeps: the times of such a day, and those of them with staff."""
    work_as: Mapped[int] = mapped_column(Integer, default=0)
    """A day that is worked instead of a holiday has the hours of this weekday (ISO 8601); 0: of its own."""
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)


class ListMark(Base):
    """When staff last changed a list: it is made anew soon after."""

    __tablename__ = "list_mark"

    name: Mapped[str] = mapped_column(String(8), primary_key=True)
    changed_ms: Mapped[int] = mapped_column(BigInteger)


class ListBody(Base):
    """One version of a list, for all kiosks for which it is the same."""

    __tablename__ = "list_body"

    name: Mapped[str] = mapped_column(String(8), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """Also milliseconds since 1970 of its making, or a little more."""
    scope: Mapped[str] = mapped_column(String(400))
    """The branches whose entries it holds, `*` for the whole network; separated by spaces."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what it says, without the salt: whether anything has changed."""
    sha256: Mapped[str] = mapped_column(String(64))
    octets: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(Integer)
    """Number of its octets."""
    entries: Mapped[int] = mapped_column(Integer)
    made_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_list_body_name_scope", "name", "scope"),)


class ListHead(Base):
    """The version that a kiosk was given, and what it said of it."""

    __tablename__ = "list_head"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(8), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    """0: none yet, and the kiosk has told of one."""
    given_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    taken: Mapped[int] = mapped_column(BigInteger, default=0)
    """The version in force there, by its last `list.taken`; 0: none heard of."""
    taken_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    refused: Mapped[int] = mapped_column(BigInteger, default=0)
    """The version of its last `list.refused`; 0: none since the last one taken."""
    why: Mapped[str] = mapped_column(String(200), default="")
