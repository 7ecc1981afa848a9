r"""The ISIL code of ISO 28560-2: three sets of characters, switched for good or for one character.

       +------------ 11100 latch, 11101 shift -----------+
       v                                                 v
    U  5 bits: -A…Z:                          L  5 bits: -a…z/
       ^  \                                      /    ^
       |   +-- 11110 latch, 11111 shift --+-----+     |
       |                                  v           |
       +--- 1100, 1101 --- D  4 bits: 0…9-: --- 1110, 1111 ---+

A text begins in U and is filled up with ones. Two encodings of one text can both be right.
"""

from __future__ import annotations

from typing import NamedTuple

from drivers.errors import Misbehaved, Misuse
from drivers.tag.compaction import pack_bits, unpack_bits


class Set(NamedTuple):
    """One set of characters."""

    width: int
    characters: str
    """From code 0 on."""
    switches: dict[int, tuple[str, bool]]
    """The codes above them: to which set, and whether for good (a latch) or for one character (a shift)."""


SETS = {
    "U": Set(
        5,
        "-ABCDEFGHIJKLMNOPQRSTUVWXYZ:",
        {0b11100: ("L", True), 0b11101: ("L", False), 0b11110: ("D", True), 0b11111: ("D", False)},
    ),
    "L": Set(
        5,
        "-abcdefghijklmnopqrstuvwxyz/",
        {0b11100: ("U", True), 0b11101: ("U", False), 0b11110: ("D", True), 0b11111: ("D", False)},
    ),
    "D": Set(
        4,
        "0123456789-:",
        {0b1100: ("U", True), 0b1101: ("U", False), 0b1110: ("L", True), 0b1111: ("L", False)},
    ),
}
START = "U"


def fits(text: str) -> bool:
    """Whether every character is in one of the sets."""
    return bool(text) and all(any(c in each.characters for each in SETS.values()) for c in text)


def pack(text: str) -> bytes:
    """The ISIL in octets: a run of two characters or more latches, a single one shifts.

    Raises:
        Misuse: a character that no set holds.
    """
    if not fits(text):
        raise Misuse(f"no ISIL: {text!r}")
    now, bits = START, ""
    for at, character in enumerate(text):
        once = now
        if character not in SETS[now].characters:
            once = next(name for name in SETS if character in SETS[name].characters)
            latches = _run(text[at:], now, once) > 1
            bits += _bits(now, _switch(now, once, latches))
            now = once if latches else now
        bits += _bits(once, SETS[once].characters.index(character))
    return pack_bits(bits, "1")


def unpack(octets: bytes) -> str:
    """The ISIL that the octets hold.

    Raises:
        Misbehaved: a shift is followed by another switch.
    """
    bits, at = unpack_bits(octets), 0
    now = once = START
    text = ""
    while at + SETS[once].width <= len(bits):
        here = SETS[once]
        code = int(bits[at : at + here.width], 2)
        at += here.width
        if code < len(here.characters):
            text += here.characters[code]
            once = now
        elif once != now:
            raise Misbehaved("a switch after a shift", frame=octets)
        else:
            once, latches = here.switches[code]
            now = once if latches else now
    return text


def _switch(now: str, to: str, latches: bool) -> int:
    return next(code for code, switch in SETS[now].switches.items() if switch == (to, latches))


def _run(text: str, now: str, other: str) -> int:
    """How many characters from the first on only the other set holds."""
    count = 0
    for character in text:
        if character in SETS[now].characters or character not in SETS[other].characters:
            break
        count += 1
    return count


def _bits(name: str, code: int) -> str:
    return f"{code:0{SETS[name].width}b}"
