"""The screen's addresses: its pages, their stream, and the touches that come back. Flask's one place in the kiosk.

Imported when the screen starts, on a thread of its own: a fifth of what a start takes, while the pad is asked already.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import get_args

import structlog
from flask import Flask, Response, abort, request
from werkzeug.routing import BaseConverter

from kiosk.ease import PLACES
from kiosk.effects import Place
from kiosk.events import (
    ABOUT_CHARACTERS,
    TYPED_CHARACTERS,
    Action,
    Focused,
    LanguageChosen,
    Mode,
    ModeSwitched,
    Purpose,
    ScreenEvent,
    Touched,
    Typed,
)
from kiosk.https import Missed
from kiosk.screen import chimes, guard
from kiosk.screen.board import Board
from kiosk.screen.controls import called
from kiosk.screen.draw import Draw
from kiosk.screen.settings import Settings
from kiosk.screen.words import LANGUAGES
from wire import idle
from wire.catalogue import MAX_SAID, Answer

log = structlog.get_logger(__name__)
HEARTBEAT_S = 5.0
RETRY_MS = 500
"""A browser that lost the stream comes back after this."""
MAX_STREAMS = 16
"""Two screens, their reloads, and a technician's look; each costs a thread."""

Post = Callable[[ScreenEvent], None]
Ask = Callable[[str], Answer]
"""What fits. Raises Missed."""
Cover = Callable[[str], bytes | None]
"""A picture by its hash."""


def create_app(
    draw: Draw, board: Board, post: Post, port: int, ask: Ask | None = None, cover: Cover | None = None
) -> Flask:
    """The routes, over a board; `ask` is the catalogue and `cover` its pictures, where there are any."""
    app = Flask(__name__, static_folder="static", template_folder=None)
    _name(app)
    guard.install(app, port)
    free_streams = threading.BoundedSemaphore(MAX_STREAMS)

    @app.get("/", defaults={"place": "desk"})
    @app.get("/door", defaults={"place": "door"})
    def page(place: Place) -> str:
        return draw.shell(place)

    @app.get("/<place:place>/stream")
    def stream(place: Place) -> Response:
        if not free_streams.acquire(blocking=False):
            abort(503)
        response = Response(_events(board, place), mimetype="text/event-stream")
        response.call_on_close(free_streams.release)
        return response

    _take(app, post)
    _guide(app, draw.settings, board, post)
    if ask is not None:
        _offer(app, draw, board, ask)
    _show(app, draw.settings, cover)

    @app.get("/sound/<sound:name>.wav")
    def sound(name: str) -> Response:
        return Response(chimes.wav(name), mimetype="audio/wav")

    @app.get("/healthz")
    def healthz() -> tuple[dict[str, bool], int]:
        return {"shows": board.shows}, 200 if board.shows else 503

    return app


def _name(app: Flask) -> None:
    """Parts of an address that are one of a few words."""
    app.url_map.converters["place"] = _converter(PLACES)
    app.url_map.converters["language"] = _converter(LANGUAGES)
    app.url_map.converters["mode"] = _converter(get_args(Mode))
    app.url_map.converters["switch"] = _converter(("on", "off"))
    app.url_map.converters["action"] = _converter(get_args(Action))
    app.url_map.converters["purpose"] = _converter(get_args(Purpose))
    app.url_map.converters["sound"] = _converter(tuple(chimes.NOTES))


def _take(app: Flask, post: Post) -> None:
    """What fingers do, as events. What is typed comes in a body."""

    @app.post("/touch/<action:action>")
    def touch(action: Action) -> tuple[str, int]:
        about = request.form.get("about", "")
        if len(about) > ABOUT_CHARACTERS:
            abort(400)
        post(Touched(action, about, _visit()))
        return "", 204

    @app.post("/typed/<purpose:purpose>")
    def typed(purpose: Purpose) -> tuple[str, int]:
        text = request.form.get("text", "")
        if len(text) > TYPED_CHARACTERS:
            abort(400)
        post(Typed(purpose, text, _visit()))
        return "", 204

    @app.post("/<place:place>/language/<language:language>")
    def speak(place: Place, language: str) -> tuple[str, int]:
        post(LanguageChosen(place, language))
        return "", 204

    @app.post("/<place:place>/<mode:mode>/<switch:switch>")
    def ease(place: Place, mode: Mode, switch: str) -> tuple[str, int]:
        post(ModeSwitched(place, mode, switch == "on"))
        return "", 204


def _guide(app: Flask, settings: Settings, board: Board, post: Post) -> None:
    """Where somebody is guided by ear: what they have come to, in the page's own words."""
    app.url_map.converters["control"] = _converter(("[a-z0-9_-]{1,32}",))

    @app.post("/<place:place>/focus/<control:control>")
    def focus(place: Place, control: str) -> tuple[str, int]:
        page = board.now(place).page
        if words := called(page, settings.texts(page.language)).get(control):
            post(Focused(place, control, words))
        return "", 204


def _visit() -> int | None:
    """On whose page it was done: who comes next is not to bear it."""
    return request.form.get("visit", type=int)


def _offer(app: Flask, draw: Draw, board: Board, ask: Ask) -> None:
    """The catalogue's page, what is found, and the way back. What is typed comes in a body and is kept nowhere."""

    @app.get("/<place:place>/catalogue/<language:language>")
    def catalogue(place: Place, language: str) -> str:
        page = board.now(place).page
        return draw.catalogue(place, language, page.modes, page.visit)

    @app.post("/<place:place>/catalogue/<language:language>")
    def find(place: Place, language: str) -> str:
        said, holds = request.form.get("said", "").strip()[:MAX_SAID], board.now(place).page.holds
        if not said:
            return draw.found(language, None, missed=False)
        try:
            return draw.found(language, ask(said), missed=False, holds=holds)
        except Missed as cause:
            log.warning("the catalogue did not answer", place=place, cause=str(cause))
            return draw.found(language, None, missed=True)

    @app.get("/<place:place>/now")
    def back(place: Place) -> str:
        return board.now(place).html


def _show(app: Flask, settings: Settings, cover: Cover | None) -> None:
    """The pictures of the idle screen, the branch's own colours and its logo, where there are any."""
    app.url_map.converters["digest"] = _converter(("[0-9a-f]{64}",))

    @app.get("/cover/<digest:name>")
    def picture(name: str) -> Response:
        octets = cover(name) if cover else None
        if octets is None:
            abort(404)
        return Response(octets, mimetype=idle.picture(octets))

    @app.get("/own.css")
    def colours() -> Response:
        return Response(settings.own_css, mimetype="text/css")

    @app.get("/logo")
    def logo() -> Response:
        if settings.logo is None:
            abort(404)
        return Response(settings.logo.octets, mimetype=settings.logo.kind)


def _converter(words: tuple[str, ...]) -> type[BaseConverter]:
    """A part of an address that is one of these words; anything else is not found."""
    return type("OneOf", (BaseConverter,), {"regex": "|".join(words)})


def _events(board: Board, place: Place) -> Iterator[str]:
    """The stream: the present page at once, then each new one; a comment when nothing is new."""
    yield f"retry: {RETRY_MS}\n\n"
    sheet = board.now(place)
    yield _event(sheet.html)
    while not board.closed:
        new = board.next(place, sheet.number, HEARTBEAT_S)
        if new is None:
            yield ":\n\n"
        else:
            sheet = new
            yield _event(sheet.html)


def _event(html: str) -> str:
    """One SSE message; each line of the fragment becomes a `data` line (WHATWG HTML 9.2.6)."""
    return "event: page\n" + "".join(f"data: {line}\n" for line in html.splitlines()) + "\n"
