"""The page Help: who calls, and the conversation with one of them. Text goes there as signed orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from central.accounts.operations import record
from central.clock_ms import now_ms
from central.fleet import words as fleet_words
from central.fleet.operations import NotPossible, give_order, order_payload
from central.fleet.tree import Kiosk
from central.help import talk, words
from central.live import FLEET, LINK, Changes, device_key, facts_key
from central.mqtt import BrokerAway, Message
from central.rooms.alarms.life import answer_call
from central.web.access import person
from central.web.language import words as say
from central.web.services import services
from central.web.stream import Event, respond
from wire.orders import HELP_ORDER_S

help_pages = Blueprint("help", __name__, url_prefix="/help")
MAX_TEXT = 200
"""As an order carries it; a line break is one character, though forms send two."""
MAX_CALLS = 2**32
"""`wire.fact.Count`."""


def init_app(app: Flask) -> None:
    """The pages, and the number of calls beside their name on every page."""
    app.register_blueprint(help_pages)
    app.jinja_env.globals["words_of_help"] = words
    app.jinja_env.globals["help_count"] = lambda: len(talk.calls(services().tree(), services().hub))


# ---------------------------------------------------------------- who calls
@help_pages.get("/")
def calls() -> str:
    """Every call that goes on."""
    after = services().hub.version
    return render_template(
        "help/calls.html", calls=talk.calls(services().tree(), services().hub), after=after
    )


@help_pages.get("/live")
def calls_live() -> Answer:
    """The list anew whenever a kiosk's condition has changed."""

    def tell(changes: Changes) -> Iterator[Event]:
        if FLEET in changes.keys or LINK in changes.keys:
            found = talk.calls(services().tree(), services().hub)
            yield Event("calls", render_template("help/_calls.html", calls=found))

    return respond(tell)


# ---------------------------------------------------------------- one of them
@help_pages.get("/kiosk/<device>")
def call(device: str) -> str:
    """The scene, the conversation, what to say."""
    after = services().hub.version
    kiosk = _kiosk_or_404(device)
    return render_template("help/call.html", **_talk(kiosk), after=after, max_text=MAX_TEXT)


@help_pages.get("/kiosk/<device>/talk")
def conversation(device: str) -> str:
    """The conversation alone."""
    return render_template("help/_talk.html", **_talk(_kiosk_or_404(device)))


@help_pages.get("/kiosk/<device>/live")
def call_live(device: str) -> Answer:
    """Says that the conversation, or whether it goes on, is new."""
    _kiosk_or_404(device)

    def tell(changes: Changes) -> Iterator[Event]:
        if changes.keys.keys() & {device_key(device), facts_key(device), LINK}:
            yield Event("talk", "changed")

    return respond(tell)


@help_pages.post("/kiosk/<device>/say")
def say_to(device: str) -> Answer:
    """One line for the reader's screen."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if not text:
        return redirect(url_for("help.call", device=device))
    if len(text) > MAX_TEXT:
        abort(400)
    return _order(device, "help.say", {"text": text})


@help_pages.post("/kiosk/<device>/end")
def end(device: str) -> Answer:
    """The desk's last word stays on the screen for some seconds."""
    return _order(device, "help.end", {})


def _order(device: str, verb: str, more: dict[str, Any]) -> Answer:
    """On record first, then to the broker; for the boot and the call that the page was about."""
    kiosk, now, number = _kiosk_or_404(device), now_ms(), request.form.get("call", 0, type=int)
    if not 0 <= number < MAX_CALLS:
        abort(400)
    seen = services().hub.seen(kiosk.id).condition
    back = redirect(url_for("help.call", device=kiosk.id))
    try:
        with services().writing.begin() as session:
            order = give_order(
                session, kiosk.id, verb, person().username, now,
                boot=seen.boot if seen else None, more={"call": number, **more}, deadline_ms=now + HELP_ORDER_S * 1000,
            )  # fmt: skip
            answer_call(session, kiosk.id, person().username, now)
            payload = order_payload(services().keys.signing, order)
            subject = f"{kiosk.id} {verb} {order.number}"
            record(session, now, person().username, "ordered", subject, request.remote_addr or "")
    except NotPossible as refusal:
        flash(say(fleet_words.NOT_POSSIBLE[refusal.args[0]]), "bad")
        return back
    try:
        services().link.publish(Message(*payload))
    except BrokerAway:
        flash(gettext("The broker is away: the reader will not see this in time."), "bad")
    return back


def _talk(kiosk: Kiosk) -> dict[str, Any]:
    found = [one for one in talk.calls(services().tree(), services().hub) if one.kiosk.id == kiosk.id]
    with services().reading() as session:
        told = talk.read(session, kiosk.id, now_ms())
    going = found[0] if found else None
    number = going.number if going else told.number if told else 0
    return {
        "kiosk": kiosk,
        "place": services().tree().place(kiosk.id),
        "path": services().tree().path(kiosk.branch),
        "going": going,
        "talk": told if told and told.number == number else None,
        "call": number,
        "voice": services().config.help.voice_link(kiosk.id, number) if going else "",
        "order_states": fleet_words.ORDER_STATES,
    }


def _kiosk_or_404(device: str) -> Kiosk:
    return services().tree().kiosks.get(device) or abort(404)
