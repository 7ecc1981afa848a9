"""What is shown beside the welcome while nobody is there."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from kiosk.screen.words.base import Words


class Idle(Struct, frozen=True, forbid_unknown_fields=True):
    """New books, liked ones, opening hours, announcements."""

    fresh: Words
    most: Words
    hours: Words
    news: Words
    today: Words
    tomorrow: Words
    closed: Words
    all_day: Words
    weekdays: Annotated[tuple[Words, ...], Meta(min_length=7, max_length=7)]
    """Monday first."""
    next: Words
    """On the button that shows another of them."""
    through: Words
    """`{first}`, `{last}`: weekdays that have the same hours."""
