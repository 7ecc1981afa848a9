"""One passage through a gate that only hears an EAS alarm. Pure: the time is an argument.

    quiet --sounds--> unnamed --some tag admits it--> named ------------------+
                         | `TRIES` inventories, nobody admits it: told so     |
                         +----------------------------------> told ----------+--silent--> quiet

Silent: for as many polls and as long as make a tag gone from a pad.
"""

from __future__ import annotations

from drivers.pad.presence import PresenceRule

TRIES = 3
"""Inventories in which nobody admits the alarm: 0.1 s of a walk."""


class Passage:
    """Whether the alarm that sounds is one that was told."""

    def __init__(self, rule: PresenceRule) -> None:
        self._rule = rule
        self._quiet = True
        self._silent = 0
        self._sounded_ms = 0
        self._tries = 0
        self._done = False

    @property
    def quiet(self) -> bool:
        """Nothing sounds, nor has for as long as a passage takes to end."""
        return self._quiet

    @property
    def unnamed(self) -> bool:
        """An alarm sounds of which it is not yet told whose it is."""
        return not self._quiet and not self._done

    def observe(self, *, sounds: bool, now_ms: int) -> bool:
        """Take in one poll; True where a new passage begins."""
        if sounds:
            begins, self._quiet = self._quiet, False
            self._silent, self._sounded_ms = 0, now_ms
            if begins:
                self._tries, self._done = 0, False
            return begins
        self._silent += 1
        absent = now_ms - self._sounded_ms >= self._rule.absent_ms
        self._quiet = self._quiet or (self._silent >= self._rule.missed and absent)
        return False

    def asked(self, *, named: bool) -> bool:
        """Take in one inventory of those in the field; True where the alarm is to be told without a name."""
        self._tries += 1
        self._done = named or self._tries >= TRIES
        return self._done and not named
