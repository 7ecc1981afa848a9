"""Times of day as readers read them: by the room's zone, and by the clock that people there go by. Pure."""

from __future__ import annotations

from kiosk.screen.words import Texts
from wire.hours import DAY_MIN, Interval, Reason, spell


def clock(minute: int, shown_min: int, texts: Texts) -> str:
    """A time of day; where people go by another clock, by that one too."""
    return _both(spell(minute), spell((minute + shown_min) % DAY_MIN), texts)


def span(interval: Interval, shown_min: int, texts: Texts) -> str:
    """The same of an interval."""
    local = [spell((minute + shown_min) % DAY_MIN) for minute in interval]
    return _both("–".join(map(spell, interval)), "–".join(local), texts)


def _both(time: str, local: str, texts: Texts) -> str:
    return time if time == local else texts.hours.local.format(time=time, local=local)


def said(reason: Reason, texts: Texts) -> str:
    """The library's own words: Chinese, or English."""
    return (texts.code == "en" and reason.en) or reason.zh
