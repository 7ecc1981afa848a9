"""The staff's list of owed transactions: what is to be done, one of them, what staff did about it."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from central.accounts.views import ACTIONS
from central.circulation.owed import listing, settling, words
from central.circulation.owed.listing import PAGE, Filter
from central.circulation.owed.models import OwedTransaction
from central.circulation.owed.settling import Actor, Holder, Unsettled
from central.circulation.owed.states import FOR_STAFF, WAITING
from central.clock_ms import now_ms
from central.fleet import records
from central.fleet import words as fleet_words
from central.fleet.operations import NotPossible, order_payload
from central.live import UNHEARD
from central.mqtt import BrokerAway, Message
from central.web.access import person
from central.web.language import words as say
from central.web.paging import skipped
from central.web.services import services
from central.web.waiting import work_on
from wire.faults import fault

owed_pages = Blueprint("owed", __name__, url_prefix="/owed")
MAX_FIELD = settling.MAX_NOTE
MAX_REASON = 100


def init_app(app: Flask) -> None:
    """The pages, and the count beside their place in the navigation."""
    app.register_blueprint(owed_pages)
    app.jinja_env.globals.update(owed_words=words, owed_count=partial(work_on, "owed.owed", listing.work))


def _actor() -> Actor:
    return Actor(person().username, request.remote_addr or "", now_ms())


def _field(name: str, most: int = MAX_FIELD) -> str:
    return request.form.get(name, "").strip()[:most]


# ---------------------------------------------------------------- the list
@owed_pages.get("/")
def owed() -> str:
    """What is to be done, the oldest first; other views beside it."""
    tree, asked = services().tree(), request.args
    view, branch, device = (asked.get(name, "") for name in ("view", "branch", "device"))
    view = view if view in listing.VIEWS else "work"
    branch = branch if branch in tree.places else ""
    device = device if device in tree.kiosks else ""
    places = {place.id for place in tree.under(branch)} if branch else None
    chosen, skip = Filter(view, device, places), skipped()
    with services().reading() as session:
        found = listing.find(session, chosen, skip)
        counts = listing.counts(session, chosen)
    return render_template(
        "owed/list.html",
        found=found,
        counts=counts,
        view=view,
        branch=branch,
        device=device,
        tree=tree,
        fault=fault,
        skip=skip,
        older=skip + PAGE if len(found) == PAGE else None,
    )


# ---------------------------------------------------------------- one transaction
@owed_pages.get("/<device>/<txn>")
def transaction(device: str, txn: str) -> str:
    """Everything known of one, what happened, what can be done."""
    return _page(device, txn)


def _page(device: str, txn: str, holder: Holder | None = None) -> str:
    with services().reading() as session:
        found = session.get(OwedTransaction, (device, txn)) or abort(404)
        return render_template("owed/transaction.html", **_told(session, found), holder=holder)


def _told(session: Session, found: OwedTransaction) -> dict[str, Any]:
    tree, orders = services().tree(), listing.orders(session, found)
    kiosk, place = tree.kiosks.get(found.device_id), tree.places.get(found.branch_id)
    now = now_ms()
    return {
        "owed": found,
        "meaning": words.STATES[found.state],
        "kiosk": kiosk,
        "path": tree.path(found.branch_id),
        "zone": place.zone if place else None,
        "fault": fault(found.fault) if found.fault else None,
        "facts": [records.shown(fact) for fact in listing.facts(session, found)],
        "orders": [records.order(order, now) for order in orders],
        "pending": any(order.state == "pending" and order.deadline_ms >= now for order in orders),
        "done": listing.done(session, found),
        "actions": ACTIONS,
        "is_work": found.state in FOR_STAFF and not found.resolution,
        "is_waiting": found.state in WAITING,
        "is_away": services().hub.seen(found.device_id).state in UNHEARD or bool(kiosk and kiosk.retired),
        "is_refused": settling.was_refused(orders),
        "max_note": MAX_FIELD,
        "max_reason": MAX_REASON,
    }


def _back(device: str, txn: str) -> Answer:
    return redirect(url_for("owed.transaction", device=device, txn=txn))


def _flash_refusal(refusal: Unsettled | NotPossible) -> None:
    if isinstance(refusal, Unsettled) and refusal.args[0] == "unknown_transaction":
        abort(404)
    table = words.NOT_POSSIBLE if isinstance(refusal, Unsettled) else fleet_words.NOT_POSSIBLE
    flash(say(table[refusal.args[0]]), "bad")


@owed_pages.post("/<device>/<txn>/resolution")
def resolve(device: str, txn: str) -> Answer:
    """Staff have entered it by hand, or it is void."""
    resolution = _field("resolution")
    if resolution not in settling.RESOLUTIONS:
        abort(400)
    try:
        with services().writing.begin() as session:
            chosen = cast("settling.Resolution", resolution)
            settling.resolve(session, device, txn, chosen, _field("note"), _actor())
    except Unsettled as refusal:
        _flash_refusal(refusal)
        return _back(device, txn)
    flash(gettext("Noted. It is off the list."), "good")
    return redirect(url_for("owed.owed"))


@owed_pages.post("/<device>/<txn>/verdict")
def settle(device: str, txn: str) -> Answer:
    """The kiosk is told how it ends: on record first, then to the broker."""
    verdict = _field("verdict")
    if verdict not in words.VERDICTS:
        abort(400)
    try:
        with services().writing.begin() as session:
            given = settling.settle(session, device, txn, cast("Any", verdict), _actor())
            payload = order_payload(services().keys.signing, given)
    except (Unsettled, NotPossible) as refusal:
        _flash_refusal(refusal)
        return _back(device, txn)
    try:
        services().link.publish(Message(*payload))
    except BrokerAway:
        flash(gettext("The broker is away: the kiosk gets the order when it is back."), "warn")
    else:
        flash(gettext("Order given."), "good")
    return _back(device, txn)


@owed_pages.post("/<device>/<txn>/orphan")
def give_up(device: str, txn: str) -> Answer:
    """The machine will not come back, or does not hold it any more."""
    try:
        with services().writing.begin() as session:
            settling.give_up(session, device, txn, _actor())
    except Unsettled as refusal:
        _flash_refusal(refusal)
    return _back(device, txn)


@owed_pages.post("/<device>/<txn>/card")
def card(device: str, txn: str) -> Answer | str:
    """Whose it is, shown once to who says why. Never in an address, never stored."""
    try:
        with services().writing.begin() as session:
            reason = _field("reason", MAX_REASON)
            holder = settling.contact(session, device, txn, reason, services().keys.sealing, _actor())
    except Unsettled as refusal:
        _flash_refusal(refusal)
        return _back(device, txn)
    return _page(device, txn, holder)
