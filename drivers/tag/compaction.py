"""The compactions of ISO/IEC 15962 as ISO 28560-2 (GB/T 35660.2-2017) uses them, and its ISIL code.

    0 application-defined    octets; for an ISIL the code below
    1 integer                2 to 19 digits without a leading 0, as a big-endian number
    2 numeric                a digit a nibble, an odd last nibble is F
    3 5-bit code             0x41 to 0x5F, three characters or more, padded with 0
    4 6-bit code             0x20 to 0x5F, padded with the leading bits of 100000
    5 7-bit code             0x00 to 0x7E, padded with 1
    6 octet string           ISO 8859-1
    7 UTF-8

A padding of a whole code (00000, 100000, 1111111) is no character.

Raises, throughout:
    Misuse: a text that the compaction cannot hold.
    Misbehaved: octets that it cannot have written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import Misbehaved, Misuse

MAX_DIGITS = 19
"""A number of 19 digits is the longest that fits 64 bits, whatever its digits."""


class Compaction(IntEnum):
    APPLICATION = 0
    INTEGER = 1
    NUMERIC = 2
    BITS_5 = 3
    BITS_6 = 4
    BITS_7 = 5
    OCTETS = 6
    UTF_8 = 7


@dataclass(frozen=True, slots=True)
class BitCode:
    """Characters of one width, packed without gaps."""

    width: int
    low: int
    high: int
    pad: str
    shortest: int = 1

    def fits(self, text: str) -> bool:
        return len(text) >= self.shortest and all(self.low <= ord(c) <= self.high for c in text)

    def pack(self, text: str) -> bytes:
        mask = (1 << self.width) - 1
        return pack_bits("".join(f"{ord(c) & mask:0{self.width}b}" for c in text), self.pad)

    def unpack(self, octets: bytes) -> str:
        bits = unpack_bits(octets)
        codes = [bits[i : i + self.width] for i in range(0, len(bits) - self.width + 1, self.width)]
        if codes and codes[-1] == self.pad:
            codes.pop()
        return "".join(chr(self._character(int(code, 2), octets)) for code in codes)

    def _character(self, code: int, octets: bytes) -> int:
        """The character in range whose last bits are the code."""
        while code < self.low:
            code += 1 << self.width
        if code > self.high:
            raise Misbehaved(f"no character of the {self.width}-bit code", frame=octets)
        return code


def pack_bits(bits: str, pad: str) -> bytes:
    """Bits as octets, filled up with the leading bits of `pad`, repeated."""
    missing = -len(bits) % 8
    bits += (pad * missing)[:missing]
    return int(bits or "0", 2).to_bytes(len(bits) // 8)


def unpack_bits(octets: bytes) -> str:
    """Octets as a text of 0 and 1."""
    return "".join(f"{octet:08b}" for octet in octets)


# ---------------------------------------------------------------- integer and numeric
def _fits_integer(text: str) -> bool:
    return _fits_numeric(text) and 1 < len(text) <= MAX_DIGITS and text[0] != "0"


def _pack_integer(text: str) -> bytes:
    number = int(text)
    return number.to_bytes((number.bit_length() + 7) // 8)


def _unpack_integer(octets: bytes) -> str:
    text = str(int.from_bytes(octets))
    if not _fits_integer(text):
        raise Misbehaved("an integer of 2 to 19 digits was expected", frame=octets)
    return text


def _fits_numeric(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _pack_numeric(text: str) -> bytes:
    return bytes.fromhex(text + "F" * (len(text) % 2))


def _unpack_numeric(octets: bytes) -> str:
    text = octets.hex().upper().removesuffix("F")
    if not _fits_numeric(text):
        raise Misbehaved("decimal digits were expected", frame=octets)
    return text


# ---------------------------------------------------------------- octets and UTF-8
def _fits_octets(text: str) -> bool:
    return bool(text) and max(text) <= "\xff"


def _fits_utf_8(text: str) -> bool:
    return bool(text) and not any("\ud800" <= c <= "\udfff" for c in text)


def _unpack_utf_8(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError as cause:
        raise Misbehaved(f"no UTF-8: {cause.reason}", frame=octets) from None


# ---------------------------------------------------------------- the table
@dataclass(frozen=True, slots=True)
class _Codec:
    fits: Callable[[str], bool]
    pack: Callable[[str], bytes]
    unpack: Callable[[bytes], str]


_BITS_5 = BitCode(5, 0x41, 0x5F, "00000", shortest=3)
_BITS_6 = BitCode(6, 0x20, 0x5F, "100000")
_BITS_7 = BitCode(7, 0x00, 0x7E, "1111111")

_CODECS = {
    Compaction.INTEGER: _Codec(_fits_integer, _pack_integer, _unpack_integer),
    Compaction.NUMERIC: _Codec(_fits_numeric, _pack_numeric, _unpack_numeric),
    Compaction.BITS_5: _Codec(_BITS_5.fits, _BITS_5.pack, _BITS_5.unpack),
    Compaction.BITS_6: _Codec(_BITS_6.fits, _BITS_6.pack, _BITS_6.unpack),
    Compaction.BITS_7: _Codec(_BITS_7.fits, _BITS_7.pack, _BITS_7.unpack),
    Compaction.OCTETS: _Codec(_fits_octets, lambda t: t.encode("latin-1"), lambda o: o.decode("latin-1")),
    Compaction.UTF_8: _Codec(_fits_utf_8, str.encode, _unpack_utf_8),
}

_CHOICE = (
    Compaction.INTEGER,
    Compaction.NUMERIC,
    Compaction.BITS_5,
    Compaction.BITS_6,
    Compaction.BITS_7,
    Compaction.UTF_8,
)
"""An encoder takes the first that fits."""


def choose(text: str) -> Compaction:
    """The compaction in which a text is written."""
    for compaction in _CHOICE:
        if _CODECS[compaction].fits(text):
            return compaction
    raise Misuse(f"no compaction holds {text!r}")


def pack(compaction: Compaction, text: str) -> bytes:
    codec = _CODECS.get(compaction)
    if codec is None or not codec.fits(text):
        raise Misuse(f"{text!r} does not fit {compaction.name}")
    return codec.pack(text)


def unpack(compaction: Compaction, octets: bytes) -> str:
    """The text; application-defined octets as hexadecimal digits; nothing for nothing."""
    codec = _CODECS.get(compaction)
    if codec is None:
        return octets.hex().upper()
    return codec.unpack(octets) if octets else ""
