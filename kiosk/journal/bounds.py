"""How much may wait for central, and what gives way when it is more. Pure.

0 ············ 80 % ········· 95 % ········ 100 %
ROOMY          FILLING        SCARCE        FULL
an alarm       no new        nothing is written but what books, orders and runs
session       hang on; the rest is counted
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from wire.facts import Fact, KioskStarted, KioskStopped, OrderDone, OrderRefused


class Level(IntEnum):
    ROOMY = 0
    FILLING = 80
    SCARCE = 95
    FULL = 100


ALWAYS = (OrderDone, OrderRefused, KioskStarted, KioskStopped)
"""Written however full it is, as everything of a transaction."""
_FULLEST_FIRST = sorted(Level, reverse=True)
_ROOMY_BELOW = int(Level.FILLING)


class Standing(Struct, frozen=True):
    """How the journal stands, for the station."""

    level: Level = Level.ROOMY
    lost: int = 0
    """Facts dropped and not told yet."""
    forked: bool = False
    """Another machine writes this journal too."""
    damaged: str = ""
    """Name of a damaged file that was set aside and still lies there."""
    failed: str = ""
    """Why there is no disk under it."""
    locked: str = ""
    """Why a key of its cards is kept back."""


def level(waiting: int, limit: int) -> Level:
    """Of so many facts above the watermark where so many may be."""
    if waiting * 100 < _ROOMY_BELOW * limit:
        return Level.ROOMY
    for level in _FULLEST_FIRST:
        if waiting * 100 >= level * limit:
            return level
    return Level.ROOMY


def is_kept(fact: Fact) -> bool:
    """Whether the fact is written however full the journal is.

    Few come: with no new session there are no loans, and orders arrive only while facts leave.
    """
    return hasattr(fact, "txn") or isinstance(fact, ALWAYS)
