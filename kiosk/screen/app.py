"""The screen: its pages, their stream, and the touches that come back.

- Loopback alone. `show` returns at once, whatever the browsers do; touches come back through `post`.
- A page is pushed whole, over SSE, when it differs from the last. A browser that comes gets the present one.
- Nothing of a reader is in a URL, a form, a cookie or storage, and nothing may be cached.
- `start` takes the port and returns; browsers that come before there is a server wait in its queue.
- `MAX_STREAMS` browsers; one that is gone is noticed within two heartbeats.
- A book's line waits for nothing: its cover is drawn when it has come.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.events import ScreenEvent
from kiosk.screen.board import Board
from kiosk.screen.draw import Draw
from kiosk.screen.settings import Settings
from kiosk.snapshot import Snapshot

if TYPE_CHECKING:
    from kiosk.covers import Covers
    from kiosk.screen.routes import Ask
    from kiosk.screen.serve import Server

Post = Callable[[ScreenEvent], None]


class Screen:
    """The kiosk's screen, from `start` to `stop`."""

    def __init__(
        self, settings: Settings, post: Post, ask: Ask | None = None, covers: Covers | None = None
    ) -> None:
        """Draws the first page.

        Raises:
            ValueError: the configured language is none of the screen's.
        """
        self._settings = settings
        self._post = post
        self._ask = ask
        self._covers = covers
        self._draw = Draw(settings)
        self._board = Board(settings, self._draw, known=covers.known if covers else None)
        self._board_thread = threading.Thread(target=self._board.run, name="screen-board")
        self._opening: threading.Thread | None = None
        self._server: Server | None = None
        self.port = settings.port

    def start(self) -> None:
        """Listen and draw; the server follows.

        Raises:
            OSError: the port is taken.
        """
        listener = _listen(self._settings.host, self._settings.port)
        self.port = listener.getsockname()[1]
        self._opening = threading.Thread(target=self._serve, args=(listener,), name="screen-opening")
        self._opening.start()
        self._board_thread.start()
        if self._covers:
            self._covers.start(self._board.look)

    def show(self, snapshot: Snapshot) -> None:
        """The kiosk is like this now. Never blocks."""
        self._board.show(snapshot)

    def stop(self) -> None:
        """End all streams and join all threads. Nothing happens where it was not started."""
        if self._opening is None:
            return
        if self._covers:
            self._covers.stop()
        self._board.close()
        self._opening.join()
        if self._server is not None:
            self._server.stop()
        self._board_thread.join()
        self._opening = self._server = None

    def _serve(self, listener: socket.socket) -> None:
        """What serves is read here: a start does not wait for it, and its devices need not either."""
        from kiosk.screen.routes import create_app
        from kiosk.screen.serve import Server

        with listener:
            cover = self._covers.cover if self._covers else None
            app = create_app(self._draw, self._board, self._post, self.port, self._ask, cover)
            self._server = Server(listener, app)
        self._server.start()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)
