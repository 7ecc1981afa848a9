"""Words, names, times and numbers as a page shows them. Chinese is the default, English the other.

A person's language is in the session (chosen on any page, the sign-in page too), else in the account.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from flask import Flask, g, session
from flask_babel import Babel, gettext
from flask_login import current_user

from central.web.access import Person
from wire.faults import Words

CHINESE = "zh-CN"
ENGLISH = "en"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
"""Language tag → its own name."""
CATALOGUES = {CHINESE: "zh_Hans_CN", ENGLISH: "en"}
"""Language tag → locale of its messages; English ones are the message ids."""
WAN = 10_000
"""万, from which on Chinese figures are told in it."""
HOME_ZONE = ZoneInfo("Asia/Shanghai")
LAST_MS = 253_402_128_000_000
"""9999-12-30: calendars end a day later. A kiosk whose clock is wrong may tell any time up to 2**53."""


def tag() -> str:
    """The language of this request: `zh-CN` or `en`."""
    if "language" not in g:
        chosen = session.get("language")
        if chosen is None and isinstance(current_user, Person):
            chosen = current_user.language
        g.language = chosen if chosen in LANGUAGES else CHINESE
    return str(g.language)


def _locale() -> str:
    return CATALOGUES[tag()]


def words(line: Words) -> str:
    """A line of two languages in this request's."""
    return line.of(tag())


def figure(number: int) -> str:
    """A figure for reading: 91.01 万 from 10,000 on in Chinese, 910,123 in English."""
    if tag() == CHINESE and abs(number) >= WAN:
        return f"{(Decimal(number) / WAN).quantize(Decimal('0.01'), ROUND_HALF_UP)} 万"
    return exact(number)


def rounded(number: int) -> str:
    """A round number on a scale: 5,000, 1.5 万, 20 万."""
    if tag() == CHINESE and abs(number) >= WAN:
        return f"{number / WAN:g} 万"
    return exact(number)


def exact(number: int) -> str:
    """A figure to its last digit: 910,123."""
    return f"{number:,}"


def percent(share: float | None) -> str:
    """A share of 1 as 99.3%; `—` for what nobody knows. 100% is only said of the whole."""
    if share is None:
        return "—"
    tenths = min(round(share * 1000), 999) if share < 1 else 1000
    return f"{tenths / 10:g}%"


def moment(at_ms: int, zone: ZoneInfo = HOME_ZONE, now_ms: int | None = None) -> str:
    """Civil time: 23:40 today, 11-21 23:40 this year, else with the year."""
    at = _civil(at_ms, zone)
    now = datetime.fromtimestamp(now_ms / 1000, zone) if now_ms is not None else datetime.now(zone)
    if at.date() == now.date():
        return at.strftime("%H:%M")
    return at.strftime("%m-%d %H:%M" if at.year == now.year else "%Y-%m-%d %H:%M")


def second(at_ms: int, zone: ZoneInfo = HOME_ZONE) -> str:
    """Civil time to the second: 2026-11-21 23:40:07."""
    return _civil(at_ms, zone).strftime("%Y-%m-%d %H:%M:%S")


def iso(at_ms: int) -> str:
    """The same for programs: 2026-11-21T15:40:07Z."""
    return _civil(at_ms, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _civil(at_ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(min(at_ms, LAST_MS) / 1000, zone)


def day(value: date) -> str:
    """2026年11月21日, or 21 November 2026."""
    if tag() == CHINESE:
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B %Y}"


def span(seconds: int) -> str:
    """A length of time in its largest unit: 40 min, 3 h, 12 days."""
    minutes = seconds // 60
    if minutes < 60:  # noqa: PLR2004 - minutes in an hour
        return str(gettext("%(n)s min", n=minutes))
    if minutes < 48 * 60:
        return str(gettext("%(n)s h", n=minutes // 60))
    return str(gettext("%(n)s days", n=minutes // (24 * 60)))


FILTERS = (words, figure, rounded, exact, percent, moment, second, iso, day, span)


def init_app(app: Flask) -> None:
    """Pages speak the language of who asks."""
    app.config["BABEL_DEFAULT_LOCALE"] = CATALOGUES[CHINESE]
    Babel(app, locale_selector=_locale)
    for show in FILTERS:
        app.add_template_filter(show, show.__name__)
    app.add_template_global(tag, "language")
    app.jinja_env.globals["HOME_ZONE"] = HOME_ZONE
