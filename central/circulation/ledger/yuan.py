"""Amounts as people write them, and as they are kept: in 分, hundredths of a yuan."""

from __future__ import annotations

FEN = 100
"""In a yuan."""


def yuan(fen: int) -> str:
    """1250 分 are `12.50`, −5 are `-0.05`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN}.{abs(fen) % FEN:02}"
