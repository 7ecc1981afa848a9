"""The screen's own words, one file a language in `texts/`. Words of faults are `wire.faults`' alone."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from kiosk.session.state import Step

Words = Annotated[str, Meta(min_length=1, max_length=80)]


class Counted(Struct, frozen=True, forbid_unknown_fields=True):
    """Words beside a number, which many languages change with it."""

    other: Words
    one: str = ""
    """For exactly one; empty where it is the same."""

    def of(self, number: int) -> str:
        return self.one if number == 1 and self.one else self.other


class Shell(Struct, frozen=True, forbid_unknown_fields=True):
    """Around every page."""

    connecting: Words
    reconnecting: Words
    """Shown, in every language at once, while the browser has no connection to the kiosk."""
    code: Words
    """`{code}`: the number of a fault, for staff."""
    starting: Words
    offline: Words
    """Remark while the library system is silent and the desk goes on by itself."""
    offline_returns: Words
    """The same where the desk lends nothing by itself."""
    offline_door: Words


class Welcome(Struct, frozen=True, forbid_unknown_fields=True):
    """Nobody is there."""

    heading: Words
    return_name: Words
    return_how: Words
    borrow_name: Words
    borrow_how: Words
    refused: Words
    """Above the reason why a card was not taken."""
    come_back: Words
    """The gate has sounded."""


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody looks for a book."""

    find: Words
    """On the button of the welcome page, and above the line in which one types."""
    hint: Words
    missed: Words
    """Central does not answer."""
    nothing: Words
    more: Words
    call_number: Words
    """`{number}`."""
    here: Words
    """`{count}` copies on the shelf of this branch."""
    elsewhere: Words
    """`{branch}` has `{count}` on the shelf."""
    all_out: Words
    no_copy: Words
    back: Words
    delete: Words
    clear: Words


class Visit(Struct, frozen=True, forbid_unknown_fields=True):
    """A reader, or books, at the desk."""

    greeting: Words
    """`{name}`: masked."""
    greeting_nameless: Words
    identifying: Words
    identifying_advice: Words
    open_advice: Words
    open_waiting: Words
    open_waiting_advice: Words
    lay_down: Words
    at_work: Words
    all_lent: Words
    all_settled: Words
    look: Words
    ending: Words
    ending_advice: Words
    lent: Counted
    returned: Counted
    on_pad: Counted
    still_there: Words
    still_there_advice: Words
    seconds: Words
    """Beside the number of seconds left."""
    more_time: Words
    done: Words
    dismiss: Words
    no_books: Words
    """Where the list of books will be."""


class Rows(Struct, frozen=True, forbid_unknown_fields=True):
    """One book."""

    steps: dict[Step, Words]
    lay_again: Words
    yours: Words
    renewed: Words
    """It was theirs, and may be kept longer."""
    soon: Words
    """Waits for the answer about the card."""
    left_out: Words
    """Nothing was done with it, and nothing will be."""
    reading: Words
    unread: Words
    barcode: Words
    """`{item}`: for a book whose title is not known."""
    parts: Words
    """`{there}` of `{parts}` lie on the pad."""
    due: Words
    """`{date}`."""
    due_offline: Words
    """`{date}`: lent by the kiosk's own rule, registered later."""
    due_unclear: Words
    """`{date}`: the library system's own text."""
    take_along: Words
    taken: Words
    """Returned by the kiosk's own rule."""
    return_box: Words
    return_box_offline: Words
    lay_again_note: Words


class Stopped(Struct, frozen=True, forbid_unknown_fields=True):
    """The desk does not serve."""

    broken: Words
    broken_advice: Words
    service: Words
    service_advice: Words
    boot_advice: Words
    fire: Words


class Door(Struct, frozen=True, forbid_unknown_fields=True):
    """The screen outside a 24-hour room."""

    secured: Words
    secured_advice: Words
    asking: Words
    asking_advice: Words
    come_in: Words
    come_in_advice: Words
    refused: Words
    released: Words
    released_advice: Words
    open: Words
    open_advice: Words
    free: Words
    free_advice: Words
    fire: Words
    lost: Words


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
    welcome: Welcome
    catalogue: Catalogue
    visit: Visit
    rows: Rows
    stopped: Stopped
    door: Door

    def day(self, iso: str) -> str | None:
        """An ISO 8601 date (its first ten characters) in words; None where it is none."""
        try:
            day = date.fromisoformat(iso[:10])
        except ValueError:
            return None
        return self.date.format(year=day.year, month=self.months[day.month - 1], day=day.day)


LANGUAGES = ("zh-CN", "en")
"""All that are complete, in the order in which the button offers them."""


@cache
def texts(language: str) -> Texts:
    """The words of one of `LANGUAGES`.

    Raises:
        ValueError: there is no such language, or its file is not complete.
    """
    if language not in LANGUAGES:
        raise ValueError(f"the screen speaks {', '.join(LANGUAGES)}, not {language!r}")
    text = files(__package__).joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=Texts)


def next_language(language: str) -> str:
    """The one that the button offers while `language` is shown."""
    return LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
