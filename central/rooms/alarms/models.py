"""Alarms and their life, the duty list, the cameras of rooms, and drills.

                     nobody acknowledges: the next of the duty list
                                 +---+
                                 |   v
    fault.raised ----------->  ringing  --- acknowledged ---> acknowledged --- closed with a cause ---> closed
          |                     ^    |                                                                    ^
          | late, or a drill    |    +------------------------- closed with a cause --------------------->|
          v                     |                                                                         |
        silent --- it still stands, by the kiosk's condition          some close themselves when it is over

Whether what was wrong still stands is beside that: `cleared_ms`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class Alarm(Base):
    """One thing that went wrong in one room. Few come; each is one row."""

    __tablename__ = "alarm"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    branch_id: Mapped[str] = mapped_column(String(32))
    """Where the device stood then."""
    fault: Mapped[int] = mapped_column(Integer)
    part: Mapped[str] = mapped_column(String(64))
    """The device within the kiosk, the point, the place of a call; of a book at the gate its number."""
    journal: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(BigInteger)
    """The fact that raised it; of what central itself has found no journal, and when that was."""
    cause: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    """Of the book at the gate, once it is known."""
    loan: Mapped[str] = mapped_column(String(8))
    """`in`, `out` or `unknown`: what the library system said of it; empty: nothing yet."""
    state: Mapped[str] = mapped_column(String(16))
    """`ringing`, `acknowledged`, `closed`; `silent`: it came late or in a drill, and is only counted."""
    drill: Mapped[str] = mapped_column(String(16))
    """What was practised; empty: it was no drill."""
    raised_ms: Mapped[int] = mapped_column(BigInteger)
    """When it happened, by the kiosk."""
    heard_ms: Mapped[int] = mapped_column(BigInteger)
    """When central heard of it."""
    last_ms: Mapped[int] = mapped_column(BigInteger)
    times: Mapped[int] = mapped_column(Integer)
    """How often it was raised, the last time at `last_ms`: a contact that comes and goes is one alarm."""
    cleared_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When it was over; None: it stands."""
    cleared_why: Mapped[str] = mapped_column(String(16))
    """`kiosk`, `restart`, `back` or `staff`."""
    level: Mapped[int] = mapped_column(Integer)
    """How often it was handed on: whose turn it is in the duty list."""
    turn_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Since when it is that person's; None: it is never handed on."""
    acknowledged_ms: Mapped[int | None] = mapped_column(BigInteger)
    acknowledged_by: Mapped[str] = mapped_column(String(64))
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    closed_by: Mapped[str] = mapped_column(String(64))
    """User name; empty: it closed itself."""
    finding: Mapped[str] = mapped_column(String(16))
    """What it was: one of `words.FINDINGS`."""
    note: Mapped[str] = mapped_column(String(500))

    __table_args__ = (
        Index("uq_alarm_fact", "device_id", "journal", "seq", unique=True),
        Index("ix_alarm_state", "state", "turn_ms"),
        Index("ix_alarm_device_id", "device_id", "fault", "raised_ms"),
        Index("ix_alarm_raised_ms", "raised_ms"),
    )


class AlarmStep(Base):
    """What was done about an alarm, by staff or by the clock."""

    __tablename__ = "alarm_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarm.id"), index=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(String(16))
    """One of `words.STEPS`."""
    who: Mapped[str] = mapped_column(String(64))
    """User name of who did it; of an escalation, whose turn it is now."""


class DutyTurn(Base):
    """One line of the duty list: who is next where nobody acknowledges."""

    __tablename__ = "duty_turn"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    branch_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))
    """For it and for branches below it that have no list of their own; None: for all the rest."""
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(64))
    telephone: Mapped[str] = mapped_column(String(32))


class RoomCamera(Base):
    """Where the recording of a room is looked up. No picture is ever kept here."""

    __tablename__ = "room_camera"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    template: Mapped[str] = mapped_column(String(300))
    """An address in which `{time}` (ISO 8601, UTC), `{from}`, `{until}` or `{seconds}` stands for the moment."""


class Drill(Base):
    """A fire or evacuation drill of one room, as its kiosk told of it."""

    __tablename__ = "drill"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    journal: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(BigInteger)
    drill: Mapped[str] = mapped_column(String(16))
    """`fire` or `evacuation`."""
    began_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_why: Mapped[str] = mapped_column(String(16))

    __table_args__ = (
        Index("uq_drill_fact", "device_id", "journal", "seq", unique=True),
        Index("ix_drill_began_ms", "began_ms"),
    )
