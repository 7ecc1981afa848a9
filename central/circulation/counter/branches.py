"""What holds at each branch: weekly closing days, how long holds are kept, and the doors of its pick-up cabinet."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from central.circulation.counter import place
from central.circulation.counter.form import Form
from central.circulation.ledger import branch_rules, calendar, lockers
from central.circulation.ledger.branch_rules import MAX_HOLD_DAYS, WEEKDAYS, BranchRules
from central.circulation.ledger.branches import EVERYWHERE
from central.circulation.ledger.lockers import Door
from central.circulation.ledger.models import BranchRule
from central.web.services import services

branches_pages = Blueprint("branches", __name__, url_prefix="/branches")
ABOVE = "above"
"""A form that leaves the closing days to the branch above."""


class Row(NamedTuple):
    """One branch of the page, or the whole network."""

    branch: str
    """Empty: the network."""
    depth: int
    binding: BranchRules
    says_weekdays: bool
    """False: as the branch above it."""
    says_days: bool
    doors: tuple[Door, ...]


@branches_pages.get("/")
def branches() -> str:
    """The tree, and what holds at each place of it."""
    with services().reading() as session:
        own = {rule.branch_id: rule for rule in session.scalars(select(BranchRule))}
    with place.reading() as cursor:
        doors = lockers.doors(cursor)
        tree = [(EVERYWHERE, 0), *((one.id, one.depth + 1) for one in place.everywhere())]
        rows = [
            Row(
                branch,
                depth,
                branch_rules.binding(cursor, branch),
                branch in own and own[branch].closed_weekdays is not None,
                branch in own and own[branch].hold_days is not None,
                tuple(door for door in doors if door.branch == branch),
            )
            for branch, depth in tree
        ]
    return render_template("counter/branches.html", rows=rows, weekdays=WEEKDAYS, max_days=MAX_HOLD_DAYS)


@branches_pages.post("/")
def set_rule() -> Answer:
    """Say what holds at a branch and below it; what falls due on days that it now closes moves on."""
    form = Form(request.form)
    branch, days = place.named(form.text("branch", 32)), form.number("hold_days")
    closed = None if form.text("weekly", 8) == ABOVE else "".join(request.form.getlist("day"))
    try:
        with place.changing() as cursor:
            moved = calendar.close_weekly(cursor, place.desk(), branch, closed, days)
            week = "" if closed is None else f"[{closed}]"
            place.note(cursor, "branch_rule_set", f"{branch or '*'} {week} {days or ''}".strip())
    except ValueError:
        told = gettext(
            "A week needs a day on which it opens, and holds are kept for 1 to %(days)s days.",
            days=MAX_HOLD_DAYS,
        )
        flash(told, "bad")
        return redirect(url_for("branches.branches"))
    told = gettext(
        "%(loans)s due dates and %(holds)s kept books moved.", loans=moved.loans, holds=moved.holds
    )
    flash(told, "good")
    return redirect(url_for("branches.branches"))


@branches_pages.post("/lockers")
def fit() -> Answer:
    """Give a branch doors of a cabinet."""
    form = Form(request.form)
    branch, said = place.named(form.text("branch", 32)), form.text("labels", 2000)
    if branch is None:
        abort(400)
    try:
        with place.changing() as cursor:
            new = lockers.fit(cursor, branch, lockers.numbered(said))
            place.note(cursor, "lockers_fitted", f"{branch} {said}")
    except ValueError:
        flash(gettext("Write doors as 01-24 or A1 A2 A3, each at most 16 characters."), "bad")
        return redirect(url_for("branches.branches"))
    flash(gettext("%(count)s new doors.", count=new), "good")
    return redirect(url_for("branches.branches"))


@branches_pages.post("/lockers/remove")
def take_away() -> Answer:
    """Take doors out of use; what has a book behind it stays."""
    form = Form(request.form)
    branch, said = place.named(form.text("branch", 32)), form.text("labels", 2000)
    try:
        labels = lockers.numbered(said)
    except ValueError:
        labels = []
    with place.changing() as cursor:
        gone = [label for label in labels if lockers.take_away(cursor, branch or EVERYWHERE, label)]
        if gone:
            place.note(cursor, "lockers_taken_away", f"{branch} {' '.join(gone)}")
    told = gettext("%(gone)s of %(asked)s doors taken away.", gone=len(gone), asked=len(labels))
    flash(told, "good" if labels and len(gone) == len(labels) else "bad")
    return redirect(url_for("branches.branches"))
