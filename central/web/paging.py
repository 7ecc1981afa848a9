"""Which part of a long list an address asks for. Whatever it says, a database takes the number."""

from __future__ import annotations

from typing import Final

from flask import request

MAX_SKIP: Final = 1_000_000
"""Nobody turns as many lines by hand."""
MAX_FACT: Final = 2**63 - 1
MAX_ROW: Final = 2**31 - 1
"""Largest number of a fact, and of a row of anything else: PostgreSQL compares with nothing larger."""


def skipped() -> int:
    """`?skip=`, how many lines went before; 0 where it is no number."""
    return min(max(request.args.get("skip", 0, type=int), 0), MAX_SKIP)


def before(most: int = MAX_ROW) -> int | None:
    """`?before=`, the row after which the page begins, the newest being the first; None where it is no number."""
    asked = request.args.get("before", type=int)
    return None if asked is None else min(max(asked, 0), most)
