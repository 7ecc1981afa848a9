"""Amnesties on the pages: begun, looked at, applied to what is owed already, ended."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as Answer

from central.circulation.counter import place
from central.circulation.counter.form import Form, Wrong
from central.circulation.counter.readers import reader_types
from central.circulation.ledger import amnesties as ledger
from central.circulation.ledger.amnesties import NewAmnesty
from central.circulation.ledger.yuan import yuan

money_pages = Blueprint("money", __name__, url_prefix="/amnesties")


@money_pages.get("/")
def amnesties() -> str:
    """All of them, with what each has forgiven, and what it could forgive of what is owed."""
    return _amnesties({})


def _amnesties(typed: Mapping[str, str]) -> str:
    with place.reading() as cursor:
        found = ledger.listing(cursor)
        today = place.desk().today
        running = {one.id for one in found if one.ended_ms is None and one.first_on <= today <= one.last_on}
        due = {number: ledger.preview(cursor, number) for number in running}
    return render_template(
        "counter/amnesties.html",
        found=found,
        due=due,
        today=today,
        typed=typed,
        types={kind.id: kind for kind in reader_types()},
    )


@money_pages.post("/")
def grant() -> Answer | tuple[str, int]:
    """Begin one. What is refused stays as typed."""
    form = Form(request.form)
    try:
        new = _wish(form)
    except Wrong as wrong:
        flash(wrong.told, "bad")
        return _amnesties(request.form), 422
    with place.changing() as cursor:
        ledger.grant(cursor, place.desk(), new)
    flash(gettext("Done."), "good")
    return redirect(url_for("money.amnesties"))


def _wish(form: Form) -> NewAmnesty:
    first, last, percent = form.day("first"), form.day("last"), form.number("percent")
    reason = form.text("reason", 100)
    branch, kind = place.named(form.text("branch", 32)), form.text("type", 16) or None
    if kind is not None and kind not in {one.id for one in reader_types()}:
        abort(400)
    if not reason:
        raise Wrong(gettext("Say why."))
    if first is None or last is None or last < first:
        raise Wrong(gettext("It needs a first day, and a last day that is not before it."))
    if percent is None or not 1 <= percent <= ledger.WHOLE:
        raise Wrong(gettext("1 to 100 percent."))
    return NewAmnesty(first, last, reason, branch, kind, percent)


@money_pages.post("/<int(max=2147483647):number>/forgive")
def forgive(number: int) -> Answer:
    """Forgive what is owed already, as it would have been."""
    with place.changing() as cursor:
        done = ledger.forgive_open(cursor, place.desk(), number)
    told = ngettext(
        "%(num)s fee forgiven, %(sum)s yuan.",
        "%(num)s fees forgiven, %(sum)s yuan.",
        done.fees,
        sum=yuan(done.amount_fen),
    )
    flash(told, "good")
    return redirect(url_for("money.amnesties"))


@money_pages.post("/<int(max=2147483647):number>/end")
def end(number: int) -> Answer:
    """End one before its last day."""
    with place.changing() as cursor:
        if not ledger.end(cursor, place.desk(), number):
            abort(404)
    flash(gettext("Ended."), "good")
    return redirect(url_for("money.amnesties"))
