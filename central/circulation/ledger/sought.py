"""The text by which a title is found: what people type, brought to one form on both sides.

Full-width and half-width, capitals and small letters are the same; blanks and punctuation do not count. A title
and its author are found by the initials of their pinyin too: 万历十五年 by `wlswn`, 长江 by `cj` (the reading in
the word, not of the character alone).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

MAX_SOUGHT: Final = 1000
"""Characters; a title and an author of full length, twice."""
KNOWN: Final = 131_072
"""Initials remembered: the titles of a large import are asked for when it is read and when it is kept."""


def sought(title: str, author: str, isbn: str, call_number: str) -> str:
    """The text of one title, a line a part."""
    parts = [plain(title), plain(author), initials(title), initials(author), plain(isbn), plain(call_number)]
    return "\n".join(parts)[:MAX_SOUGHT]


def plain(said: str) -> str:
    """Letters and digits alone, in one form."""
    return "".join(c for c in unicodedata.normalize("NFKC", said).casefold() if c.isalnum())


def terms(said: str) -> list[str]:
    """What somebody types, as it stands in `sought`: all of these must be there."""
    return [term for word in said.split() if (term := plain(word))]


@lru_cache(maxsize=KNOWN)
def initials(said: str) -> str:
    """Initials of the pinyin of each character; nothing for a text without any."""
    from pypinyin import Style, lazy_pinyin  # 60 MiB, which most processes never need

    return "".join(_letters(lazy_pinyin(said, style=Style.FIRST_LETTER, errors="ignore")))


def _letters(said: Iterable[str]) -> Iterable[str]:
    return (letter for letter in said if letter.isascii())
