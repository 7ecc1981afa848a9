"""A person's browser as far as the demo needs one: JSON to the rigs, a signed-in look at the report."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

TIMEOUT_S = 10.0
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
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open
        found = TOKEN.search(self._text("/sign-in"))
        if found is None:
            raise RuntimeError("the sign-in page has no form")
        form = {"csrf_token": found[1], "username": username, "password": password}
        self._text("/sign-in", urllib.parse.urlencode(form).encode())

    def report(self, **period: str) -> dict[str, Any]:
        """Figures as the manager's page shows them."""
        figures: dict[str, Any] = json.loads(self._text("/api/report?" + urllib.parse.urlencode(period)))
        return figures

    def _text(self, path: str, form: bytes | None = None) -> str:
        with self._open(self._url + path, form, TIMEOUT_S) as answer:
            text: str = answer.read().decode()
            return text
