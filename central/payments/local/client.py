"""Central's side of the provider for trying: `provider = "local"` in `[payments]`.

settings.url     where it serves, http://127.0.0.1:PORT
secrets.key      a file with any octets, shared with it
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import msgspec

from central.config import LOOPBACK
from central.payments.local.bills import SIGNATURE, Answer, Asked, sign
from central.payments.provider import TIMEOUT_S, Away, Forged, Money

MAX_ANSWER = 1024 * 1024


def make(settings: Mapping[str, str], secrets: Mapping[str, bytes]) -> Local:
    """The provider of these settings.

    Raises:
        KeyError: a setting or a secret is missing.
        ValueError: it is not on loopback.
    """
    return Local(address(settings), secrets["key"])


def address(settings: Mapping[str, str]) -> tuple[str, int]:
    """Host and port.

    Raises:
        ValueError: not on loopback: it takes no money, and gives fees away.
    """
    url = urlsplit(settings["url"])
    if url.scheme != "http" or url.hostname not in LOOPBACK or not url.port:
        raise ValueError("url is http://127.0.0.1:PORT: this provider is for trying alone")
    return url.hostname, url.port


class Local:
    """A `central.payments.provider.Provider`."""

    def __init__(self, where: tuple[str, int], key: bytes) -> None:
        self._where = where
        self._key = key

    def create(self, amount_fen: int, reference: str, expires_ms: int) -> str:
        return self._ask(Asked("create", reference, amount_fen, expires_ms)).code

    def status(self, reference: str) -> Sequence[Money]:
        return self._ask(Asked("status", reference)).money

    def cancel(self, reference: str) -> None:
        self._ask(Asked("cancel", reference))

    def verify(self, headers: Mapping[str, str], body: bytes) -> Money:
        if not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), sign(self._key, body).encode()):
            raise Forged("the signature is not the provider's")
        try:
            return msgspec.json.decode(body, type=Money)
        except msgspec.MsgspecError:
            raise Forged("no money is named") from None

    def listing(self, first_ms: int, last_ms: int) -> Sequence[Money]:
        return self._ask(Asked("listing", first_ms=first_ms, last_ms=last_ms)).money

    def _ask(self, asked: Asked) -> Answer:
        body = msgspec.json.encode(asked)
        connection = HTTPConnection(*self._where, timeout=TIMEOUT_S)
        try:
            connection.request("POST", "/api", body, {SIGNATURE: sign(self._key, body)})
            answer = connection.getresponse()
            octets = answer.read(MAX_ANSWER)
            if answer.status != HTTPStatus.OK:
                raise Away(f"status {answer.status}")
            return msgspec.json.decode(octets, type=Answer)
        except (OSError, HTTPException, msgspec.MsgspecError) as cause:
            raise Away(type(cause).__name__) from None
        finally:
            connection.close()
