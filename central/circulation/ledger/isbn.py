"""International Standard Book Numbers (ISO 2108): the same book by its ten and by its thirteen digits."""

from __future__ import annotations

import re
from typing import Final

BOOKLAND: Final = "978"
_TEN: Final = re.compile(r"[0-9]{9}[0-9X]")
_THIRTEEN: Final = re.compile(r"97[89][0-9]{10}")


def thirteen(isbn: str) -> str:
    """The thirteen digits of a number without hyphens; what is no valid ISBN comes back as it is."""
    said = isbn.upper()
    if not _TEN.fullmatch(said) or _check_ten(said[:9]) != said[9]:
        return isbn
    return _with_check(BOOKLAND + said[:9])


def forms(isbn: str) -> tuple[str, ...]:
    """Every way in which a number may stand in a record, in small letters; only itself where it is no ISBN."""
    long = thirteen(isbn)
    if not _THIRTEEN.fullmatch(long) or _with_check(long[:12]) != long:
        return (isbn,)
    if not long.startswith(BOOKLAND):
        return (long,)
    nine = long[3:12]
    return long, nine + _check_ten(nine).lower()


def _check_ten(nine: str) -> str:
    rest = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine, strict=True)) % 11
    return "0X987654321"[rest]


def _with_check(twelve: str) -> str:
    rest = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(twelve)) % 10
    return twelve + str(-rest % 10)
