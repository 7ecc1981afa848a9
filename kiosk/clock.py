"""Time as the kiosk knows it: an argument everywhere but here."""

from __future__ import annotations

import hashlib
import os
import time
from importlib.resources import files
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from wire.envelope import Stamp

RELEASE_MS = 1_790_000_000_000
"""2026-09-21: a clock before the day this was written has not been set."""

TIMESYNC = Path("/run/systemd/timesync")


class Now(Struct, frozen=True):
    """One moment by two clocks, in milliseconds."""

    wall_ms: int
    """Since 1970 UTC; may jump."""
    mono_ms: int
    """Since boot; never goes back. Deadlines are kept in it."""


def earliest(*moments: int | None) -> int | None:
    """The first of these moments; None: there is none among them."""
    first = None
    for moment in moments:
        if moment is not None and (first is None or moment < first):
            first = moment
    return first


def stand_in(zone: str) -> None:
    """Let this process tell civil time as people do in `zone` (IANA), whatever the machine is set to: images stand at UTC.

    The zone's file is that of the package `tzdata`: a bare machine has none of its own.

    Raises:
        ValueError: no such zone.
    """
    known = files("tzdata") / "zoneinfo" / zone
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone {zone!r}") from None
    if not known.is_file():  # the machine has one by that name, such as `localtime`
        raise ValueError(f"no time zone {zone!r}")
    os.environ["TZ"] = f":{known}"
    time.tzset()


class Clock(Protocol):
    """Where time comes from: the system's, or a simulation's."""

    boot: str
    """Names the boot within which monotonic times compare."""

    def now(self) -> Now: ...

    def is_set(self) -> bool:
        """Whether the wall clock has been set since boot, as far as the system tells."""
        ...

    def is_synchronised(self) -> bool:
        """Whether a time service has set it: the system knows that it is right."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        text = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        self.boot = hashlib.sha256(text.encode()).hexdigest()[:16]

    def now(self) -> Now:
        return Now(time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000)

    def is_set(self) -> bool:
        if self.now().wall_ms < RELEASE_MS:
            return False
        return self.is_synchronised() or not TIMESYNC.is_dir()

    def is_synchronised(self) -> bool:
        return (TIMESYNC / "synchronized").exists()


def stamp(clock: Clock, now: Now) -> Stamp:
    """What a fact carries of this moment."""
    return Stamp(max(now.wall_ms, 0), now.mono_ms, clock.boot, clock.is_set())
