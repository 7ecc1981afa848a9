"""The page of the lists: who is denied, and which version each kiosk has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from central.clock_ms import now_ms
from central.lists import board, operations, words
from central.lists.making import civil_today
from central.lists.models import ListEntry, ListImport
from central.lists.operations import MAX_NUMBER, MAX_REASON, Unfit, Wish
from central.web.access import person
from central.web.audit import note
from central.web.language import words as say
from central.web.services import services

lists_pages = Blueprint("lists", __name__, url_prefix="/lists")
MAX_BEHIND = 100
"""Lines of kiosks that are behind; where more are, the first of them say why."""
MAX_DENIED = 500


def init_app(app: Flask) -> None:
    app.register_blueprint(lists_pages)
    app.jinja_env.globals["words_of_lists"] = words


@lists_pages.get("/")
def lists() -> str:
    """Versions, kiosks behind, denials, imports."""
    return _page({})


def _page(typed: Mapping[str, str]) -> str:
    tree, now = services().tree(), now_ms()
    with services().reading() as session:
        found = board.given(session)
        denied = session.scalars(select(ListEntry).order_by(ListEntry.id.desc()).limit(MAX_DENIED)).all()
        imports = session.scalars(select(ListImport).order_by(ListImport.at_ms.desc())).all()
    behind = board.behind(found, now)
    return render_template(
        "lists/lists.html",
        lines=board.lines(found),
        behind=behind[:MAX_BEHIND],
        more=max(len(behind) - MAX_BEHIND, 0),
        denied=denied,
        typed=typed,
        imports=imports,
        now=now,
        today=civil_today(tree, now),
        tree=tree,
        kiosks=tree.kiosks,
        shown=shown,
        max_number=MAX_NUMBER,
        max_reason=MAX_REASON,
    )


def shown(entry: ListEntry) -> str:
    """A number as this person may read it: who cannot deny a card need not know it."""
    return entry.number if entry.kind == "item" or person().may("lists.deny") else board.masked(entry.number)


def _subject(entry: ListEntry) -> str:
    """The audit outlives the denial, so that it holds no whole card number."""
    number = entry.number if entry.kind == "item" else board.masked(entry.number)
    return f"{entry.kind} {number} {entry.branch_id or '*'}"


# ---------------------------------------------------------------- denials
@lists_pages.post("/deny")
def deny() -> Answer | tuple[str, int]:
    """Deny a card or an item. What is refused stays as typed."""
    try:
        wish = _wish()
        with services().writing.begin() as session:
            today = civil_today(services().tree(), now_ms())
            entry = operations.deny(session, wish, person().username, now_ms(), today)
            note(session, "denied", f"{_subject(entry)} {entry.reason}")
    except Unfit as refusal:
        flash(say(words.WHY[refusal.args[0]]), "bad")
        return _page(request.form), 422
    flash(gettext("Denied; the kiosks know it within a minute or two."), "good")
    return redirect(url_for("lists.lists", _anchor="deny"))


def _wish() -> Wish:
    asked = request.form
    try:
        until = date.fromisoformat(asked["until"]) if asked.get("until") else None
    except ValueError:
        raise Unfit("until") from None
    return Wish(
        asked.get("kind", ""),
        asked.get("number", "").strip(),
        asked.get("branch") or None,
        asked.get("reason", "").strip()[:MAX_REASON],
        until,
    )


@lists_pages.post("/deny/<int(max=2147483647):number>/lift")
def lift(number: int) -> Answer:
    """Take a denial back."""
    with services().writing.begin() as session:
        entry = session.get(ListEntry, number) or abort(404)
        note(session, "denial_lifted", _subject(entry))
        operations.lift(session, entry, now_ms())
    flash(gettext("Lifted; the kiosks know it within a minute or two."), "good")
    return redirect(url_for("lists.lists", _anchor="deny"))
