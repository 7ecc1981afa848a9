"""Server-sent events: a live page is one long answer.

- Each browser holds a thread and one number, its version (`central.live`); at most MAX_STREAMS at once,
  one more is told to come back later.
- A comment every HEARTBEAT_S keeps proxies from cutting a quiet line, and finds a browser that has gone.
- A browser that takes nothing for PATIENCE_S is cut; it reconnects and asks from its last version on.
- A stream ends by itself after LIFE_S, so that a closed account stops seeing soon.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from flask import Response, request, stream_with_context

from central.live import Changes, Hub
from central.web.language import HOME_ZONE
from central.web.services import services

HEARTBEAT_S = 15.0
PATIENCE_S = 20.0
LIFE_S = 600.0
RETRY_MS = 2_000
"""After which a browser reconnects."""
MAX_DIGITS = 20
"""A version is microseconds since 1970."""


class Event(NamedTuple):
    """A named event; its text replaces what the page shows under that name."""

    name: str
    text: str


Say = Callable[[Changes], Iterable[Event]]


def respond(say: Say) -> Response:
    """Stream what `say` makes of every change after the version that the browser has.

    It is asked every HEARTBEAT_S too, with no keys, for what changes without waking anybody.
    """
    found = services()
    if not found.streams.acquire(blocking=False):
        return Response(status=503, headers={"Retry-After": "10"})
    _limit_patience(request.environ)
    stream = _stream(found.hub, _version(), say)
    response = Response(stream_with_context(stream), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(found.streams.release)
    return response


def _stream(hub: Hub, after: int, say: Say) -> Iterator[str]:
    end = time.monotonic() + LIFE_S
    yield f"retry: {RETRY_MS}\n\n"
    while not hub.closed and time.monotonic() < end:
        changes = hub.changes(after, HEARTBEAT_S) or Changes(after, {})
        text = "".join(map(frame, say(changes)))
        if changes.version > after:
            after = changes.version
            text += f"id: {after}\n\n"
        yield text or ": still here\n\n"


def frame(event: Event) -> str:
    """The event's lines; a line of the text is a line of data."""
    data = "\n".join(f"data: {line}" for line in event.text.splitlines() or [""])
    return f"event: {event.name}\n{data}\n\n"


def _version() -> int:
    """The version that the page was made at, or after a reconnect the last one that arrived."""
    text = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < MAX_DIGITS else 0


def _limit_patience(environ: dict[str, object]) -> None:
    """Let a send to this browser fail when nothing is taken for PATIENCE_S."""
    line = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if isinstance(line, socket.socket):
        line.settimeout(PATIENCE_S)


class Fragments:
    """Rendered once for all browsers: the last text of each (key, language), with its version.

    At midnight all are made anew, because times are told by the day.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day = datetime.now(HOME_ZONE).date()
        self._texts: dict[tuple[str, str], tuple[int, str]] = {}

    def text(self, key: str, language: str, version: int, render: Callable[[], str]) -> str:
        """The cached text, or a new one where that is older than `version`."""
        with self._lock:
            self._begin_day()
            had, text = self._texts.get((key, language), (-1, ""))
            if had < version:
                text = render()
                self._texts[key, language] = (version, text)
            return text

    def _begin_day(self) -> None:
        today = datetime.now(HOME_ZONE).date()
        if today != self._day:
            self._day = today
            self._texts.clear()
