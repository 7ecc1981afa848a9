"""A person's browser as far as the demo needs one: JSON to the rigs, a signed-in look at the report."""

from __future__ import annotations

import json
import re
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from html import unescape
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookiejar import CookieJar
from typing import Any, Self

TIMEOUT_S = 10.0
"""A stream says something every 5 s."""
AGAIN_S = 0.05
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def get(url: str) -> str:
    """A page's text."""
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        text: str = answer.read().decode()
        return text


def up(url: str) -> bool:
    """Whether anybody answers there."""
    try:
        get(url)
    except urllib.error.HTTPError as answer:
        answer.close()
    except OSError:
        return False
    return True


class Screen:
    """A kiosk's screen as its browser has it: the page that was pushed last.

    Follows the stream on a thread of its own from `open` to `close`, and again after it breaks.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.text = ""
        self._line: socket.socket | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"screen {url}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)  # or the thread would wait for the stream's next word
        self._thread.join()

    def shows(self, words: str) -> bool:
        """Whether these words stand on the screen now."""
        return words in self.text

    def touch(self, action: str) -> None:
        """What a finger does; the page that follows is pushed."""
        request = urllib.request.Request(
            f"{self.url}/touch/{action}", b"", {"Origin": self.url}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):
            pass

    def _follow(self) -> None:
        while not self._closed.wait(AGAIN_S):
            with suppress(OSError, HTTPException), self._stream() as pushed:
                self._read(pushed)
            self.text = ""

    def _stream(self) -> HTTPResponse:
        connection = HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=TIMEOUT_S)
        connection.connect()
        self._line = connection.sock
        connection.request("GET", "/desk/stream")
        return connection.getresponse()

    def _read(self, pushed: Iterable[bytes]) -> None:
        page: list[str] = []
        for line in pushed:
            if self._closed.is_set():
                return
            kind, _, rest = line.decode().rstrip("\n").partition(": ")
            if kind == "data":
                page.append(rest)
            elif not kind and page:
                self.text, page = unescape("\n".join(page)), []


class Rig:
    """One room: what a person does in it."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def state(self) -> dict[str, Any]:
        return self._ask("GET", "/api/state", None)

    def do(self, path: str, **body: object) -> dict[str, Any]:
        """One act, as the rig's API names it; returns the room after it."""
        return self._ask("POST", f"/api{path}", body)

    def remove(self, uid: str) -> None:
        self._ask("DELETE", f"/api/books/{uid}", None)

    def _ask(self, method: str, path: str, body: dict[str, object] | None) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, sent, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            state: dict[str, Any] = json.load(answer)
            return state


class Console:
    """Central's pages, signed in."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._url = url.rstrip("/")
        self._jar = CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar)).open
        found = TOKEN.search(self._text("/sign-in"))
        if found is None:
            raise RuntimeError("the sign-in page has no form")
        form = {"csrf_token": found[1], "username": username, "password": password}
        self._text("/sign-in", urllib.parse.urlencode(form).encode())

    @property
    def cookie(self) -> str:
        """What a browser that has signed in sends along."""
        return "; ".join(f"{each.name}={each.value}" for each in self._jar)

    def report(self, **period: str) -> dict[str, Any]:
        """Figures as the manager's page shows them."""
        figures: dict[str, Any] = json.loads(self._text("/api/report?" + urllib.parse.urlencode(period)))
        return figures

    def _text(self, path: str, form: bytes | None = None) -> str:
        with self._open(self._url + path, form, TIMEOUT_S) as answer:
            text: str = answer.read().decode()
            return text
