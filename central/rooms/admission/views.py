"""The pages of admission: what each branch's rooms ask, cards that always open, who is banned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from central.clock_ms import now_ms
from central.fleet.tree import Place
from central.lists.board import masked
from central.lists.making import civil_today
from central.lists.operations import MAX_NUMBER, MAX_REASON, Unfit
from central.rooms import kept
from central.rooms.admission import operations, words
from central.rooms.admission.models import RoomAdmission, RoomCard
from central.rooms.admission.operations import Card
from central.web.access import person
from central.web.audit import note
from central.web.language import words as say
from central.web.services import place_or_404, services
from wire.admission import BANNED, Admission

admission_pages = Blueprint("admission", __name__, url_prefix="/admission")


def init_app(app: Flask) -> None:
    app.register_blueprint(admission_pages)
    app.jinja_env.globals["words_of_admission"] = words


@admission_pages.get("/")
def branches() -> str:
    """What each branch asks that asks something of its own; all cards."""
    with services().reading() as session:
        rows = {row.branch_id: _asked(row) for row in session.scalars(select(RoomAdmission))}
        cards = session.scalars(select(RoomCard).order_by(RoomCard.kind, RoomCard.branch_id)).all()
    return render_template(
        "admission/branches.html", asked=rows, cards=cards, tree=services().tree(), shown=shown
    )


@admission_pages.get("")
def choose() -> Answer:
    """To the branch that was chosen."""
    branch = place_or_404(request.args.get("branch", "")).id
    return redirect(url_for("admission.edit", branch=branch))


@admission_pages.get("/<branch>")
def edit(branch: str) -> str:
    """What the rooms of a branch ask; what the branch above it asks where it asks nothing of its own."""
    return _form(place_or_404(branch))


def _asked(row: RoomAdmission) -> Admission:
    return msgspec.convert(row.asked, Admission)


def written(asked: Admission) -> dict[str, str]:
    """What a branch asks, as it would be typed."""
    fees = asked.max_fees_fen
    return {
        "types": "、".join(asked.types),
        "min_age": str(asked.min_age or ""),
        "max_age": "" if asked.max_age == Admission().max_age else str(asked.max_age),
        "max_fees": "" if fees is None else f"{fees / 100:.2f}".removesuffix(".00"),
        "terms": asked.terms,
        "companions": str(asked.companions),
        "pin": asked.pin,
        "persons": str(asked.persons or ""),
        "limits": "\n".join(f"{one.first} {one.last} {one.persons}" for one in asked.limits),
    }


def _form(place: Place, typed: Mapping[str, str] | None = None, card: Mapping[str, str] | None = None) -> str:
    """The page of a branch, with rules or a card that were typed and not understood."""
    tree = services().tree()
    path = tree.path(place.id)
    with services().reading() as session:
        rows = {row.branch_id: row for row in session.scalars(select(RoomAdmission))}
        here = select(RoomCard).where(RoomCard.branch_id.in_([one.id for one in path]))
        cards = session.scalars(here.order_by(RoomCard.kind, RoomCard.id)).all()
    nearest = next((rows[at.id] for at in reversed(path) if at.id in rows), None)
    return render_template(
        "admission/branch.html",
        place=place,
        path=path,
        above=tree.places[nearest.branch_id] if nearest and nearest.branch_id != place.id else None,
        seen_ms=rows[place.id].at_ms if place.id in rows else 0,
        typed=written(_asked(nearest) if nearest else Admission()) | dict((typed or {}).items()),
        card=card or {},
        cards=cards,
        tree=tree,
        shown=shown,
        today=civil_today(tree, now_ms()),
        max_number=MAX_NUMBER,
        max_reason=MAX_REASON,
    )


def shown(card: RoomCard) -> str:
    """A number as this person may read it: who cannot change a card need not know it."""
    return card.number if person().may("admission.add_card") else masked(card.number)


@admission_pages.post("/<branch>")
def keep(branch: str) -> Answer | tuple[str, int]:
    """Keep it, or give up what this branch asks of its own. What was typed stays where it is not understood."""
    place = place_or_404(branch)
    if request.form.get("clear"):
        with services().writing.begin() as session:
            operations.clear_asked(session, branch, now_ms())
            note(session, "admission_cleared", branch)
        flash(gettext("This branch follows the one above it now."), "good")
        return redirect(url_for("admission.branches"))
    try:
        with services().writing.begin() as session:
            seen_ms = request.form.get("seen", type=int)
            operations.set_asked(session, branch, request.form, person().username, now_ms(), seen_ms)
            note(session, "admission_set", branch)
    except Unfit as refusal:
        flash(say(words.WHY[refusal.args[0]]), "bad")
        return _form(place, request.form), kept.status(refusal)
    flash(gettext("Kept; the kiosks know it within a minute or two."), "good")
    return redirect(url_for("admission.edit", branch=branch))


@admission_pages.post("/<branch>/cards")
def add_card(branch: str) -> Answer | tuple[str, int]:
    """A card that always opens, or a ban. What was typed stays where it is not understood."""
    place, tree = place_or_404(branch), services().tree()
    try:
        card = _card()
        with services().writing.begin() as session:
            today = civil_today(tree, now_ms())
            row = operations.add_card(session, place.id, card, person().username, now_ms(), today)
            note(session, "banned" if row.kind == BANNED else "room_card_added", _subject(row))
    except Unfit as refusal:
        flash(say(words.WHY[refusal.args[0]]), "bad")
        return _form(place, card=request.form), 422
    flash(gettext("Kept; the kiosks know it within a minute or two."), "good")
    return redirect(url_for("admission.edit", branch=branch, _anchor="cards"))


def _card() -> Card:
    asked = request.form
    try:
        until = date.fromisoformat(asked["until"]) if asked.get("until") else None
    except ValueError:
        raise Unfit("until") from None
    why = " ".join(asked.get("why", "").split())[:MAX_REASON]
    return Card(asked.get("number", "").strip(), asked.get("kind", ""), why, until)


@admission_pages.post("/cards/<int(max=2147483647):number>/remove")
def remove_card(number: int) -> Answer:
    """Take a card off again, or lift a ban."""
    with services().writing.begin() as session:
        card = session.get(RoomCard, number) or abort(404)
        branch = card.branch_id
        note(session, "ban_lifted" if card.kind == BANNED else "room_card_removed", _subject(card))
        operations.take_off(session, card, now_ms())
    flash(gettext("Done."), "good")
    return redirect(url_for("admission.edit", branch=branch, _anchor="cards"))


def _subject(card: RoomCard) -> str:
    """The audit outlives the card, so that it holds no whole number."""
    return f"{card.kind} {masked(card.number)} {card.branch_id} {card.why}"
