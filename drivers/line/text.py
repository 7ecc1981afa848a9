"""Text from a device that should send none: enough of it to know the device by, and nobody's number. Pure.

A scanner on the wrong port sends readers' cards, and what a fault says leaves the room.
"""

from __future__ import annotations

import re
import string

SHARE = 0.7
"""Of octets that are a text's, between STX and ETX perhaps; line noise and binary protocols have fewer."""
SHOWN = 24
"""Characters."""
OCTETS = 16
"""Shown of what is no text."""
_PRINTABLE = frozenset(string.printable.encode())
_NUMBERED = re.compile(r"\S*[0-9]\S*")


def shown(heard: bytes) -> str:
    """The beginning of a text, each word with a digit in it as `###`; empty where it is none."""
    if sum(octet in _PRINTABLE for octet in heard) <= SHARE * len(heard):
        return ""
    words = _NUMBERED.sub(lambda found: "#" * len(found[0]), heard.decode("ascii", errors="replace"))
    return "".join(character for character in words if character.isprintable()).strip()[:SHOWN]


def named(heard: bytes) -> str:
    """What a technician may know a stranger by: its text between quotes, or its first octets."""
    text = shown(heard)
    return repr(text) if text else heard[:OCTETS].hex(" ")
