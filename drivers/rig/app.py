"""The rig's page and API over HTTP.

- Listens on loopback alone, answers only to loopback's names, and takes orders from no other origin.
- `/events` pushes the whole state whenever it changed, looked at every `LOOK_MS`, or every `?look_ms=`.
- One thread a request; all of them end soon after `close`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Event, Thread
from urllib.parse import urlsplit

import msgspec
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from drivers.rig import api
from drivers.rig.room import Room
from drivers.rig.texts import page
from drivers.rig.world import Impossible

HOST = "127.0.0.1"
NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_BODY = 16 * 1024
"""A book with all its fields is under 1 KiB."""
LOOK_MS = 50
LOOKS_MS = range(1, 1001)
"""What a stream may ask for: whoever measures looks closer than a person."""
PING_S = 10.0
"""How long a page that has gone may keep its thread."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(room: Room, closing: Event) -> Flask:
    """The application for one room; streams end when `closing` is set."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.register_blueprint(api.blueprint(room))

    @app.get("/")
    def index() -> str:
        language = api.language()
        seen = room.state()
        return render_template(
            "room.html",
            room=seen,
            state=msgspec.to_builtins(seen),
            kinds={device.kind for device in seen.devices},
            scanner_places={device.place for device in seen.devices if device.kind in {"scanner", "osdp"}},
            t=page(language),
            language=language,
        )

    @app.get("/paper.png")
    def paper() -> Response:
        return Response(room.printer.picture(), mimetype="image/png")

    @app.get("/events")
    def events() -> Response:
        asked_ms = request.args.get("look_ms", LOOK_MS, type=int)
        look_s = (asked_ms if asked_ms in LOOKS_MS else LOOK_MS) / 1000
        return Response(_changes(room, closing, look_s), mimetype="text/event-stream")

    @app.errorhandler(Impossible)
    def impossible(cause: Impossible) -> Response:
        return api.problem(cause.args[0], 404)

    @app.before_request
    def guard() -> Response | None:
        return None if _is_ours() else api.problem("cross_origin", 403)

    @app.errorhandler(HTTPException)
    def refused(cause: HTTPException) -> Response:
        status = cause.code or 500
        return api.problem("not_found" if status == 404 else "refused", status, cause.name)  # noqa: PLR2004

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.extend(HEADERS)
        return response

    return app


def _is_ours() -> bool:
    """Asked by a loopback name (no other name may be bound to us), and changed by our own page or by no page."""
    if urlsplit(f"//{request.host}").hostname not in NAMES:
        return False
    origin = request.headers.get("Origin")
    return request.method in SAFE or origin is None or origin == request.host_url.rstrip("/")


def _changes(room: Room, closing: Event, look_s: float) -> Iterator[bytes]:
    told, silent_s = b"", 0.0
    while not closing.is_set():
        state = msgspec.json.encode(room.state())
        if state != told:
            told, silent_s = state, 0.0
            yield b"data: " + state + b"\n\n"
        elif silent_s >= PING_S:
            silent_s = 0.0
            yield b": ping\n\n"
        closing.wait(look_s)
        silent_s += look_s


class _Quiet(WSGIRequestHandler):
    """Prints no line a request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class RigServer:
    """Serves a room's page and API until `close`.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, room: Room, port: int = 0) -> None:
        self._closing = Event()
        app = create_app(room, self._closing)
        with socket.create_server((HOST, port)) as ours:  # werkzeug itself ends the process on a taken port
            self._server = make_server(
                HOST, port, app, threaded=True, request_handler=_Quiet, fd=ours.fileno()
            )
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="rig-http", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Of the page."""
        return f"http://{HOST}:{self._server.port}/"

    def close(self) -> None:
        """End all streams and listen no more."""
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
