"""The item number in the EPC of a CULTU tag, in three codings.

    96 bits, 8 octets      1 to 7 characters    length, ASCII
                           8 to 14              two numbers of 32 bits, the first octet the lowest:
                             low   d4 & 3 (2) | c1 (6) | c2 (6) | c3 (6) | last (8) | length (4)
                             high  digits 5 to n-1 as a number (30) | d4 >> 2 (2)
                           c1 to c3 are 0-9 A-Z, 4 to n-1 digits, the last is any character
    128 bits, 12 octets    1 to 11 characters   length, ASCII
                           12 to 14             three numbers of 32 bits, the first octet the lowest:
                             1   c11 … c(n-1) (6 each) | last (8) | length (4)
                             2   c6 … c10     3   c1 … c5
    144 bits, 14 octets    as it is, NUL padded

c is a character less 30 hex: 0 to 3F.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import Misbehaved, Misuse


class Coding(IntEnum):
    BITS_96 = 0
    BITS_128 = 1
    BITS_144 = 2


LONGEST = 14
SHORT_96, SHORT_128 = 7, 11
"""Up to so many characters stand there as they are."""
OCTETS_96, OCTETS_128, OCTETS_144 = 8, 12, 14
SHORTEST_OCTETS = OCTETS_96
_ZERO = 0x30
_SIX = 6
_WORD = 4
_LETTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class ItemCoding:
    """One coding: how wide it is, what fits, both ways."""

    octets: int
    fits: Callable[[str], bool]
    pack: Callable[[str], bytes]
    unpack: Callable[[bytes], str]
    """Raises Misbehaved."""


def choose(item: str) -> Coding:
    """The shortest coding that holds an item number.

    Raises:
        Misuse: none does.
    """
    for coding, codec in CODINGS.items():
        if codec.fits(item):
            return coding
    raise Misuse(f"{item!r} is not 1 to {LONGEST} characters of ASCII")


def fits(coding: int, item: str) -> bool:
    """Whether a careful writer has written this item number in this coding."""
    return coding in _BY_NUMBER and _BY_NUMBER[coding].fits(item)


def encode(coding: Coding, item: str) -> bytes:
    """The octets of an item number.

    Raises:
        Misuse: it does not fit the coding.
    """
    if not CODINGS[coding].fits(item):
        raise Misuse(f"{item!r} does not fit {coding.name}")
    return CODINGS[coding].pack(item)


def decode(coding: int, octets: bytes) -> str:
    """The item number.

    Raises:
        Misbehaved: no such coding, too few octets, or a length that cannot be.
    """
    codec = _BY_NUMBER.get(coding)
    if codec is None or len(octets) < codec.octets:
        raise Misbehaved(f"{len(octets)} octets of coding {coding}", frame=octets)
    return codec.unpack(octets[: codec.octets])


# ---------------------------------------------------------------- 96 bits
def _fits_96(item: str) -> bool:
    if _is_short(item, SHORT_96):
        return True
    code, digits = item[:3], item[3:-1]
    numeric = digits.isascii() and digits.isdigit()
    return SHORT_96 < len(item) <= LONGEST and item.isascii() and set(code) <= _LETTERS and numeric


def _pack_96(item: str) -> bytes:
    if len(item) <= SHORT_96:
        return _short(item, OCTETS_96)
    fourth, rest = int(item[3]), item[4:-1]
    low = (fourth & 3) << 30 | _sixes(item[:3]) << 12 | ord(item[-1]) << 4 | len(item)
    return _words(low, int(rest) << 2 | fourth >> 2)


def _unpack_96(octets: bytes) -> str:
    if 0 < octets[0] <= SHORT_96:
        return _ascii(octets[1 : 1 + octets[0]], octets)
    low, high = _numbers(octets)
    length, fourth, rest = low & 15, (high & 3) << 2 | low >> 30, str(high >> 2)
    if not SHORT_96 < length <= LONGEST or fourth > 9 or len(rest) > length - 5:  # noqa: PLR2004 - a digit
        raise Misbehaved("no item number of 96 bits", frame=octets)
    return _text(low >> 12, 3) + str(fourth) + rest.zfill(length - 5) + _last(low, octets)


# ---------------------------------------------------------------- 128 bits
def _fits_128(item: str) -> bool:
    if _is_short(item, SHORT_128):
        return True
    sixes = all(0 <= ord(character) - _ZERO < 1 << _SIX for character in item[:-1])
    return SHORT_128 < len(item) <= LONGEST and item.isascii() and sixes


def _pack_128(item: str) -> bytes:
    if len(item) <= SHORT_128:
        return _short(item, OCTETS_128)
    first = _sixes(item[10:-1]) << 12 | ord(item[-1]) << 4 | len(item)
    return _words(first, _sixes(item[5:10]), _sixes(item[:5]))


def _unpack_128(octets: bytes) -> str:
    if 0 < octets[0] <= SHORT_128:
        return _ascii(octets[1 : 1 + octets[0]], octets)
    first, second, third = _numbers(octets)
    length = first & 15
    if not SHORT_128 < length <= LONGEST:
        raise Misbehaved("no item number of 128 bits", frame=octets)
    return _text(third, 5) + _text(second, 5) + _text(first >> 12, length - 11) + _last(first, octets)


# ---------------------------------------------------------------- parts
def _is_short(item: str, longest: int) -> bool:
    return 1 <= len(item) <= longest and item.isascii()


def _short(item: str, octets: int) -> bytes:
    return (bytes([len(item)]) + item.encode()).ljust(octets, b"\0")


def _sixes(text: str) -> int:
    """Characters of six bits, the first the highest."""
    number = 0
    for character in text:
        number = number << _SIX | ord(character) - _ZERO
    return number


def _text(number: int, count: int) -> str:
    """The lowest `count` characters of six bits."""
    return "".join(chr((number >> _SIX * at & 63) + _ZERO) for at in reversed(range(count)))


def _words(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(_WORD, "little") for number in numbers)


def _numbers(octets: bytes) -> list[int]:
    return [int.from_bytes(octets[at : at + _WORD], "little") for at in range(0, len(octets), _WORD)]


def _last(number: int, frame: bytes) -> str:
    """The last character: above the length."""
    return _ascii(bytes([number >> 4 & 0xFF]), frame)


def _ascii(octets: bytes, frame: bytes) -> str:
    if not octets.isascii():
        raise Misbehaved("an item number that is no ASCII", frame=frame)
    return octets.decode()


CODINGS = {
    Coding.BITS_96: ItemCoding(OCTETS_96, _fits_96, _pack_96, _unpack_96),
    Coding.BITS_128: ItemCoding(OCTETS_128, _fits_128, _pack_128, _unpack_128),
    Coding.BITS_144: ItemCoding(
        OCTETS_144,
        lambda item: _is_short(item, LONGEST) and "\0" not in item,
        lambda item: item.encode().ljust(OCTETS_144, b"\0"),
        lambda octets: _ascii(octets.rstrip(b"\0"), octets),
    ),
}
"""The shortest first."""

_BY_NUMBER = {int(coding): codec for coding, codec in CODINGS.items()}
