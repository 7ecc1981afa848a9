"""URN Code 40 (ISO/IEC 15962, ISO 28560-4): three characters in two octets, and escapes for what it lacks.

    0        padding           1600 a + 40 b + c + 1, most significant octet first: 0001 to FA00
    1 … 26   A … Z
    27 28 29 - . :             FB  (digits - 9) << 4 | (octets - 4), number      9 to 24 digits
    30 … 39  0 … 9             FC, FD, FE  one character of 1, 2, 3 octets UTF-8

A text of an odd number of octets is filled up with 00 to whole words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivers.errors import Misbehaved, Misuse

CHARACTERS = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"
LONG_NUMERIC = 0xFB
UTF_8 = {1: 0xFC, 2: 0xFD, 3: 0xFE}
_UTF_8_OCTETS = {escape: octets for octets, escape in UTF_8.items()}
MIN_DIGITS, MAX_DIGITS = 9, 24
MIN_OCTETS = 4
TRIPLE = 3
_LONG = re.compile(rf"[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}")


# ---------------------------------------------------------------- writing
def encode(text: str) -> bytes:
    """The octets of a text, in whole words.

    Raises:
        Misuse: a character of more than three octets, half of one, or a NUL.
    """
    if any(c == "\0" or "\ud800" <= c <= "\udfff" or c > "\uffff" for c in text):
        raise Misuse(f"no URN Code 40: {text!r}")
    octets = b"".join(_parts(text))
    return octets + bytes(len(octets) % 2)


def _parts(text: str) -> Iterator[bytes]:
    while text:
        if run := _LONG.match(text):
            yield _number(run[0])
            text = text[run.end() :]
        elif text[0] not in CHARACTERS:
            escaped = text[0].encode()
            yield bytes([UTF_8[len(escaped)]]) + escaped
            text = text[1:]
        else:
            three = _plain(text)
            yield _triple(three)
            text = text[len(three) :]


def _plain(text: str) -> str:
    """Up to three characters of the table that stand first."""
    for at, character in enumerate(text[:TRIPLE]):
        if character not in CHARACTERS:
            return text[:at]
    return text[:TRIPLE]


def _triple(text: str) -> bytes:
    a, b, c = (CHARACTERS.index(character) for character in text.ljust(TRIPLE, "\0"))
    return (1600 * a + 40 * b + c + 1).to_bytes(2)


def _number(digits: str) -> bytes:
    number = int(digits)
    octets = max(MIN_OCTETS, (number.bit_length() + 7) // 8)
    lengths = (len(digits) - MIN_DIGITS) << 4 | (octets - MIN_OCTETS)
    return bytes([LONG_NUMERIC, lengths]) + number.to_bytes(octets)


# ---------------------------------------------------------------- reading
def decode(octets: bytes) -> str:
    """The text that the octets are; padding is no character.

    Raises:
        Misbehaved: an escape without its octets, or a number out of the table.
    """
    text, at = "", 0
    while at < len(octets):
        first = octets[at]
        if first == LONG_NUMERIC:
            part, size = _long(octets[at + 1 :], octets)
        elif first in _UTF_8_OCTETS:
            part, size = _character(octets[at + 1 :], _UTF_8_OCTETS[first], octets)
        elif not any(octets[at:]):
            break
        else:
            part, size = _three(octets[at : at + 2], octets), 1
        text += part
        at += 1 + size
    return text


def _three(pair: bytes, frame: bytes) -> str:
    number = int.from_bytes(pair) - 1
    if len(pair) < 2 or not 0 <= number < len(CHARACTERS) ** TRIPLE:  # noqa: PLR2004 - two octets
        raise Misbehaved("no three characters of URN Code 40", frame=frame)
    codes = number // 1600, number // 40 % 40, number % 40
    return "".join(CHARACTERS[code] for code in codes if code)


def _long(octets: bytes, frame: bytes) -> tuple[str, int]:
    """Digits, and how many octets behind the escape they took."""
    if octets:
        size = (octets[0] & 15) + MIN_OCTETS
        digits = str(int.from_bytes(octets[1 : 1 + size])).zfill((octets[0] >> 4) + MIN_DIGITS)
        if len(octets) > size and len(digits) == (octets[0] >> 4) + MIN_DIGITS:
            return digits, 1 + size
    raise Misbehaved("a long number is cut short or too long", frame=frame)


def _character(octets: bytes, size: int, frame: bytes) -> tuple[str, int]:
    try:
        text = octets[:size].decode()
    except UnicodeDecodeError:
        text = ""
    if len(text) != 1:
        raise Misbehaved("no UTF-8 behind its escape", frame=frame)
    return text, size
