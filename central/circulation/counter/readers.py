"""Readers on the pages: found, entered, changed, blocked, paid for and forgotten."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from sqlalchemy import func, or_, select
from werkzeug.wrappers import Response as Answer

from central.circulation.counter import counted, place
from central.circulation.counter.form import Form, Wrong, say_outcome
from central.circulation.ledger import (
    enquiries,
    holds,
    id_card,
    pins,
    readers,
    registration,
    terms,
)
from central.circulation.ledger.candidates import Changes, Registration
from central.circulation.ledger.fees import KINDS
from central.circulation.ledger.models import Reader, ReaderType
from central.circulation.ledger.outcomes import Refused
from central.web.services import services
from wire.faults import Words

readers_pages = Blueprint("readers", __name__, url_prefix="/readers")
MAX_FOUND = 50
"""Readers on one page: whoever looks for a person types more than one letter."""
MAX_SAID = 64


class Line(NamedTuple):
    """One reader that was found."""

    card: str
    name: str
    type: Words
    branch: str
    expires_on: date
    blocked: bool
    blocked_why: str
    blocked_until: date | None

    def state(self, today: date) -> str:
        """A name in `words.READER_STATES`."""
        if self.blocked and (self.blocked_until is None or today <= self.blocked_until):
            return self.blocked_why
        return "expired" if today > self.expires_on else "good"


# ---------------------------------------------------------------- found and entered
@readers_pages.route("/", methods=["GET", "POST"])
def readers_() -> str | Answer:
    """Find a reader by card, name, phone or the end of the ID card. What is typed stays out of addresses."""
    said = request.form.get("said", "").strip()[:MAX_SAID]
    found = _find(said) if said else []
    if len(found) == 1:
        return to(found[0].card)
    return render_template(
        "counter/readers.html", said=said, found=found, more=len(found) == MAX_FOUND, today=place.desk().today
    )


def _find(said: str) -> list[Line]:
    exact, begins = Reader.card == said, Reader.name.startswith(said, autoescape=True)
    query = (
        select(Reader, ReaderType)
        .join(ReaderType, ReaderType.id == Reader.type_id)
        .where(or_(exact, begins, Reader.phone == said, func.upper(Reader.id_last4) == said.upper()))
        .order_by(exact.desc(), Reader.name, Reader.card)
        .limit(MAX_FOUND)
    )
    with services().reading() as found:
        return [
            Line(
                reader.card,
                reader.name,
                Words(kind.name_zh, kind.name_en),
                reader.branch_id,
                reader.expires_on,
                reader.blocked,
                reader.blocked_why,
                reader.blocked_until,
            )
            for reader, kind in found.execute(query)
        ]


@readers_pages.get("/new")
def new() -> str:
    """The form of a new reader."""
    return _new_form({})


def _new_form(said: dict[str, str]) -> str:
    with place.reading() as cursor:
        agreed = terms.in_force(cursor, place.desk().today)
    return render_template("counter/reader_new.html", said=said, types=reader_types(), terms=agreed)


def reader_types() -> list[ReaderType]:
    with services().reading() as found:
        return list(found.scalars(select(ReaderType).order_by(ReaderType.id)))


@readers_pages.post("/new")
def enter() -> str | Answer | tuple[str, int]:
    """Enter a reader; what was typed stays where it is refused, but for PIN and ID card."""
    form, desk = Form(request.form), place.desk()
    try:
        wish = _wish(form, desk.today)
    except Wrong as wrong:
        flash(wrong.told, "bad")
        return _new_form(request.form.to_dict()), 422
    with place.changing() as cursor:
        done = registration.register(cursor, desk, wish)
    if isinstance(done, Refused):
        say_outcome(done)
        return _new_form(request.form.to_dict()), 422
    flash(gettext("The reader is registered."), "good")
    return to(done.card)


def _wish(form: Form, today: date) -> Registration:
    number = form.text("id_card", 32)
    shown = id_card.read(number, services().keys.id_cards, today) if number else None
    if number and shown is None:
        raise Wrong(gettext("That is no ID card number."))
    pin = form.text("pin", 16)
    return Registration(
        name=form.text("name", 100),
        card=form.text("card", 64),
        type=form.text("type", 16),
        branch=place.branch().id,
        pin=pins.new(pin) if pin else None,
        id_card=shown,
        born_on=form.day("born"),
        sex=form.text("sex", 1),
        nation=form.text("nation", 20),
        phone=form.text("phone", 32),
        email=form.text("email", 100),
        address=form.text("address", 200),
        remark=form.text("remark", 200),
        guardian_card=form.text("guardian", 64),
        terms=form.text("terms", 16),
        by_staff=True,
    )


# ---------------------------------------------------------------- one reader
@readers_pages.get("/<token>")
def reader(token: str) -> str:
    """All that the desk needs of one reader."""
    return _reader(token, {})


def _reader(token: str, said: dict[str, str]) -> str:
    desk, card = place.desk(), place.card_of(token)
    with place.reading() as cursor:
        record = registration.find(cursor, card=card)
        known = enquiries.reader_information(cursor, desk, card)
        awaited = enquiries.awaited(cursor, card)
    if isinstance(record, Refused) or known is None:
        abort(404)
    with services().reading() as found:
        row = found.get(Reader, card) or abort(404)
        banned = (row.blocked, row.blocked_why, row.blocked_until)
        line = Line(card, row.name, Words("", ""), "", row.expires_on, *banned)
        until, keeps_history = row.blocked_until, row.keeps_history
    return render_template(
        "counter/reader.html",
        token=token,
        said=said,
        record=record,
        reader=known,
        state=line.state(desk.today),
        until=until,
        keeps_history=keeps_history,
        today=desk.today,
        types=reader_types(),
        awaited=awaited,
        fee_kinds=KINDS,
        borrows=known.bar or known.refusal,
    )


def to(card: str) -> Answer:
    """To the page of a reader."""
    return redirect(url_for("readers.reader", token=place.token(card)))


@readers_pages.post("/<token>/change")
def change(token: str) -> str | Answer | tuple[str, int]:
    """Change what is known of a reader; what was typed stays where it is refused."""
    card, form = place.card_of(token), Form(request.form)
    try:
        changes = Changes(
            name=form.text("name", 100),
            phone=form.text("phone", 32),
            email=form.text("email", 100),
            address=form.text("address", 200),
            nation=form.text("nation", 20),
            remark=form.text("remark", 200),
            guardian_card=form.text("guardian", 64) or None,
            type=form.text("type", 16) or None,
            expires_on=form.day("expires"),
            by_staff=True,
        )
    except Wrong as wrong:
        flash(wrong.told, "bad")
        return _reader(token, request.form.to_dict()), 422
    with place.changing() as cursor:
        done = say_outcome(registration.modify(cursor, place.desk(), card, changes))
    return to(card) if done else (_reader(token, request.form.to_dict()), 422)


@readers_pages.post("/<token>/pin")
def pin(token: str) -> Answer:
    """Another PIN, which the reader types at the desk."""
    card, chosen = place.card_of(token), pins.new(request.form.get("pin", ""))
    with place.changing() as cursor:
        say_outcome(registration.change_pin(cursor, place.desk(), card, chosen))
    return to(card)


@readers_pages.post("/<token>/block")
def block(token: str) -> Answer:
    """Keep the card from all service, or lift that."""
    card, form = place.card_of(token), Form(request.form)
    kind = form.one_of("kind", ("lift", *readers.BY_STAFF))
    try:
        until = form.day("until")
    except Wrong as wrong:
        flash(wrong.told, "bad")
        return to(card)
    with place.changing() as cursor:
        if kind == "lift":
            say_outcome(readers.enable(cursor, place.desk(), card, by_staff=True))
        else:
            why = form.text("why", 100)
            say_outcome(readers.block_by_staff(cursor, place.desk(), card, kind, why, until))
    return to(card)


@readers_pages.post("/<token>/loans")
def loans(token: str) -> Answer:
    """Renew one loan or all."""
    card, barcode = place.card_of(token), request.form.get("barcode", "")
    with place.changing() as cursor:
        desk = place.desk()
        if barcode:
            say_outcome(counted.renew(cursor, desk, card, barcode))
        else:
            say_outcome(counted.renew_all(cursor, desk, card))
    return to(card)


@readers_pages.post("/<token>/holds")
def hold(token: str) -> Answer:
    """Let the reader wait for a title, or wait no more."""
    card, form = place.card_of(token), Form(request.form)
    with place.changing() as cursor:
        desk = place.desk()
        if form.text("cancel", 4):
            say_outcome(holds.cancel(cursor, desk, card, title_id=form.number("title"), why="staff"))
        else:
            say_outcome(holds.place(cursor, desk, card, barcode=form.text("barcode", 64)))
    return to(card)


# ---------------------------------------------------------------- where this person works
@readers_pages.post("/branch")
def work_at() -> Answer:
    """Choose the branch at which this person works."""
    chosen = request.form.get("branch", "")
    if chosen not in services().tree().places:
        abort(400)
    session[place.CHOSEN] = chosen
    return redirect(url_for("desk.desk"))
