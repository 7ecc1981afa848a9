"""The page of announcements: what kiosks show while nobody stands there, from day to day."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from central.clock_ms import now_ms
from central.idle import operations, words
from central.idle.models import Announcement
from central.idle.operations import MAX_TEXT, Unfit, Wish
from central.lists.making import civil_today
from central.web.access import person
from central.web.audit import note
from central.web.language import words as say
from central.web.services import services

idle_pages = Blueprint("idle", __name__, url_prefix="/announcements")


def init_app(app: Flask) -> None:
    app.register_blueprint(idle_pages)


@idle_pages.get("/")
def announcements() -> str:
    """All that are not over."""
    return _page({})


@idle_pages.post("/")
def announce() -> Answer | tuple[str, int]:
    """A new one. What was typed stays where it is refused."""
    today = civil_today(services().tree(), now_ms())
    try:
        with services().writing.begin() as session:
            made = operations.announce(session, _wish(), person().username, now_ms(), today)
            _note(session, "announced", made)
    except Unfit as refusal:
        flash(say(words.WHY[refusal.args[0]]), "bad")
        return _page(request.form.to_dict()), 422
    flash(gettext("Announced; the kiosks show it within the hour."), "good")
    return redirect(url_for("idle.announcements"))


@idle_pages.post("/<int(max=2147483647):number>/end")
def end(number: int) -> Answer:
    """Take one down before its last day."""
    with services().writing.begin() as session:
        found = session.get(Announcement, number) or abort(404)
        _note(session, "announcement_ended", found)
        session.delete(found)
    flash(gettext("Taken down; the kiosks know it within the hour."), "good")
    return redirect(url_for("idle.announcements"))


def _page(typed: dict[str, str]) -> str:
    """`typed`: what the form holds from before."""
    tree = services().tree()
    today = civil_today(tree, now_ms())
    typed = {"zh": "", "en": "", "branch": "", "from": today.isoformat(), "until": "", **typed}
    with services().reading() as session:
        found = operations.standing(session, today)
    return render_template(
        "idle/announcements.html", found=found, tree=tree, today=today, typed=typed, max_text=MAX_TEXT
    )


def _wish() -> Wish:
    asked = request.form
    try:
        days = date.fromisoformat(asked.get("from", "")), date.fromisoformat(asked.get("until", ""))
    except ValueError:
        raise Unfit("days") from None
    return Wish(asked.get("branch") or None, _line(asked.get("zh", "")), _line(asked.get("en", "")), *days)


def _line(text: str) -> str:
    """As a screen shows it: without breaks."""
    return " ".join(text.split())


def _note(session: Session, action: str, about: Announcement) -> None:
    subject = f"{about.branch_id or '*'} {about.text_zh}"
    note(session, action, subject)
