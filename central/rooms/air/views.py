"""The pages of what rooms are like inside: all of them now, one of them over days."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Flask, abort, render_template, request

from central.clock_ms import now_ms
from central.fleet.tree import Kiosk
from central.rooms.air import chart, reading, words
from central.web.services import services
from wire.condition import Reading

air_pages = Blueprint("air", __name__, url_prefix="/air")
DAY_MS = 86_400_000
SPANS = (1, 7, 30)
"""Days that a page may show; the second where nobody has chosen."""


class Now(NamedTuple):
    """A room that measures something."""

    kiosk: Kiosk
    heard_ms: int
    silent: bool
    readings: dict[str, Reading]


def init_app(app: Flask) -> None:
    app.register_blueprint(air_pages)
    app.jinja_env.globals["words_of_air"] = words


@air_pages.get("/")
def rooms() -> str:
    """Every room that measures anything, with its last values; of one branch and below where it is chosen."""
    tree, hub = services().tree(), services().hub
    branch = request.args.get("branch", "")
    within = {place.id for place in tree.under(branch)} if branch in tree.places else tree.places.keys()
    found = []
    for kiosk in tree.kiosks.values():
        if kiosk.branch not in within:
            continue
        seen = hub.seen(kiosk.id)
        measured = (
            {name: one for name, one in seen.vitals.readings.items() if one.unit} if seen.vitals else {}
        )
        if measured:
            found.append(Now(kiosk, seen.heard_ms, seen.silent, measured))
    return render_template("air/rooms.html", found=found, tree=tree, branch=branch)


@air_pages.get("/<device>")
def room(device: str) -> str:
    """One room over days."""
    tree = services().tree()
    kiosk = tree.kiosks.get(device) or abort(404)
    days = request.args.get("days", SPANS[1], type=int)
    days = days if days in SPANS else SPANS[1]
    last_ms = now_ms()
    first_ms = last_ms - days * DAY_MS
    with services().reading() as session:
        points = reading.points(session, device, first_ms)
        runs = reading.runs(session, device, first_ms)
    return render_template(
        "air/room.html",
        kiosk=kiosk,
        zone=tree.places[kiosk.branch].zone,
        path=tree.path(kiosk.branch),
        days=days,
        spans=SPANS,
        points=points,
        charts={name: chart.draw(point.told, first_ms, last_ms) for name, point in points.items()},
        runs=runs,
    )
