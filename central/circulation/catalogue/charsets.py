"""Which charset a Chinese text is in: the one in which it says most that is said in Chinese.

GB 18030 and Big5 share their octets, so that either reads nearly all of the other: only what it then says differs.
Counted in each of them are the characters that nobody writes: rare ones, private ones, such as stand inside a Latin
word, and octets that are none. Of the right charset these are some in a hundred, of a wrong one some in ten. A dozen
characters tell the two apart; of fewer, what could be either is taken for GB 18030, and four rare ones are no proof.

What this does not tell, a person may: `CHOICES` are the charsets that can be named by hand.
"""

from __future__ import annotations

import io
import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, get_args

Charset = Literal["utf-8", "gb18030", "big5hkscs"]
CHARSETS: Final[tuple[Charset, ...]] = get_args(Charset)
"""The first of those that fit as well is taken."""
CHOICES: Final[Mapping[str, str]] = {
    "utf-8": "utf-8",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "utf-16": "utf-16",
    "marc-8": "marc-8",
    "euc-kr": "cp949",
    "shift-jis": "cp932",
    "windows-1252": "cp1252",
    "windows-1251": "cp1251",
}
"""What may be chosen by hand, and Python's codec for it, the widest of its family; for MARC-8 it has none."""
MARKS: Final[Mapping[bytes, str]] = {BOM_UTF8: "utf-8", BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}
"""What a file may begin with, and the choice that it then is."""

SAMPLE: Final = 1 << 20
"""Octets that are looked at, of the lines that are not ASCII alone."""
LOST: Final = "\ufffd"
"""What stands for octets that are no character."""
MANY: Final = 0.4
"""Share of what nobody writes, in a text that is in none of these charsets; a few rare words have less."""
FEW: Final = 4
"""Rare characters that are no proof: a name of two may be half of them."""

_FOREIGN: Final = re.compile("[^\x00-\x7f]")
_HAN: Final = "\u3400-\u9fff\uf900-\ufaff"
_HAN_ALONE: Final = re.compile(f"[{_HAN}]")
_IN_A_WORD: Final = re.compile(f"(?<=[A-Za-z])[{_HAN}](?![{_HAN}])|(?<![{_HAN}])[{_HAN}](?=[a-z]|[A-Z]{{2}})")
"""Or at its beginning, as an accent of Latin-1; not 阿Q."""


def recognised(octets: bytes) -> Charset | None:
    """The charset of a text, by its SAMPLE; None: none of them, or octets of many."""
    sample = _sample(octets)
    shares = {charset: strange(sample, charset) for charset in CHARSETS}
    best = sorted(CHARSETS, key=lambda charset: shares[charset])
    return next((charset for charset in best if fits(sample, charset)), None)


def wide(head: bytes, *, share: float = 1 / 64) -> str | None:
    """Which UTF-16 a text without a mark is in, by its beginning; None for neither.

    One half of each comma, digit and line end is empty: `share` is how many octets of all must be.
    """
    first, second = head[::2].count(0), head[1::2].count(0)
    if min(first, second) or max(first, second) <= len(head) * share:
        return None
    return "utf-16-be" if first else "utf-16-le"


def _sample(octets: bytes) -> bytes:
    sample = bytearray()
    for line in io.BytesIO(octets):
        if not line.isascii():
            sample += line[:SAMPLE]
        if len(sample) >= SAMPLE:
            break
    return bytes(sample[:SAMPLE])


def fits(octets: bytes, charset: Charset) -> bool:
    """Whether a text can be in this charset at all."""
    if strange(octets, charset) <= MANY:
        return True
    text = octets.decode(charset, "replace")
    if LOST in text or len(_IN_A_WORD.findall(text)) > MANY * len(_FOREIGN.findall(text)):
        return False
    return len(_unwritten().findall(text)) <= FEW


def strange(octets: bytes, charset: Charset) -> float:
    """The share of what nobody writes among all that is not ASCII, if these octets are in this charset."""
    text = octets.decode(charset, "replace")
    count = len(_FOREIGN.findall(text))
    if charset == "utf-8":
        return text.count(LOST) / max(count, 1)
    return (len(_unwritten().findall(text)) + len(_IN_A_WORD.findall(text))) / max(count, 1)


@cache
def _unwritten() -> re.Pattern[str]:
    """Characters that nobody writes; beyond the first plane all that are characters of Chinese, or private."""
    common = _common()
    plane = map(chr, range(0x80, 0x10000))
    rare = (
        one
        for one in plane
        if unicodedata.category(one) in {"Co", "Cn"} or (_HAN_ALONE.match(one) and one not in common)
    )
    return re.compile(f"[{''.join(rare)}{LOST}\U00020000-\U0010ffff]")


@cache
def _common() -> frozenset[str]:
    """The first levels of GB 2312 and of Big5: characters in use, simple and traditional ones."""
    simple = (bytes((row, at)) for row in range(0xB0, 0xD8) for at in range(0xA1, 0xFF))
    traditional = (
        bytes((row, at)) for row in range(0xA4, 0xC7) for at in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    )
    return frozenset(
        "".join(pair.decode("gb2312", "ignore") for pair in simple)
        + "".join(pair.decode("big5", "ignore") for pair in traditional)
    )
