"""Which charset octets are in, guessed from the octets alone. Pure."""

from __future__ import annotations

import unicodedata

from wire.sip2.dialect import Charset

_CHINESE_MARKS = frozenset("、。《》〈〉【】「」『』（），：；？！·…—“”‘’　")
GBK_PART = 0.9
"""Of the characters that are no ASCII, how many must be usual Chinese: other charsets read as GBK give rare ones."""


def guess(octets: bytes) -> Charset | None:
    """The charset; None where all is ASCII, which every charset reads."""
    if octets.isascii():
        return None
    if _reads(octets, "utf-8"):
        return "utf-8"
    if _reads(octets, "gb18030") and _is_chinese(octets.decode("gb18030")):
        return "gbk" if _reads(octets, "gbk") else "gb18030"
    latin, dos = (_letters(octets.decode(charset)) for charset in ("iso-8859-1", "cp850"))
    return "iso-8859-1" if latin >= dos else "cp850"


def _reads(octets: bytes, charset: str) -> bool:
    try:
        octets.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(text: str) -> bool:
    """Nearly all of the first level of GB 2312, or Chinese marks."""
    foreign = [sign for sign in text if not sign.isascii()]
    usual = sum(_is_usual(sign) or sign in _CHINESE_MARKS for sign in foreign)
    return usual >= GBK_PART * len(foreign)


def _is_usual(sign: str) -> bool:
    """Among the 3,755 characters of GB 2312's first level, or a full-width form."""
    code = sign.encode("gbk", "replace")
    return 0xB0 <= code[0] <= 0xD7 or code[0] == 0xA3  # noqa: PLR2004 - rows of GB 2312


def _letters(text: str) -> int:
    return sum(unicodedata.category(sign).startswith("L") for sign in text if not sign.isascii())
