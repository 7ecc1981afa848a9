"""The rig's HTTP API: what a person can do in the room, each one request that returns the new state.

    GET    /api/state
    POST   /api/books                   a book (as in the configuration)      bring it
    DELETE /api/books/UID                                                     carry it away
    POST   /api/books/UID/place         {"place": "pad"}
    POST   /api/pile                    {"from": "bag", "to": "pad"}          all of one place at once
    POST   /api/cards/NUMBER/tap        {"device": "scanner"}                 device may be left out where one is
    POST   /api/door/push               {"force": false}
    POST   /api/door/close
    POST   /api/door/exit
    POST   /api/fire                    {"active": true}
    POST   /api/walk                    {"direction": "in", "persons": 1}
    POST   /api/devices/NAME/plug       {"plugged": false}
    POST   /api/devices/NAME/keys       {"keys": "1234#"}                     on a keypad
    POST   /api/id_cards/NUMBER/tap     {"device": "id_reader"}               device may be left out where one is
    POST   /api/points/POINT            {"value": 31.5} or {"active": true}   what the sensors see
    POST   /api/printer/paper           {"paper": "out"}                      enough, low, out
    POST   /api/printer/cover           {"open": true}
    POST   /api/printer/knife           {"jammed": true}                      at its next cut
    POST   /api/printer/tear                                                  take what is printed

Errors are `{"error": name, "message": text}`: 400 malformed, 404 unknown, 409 impossible now,
403 from another origin. A body may be left out where every field has a default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response, request
from msgspec import Meta, Struct

from drivers.errors import Misuse
from drivers.rig.config import Book, Place
from drivers.rig.room import Room
from drivers.rig.slips import Paper
from drivers.rig.texts import ERRORS, LANGUAGES, Language, text
from drivers.rig.world import Impossible, Unknown


# ---------------------------------------------------------------- what a request carries
class Nothing(Struct, forbid_unknown_fields=True):
    pass


class Lay(Struct, forbid_unknown_fields=True):
    place: Place


class Pile(Struct, forbid_unknown_fields=True, rename={"origin": "from"}):
    origin: Place
    to: Place


class Tap(Struct, forbid_unknown_fields=True):
    device: str | None = None


class Push(Struct, forbid_unknown_fields=True):
    force: bool = False


class Fire(Struct, forbid_unknown_fields=True):
    active: bool


class Walk(Struct, forbid_unknown_fields=True):
    direction: Literal["in", "out"]
    persons: Annotated[int, Meta(ge=1, le=99)] = 1


class Plugging(Struct, forbid_unknown_fields=True):
    plugged: bool


class Keys(Struct, forbid_unknown_fields=True):
    keys: Annotated[str, Meta(pattern=r"\A[0-9*#]{1,16}\Z")]


class Sensing(Struct, forbid_unknown_fields=True):
    value: Annotated[float, Meta(ge=-1000, le=10_000)] | None = None
    active: bool | None = None


class Loading(Struct, forbid_unknown_fields=True):
    paper: Paper


class Cover(Struct, forbid_unknown_fields=True):
    open: bool


class Knife(Struct, forbid_unknown_fields=True):
    jammed: bool


# ---------------------------------------------------------------- the table
@dataclass(frozen=True, slots=True)
class Verb:
    """One request: `act(room, body, **names in the path)`."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    body: type[Struct]
    act: Callable[..., None]


def _walk(room: Room, way: Walk) -> None:
    (room.walk_in if way.direction == "in" else room.walk_out)(way.persons)


VERBS = (
    Verb("GET", "/state", Nothing, lambda _room, _: None),
    Verb("POST", "/books", Book, lambda room, book: room.bring(book)),
    Verb("DELETE", "/books/<uid>", Nothing, lambda room, _, uid: room.remove(uid)),
    Verb("POST", "/books/<uid>/place", Lay, lambda room, lay, uid: room.lay(uid, lay.place)),
    Verb("POST", "/pile", Pile, lambda room, pile: room.lay_pile(pile.origin, pile.to)),
    Verb("POST", "/cards/<number>/tap", Tap, lambda room, tap, number: room.tap(number, tap.device)),
    Verb("POST", "/door/push", Push, lambda room, push: room.push_door(push.force)),
    Verb("POST", "/door/close", Nothing, lambda room, _: room.close_door()),
    Verb("POST", "/door/exit", Nothing, lambda room, _: room.press_exit()),
    Verb("POST", "/fire", Fire, lambda room, fire: room.set_fire(fire.active)),
    Verb("POST", "/walk", Walk, _walk),
    Verb(
        "POST", "/devices/<name>/plug", Plugging, lambda room, cable, name: room.put_plug(name, cable.plugged)
    ),
    Verb("POST", "/devices/<name>/keys", Keys, lambda room, typed, name: room.press(name, typed.keys)),
    Verb("POST", "/id_cards/<number>/tap", Tap, lambda room, tap, number: room.tap_id(number, tap.device)),
    Verb(
        "POST", "/points/<point>", Sensing, lambda room, to, point: room.set_point(point, to.value, to.active)
    ),
    Verb("POST", "/printer/paper", Loading, lambda room, roll: room.printer.load(roll.paper)),
    Verb("POST", "/printer/cover", Cover, lambda room, cover: room.printer.put_cover(cover.open)),
    Verb("POST", "/printer/knife", Knife, lambda room, knife: room.printer.jam(knife.jammed)),
    Verb("POST", "/printer/tear", Nothing, lambda room, _: room.printer.tear_off()),
)


# ---------------------------------------------------------------- over HTTP
def blueprint(room: Room) -> Blueprint:
    """All routes of the API for one room."""
    api = Blueprint("api", __name__, url_prefix="/api")
    for verb in VERBS:
        endpoint = f"{verb.method} {verb.path}"
        api.add_url_rule(verb.path, endpoint, _view(room, verb), methods=[verb.method])

    @api.errorhandler(Impossible)
    def impossible(cause: Impossible) -> Response:
        return problem(cause.args[0], 404 if isinstance(cause, Unknown) else 409)

    @api.errorhandler(msgspec.MsgspecError)
    def malformed(cause: msgspec.MsgspecError) -> Response:
        return problem("malformed", 400, cause)

    @api.errorhandler(Misuse)
    def no_tag(cause: Misuse) -> Response:
        return problem("no_tag", 400, cause)

    return api


def _view(room: Room, verb: Verb) -> Callable[..., Response]:
    bodies = msgspec.json.Decoder(
        verb.body
    )  # once, in one thread: two that begin at the same moment may crash

    def view(**names: Any) -> Response:
        body = bodies.decode(request.get_data() or b"{}")
        verb.act(room, body, **names)
        return Response(msgspec.json.encode(room.state()), mimetype="application/json")

    return view


def language() -> Language:
    """`?lang=`, else what the browser asks for, else Chinese."""
    asked = request.args.get("lang") or request.accept_languages.best_match(LANGUAGES)
    return "en" if asked == "en" else "zh"


def problem(name: str, status: int, detail: object = "") -> Response:
    """An error as the API tells it."""
    message = text(ERRORS, name, language()).format(detail)
    body = msgspec.json.encode({"error": name, "message": message})
    return Response(body, status, mimetype="application/json")
