"""The screen's pages, their stream, and the touches that come back.

- Loopback alone. `show` returns at once, whatever the browsers do; touches come back through `post`.
- A page is pushed whole, over SSE, when it differs from the last. A browser that comes gets the present one.
- Nothing of a reader is in a URL, a form, a cookie or storage, and nothing may be cached.
- `MAX_STREAMS` browsers; one that is gone is noticed within two heartbeats.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import get_args

from flask import Flask, Response, abort
from werkzeug.routing import BaseConverter

from kiosk.effects import Place
from kiosk.events import Touched
from kiosk.screen import chimes, guard
from kiosk.screen.board import PLACES, Board
from kiosk.screen.draw import Draw
from kiosk.screen.page import Action
from kiosk.screen.serve import Server, listen
from kiosk.screen.settings import Settings
from kiosk.screen.words import LANGUAGES
from kiosk.snapshot import Snapshot

HEARTBEAT_S = 5.0
RETRY_MS = 500
"""A browser that lost the stream comes back after this."""
MAX_STREAMS = 16
"""Two screens, their reloads, and a technician's look; each costs a thread."""

Post = Callable[[Touched], None]


class Screen:
    """The kiosk's screen, from `start` to `stop`."""

    def __init__(self, settings: Settings, post: Post) -> None:
        """Draws the first page.

        Raises:
            ValueError: the configured language is none of the screen's.
        """
        self._settings = settings
        self._post = post
        self._draw = Draw(settings)
        self._board = Board(settings, self._draw)
        self._board_thread = threading.Thread(target=self._board.run, name="screen-board")
        self._server: Server | None = None
        self.port = settings.port

    def start(self) -> None:
        """Listen and draw.

        Raises:
            OSError: the port is taken.
        """
        listener = listen(self._settings.host, self._settings.port)
        self.port = listener.getsockname()[1]
        app = create_app(self._draw, self._board, self._post, self.port)
        self._server = Server(listener, app)
        self._server.start()
        self._board_thread.start()

    def show(self, snapshot: Snapshot) -> None:
        """The kiosk is like this now. Never blocks."""
        self._board.show(snapshot)

    def stop(self) -> None:
        """End all streams and join all threads. Nothing happens where it was not started."""
        if self._server is None:
            return
        self._board.close()
        self._server.stop()
        self._board_thread.join()
        self._server = None


def create_app(draw: Draw, board: Board, post: Post, port: int) -> Flask:
    """The routes, over a board."""
    app = Flask(__name__, static_folder="static", template_folder=None)
    app.url_map.converters["place"] = _converter(PLACES)
    app.url_map.converters["language"] = _converter(LANGUAGES)
    app.url_map.converters["action"] = _converter(get_args(Action))
    app.url_map.converters["sound"] = _converter(tuple(chimes.NOTES))
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

    @app.post("/touch/<action:action>")
    def touch(action: Action) -> tuple[str, int]:
        post(Touched(action))
        return "", 204

    @app.post("/<place:place>/language/<language:language>")
    def speak(place: Place, language: str) -> tuple[str, int]:
        board.speak(place, language)
        return "", 204

    @app.get("/sound/<sound:name>.wav")
    def sound(name: str) -> Response:
        return Response(chimes.wav(name), mimetype="audio/wav")

    @app.get("/healthz")
    def healthz() -> tuple[dict[str, bool], int]:
        return {"shows": board.shows}, 200 if board.shows else 503

    return app


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
