"""借还 by staff: one line takes all that is scanned, as on a kiosk's pad.

- A reader's card, or an ID card, brings the reader to the desk; an item is then lent to them, and is taken back
  while nobody is at the desk. What is theirs already is renewed. A number that is both is the item's.
- Each transaction is counted in its own database transaction, as facts of the branch's staffed desk.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from central.circulation.counter import counted, place
from central.circulation.counter.form import Form, say_outcome
from central.circulation.gateway.journal import DESK
from central.circulation.gateway.models import GatewaySite
from central.circulation.ledger import enquiries, id_card, registration
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Lent, ReaderInformation, Refused, RenewedAll, Returned
from central.circulation.ledger.yuan import yuan
from central.fleet import records
from central.statements import Cursor
from central.web.language import day
from central.web.services import services

Outcome = Lent | Returned | RenewedAll | Refused
desk_pages = Blueprint("desk", __name__, url_prefix="/desk")
MAX_SAID = 64
SHOWN = 12
"""Of what was done at this branch's desk, the newest."""


# ---------------------------------------------------------------- pages
@desk_pages.get("/")
def desk() -> str:
    """Nobody is at the desk: what is scanned comes back."""
    return _page(None, "")


@desk_pages.get("/<token>")
def reader(token: str) -> str | Answer:
    """A reader is at the desk: what is scanned is lent."""
    with place.reading() as cursor:
        known = enquiries.reader_information(cursor, place.desk(), place.card_of(token))
    return redirect(url_for("desk.desk")) if known is None else _page(known, token)


def _page(known: ReaderInformation | None, token: str) -> str:
    with services().reading() as session:
        site = select(GatewaySite.device_id).where(
            GatewaySite.branch_id == place.branch().id, GatewaySite.counts == DESK.counts
        )
        device = session.scalar(site)
        done = records.facts(session, device, limit=SHOWN) if device else []
    return render_template(
        "counter/desk.html", reader=known, token=token, done=done, today=place.desk().today
    )


# ---------------------------------------------------------------- scans
@desk_pages.post("/")
def scan() -> Answer:
    """Take a book back, or bring a reader to the desk."""
    said = Form(request.form).text("said", MAX_SAID)
    with place.changing() as cursor:
        card = None if _is_item(cursor, said) else _card(cursor, said)
        if card is None:
            _tell(counted.take_back(cursor, place.desk(), said))
    return _to(card)


@desk_pages.post("/<token>")
def scan_for(token: str) -> Answer:
    """Lend to the reader at the desk, renew, take back, or bring another reader there."""
    card, form = place.card_of(token), Form(request.form)
    said, verb = form.text("said", MAX_SAID), form.one_of("verb", ("lend", "return", "renew", "renew_all"))
    with place.changing() as cursor:
        at = place.desk()
        other = _card(cursor, said) if verb == "lend" and not _is_item(cursor, said) else None
        if other is None:
            _tell(_done(cursor, at, verb, card, said))
    return _to(other or card)


def _done(cursor: Cursor, at: Desk, verb: str, card: str, said: str) -> Outcome:
    match verb:
        case "lend":
            return counted.lend(cursor, at, card, said)
        case "return":
            return counted.take_back(cursor, at, said)
        case "renew":
            return counted.renew(cursor, at, card, said)
    return counted.renew_all(cursor, at, card)


def _to(card: str | None) -> Answer:
    return redirect(url_for("desk.reader", token=place.token(card)) if card else url_for("desk.desk"))


def _is_item(cursor: Cursor, said: str) -> bool:
    return enquiries.item_information(cursor, said) is not None


def _card(cursor: Cursor, said: str) -> str | None:
    """The card of the reader whose card or ID card this is."""
    if not isinstance(registration.find(cursor, card=said), Refused):
        return said
    shown = id_card.read(said, services().keys.id_cards, place.desk().today)
    return registration.card_of(cursor, shown) if shown else None


# ---------------------------------------------------------------- what is told
def _tell(done: Outcome) -> None:
    match done:
        case Lent(renewed=True):
            told = gettext("Renewed until %(day)s: %(title)s", day=day(done.due_on), title=done.book.title)
            flash(told, "good")
        case Lent():
            flash(
                gettext("Lent until %(day)s: %(title)s", day=day(done.due_on), title=done.book.title), "good"
            )
            _tell_parts(done)
        case Returned():
            flash(gettext("Returned: %(title)s", title=done.book.title), "good")
            for said in _where_to(done):
                flash(said, "warn")
            _tell_parts(done)
        case _:
            say_outcome(done)


def _tell_parts(done: Lent | Returned) -> None:
    if done.book.parts_note:
        flash(gettext("It consists of: %(parts)s", parts=done.book.parts_note), "warn")
    if done.missing:
        flash(gettext("Missing of the set: %(items)s", items=", ".join(done.missing)), "warn")


def _where_to(done: Returned) -> list[str]:
    """What is to be done with a book that came back, and what the reader owes for it."""
    told = []
    if not done.was_lent:
        told.append(gettext("It was not on loan."))
    if done.sent_to:
        told.append(gettext("Send it to %(branch)s.", branch=place.name(done.sent_to)))
    elif done.locker:
        told.append(gettext("Lay it into locker %(door)s: a reader waits for it.", door=done.locker))
    elif done.wanted_at:
        told.append(gettext("Put it on the hold shelf: a reader waits for it."))
    if done.fee_fen:
        told.append(gettext("The reader owes %(amount)s yuan for it.", amount=yuan(done.fee_fen)))
    return told
