"""Text that a Chinese printer's own character generator holds: ASCII and GBK. Pure.

    一 character   octets              columns
    ASCII          1, 20 to 7E         1
    GBK            2, 81 40 to FE FE   2, whatever East Asian width says: “ … — · are ambiguous, the head has no choice

GB 18030 adds characters of four octets; heads print them as two wrong ones, so they are pictures here. A few
characters have a twin in GBK that looks the same.
"""

from __future__ import annotations

from drivers.printer.layout import Row

TWO = 2
"""Octets of a GBK character, and its columns."""
TWINS = str.maketrans(
    {"\u00a0": " ", "\u2009": " ", "\u00a5": "￥", "\u2022": "·", "\u2212": "－", "\t": " "}
)
DELETED = dict.fromkeys([*range(10), *range(11, 32), *range(127, 160), 0x200B, 0xFEFF])
"""Control characters would be commands to the printer; a line's end stays. An invisible space is nothing."""


def cleaned(text: str) -> str:
    """The text without what no paper can hold."""
    return text.translate(TWINS).translate(DELETED)


def is_plain(text: str) -> bool:
    """Whether the head holds all of it."""
    return all(octets(each) is not None for each in text if each != "\n")


def octets(character: str) -> bytes | None:
    """One character as it goes to the printer; None: the head lacks it."""
    if " " <= character <= "~":
        return character.encode("ascii")
    try:
        coded = character.encode("gbk")
    except UnicodeEncodeError:
        return None
    return coded if len(coded) == TWO else None


def columns(text: str) -> int:
    """How many columns the head takes for it; a large one twice as many."""
    return sum(len(octets(each) or b"??") for each in text)


def line(row: Row) -> bytes:
    """A line of placed texts, x in columns, with its end."""
    written = bytearray()
    for each in row:
        written += b" " * (each.x - len(written))
        written += b"".join(octets(character) or b"??" for character in each.text)
    return bytes(written) + b"\n"
