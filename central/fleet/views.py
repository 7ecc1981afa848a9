"""The technician's console: the fleet, one device, what was refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from central.accounts.operations import record
from central.circulation.owed import listing
from central.clock_ms import now_ms
from central.facts import marks
from central.fleet import board, records, words
from central.fleet.operations import LISTENING, NotPossible, give_order, order_payload
from central.fleet.tree import Kiosk
from central.live import FLEET, LINK, REGISTRY, Changes, device_key, device_of, facts_key
from central.mqtt import BrokerAway, Message
from central.web import paging
from central.web.access import person
from central.web.language import tag
from central.web.language import words as say
from central.web.services import services
from central.web.stream import Event, Fragments, respond
from wire.orders import LIVE_VERBS

fleet_pages = Blueprint("fleet", __name__, url_prefix="/fleet")
GIVEN = frozenset({"door.release", "kiosk.restart", "room.count", "journal.renew"})
"""Verbs that these pages give; others belong to whoever sees to alarms, debts, payments and calls."""
_PERSONS = re.compile(r"[0-9]{1,4}")
FRAGMENTS = "shuwu-fragments"
"""Place of the rendered fragments in `Flask.extensions`."""
MAX_SEARCH = 64


def init_app(app: Flask) -> None:
    """The fleet's pages, and the fragments that their streams share."""
    app.extensions[FRAGMENTS] = Fragments()
    app.jinja_env.globals["words_of"] = words
    app.register_blueprint(fleet_pages)


# ---------------------------------------------------------------- the fleet
def _filter() -> board.Filter:
    asked = request.args
    state = asked.get("state", "")
    branch = asked.get("branch", "")
    return board.Filter(
        state if state in words.STATES else "",
        branch if branch in services().tree().places else "",
        asked.get("text", "").strip()[:MAX_SEARCH],
    )


def _overview(chosen: board.Filter) -> dict[str, Any]:
    """What the upper half of the page shows."""
    found = board.rows(services().tree(), services().hub, chosen)
    return {
        "chosen": chosen,
        "counts": board.counts(found),
        "problems": board.problems(found),
        "rows": found,
        "linked": services().hub.linked,
    }


@fleet_pages.get("/")
def fleet() -> str:
    """What is wrong first, then every device by branch."""
    after = services().hub.version
    chosen = _filter()
    overview = _overview(chosen)
    with services().reading() as session:
        attention = records.attention(session, now_ms())
    return render_template(
        "fleet/fleet.html",
        **overview,
        groups=board.groups(services().tree(), overview["rows"], chosen.state),
        tree=services().tree(),
        attention=attention,
        after=after,
        row_text=_row,
    )


@fleet_pages.get("/live")
def fleet_live() -> Answer:
    """Changes of the fleet page. With a state or a text chosen the page asks for its table again."""
    chosen = _filter()
    whole_table = bool(chosen.state or chosen.text)

    def tell(changes: Changes) -> Iterator[Event]:
        keys = changes.keys
        if FLEET in keys or LINK in keys:
            version = max(keys.get(FLEET, 0), keys.get(LINK, 0))
            for part in ("link", "summary", "problems"):
                yield Event(part, _part(part, chosen, version))
        if REGISTRY in keys or (whole_table and FLEET in keys):
            yield Event("table", "changed")
        if not whole_table:
            yield from _changed_rows(keys)

    return respond(tell)


def _part(part: str, chosen: board.Filter, version: int) -> str:
    def render() -> str:
        return render_template(f"fleet/_{part}.html", **_overview(chosen))

    if chosen != board.ALL:
        return render()
    return _fragments().text(part, tag(), version, render)


def _changed_rows(keys: dict[str, int]) -> Iterator[Event]:
    kiosks = services().tree().kiosks
    for device in filter(None, map(device_of, keys)):
        if device in kiosks:
            yield Event(device_key(device), _row(kiosks[device]))


def _row(kiosk: Kiosk) -> str:
    """A device's row. The version is read before what it is the version of, so that no text is too old."""
    hub, key = services().hub, device_key(kiosk.id)
    version = max(hub.version_of(key), hub.version_of(REGISTRY))
    row = board.Row(kiosk, services().tree().place(kiosk.id), hub.seen(kiosk.id))
    return _fragments().text(key, tag(), version, partial(render_template, "fleet/_row.html", row=row))


def _fragments() -> Fragments:
    found = current_app.extensions[FRAGMENTS]
    assert isinstance(found, Fragments)
    return found


# ---------------------------------------------------------------- one device
def _kiosk_or_404(device: str) -> Kiosk:
    return services().tree().kiosks.get(device) or abort(404)


def _device(kiosk: Kiosk) -> dict[str, Any]:
    """What the live parts of a device's page show."""
    tree = services().tree()
    row = board.Row(kiosk, tree.place(kiosk.id), services().hub.seen(kiosk.id))
    condition = row.seen.condition
    return {
        "row": row,
        "seen": row.seen,
        "condition": condition,
        "problems": board.of_row(row),
        "path": tree.path(kiosk.branch),
        "has_door": condition is not None and "room" in condition.roles,
        "hearing": row.seen.state in LISTENING and services().hub.linked and not kiosk.retired,
        "linked": services().hub.linked,
    }


def _records(kiosk: Kiosk) -> dict[str, Any]:
    now = now_ms()
    with services().reading() as session:
        forked = next(iter(marks.forked(session, kiosk.id)), None)
        return {
            "kiosk": kiosk,
            "owed": listing.held(session, kiosk.id),
            "forked": forked,
            "machines": records.machines(session, forked) if forked else [],
            "boot": getattr(services().hub.seen(kiosk.id).condition, "boot", ""),
            "zone": services().tree().place(kiosk.id).zone,
            "orders": records.orders(session, kiosk.id, now),
            "facts": records.facts(session, kiosk.id, limit=records.SHOWN_FACTS),
            "journals": records.journals(session, kiosk.id),
            "twins": {journal.journal for journal in marks.twins(session, kiosk.id)},
            "gaps": marks.gaps(session, kiosk.id),
            "refused": records.refused(session, kiosk.id),
            "watermark": services().hub.seen(kiosk.id).watermark,
        }


@fleet_pages.get("/kiosk/<device>")
def device(device: str) -> str:
    """One device: how it is, what to do, its orders and its last facts."""
    after = services().hub.version
    kiosk = _kiosk_or_404(device)
    return render_template("fleet/device.html", **_device(kiosk), **_records(kiosk), after=after)


@fleet_pages.get("/kiosk/<device>/live")
def device_live(device: str) -> Answer:
    """Changes of one device's page."""
    kiosk = _kiosk_or_404(device)
    told = services().hub.seen(device).vitals

    def tell(changes: Changes) -> Iterator[Event]:
        nonlocal told
        keys = changes.keys
        if device_key(device) in keys or LINK in keys:
            yield Event("link", render_template("fleet/_link.html", linked=services().hub.linked))
            yield Event("condition", render_template("fleet/_condition.html", **_device(kiosk)))
        if facts_key(device) in keys:
            yield Event("records", "changed")
        vitals = services().hub.seen(device).vitals
        if vitals != told:
            told = vitals
            yield Event("vitals", render_template("fleet/_vitals.html", **_device(kiosk)))

    return respond(tell)


@fleet_pages.get("/kiosk/<device>/records")
def device_records(device: str) -> str:
    """The part of a device's page that the database knows, alone."""
    return render_template("fleet/_records.html", **_records(_kiosk_or_404(device)))


@fleet_pages.get("/kiosk/<device>/facts")
def facts(device: str) -> str:
    """All facts of a device, paged from the newest on."""
    kiosk = _kiosk_or_404(device)
    before = paging.before(paging.MAX_FACT)
    with services().reading() as session:
        found = records.facts(session, device, before=before)
    return render_template(
        "fleet/facts.html",
        kiosk=kiosk,
        zone=services().tree().place(device).zone,
        facts=found,
        older=found[-1].fact.id if len(found) == records.PAGE else None,
        newest=before is None,
    )


@fleet_pages.post("/kiosk/<device>/orders")
def order(device: str) -> Answer:
    """Give an order: on record first, then to the broker."""
    kiosk = _kiosk_or_404(device)
    verb = request.form.get("verb", "")
    try:
        if verb not in GIVEN:
            raise NotPossible("unknown_verb")  # noqa: TRY301 - answered as those of the order
        with services().writing.begin() as session:
            boot = request.form.get("boot") or None
            who = person().username
            given = give_order(session, device, verb, who, now_ms(), boot=boot, more=_more())
            payload = order_payload(services().keys.signing, given)
            subject = f"{device} {verb} {given.number}"
            record(session, now_ms(), person().username, "ordered", subject, request.remote_addr or "")
    except NotPossible as refusal:
        flash(say(words.NOT_POSSIBLE[refusal.args[0]]), "bad")
        return redirect(url_for("fleet.device", device=kiosk.id))
    _publish(verb, *payload)
    return redirect(url_for("fleet.device", device=kiosk.id, _anchor="orders"))


def _more() -> dict[str, object] | None:
    """What an order says besides: how many are inside."""
    persons = request.form.get("persons", "")
    return {"persons": int(persons)} if _PERSONS.fullmatch(persons) else None


def _publish(verb: str, topic: str, payload: bytes) -> None:
    try:
        services().link.publish(Message(topic, payload))
    except BrokerAway:
        if verb in LIVE_VERBS:
            flash(gettext("The broker is away: the kiosk will not hear this order in time."), "bad")
        else:
            flash(gettext("The broker is away: the kiosk gets the order when it is back."), "warn")
    else:
        flash(gettext("Order given."), "good")


# ---------------------------------------------------------------- what was not taken
@fleet_pages.get("/refused")
def refused() -> str:
    """Messages that were refused, facts kept aside or missing, journals and names that two machines use."""
    skip = paging.skipped()
    with services().reading() as session:
        found = records.refused(session, skip=skip)
        return render_template(
            "fleet/refused.html",
            refused=found,
            asides=records.asides(session),
            forked=marks.forked(session),
            twins=marks.twins(session),
            gaps=marks.gaps(session)[: records.PAGE],
            kiosks=services().tree().kiosks,
            skip=skip,
            older=skip + records.PAGE if len(found) == records.PAGE else None,
        )
