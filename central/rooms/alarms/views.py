"""The pages of alarms: what is open, one of them, what was, and who is on duty for which room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from central.accounts.operations import record
from central.clock_ms import now_ms
from central.fleet import words as fleet_words
from central.fleet.operations import NotPossible, give_order, order_payload
from central.live import FLEET, LINK, Changes
from central.mqtt import BrokerAway, Message
from central.reports.period import FIRST_YEAR, LAST_YEAR, Kind, Period
from central.rooms.alarms import board, duty, life, listing, words
from central.rooms.alarms.life import Unfit
from central.rooms.alarms.listing import MAX_LIVE, PAGE, Filter, Span
from central.rooms.alarms.models import Alarm, DutyTurn, RoomCamera
from central.web.access import person
from central.web.audit import note
from central.web.language import HOME_ZONE
from central.web.language import words as say
from central.web.paging import skipped
from central.web.services import services
from central.web.stream import Event, respond
from central.web.waiting import work_on
from wire.faults import fault

alarm_pages = Blueprint("alarms", __name__, url_prefix="/alarms")
CHANGED = "alarms"
"""Key of the hub: somebody has done something about an alarm."""
USUAL_DAYS = 30
MAX_DAYS = 366
MAX_NUMBER = 2**31 - 1
DRILL_ORDER_S = 60
"""Who begins a drill stands there: later it would come as a surprise."""


def init_app(app: Flask) -> None:
    """The pages, and the count beside their place in the navigation."""
    app.register_blueprint(alarm_pages)
    app.jinja_env.globals.update(
        alarm_words=words, alarm_count=partial(work_on, "alarms.alarms", listing.waiting)
    )


# ---------------------------------------------------------------- what is open
@alarm_pages.get("/")
def alarms() -> str:
    """What is open: those that wait for somebody first. It renews itself."""
    after = services().hub.version
    return render_template("alarms/live.html", **_open(), tree=services().tree(), after=after)


@alarm_pages.get("/list")
def open_list() -> str:
    """The list alone."""
    return render_template("alarms/_open.html", **_open())


@alarm_pages.get("/live")
def live() -> Answer:
    """Says that the list may be new: a kiosk's condition has changed, or somebody did something."""

    def tell(changes: Changes) -> Iterator[Event]:
        if changes.keys.keys() & {FLEET, LINK, CHANGED}:
            yield Event("alarms", "changed")

    return respond(tell)


def _open() -> dict[str, Any]:
    chosen = _chosen()
    with services().reading() as session:
        found = listing.live(session, chosen)
        shown = board.show(session, services().tree(), found)
    return {
        "found": shown,
        "ringing": sum(one.alarm.state == "ringing" for one in shown),
        "full": len(found) == MAX_LIVE,
        "branch": _branch(),
        "group": chosen.group,
        "device": chosen.device,
    }


def _branch() -> str:
    branch = request.args.get("branch", "")
    return branch if branch in services().tree().places else ""


def _chosen() -> Filter:
    tree, branch = services().tree(), _branch()
    device, group = request.args.get("device", ""), request.args.get("group", "")
    return Filter(
        {place.id for place in tree.under(branch)} if branch else None,
        device if device in tree.kiosks else "",
        group if group in words.GROUPS else "",
    )


# ---------------------------------------------------------------- one of them
@alarm_pages.get(f"/<int(max={MAX_NUMBER}):number>")
def alarm(number: int) -> str:
    """Everything that is known of one, and what can be done about it."""
    return _page(number)


def _page(number: int, finding: str = "", note: str = "") -> str:
    """With what was chosen and typed before."""
    tree = services().tree()
    with services().reading() as session:
        found = session.get(Alarm, number) or abort(404)
        (shown,) = board.show(session, tree, [found])
        return render_template(
            "alarms/alarm.html",
            one=shown,
            alarm=found,
            path=tree.path(found.branch_id),
            zone=shown.zone or HOME_ZONE,
            steps=listing.steps(session, number),
            before=board.show(session, tree, listing.before(session, found)),
            finding=finding,
            note=note,
            max_note=life.MAX_NOTE,
        )


@alarm_pages.post(f"/<int(max={MAX_NUMBER}):number>/acknowledge")
def acknowledge(number: int) -> Answer:
    """Somebody sees to it."""
    try:
        with services().writing.begin() as session:
            found = _locked(session, number)
            life.acknowledge(session, found, person().username, now_ms())
            _note(session, "alarm_acknowledged", found)
    except Unfit as refusal:
        flash(say(words.WHY[refusal.args[0]]), "bad")
    services().hub.touch(CHANGED)
    return redirect(url_for("alarms.alarm", number=number))


@alarm_pages.post(f"/<int(max={MAX_NUMBER}):number>/close")
def close(number: int) -> Answer | tuple[str, int]:
    """What it was. What was typed stays where it is refused."""
    finding, note = request.form.get("finding", ""), request.form.get("note", "").strip()
    try:
        with services().writing.begin() as session:
            found = _locked(session, number)
            life.close(session, found, person().username, now_ms(), finding, note[: life.MAX_NOTE])
            _note(session, "alarm_closed", found)
    except Unfit as refusal:
        flash(say(words.WHY[refusal.args[0]]), "bad")
        return _page(number, finding, note), 422
    services().hub.touch(CHANGED)
    flash(gettext("Closed."), "good")
    return redirect(url_for("alarms.alarms"))


def _locked(session: Session, number: int) -> Alarm:
    return session.get(Alarm, number, with_for_update=True) or abort(404)


def _note(session: Session, action: str, about: Alarm) -> None:
    subject = f"{about.device_id} {about.fault} {about.id}"
    note(session, action, subject)


# ---------------------------------------------------------------- what was
@alarm_pages.get("/history")
def history() -> str:
    """All alarms of a period, and what came of each kind. Drills and late ones are marked."""
    tree, chosen, period = services().tree(), _chosen(), _period()
    skip = skipped()
    span = Span(period.begins_ms(HOME_ZONE), period.ends_ms(HOME_ZONE))
    with services().reading() as session:
        found = listing.history(session, chosen, span, skip)
        shown = board.show(session, tree, found)
        figures = listing.figures(session, chosen, span)
    asked = {"branch": _branch() or None, "group": chosen.group or None, "device": chosen.device or None}
    return render_template(
        "alarms/history.html",
        found=shown,
        figures=figures,
        tree=tree,
        period=period,
        asked={**asked, "from": period.first, "to": period.last},
        fault=fault,
        skip=skip,
        older=skip + PAGE if len(found) == PAGE else None,
    )


def _period() -> Period:
    """As asked for, else the last month."""
    today = datetime.fromtimestamp(now_ms() / 1000, HOME_ZONE).date()
    last = _day("to") or today
    first = _day("from") or last - timedelta(days=USUAL_DAYS - 1)
    return Period(Kind.SPAN, max(min(first, last), last - timedelta(days=MAX_DAYS - 1)), last)


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


# ---------------------------------------------------------------- who is on duty, where to look
@alarm_pages.get("/duty")
def duty_list() -> str:
    """Who is next where nobody acknowledges; the rooms with their recordings and drills."""
    return _duty()


def _duty(typed: Mapping[str, str] | None = None) -> str:
    """With what was typed and refused."""
    tree = services().tree()
    rooms = [kiosk for kiosk in tree.kiosks.values() if kiosk.setting == "room24" and not kiosk.retired]
    with services().reading() as session:
        return render_template(
            "alarms/duty.html",
            lists=duty.lists(session),
            cameras={row.device_id: row.template for row in session.scalars(select(RoomCamera))},
            rooms=rooms,
            drills=listing.drills(session),
            tree=tree,
            typed=typed or {},
            minutes=services().config.alarms.acknowledge_s // 60,
        )


@alarm_pages.post("/duty/turns")
def add_turn() -> Answer | tuple[str, int]:
    """A new last line of a list."""
    asked = request.form
    branch, name = asked.get("branch") or None, asked.get("name", "").strip()
    return _change(
        "duty_changed", f"{branch or '*'} + {name}",
        lambda session: duty.add_turn(session, branch, name, asked.get("telephone", "").strip()),
    )  # fmt: skip


@alarm_pages.post(f"/duty/turns/<int(max={MAX_NUMBER}):number>/remove")
def remove_turn(number: int) -> Answer:
    with services().writing.begin() as session:
        turn = session.get(DutyTurn, number) or abort(404)
        subject = f"{turn.branch_id or '*'} - {turn.name}"
        note(session, "duty_changed", subject)
        session.delete(turn)
    return redirect(url_for("alarms.duty_list"))


@alarm_pages.post("/duty/cameras")
def set_camera() -> Answer | tuple[str, int]:
    """Where recordings of a room are looked up; empty: nowhere any more."""
    device, template = request.form.get("device", ""), request.form.get("template", "").strip()
    return _change("camera_set", device, lambda session: duty.set_camera(session, device, template))


def _change(action: str, subject: str, change: Any) -> Answer | tuple[str, int]:
    """Keep a line or an address. What was typed stays where it is refused."""
    try:
        with services().writing.begin() as session:
            change(session)
            note(session, action, subject)
    except Unfit as refusal:
        flash(say(words.WHY[refusal.args[0]]), "bad")
        return _duty(request.form), 422
    flash(gettext("Kept."), "good")
    return redirect(url_for("alarms.duty_list"))


@alarm_pages.post("/duty/drills")
def drill() -> Answer:
    """Begin a drill in a room, or end it: on record first, then to the broker."""
    device, wanted, now = request.form.get("device", ""), request.form.get("drill", ""), now_ms()
    back = redirect(url_for("alarms.duty_list", _anchor="drills"))
    if wanted not in {*words.DRILLS, "end"} or device not in services().tree().kiosks:
        abort(400)
    try:
        with services().writing.begin() as session:
            order = give_order(
                session, device, "room.drill", person().username, now,
                more={"drill": wanted}, deadline_ms=now + DRILL_ORDER_S * 1000,
            )  # fmt: skip
            payload = order_payload(services().keys.signing, order)
            subject = f"{device} room.drill {wanted}"
            record(session, now, person().username, "ordered", subject, request.remote_addr or "")
    except NotPossible as refusal:
        flash(say(fleet_words.NOT_POSSIBLE[refusal.args[0]]), "bad")
        return back
    try:
        services().link.publish(Message(*payload))
    except BrokerAway:
        flash(gettext("The broker is away: the room will not hear of the drill in time."), "bad")
    else:
        flash(gettext("The room is told; the drill stands below once it has answered."), "good")
    return back
