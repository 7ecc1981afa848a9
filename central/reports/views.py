"""The manager's report: a page, a spreadsheet, and the same figures for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, jsonify, render_template, request
from flask_babel import gettext

from central.clock_ms import now_ms
from central.facts import marks
from central.fleet import words as fleet_words
from central.fleet.tree import Tree
from central.reports import chart, clc, sums, table
from central.reports import export as spreadsheet
from central.reports.catalogue import MEASURES
from central.reports.period import Kind, Period, between, containing, parse_day
from central.reports.sums import CHARTED, Figures, Sum
from central.reports.titles import headline, label, title
from central.reports.visits import NOT_COUNTING
from central.web.language import HOME_ZONE, words
from central.web.services import services
from wire.faults import Words

reports_pages = Blueprint("reports", __name__)
MAX_ROOMS = 300
"""Lines of rooms on one page; above it they stand on the pages of their branches, and in the spreadsheet."""
TOP_SHARES = 12


def init_app(app: Flask) -> None:
    app.register_blueprint(reports_pages)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is counted of one period and one branch with all below it."""

    period: Period
    branch: str
    """Empty: the whole network."""
    total: Figures
    lines: list[table.Line]
    coverage: float | None
    generated_ms: int
    peak: int | None
    """Persons in the fullest room at once."""


def _today(tree: Tree) -> date:
    zones = [place.zone for place in tree.children(None)] or [HOME_ZONE]
    return datetime.fromtimestamp(now_ms() / 1000, zones[0]).date()


def _period() -> Period:
    """What `from` and `to`, or `period` and `on`, ask for. This month where nothing is asked.

    What is no date is answered with 400.
    """
    asked = request.args
    today = _today(services().tree())
    try:
        if "from" in asked:
            return between(parse_day(asked["from"]), parse_day(asked.get("to", asked["from"])))
        kind = Kind(asked.get("period", Kind.MONTH))
        return containing(kind, parse_day(asked["on"]) if asked.get("on") else today)
    except ValueError:
        abort(400)


def _branch(tree: Tree) -> str:
    branch = request.args.get("branch", "")
    return branch if branch in tree.places or not branch else abort(404)


def _count(period: Period, branch: str, *, with_peaks: bool = True) -> Report:
    tree, now = services().tree(), now_ms()
    places = {place.id for place in tree.under(branch)} if branch else None
    with services().reading() as session:
        counts = sums.counts(session, period, places)
        peaks = sums.peaks(session, period, places) if with_peaks else {}
        begins_ms, ends_ms = period.begins_ms(HOME_ZONE), min(period.ends_ms(HOME_ZONE), now)
        heard = sums.heard(session, begins_ms, ends_ms)
        counted = sums.heard(session, begins_ms, ends_ms, NOT_COUNTING) if with_peaks else {}
    coverages = table.coverage(tree, period, heard, now)
    persons = table.Persons(peaks, table.coverage(tree, period, counted, now))
    lines = table.lines(tree, branch, counts, coverages, persons)
    known = [coverages[line.id] for line in lines if line.id in coverages]
    peak = max(peaks.values(), default=None)
    return Report(period, branch, table.total(counts), lines, table.mean(known), now, peak)


@reports_pages.get("/report")
def report() -> str:
    """The figures of a day, week, month or year, with what they mean and how they were got."""
    tree, period = services().tree(), _period()
    branch = _branch(tree)
    places = {place.id for place in tree.under(branch)} if branch else set(tree.places)
    few = sum(kiosk.branch in places for kiosk in tree.kiosks.values()) <= MAX_ROOMS
    found = _count(period, branch, with_peaks=few)
    rooms = sum(not line.is_branch for line in found.lines)
    hidden = rooms > MAX_ROOMS
    return render_template(
        "reports/report.html",
        report=found,
        period=period,
        title=title(period),
        headline=headline(period, found.total),
        measures=MEASURES,
        samples={measure.per for measure in MEASURES.values()},
        lines=[line for line in found.lines if line.is_branch or not hidden],
        hidden=hidden,
        charts=_charts(period, branch),
        shares=_shares(period, branch),
        redated=_redated(period, branch),
        kinds=[Kind.DAY, Kind.WEEK, Kind.MONTH, Kind.YEAR],
        today=_today(tree),
        tree=tree,
        settings=fleet_words.SETTINGS,
    )


def _places(branch: str) -> set[str] | None:
    return {place.id for place in services().tree().under(branch)} if branch else None


def _charts(period: Period, branch: str) -> dict[str, chart.Chart]:
    """Measure → its chart."""
    with services().reading() as session:
        steps = sums.steps(session, period, _places(branch))
    return {
        measure: chart.draw([(label(period, at), of.get(measure, Sum())) for at, of in steps.items()])
        for measure in CHARTED
    }


def _shares(period: Period, branch: str) -> list[tuple[str, Words, int]]:
    """Loans by class of the Chinese Library Classification: letter, name, count."""
    with services().reading() as session:
        found = sums.shares(session, period, _places(branch))
    return [(letter, clc.name(letter), amount) for letter, amount in found[:TOP_SHARES]]


def _redated(period: Period, branch: str) -> int:
    """How many records of the period were counted elsewhere before a clock was corrected, or are now."""
    with services().reading() as session:
        found = marks.revisions(session, period.first, period.last, _places(branch))
    return sum(revision.facts for revision in found)


@reports_pages.get("/report.csv")
def export() -> Response:
    """The same as a spreadsheet: every line, exact figures, the definitions above them."""
    tree, period = services().tree(), _period()
    found = _count(period, _branch(tree))
    config = services().config
    name = Words(config.name_zh, config.name_en)
    made = datetime.fromtimestamp(found.generated_ms / 1000, HOME_ZONE).strftime("%Y-%m-%d %H:%M")
    head = [
        [words(name)],
        [gettext("Period"), title(period), period.first.isoformat(), period.last.isoformat()],
        [gettext("Made at"), made],
        [gettext("Coverage"), gettext("Share of the period in which the machines were heard from.")],
    ]
    text = spreadsheet.write(head, found.total, found.lines)
    file = quote(f"{words(name)}-{period.first}-{period.last}.csv")
    headers = {"Content-Disposition": f"attachment; filename=report.csv; filename*=UTF-8''{file}"}
    return Response(text, mimetype="text/csv", headers=headers)


@reports_pages.get("/api/report")
def api() -> Response:
    """The figures as the page shows them: `?from=2026-01-01&to=2026-12-31&branch=`."""
    found = _count(_period(), _branch(services().tree()))
    return jsonify(
        {
            "from": found.period.first.isoformat(),
            "to": found.period.last.isoformat(),
            "branch": found.branch,
            "generated_ms": found.generated_ms,
            "coverage": found.coverage,
            "peak": found.peak,
            "headline": headline(found.period, found.total),
            "figures": _json(found.total),
            "lines": [_line(line) for line in found.lines],
        }
    )


def _line(line: table.Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": words(line.name),
        "kind": line.setting or "branch",
        "coverage": line.coverage,
        "peak": line.peak,
        "counting": line.counting,
        "figures": _json(line.figures),
    }


def _json(figures: Figures) -> dict[str, dict[str, int]]:
    return {measure: {"total": found.total, "room24": found.rooms} for measure, found in figures.items()}
