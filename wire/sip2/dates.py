"""Due dates: the one date that SIP2 leaves to each system's own wording."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from wire.sip2.forms import moment, stamp

MAX_DATE_CHARACTERS = 40
"""No known form is longer; what is longer is prose."""

HOURS = ("%H", "%I")
"""In the form of a date with a time of day."""

DUE_DATES: tuple[str, ...] = (
    "%Y-%m-%d %H:%M:%S",  # Evergreen
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",  # dp2
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",  # German sites
    "%m/%d/%Y,%H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y",
    "%Y%m%d",
)
"""Forms of AH that are seen beside the specification's; a site that writes the day before the month
with slashes says so in its dialect."""


def due_date(text: str, forms: Iterable[str] = ()) -> datetime | date | None:
    """A due date (AH) in any known form; None where it is prose or nothing.

    A date where the text has no time of day, else a datetime: aware (UTC) where the text names its zone, and then
    whoever reads it turns it into the library's own time before asking for its day. `forms` are the dialect's own, in the
    codes of `strptime`, and are tried first.
    """
    text = text.strip()
    if not text or len(text) > MAX_DATE_CHARACTERS:
        return None
    for form in forms:
        if (found := _read(text, form)) is not None:
            return found
    if (at := moment(text)) is not None:
        return at
    return next((found for form in DUE_DATES if (found := _read(text, form)) is not None), None)


def reworded(text: str, form: str = "", forms: Iterable[str] = ()) -> str:
    """A due date in another form; prose stays as it is.

    Args:
        text: AH in any known form, or in one of `forms`.
        form: in the codes of `strftime`; empty: the specification's 18 characters, or `YYYY-MM-DD` for a
            date without a time of day.
        forms: as `due_date` takes them.
    """
    found = due_date(text, forms)
    if found is None:
        return text
    if form:
        return f"{found:{form}}"
    return stamp(found) if isinstance(found, datetime) else found.isoformat()


def _read(text: str, form: str) -> datetime | date | None:
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007 - AH without a zone is the library's local time
        at = found.astimezone(UTC) if found.tzinfo else found
    except (ValueError, OverflowError):
        return None
    return at if any(hour in form for hour in HOURS) else found.date()
