"""How a report words its period and its first sentence, in the language of the request."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext

from central.reports.catalogue import MEASURES
from central.reports.period import Kind, Period
from central.reports.sums import Figures
from central.web.language import CHINESE, day, figure, tag


def title(period: Period) -> str:
    """`2026年11月`, `Week 47 of 2026 (16 November 2026 to 22 November 2026)`."""
    first, last = day(period.first), day(period.last)
    if period.kind is Kind.YEAR:
        return str(gettext("Year %(year)s", year=period.first.year))
    if period.kind is Kind.MONTH:
        chinese = f"{period.first.year}年{period.first.month}月"
        return chinese if tag() == CHINESE else f"{period.first:%B %Y}"
    if period.kind is Kind.DAY:
        return first
    if period.kind is Kind.WEEK:
        year, week, _ = period.first.isocalendar()
        named = {"week": week, "year": year, "first": first, "last": last}
        return str(gettext("Week %(week)s of %(year)s (%(first)s to %(last)s)")) % named
    return str(gettext("%(first)s to %(last)s", first=first, last=last))


def headline(period: Period, total: Figures) -> str:
    """The sentence that a manager copies into the yearly report, the way libraries write it."""
    visits, loans = total["visits"], total["loans"]
    counted = {
        "visits": _counted(visits.total, "visits"),
        "rooms": _counted(visits.rooms, "visits"),
        "loans": _counted(loans.total, "loans"),
    }
    if period.kind is Kind.YEAR:
        text = gettext(
            "%(visits)s visits in the year, %(rooms)s of them to 24-hour rooms; %(loans)s items lent."
        )
    else:
        text = gettext("%(visits)s visits, %(rooms)s of them to 24-hour rooms; %(loans)s items lent.")
    return str(text) % counted


def _counted(number: int, measure: str) -> str:
    """`91.01 万人次`, `8,231 人次`; in English the sentence says what was counted."""
    text = figure(number)
    if tag() != CHINESE:
        return text
    unit = MEASURES[measure].unit.zh
    return f"{text}{unit}" if text.endswith("万") else f"{text} {unit}"


def label(period: Period, bucket: str) -> str:
    """Below a bar: the hour, the day of the month, the month; a week's days with their month."""
    if period.kind is Kind.DAY:
        return str(int(bucket))
    at = date.fromisoformat(bucket)
    if period.kind is Kind.YEAR:
        return f"{at.month}月" if tag() == CHINESE else f"{at:%b}"
    return f"{at.month}-{at.day}" if period.kind is Kind.WEEK else str(at.day)
