"""PINs that readers choose: six digits that nobody guesses first.

A PIN is hashed before the transaction that keeps it, since that takes 20 ms and on SQLite everybody waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from argon2 import PasswordHasher

LENGTH = 6
"""Digits, as the key pads of self-check machines and of bank cards have it."""
MEMORY_KIB = 19 * 1024
"""With two passes and one lane, the smaller choice of OWASP's password storage cheat sheet (2024)."""

_hasher = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)
_RUNS = ("0123456789", "9876543210")


@dataclass(frozen=True, slots=True)
class NewPin:
    """A PIN that a reader chose. Neither stands in its repr."""

    text: str = field(repr=False)
    hash: str = field(repr=False)
    """argon2id."""


def new(text: str) -> NewPin:
    """A PIN with its hash; takes some 20 ms. Whether it may be chosen is asked of `is_weak`."""
    return NewPin(text, _hasher.hash(text[: 2 * LENGTH]))


def is_weak(text: str, born_on: date | None) -> bool:
    """Whether a reader may not choose it: not six digits, all the same, a run, or the birthday."""
    if len(text) != LENGTH or not text.isascii() or not text.isdecimal():
        return True
    if text == text[0] * LENGTH or any(text in run for run in _RUNS):
        return True
    return born_on is not None and text in _dates(born_on)


def _dates(day: date) -> tuple[str, ...]:
    """Six digits by which people write a date."""
    return tuple(day.strftime(form) for form in ("%y%m%d", "%d%m%y", "%m%d%y", "%Y%m"))
