"""The pages of opening hours: each branch's, its closures, and the holidays of each year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from central.circulation.counter import place as counter
from central.circulation.ledger import calendar
from central.circulation.ledger.models import Closure
from central.clock_ms import now_ms
from central.fleet.tree import Place
from central.idle import operations as idle
from central.idle import words as words_of_idle
from central.lists import hours as writing
from central.lists import words as words_of_lists
from central.lists.hours import Written
from central.lists.making import civil_today
from central.lists.models import BranchHours
from central.lists.operations import Unfit, mark
from central.rooms import kept
from central.rooms.hours import announcing, operations, words
from central.rooms.hours.holidays import MAX_CHARACTERS, Unreadable, Year
from central.rooms.hours.holidays import missing as missing_years
from central.rooms.hours.models import HolidayYear
from central.rooms.hours.operations import Wish
from central.statements import Cursor
from central.web.access import person
from central.web.audit import note
from central.web.language import words as say
from central.web.services import place_or_404, services
from central.web.waiting import work_on
from wire.hours import Day, Hours, Reason, joined, open_on, reason_on, staffed_on

hours_pages = Blueprint("hours", __name__)
PREVIEWED = 14
"""Days."""
MAX_REASON = 80


def init_app(app: Flask) -> None:
    app.register_blueprint(hours_pages)
    app.jinja_env.globals.update(
        words_of_hours=words, holiday_count=partial(work_on, "hours.enter_year", _missed)
    )


def _missed(session: Session) -> int:
    """Files of holidays that are to be entered."""
    return len(operations.missing(session, civil_today(services().tree(), now_ms())))


# ---------------------------------------------------------------- all branches
@hours_pages.get("/hours/")
def branches() -> str:
    """The week of each branch that has hours of its own."""
    tree = services().tree()
    with services().reading() as session:
        opened = {row.branch_id: row for row in session.scalars(select(BranchHours))}
        missing = operations.missing(session, civil_today(tree, now_ms()))
    return render_template(
        "hours/branches.html", opened=opened, missing=missing, tree=tree, write_day=writing.write_day
    )


@hours_pages.get("/hours")
def choose() -> Answer:
    """To the hours of the branch that was chosen."""
    branch = place_or_404(request.args.get("branch", "")).id
    return redirect(url_for("hours.edit", branch=branch))


# ---------------------------------------------------------------- one branch
class Seen(NamedTuple):
    """One day of the preview."""

    day: date
    open: Day
    staffed: Day
    reason: Reason | None


@hours_pages.get("/hours/<branch>")
def edit(branch: str) -> str:
    """The hours of a branch; those of the branch above it where it has none of its own."""
    return _form(place_or_404(branch))


def _form(place: Place, typed: Wish | None = None, closing: Mapping[str, str] | None = None) -> str:
    """The page of a branch, with hours or a closure that were typed and not understood."""
    tree = services().tree()
    today = civil_today(tree, now_ms())
    path = tree.path(place.id)
    with services().reading() as session:
        rows = {row.branch_id: row for row in session.scalars(select(BranchHours))}
        hours = operations.preview(session, tree, place.id, today)
        closures = operations.closures(session, [one.id for one in path], today)
        years = operations.years(session)
    nearest = next((rows[at.id] for at in reversed(path) if at.id in rows), None)
    return render_template(
        "hours/branch.html",
        place=place,
        path=path,
        above=tree.places[nearest.branch_id] if nearest and nearest.branch_id != place.id else None,
        seen_ms=rows[place.id].at_ms if place.id in rows else 0,
        typed=typed or _typed(nearest or operations.always()),
        closing=closing or {"announce": "yes"},
        sets={year.set: year for year in years},
        missing=missing_years(years, nearest.holidays if nearest else (), today),
        days=[_seen(hours, today + timedelta(days=n)) for n in range(PREVIEWED)] if hours else [],
        weekly=_weekly(hours) if hours else None,
        closures=closures,
        today=today,
        spell=writing.write_day,
        max_reason=MAX_REASON,
    )


def _seen(hours: Hours, day: date) -> Seen:
    return Seen(day, joined(open_on(hours, day)), staffed_on(hours, day), reason_on(hours, day))


def _weekly(hours: Hours) -> tuple[float, float]:
    """Hours a usual week is open, and of them with staff."""
    opened = sum(end - begin for day in hours.week for begin, end in day)
    both = zip(hours.week, hours.staffed, strict=True)
    staffed = sum(
        max(min(end, until) - max(begin, since), 0)
        for day, there in both
        for begin, end in day
        for since, until in there
    )
    return opened / 60, staffed / 60


def _typed(row: BranchHours) -> Wish:
    """A branch's hours as they would be typed."""
    staffed = row.staffed or [[]] * 7
    dates = {
        name: Written(_day(day), _day(row.staffed_dates.get(name, ())), *row.reasons.get(name, ("", "")))
        for name, day in row.dates.items()
    }
    pauses = {
        kind: [[p["begin"], p["end"]] for p in row.pauses if p["kind"] == kind] for kind in words.PAUSES
    }
    return Wish(
        [writing.write_day(*both) for both in zip(row.week, staffed, strict=True)],
        writing.write_dates(dates),
        {kind: writing.write_day(spans) for kind, spans in pauses.items()},
        row.last_entry_min,
        row.shown_min,
        {name: writing.write_day(*hours) or say(words.SHUT) for name, hours in row.holidays.items()},
        row.work_as,
    )


def _day(stored: Sequence[Sequence[int]]) -> Day:
    return tuple((begin, end) for begin, end in stored)


@hours_pages.post("/hours/<branch>")
def keep(branch: str) -> Answer | tuple[str, int]:
    """Keep them, or give up those of this branch. What was typed stays where it is not understood."""
    place = place_or_404(branch)
    if request.form.get("clear"):
        with services().writing.begin() as session:
            operations.clear_hours(session, branch, now_ms())
            note(session, "hours_cleared", branch)
        flash(gettext("This branch follows the one above it now."), "good")
        return redirect(url_for("hours.branches"))
    wish = _wish()
    try:
        with services().writing.begin() as session:
            operations.set_hours(session, branch, wish, person().username, now_ms())
            note(session, "hours_set", branch)
    except Unfit as refusal:
        flash(_told(refusal), "bad")
        return _form(place, wish), kept.status(refusal)
    flash(gettext("Kept; the kiosks know it within a minute or two."), "good")
    return redirect(url_for("hours.edit", branch=branch))


def _wish() -> Wish:
    asked = request.form
    return Wish(
        [asked.get(f"day{n}", "")[:200] for n in range(7)],
        asked.get("dates", ""),
        {kind: asked.get(kind, "")[:200] for kind in words.PAUSES},
        _number("last_entry_min"),
        _number("shown_min"),
        {
            name.removeprefix("holiday."): said[:200]
            for name, said in asked.items()
            if name.startswith("holiday.")
        },
        _number("work_as") if _number("work_as") in range(8) else 0,
        request.form.get("seen", type=int),
    )


def _number(name: str) -> int:
    """Whole minutes; what is none is none that is allowed."""
    said = request.form.get(name, "").strip() or "0"
    return int(said) if said.removeprefix("-").isdecimal() and len(said) < 6 else -(10**6)  # noqa: PLR2004 - longer is none


def _told(refusal: Unfit) -> str:
    """Why hours are refused; of two times that overlap, where they stand and which they are."""
    why, *where = refusal.args
    if why != "overlap":
        return say(words.WHY[why])
    name, one, other = where
    named = words_of_lists.WEEKDAYS[int(name) - 1] if name.isdecimal() else words.FIELDS.get(name)
    return say(words.WHY[why]).format(where=say(named) if named else name, one=one, other=other)


# ---------------------------------------------------------------- closures
@hours_pages.post("/hours/<branch>/close")
def close(branch: str) -> Answer | tuple[str, int]:
    """Shut the rooms of a branch for some days; what falls due there moves on, and readers may be told."""
    place = place_or_404(branch)
    try:
        days, zh, en = _days(), *_reasons()
    except Unfit as refusal:
        flash(say(words.WHY[refusal.args[0]]), "bad")
        return _form(place, closing=request.form), 422
    with services().writing.begin() as session:
        moved = calendar.close(Cursor(session.connection()), counter.desk(), place.id, days, zh)
        operations.shut_rooms(session, moved.closure, en, now_ms())
        note(session, "closure_entered", f"{place.id} {days[0]}…{days[1]} {zh}")
    flash(gettext("Kept; the kiosks know it within a minute or two."), "good")
    if request.form.get("announce"):
        _announce(moved.closure)
    return redirect(url_for("hours.edit", branch=place.id, _anchor="closures"))


def _days() -> calendar.Days:
    try:
        first, last = (date.fromisoformat(request.form.get(name, "")) for name in ("first", "last"))
    except ValueError:
        raise Unfit("days") from None
    today = civil_today(services().tree(), now_ms())
    if not (calendar.is_closure(first, last) and today <= last):
        raise Unfit("days")
    return first, last


def _reasons() -> tuple[str, str]:
    zh, en = (" ".join(request.form.get(name, "").split())[:MAX_REASON] for name in ("reason", "reason_en"))
    if not zh:
        raise Unfit("reason")
    return zh, en


def _announce(closure: int) -> None:
    """On the idle screens; where that cannot be, the closure stands all the same."""
    now = now_ms()
    try:
        with services().writing.begin() as session:
            found = session.get_one(Closure, closure)
            announcing.announce(session, found, person().username, now, civil_today(services().tree(), now))
    except idle.Unfit as refusal:
        flash(say(words_of_idle.WHY[refusal.args[0]]), "bad")


@hours_pages.post("/hours/closures/<int(max=2147483647):number>/reopen")
def reopen(number: int) -> Answer:
    """The rooms are open on those days after all; what has been moved stays where it is."""
    with services().writing.begin() as session:
        found = session.get(Closure, number)
        if found is None or not found.shuts_rooms:
            abort(404)
        branch = found.branch_id
        note(session, "closure_removed", f"{branch} {found.first_on}…{found.last_on}")
        announcing.withdraw(session, found)
        session.delete(found)
        mark(session, "hours", now_ms())
    flash(gettext("Done."), "good")
    return redirect(url_for("hours.edit", branch=branch, _anchor="closures"))


# ---------------------------------------------------------------- holidays
@hours_pages.get("/holidays/")
def holidays() -> str:
    """All files of holidays."""
    return _holidays("")


@hours_pages.post("/holidays/")
def enter_year() -> Answer | tuple[str, int]:
    """A new one, or one in the place of another. What was typed stays where it is refused."""
    text = request.form.get("text", "")
    try:
        with services().writing.begin() as session:
            year = operations.enter_year(session, text, person().username, now_ms())
            note(session, "holidays_entered", f"{year.set} {year.year}")
    except Unreadable as wrong:
        flash(gettext("This is no file of holidays: %(why)s", why=str(wrong)), "bad")
        return _holidays(text), 422
    flash(gettext("Kept; the kiosks know it within a minute or two."), "good")
    return redirect(url_for("hours.holidays"))


@hours_pages.post("/holidays/<name>/<int(max=9999):year>/remove")
def remove_year(name: str, year: int) -> Answer:
    """Take away what staff have entered."""
    with services().writing.begin() as session:
        row = session.get(HolidayYear, (name, year)) or abort(404)
        operations.drop_year(session, row, now_ms())
        note(session, "holidays_removed", f"{name} {year}")
    flash(gettext("Done."), "good")
    return redirect(url_for("hours.holidays"))


def _holidays(text: str) -> str:
    with services().reading() as session:
        years, entered = operations.years(session), operations.entered(session)
        missing = operations.missing(session, civil_today(services().tree(), now_ms()))
    newest: list[Year] = sorted(years, key=lambda year: (-year.year, year.set))
    return render_template(
        "hours/holidays.html",
        years=newest,
        entered=entered,
        missing=missing,
        text=text,
        max_characters=MAX_CHARACTERS,
    )
