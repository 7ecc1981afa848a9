"""Every language is complete, asks for the same values, and says nothing that is never shown."""

from __future__ import annotations

import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk import receipt, screen
from kiosk.screen.words import LANGUAGES, Counted, Texts, texts
from kiosk.session.state import Step

FOLDER = files(screen)
LOOSE = re.compile(r"(?<!\u2068)\{|\}(?!\u2069)")
"""A value without the marks (U+2068, U+2069) that keep its direction to itself."""


def flat(value: Any, path: str = "") -> dict[str, str]:
    """Every word of a file by its path; `one` is not every language's."""
    if isinstance(value, str | bool):
        return {} if path.endswith(".one") else {path: str(value)}
    items = enumerate(value) if isinstance(value, list) else value.items()
    return {at: word for key, item in items for at, word in flat(item, f"{path}.{key}").items()}


def spoken(language: str) -> dict[str, str]:
    text = FOLDER.joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    return flat({"direction": "", "awaits_check": "", **tomllib.loads(text)})


WORDS = {language: spoken(language) for language in LANGUAGES}
FIRST = WORDS[LANGUAGES[0]]


def test_the_languages_are_the_files():
    names = {file.name for file in FOLDER.joinpath("texts").iterdir()}
    assert names == {f"{language}.toml" for language in LANGUAGES}


def test_every_language_has_every_word():
    missing = [f"{code}: {path}" for code, words in WORDS.items() for path in FIRST if path not in words]
    assert missing == []
    more = [f"{code}: {path}" for code, words in WORDS.items() for path in words if path not in FIRST]
    assert more == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_what_the_screen_expects_and_names_itself(language: str):
    assert texts(language).code == language
    assert set(texts(language).rows.steps) == set(Step)


def test_every_language_asks_for_the_same_values():
    def asked(word: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(word)} - {None}

    differing = [
        f"{code}: {path}"
        for code, words in WORDS.items()
        for path in FIRST
        if path != ".date" and asked(words[path]) != asked(FIRST[path])
    ]
    assert differing == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if texts(code).direction == "rtl"])
def test_a_value_within_a_line_from_right_to_left_keeps_its_own_direction(language: str):
    assert [path for path, word in WORDS[language].items() if LOOSE.search(word)] == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if texts(code).awaits_check])
def test_what_no_native_speaker_has_read_says_so_in_its_first_line(language: str):
    text = FOLDER.joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    assert "AWAITS A CHECK" in text.splitlines()[0]


def shown_words() -> set[str]:
    """Every word that the screen's code and templates name after a dot."""
    code = [file for file in FOLDER.iterdir() if file.name.endswith(".py")]
    templates = [file for file in FOLDER.joinpath("templates").iterdir() if file.name.endswith(".html")]
    slips = [Path(receipt.__file__)]
    text = "\n".join(file.read_text(encoding="utf-8") for file in (*code, *templates, *slips))
    return set(re.findall(r"\.([a-z_]+)\b", text))


def test_every_word_is_shown_somewhere():
    first, shown = texts(LANGUAGES[0]), shown_words()
    sections = {name: getattr(first, name) for name in Texts.__struct_fields__}
    unused = [
        f"{name}.{word}"
        for name, section in sections.items()
        if isinstance(section, msgspec.Struct)
        for word in section.__struct_fields__
        if word not in shown
    ]
    assert unused == []


def test_a_language_that_is_not_there():
    with pytest.raises(ValueError, match=r"zh-CN, en, .*, not 'fr'"):
        texts("fr")


def test_an_unknown_word_is_an_error():
    raw = FOLDER.joinpath("texts", "en.toml").read_text(encoding="utf-8")
    with pytest.raises(msgspec.ValidationError, match="surprise"):
        msgspec.toml.decode('surprise = "x"\n' + raw, type=Texts)


@pytest.mark.parametrize(("number", "said"), [(0, "books"), (1, "book"), (2, "books")])
def test_one_and_many(number: int, said: str):
    assert Counted(other="books", one="book").of(number) == said


@pytest.mark.parametrize(
    ("language", "iso", "said"),
    [
        ("zh-CN", "2026-02-05", "2026年2月5日"),
        ("en", "2026-02-05", "5 Feb 2026"),
        ("kk-Arab", "2026-02-05", "\u20682026\u2069 جىلعى \u20685\u2069 \u2068اقپان\u2069"),
        ("en", "2026-02-30", None),
        ("en", "tomorrow", None),
    ],
)
def test_a_day_in_words(language: str, iso: str, said: str | None):
    assert texts(language).day(iso) == said
