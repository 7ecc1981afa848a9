"""Sealed cards taken out of stored facts, and how such a fact is read, and known again when it comes once more. Pure.

A kiosk may send a fact again at any time. Central compares it with the stored one, octet for octet, and a
difference means that the journal was forked. So what was taken out leaves a mark, and a fact that differs from
the stored one by nothing else is the same.
"""

from __future__ import annotations

import re
from typing import Final

from wire.envelope import Malformed, UnknownFact, decode_fact
from wire.facts import AnyFact

MARK: Final = '"sealed":"#"'
"""No base64: nobody can take it for a sealed card."""
_BLANK: Final = '"sealed":""'
_SEALED: Final = re.compile(r'"sealed"\s*:\s*"[^"\\]+"')


def redact(body: str) -> str:
    """The text of a fact without the card that is sealed in it."""
    return _SEALED.sub(MARK, body)


def read(body: str) -> AnyFact | UnknownFact:
    """A fact out of its stored text; what is no fact is one that nobody knows."""
    try:
        return decode_fact(body.replace(MARK, _BLANK).encode())
    except Malformed as cause:
        return UnknownFact("", str(cause))


def is_same(stored: str, told: str) -> bool:
    """Whether a fact that was told is the stored one, whose card may have been taken out since."""
    return stored == told or (MARK in stored and stored == redact(told))
