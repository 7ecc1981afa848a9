"""A branch's own words in the place of the house's. Pure.

    [screen.texts.zh-CN.welcome]
    heading = "欢迎来到石桥村书屋"

Any key of `texts/*.toml` may stand there. What is wrong is told with its place: `$.screen.texts.zh-CN.welcome.headng`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

import msgspec

from kiosk.config import ConfigError, Language
from kiosk.screen.words import Texts, texts

Tree = Mapping[str, Any]
FIXED = frozenset({"code", "direction", "awaits_check"})
"""What makes a language that language."""


def own(languages: tuple[str, ...], changes: Mapping[Language, Tree]) -> dict[str, Texts]:
    """The words of each language that the branch has changed.

    Raises:
        ConfigError: a language that the screen does not speak, a key that there is not, words of another kind
            or too many, or a value in braces for which there is none.
    """
    for language in changes:
        if language not in languages:
            raise ConfigError(f"is not among `screen.languages` - at `$.screen.texts.{language}`")
    return {language: _changed(language, tree) for language, tree in changes.items()}


def _changed(language: str, changes: Tree) -> Texts:
    where = f"$.screen.texts.{language}"
    before: dict[str, Any] = msgspec.to_builtins(texts(language))
    try:
        return msgspec.convert(_merged(before, changes, where, top=True), Texts)
    except msgspec.ValidationError as cause:
        text, _, inner = str(cause).partition(" - at `$")
        raise ConfigError(f"{text} - at `{where}{inner.rstrip('`')}`") from None


def _merged(before: Tree, changes: Tree, where: str, *, top: bool = False) -> dict[str, Any]:
    merged = dict(before)
    for key, value in changes.items():
        at = f"{where}.{key}"
        if key not in before or (top and key in FIXED):
            raise ConfigError(f"there is no such text - at `{at}`")
        if isinstance(before[key], dict):
            if not isinstance(value, dict):
                raise ConfigError(f"is a table of texts - at `{at}`")
            merged[key] = _merged(before[key], value, at)
        else:
            _same_values(before[key], value, at)
            merged[key] = value
    return merged


def _same_values(before: object, value: object, at: str) -> None:
    """No value is asked for that the house's own words do not have."""
    more = _asked(value, at) - _asked(before, at)
    if more:
        raise ConfigError(f"there is no value {{{min(more)}}} here - at `{at}`")


def _asked(words: object, at: str) -> set[str]:
    if not isinstance(words, str):
        return set()
    try:
        parsed = string.Formatter().parse(words)
        values = [(name, spec or conversion) for _, name, spec, conversion in parsed if name is not None]
    except ValueError as cause:
        raise ConfigError(f"{cause} - at `{at}`") from None
    for name, formed in values:
        if formed:
            raise ConfigError(f"there is no form but {{{name}}} - at `{at}`")
    return {name for name, _ in values}
