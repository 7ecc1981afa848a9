"""The number of a resident's ID card (GB 11643-1999): checked, read, and kept as a keyed hash alone.

    1 1 0 1 0 5 | 1 9 4 9 1 2 3 1 | 0 0 2 | X
    place         born              order   check: Σ weight × digit, mod 11, to `10X98765432`

The order is odd for men and even for women. The number itself never enters a table, a log or a file.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""2^(17−i) mod 11 for the place i from the left: ISO 7064, MOD 11-2."""
CHECK = "10X98765432"
SHAPE = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
LENGTH = 18
OLDEST_YEARS = 130
"""Nobody is older; a number that says so was misread."""


@dataclass(frozen=True, slots=True)
class IdCard:
    """A number that is right. `number` stands in no repr."""

    number: str = field(repr=False)
    digest: str = field(repr=False)
    """Keyed hash, 64 hexadecimal digits."""
    born_on: date
    sex: str
    """`m` or `f`."""

    @property
    def last4(self) -> str:
        """All of it that is kept in clear, for staff to compare."""
        return self.number[-4:]


def read(text: str, key: bytes, today: date) -> IdCard | None:
    """The number in a text; None where it is none: 18 places, a date that can be, and the right check.

    Args:
        text: as it was read or typed; blanks and a small x are taken.
        key: central's secret for ID cards (`Keys.id_cards`).
        today: nobody is born after it.
    """
    number = text.replace(" ", "").upper()
    if not SHAPE.fullmatch(number) or check(number) != number[-1]:
        return None
    born_on = _date(number[6:14])
    if born_on is None or not 0 <= today.year - born_on.year <= OLDEST_YEARS or born_on > today:
        return None
    digest = hmac.digest(key, number.encode(), "sha256").hex()
    return IdCard(number, digest, born_on, "m" if int(number[16]) % 2 else "f")


def check(number: str) -> str:
    """The last character that belongs to the first 17 digits."""
    return CHECK[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False)) % 11]


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
