"""Amounts as people and machines write them, and as they are kept: in 分, hundredths of a yuan."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

FEN: Final = 100
"""In a yuan."""
MAX_FEN: Final = 10_000_000
"""100,000 yuan: no fee of a library is higher, and sums of them fit their columns."""
_SIGNS: Final = re.compile(r"^\s*(?:CNY|RMB|¥|￥)?\s*|\s*元?\s*$", re.IGNORECASE)


def yuan(fen: int) -> str:
    """1250 分 are `12.50`, −5 are `-0.05`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN}.{abs(fen) % FEN:02}"


def fen(text: str) -> int:
    """`12.5`, `¥12.50` and `CNY 12.50元` are 1250 分.

    Raises:
        ValueError: no amount, one that is finer than 分, or more than `MAX_FEN` either way.
    """
    try:
        amount = Decimal(_SIGNS.sub("", text)) * FEN
    except ArithmeticError:  # no number, or one beyond all bounds
        raise ValueError(f"{text[:20]!r} is no amount") from None
    if not amount.is_finite() or abs(amount) > MAX_FEN or amount != amount.to_integral_value():
        raise ValueError(f"{text[:20]!r} is no amount of whole 分 up to {MAX_FEN // FEN} yuan")
    return int(amount)
