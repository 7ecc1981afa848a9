"""What each branch's rooms ask of readers, and the cards that always open, or never.

Card numbers stand here as they are, because each version of the list hashes them with a new salt. A ban goes when it is
lifted, or a day after its last.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class RoomAdmission(Base):
    """What the rooms of a branch ask, and of those below it that ask nothing of their own."""

    __tablename__ = "room_admission"

    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As `wire.admission.Admission`."""
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)


class RoomCard(Base):
    """One card of the house, or of somebody who may not come in."""

    __tablename__ = "room_card"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    """There and in all branches below."""
    number: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    """`staff`, `cleaner`, `emergency`, or `banned`."""
    why: Mapped[str] = mapped_column(String(100))
    """Whose card it is; of a ban, its reason."""
    until_on: Mapped[date | None] = mapped_column(Date)
    """Last day on which it stands, in the branch's civil time; None: until it is taken off."""
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (UniqueConstraint("branch_id", "number", name="uq_room_card_branch_id_number"),)
