"""A stream of server-sent events, each with the moment at which it had arrived."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Self
from urllib.parse import urlsplit

from deploy.demo.visit import DidNotHappen

PATIENCE_S = 20.0


class Stream:
    """Follows one stream on a thread of its own, from `with` to its end."""

    def __init__(self, url: str, cookie: str = "") -> None:
        """Ask for it.

        Raises:
            OSError: nobody is there, or the answer is not 200.
        """
        at = urlsplit(url)
        self._socket = socket.create_connection((at.hostname, at.port), PATIENCE_S)
        path = at.path + (f"?{at.query}" if at.query else "")
        head = f"GET {path} HTTP/1.0\r\nHost: {at.netloc}\r\nCookie: {cookie}\r\n\r\n"
        self._socket.sendall(head.encode())
        self._lines = self._socket.makefile("rb")
        status, *_ = list(iter(self._lines.readline, b"\r\n"))
        if b" 200 " not in status:
            self.close()
            raise OSError(f"{url}: {status.decode().strip()}")
        self._socket.settimeout(None)
        self._arrived: SimpleQueue[tuple[float, str]] = SimpleQueue()
        self._last = (0.0, "")
        self._thread = threading.Thread(target=self._follow, name=f"stream {url}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.close()

    def close(self) -> None:
        """Let go of a stream that nobody follows."""
        self._lines.close()
        self._socket.close()

    def first(self, what: str, since: float, seen: Callable[[str], bool]) -> float:
        """When the first event after `since` had arrived for which `seen` holds (monotonic seconds).

        Raises:
            DidNotHappen: none came within PATIENCE_S; `what` was waited for.
        """
        give_up = time.monotonic() + PATIENCE_S
        while self._last[0] < since or not seen(self._last[1]):
            try:
                self._last = self._arrived.get(timeout=max(0.0, give_up - time.monotonic()))
            except Empty:
                raise DidNotHappen(what) from None
        return self._last[0]

    def _follow(self) -> None:
        with suppress(OSError):
            for event in events(self._lines):
                self._arrived.put((time.monotonic(), event))


def events(lines: Iterable[bytes]) -> Iterator[str]:
    """Each event's `event:` and `data:` lines as they came; comments are left out (WHATWG HTML 9.2.6)."""
    event: list[str] = []
    for line in lines:
        text = line.decode().rstrip("\r\n")
        if text and not text.startswith(":"):
            event.append(text)
        elif not text and event:
            yield "\n".join(event)
            event = []
