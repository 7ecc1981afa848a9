"""The screen's own words, one file a language in `texts/`. Words of faults are `wire.faults`' alone.

A section of words is a struct in a module of its own here, a field of `Texts`, and a table in each file.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from kiosk.screen.words.account import Account
from kiosk.screen.words.base import Counted, Words
from kiosk.screen.words.catalogue import Catalogue
from kiosk.screen.words.door import Door
from kiosk.screen.words.ease import Ease
from kiosk.screen.words.fees import Fees
from kiosk.screen.words.help import Help
from kiosk.screen.words.hours import Hours
from kiosk.screen.words.idle import Idle
from kiosk.screen.words.pin import Pin
from kiosk.screen.words.receipt import Goodbye, Receipt
from kiosk.screen.words.register import Register
from kiosk.screen.words.rows import Rows
from kiosk.screen.words.shell import Shell
from kiosk.screen.words.stopped import Stopped
from kiosk.screen.words.visit import Visit
from kiosk.screen.words.welcome import Welcome

__all__ = ["LANGUAGES", "Counted", "Texts", "Words", "texts"]

Direction = Literal["ltr", "rtl", "vertical"]
"""vertical: lines run downwards, the next one to the right."""


class Texts(Struct, frozen=True, forbid_unknown_fields=True):
    """Every word of one language."""

    code: Words
    """BCP 47, as the configuration names it."""
    name: Words
    """What speakers of the language call it; stands on the button that chooses it."""
    date: Words
    """`{year}`, `{month}`, `{day}`."""
    months: Annotated[tuple[Words, ...], Meta(min_length=12, max_length=12)]
    shell: Shell
    ease: Ease
    welcome: Welcome
    idle: Idle
    hours: Hours
    catalogue: Catalogue
    visit: Visit
    rows: Rows
    stopped: Stopped
    door: Door
    account: Account
    fees: Fees
    pin: Pin
    register: Register
    receipt: Receipt
    goodbye: Goodbye
    help: Help
    direction: Direction = "ltr"
    awaits_check: bool = False
    """No native speaker has read it yet."""

    def day(self, iso: str) -> str | None:
        """An ISO 8601 date (its first ten characters) in words; None where it is none."""
        try:
            day = date.fromisoformat(iso[:10])
        except ValueError:
            return None
        return self.date.format(year=day.year, month=self.months[day.month - 1], day=day.day)


LANGUAGES = ("zh-CN", "en", "ug-Arab", "kk-Arab", "mn-Mong")
"""All that are complete, in the order in which the menu offers them."""


@cache
def texts(language: str) -> Texts:
    """The words of one of `LANGUAGES`.

    Raises:
        ValueError: there is no such language, or its file is not complete.
    """
    if language not in LANGUAGES:
        raise ValueError(f"the screen speaks {', '.join(LANGUAGES)}, not {language!r}")
    text = files("kiosk.screen").joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    try:
        return msgspec.toml.decode(text, type=Texts)
    except msgspec.ValidationError as cause:
        raise ValueError(f"texts/{language}.toml: {cause}") from None
