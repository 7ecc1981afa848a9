"""What a reader may choose as PIN: six digits that nobody guesses first. Pure."""

from __future__ import annotations

from datetime import date

LENGTH = 6
"""Digits, as the key pads of self-check machines and of bank cards have it."""
_RUNS = ("0123456789", "9876543210")


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
