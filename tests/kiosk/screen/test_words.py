"""Both languages are complete, ask for the same values, and say nothing that is never shown."""

from __future__ import annotations

import re
import string
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from kiosk.screen import words
from kiosk.screen.words import LANGUAGES, Counted, Texts, next_language, texts
from kiosk.session.state import Step


def flat(value: Any, path: str = "") -> dict[str, str]:
    """Every word of a language by its path."""
    if isinstance(value, str):
        return {path: value}
    if isinstance(value, tuple):
        items = [(str(n), item) for n, item in enumerate(value)]
    elif isinstance(value, dict):
        items = [(str(key), item) for key, item in value.items()]
    else:
        items = [(field, getattr(value, field)) for field in value.__struct_fields__]
    return {at: word for key, item in items for at, word in flat(item, f"{path}.{key}").items()}


def test_the_languages_are_the_files():
    names = {file.name for file in files(words.__package__).joinpath("texts").iterdir()}
    assert names == {f"{language}.toml" for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_complete_and_names_itself(language: str):
    spoken = texts(language)
    assert spoken.code == language
    assert set(spoken.rows.steps) == set(Step)
    empty = [path for path, word in flat(spoken).items() if not word and not path.endswith(".one")]
    assert empty == []


def test_both_languages_ask_for_the_same_values():
    def asked(language: str) -> dict[str, set[str | None]]:
        fields = string.Formatter()
        return {
            path: {name for _, name, _, _ in fields.parse(word)} - {None}
            for path, word in flat(texts(language)).items()
        }

    assert asked("zh-CN") == asked("en")


def shown_words() -> set[str]:
    """Every `group.word` that the screen's code and templates name."""
    folder = files(words.__package__)
    code = [file for file in folder.iterdir() if file.name.endswith(".py") and file.name != "words.py"]
    templates = [file for file in folder.joinpath("templates").iterdir() if file.name.endswith(".html")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in (*code, *templates))
    return set(re.findall(r"\b(?:words|shell|welcome|visit|rows|stopped|door)\.([a-z_]+)", text))


def groups() -> list[tuple[str, str]]:
    spoken = texts(LANGUAGES[0])
    kinds = [name for name in Texts.__struct_fields__ if isinstance(getattr(spoken, name), msgspec.Struct)]
    return [(kind, word) for kind in kinds for word in getattr(spoken, kind).__struct_fields__]


@pytest.mark.parametrize(("group", "word"), groups())
def test_every_word_is_shown_somewhere(group: str, word: str):
    assert word in shown_words()


def test_a_language_that_is_not_there():
    with pytest.raises(ValueError, match="zh-CN, en, not 'fr'"):
        texts("fr")


def test_an_unknown_word_is_an_error():
    raw = files(words.__package__).joinpath("texts", "en.toml").read_text(encoding="utf-8")
    with pytest.raises(msgspec.ValidationError, match="surprise"):
        msgspec.toml.decode('surprise = "x"\n' + raw, type=Texts)


def test_the_button_offers_the_other_language():
    assert [next_language(language) for language in LANGUAGES] == ["en", "zh-CN"]


@pytest.mark.parametrize(("number", "said"), [(0, "books"), (1, "book"), (2, "books")])
def test_one_and_many(number: int, said: str):
    assert Counted(other="books", one="book").of(number) == said


@pytest.mark.parametrize(
    ("language", "iso", "said"),
    [
        ("zh-CN", "2026-02-05", "2026年2月5日"),
        ("en", "2026-02-05", "5 Feb 2026"),
        ("en", "2026-02-30", None),
        ("en", "tomorrow", None),
    ],
)
def test_a_day_in_words(language: str, iso: str, said: str | None):
    assert texts(language).day(iso) == said
