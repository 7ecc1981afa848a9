"""PINs that readers choose (`wire.pins` says which they may), and how they are kept.

A PIN is hashed before the transaction that keeps it, since that takes 20 ms and on SQLite everybody waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from argon2 import PasswordHasher

from wire.pins import LENGTH, is_weak

__all__ = ["LENGTH", "NewPin", "is_weak", "new"]

MEMORY_KIB = 19 * 1024
"""With two passes and one lane, the smaller choice of OWASP's password storage cheat sheet (2024)."""

_hasher = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)


@dataclass(frozen=True, slots=True)
class NewPin:
    """A PIN that a reader chose. Neither stands in its repr."""

    text: str = field(repr=False)
    hash: str = field(repr=False)
    """argon2id."""


def new(text: str) -> NewPin:
    """A PIN with its hash; takes some 20 ms. Whether it may be chosen is asked of `is_weak`."""
    return NewPin(text, _hasher.hash(text[: 2 * LENGTH]))
