"""An HTTP server on loopback whose threads all end when it does.

- The listener is the caller's: a port that is taken is an OSError of the caller's, not the end of the program.
- One thread a connection. One that says nothing, or takes nothing, for `PATIENCE_S` is dropped.
- `stop` closes every connection and joins every thread.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

PATIENCE_S = 10.0
POLL_S = 0.1
"""How long `stop` may wait for the accepting thread."""


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE_S
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing: a request in a log says when a reader was here, a dropped line says nothing."""


class _Connections(ThreadedWSGIServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, listener: socket.socket, app: WSGIApplication) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        host, port = listener.getsockname()[:2]
        super().__init__(host, port, app, handler=_Handler, fd=listener.fileno())

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Shut what is open, so that the threads that serve it see the end of their line; then join them."""
        with self._guard:
            for request in self._open:
                with contextlib.suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)
        super().server_close()


class Server:
    def __init__(self, listener: socket.socket, app: WSGIApplication) -> None:
        """Accepts by a copy of the listener, which the caller may close."""
        self._connections = _Connections(listener, app)
        self._thread = threading.Thread(
            target=self._connections.serve_forever, args=(POLL_S,), name="screen-server"
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it. Streams must have been told to end before."""
        self._connections.shutdown()
        self._thread.join()
