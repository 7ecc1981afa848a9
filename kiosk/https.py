"""A line to central over HTTPS, with this device's certificate, to a server of the configured authority."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from kiosk.config import Central


class Missed(Exception):  # noqa: N818 - the state of a line
    """Central did not answer this time; it may the next."""


def line(settings: Central, silence_s: float) -> HTTPSConnection:
    """A connection that is not open yet; connecting, and any one read, wait for `silence_s` at most.

    Raises:
        Missed: the certificates cannot be read.
    """
    url = urlsplit(settings.url)
    try:
        context = ssl.create_default_context(cafile=str(settings.ca))
        context.load_cert_chain(str(settings.certificate), str(settings.key))
    except OSError as cause:
        raise Missed(f"certificates: {cause}") from None
    return HTTPSConnection(url.hostname or "", url.port, timeout=silence_s, context=context)


def path(settings: Central, rest: str) -> str:
    """The address of a resource on that line."""
    return urlsplit(settings.url).path.rstrip("/") + rest


@contextmanager
def within(connection: HTTPSConnection, limit_s: float) -> Iterator[None]:
    """One exchange on that line, cut after `limit_s` whatever the server does; closed at its end.

    Raises:
        Missed: no connection, or the line ended.
    """
    limit = Timer(limit_s, cut, (connection,))
    limit.start()
    try:
        yield
    except (OSError, HTTPException) as cause:
        raise Missed(str(cause) or type(cause).__name__) from None
    finally:
        limit.cancel()
        limit.join()
        connection.close()


def cut(connection: HTTPSConnection) -> None:
    """End whatever is under way on a line, from any thread."""
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):  # below TLS: whoever reads there finds the end of the line
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


class Asker:
    """Asks one thing after the other, each over a line of its own. One thread asks, any thread may stop it."""

    def __init__(self, settings: Central, limit_s: float) -> None:
        self._settings = settings
        self._limit_s = limit_s
        self._stopped = False
        self._line: HTTPSConnection | None = None

    def stop(self) -> None:
        """Cut what is under way; nothing is asked from here on."""
        self._stopped = True
        if (under_way := self._line) is not None:
            cut(under_way)

    def ask(self, method: str, where: str, octets: int, body: bytes | None = None) -> bytes:
        """What the server answers; one octet more than `octets`, where there is more.

        Raises:
            Missed: central does not answer, or not with 200; or it was stopped.
        """
        self._line = connection = line(self._settings, self._limit_s)
        with within(connection, self._limit_s):
            if not self._stopped:
                connection.connect()
            if self._stopped:
                raise Missed("stopped")
            connection.request(method, path(self._settings, where), body, {"Connection": "close"})
            with connection.getresponse() as response:
                if response.status != HTTPStatus.OK:
                    raise Missed(f"the server answers {response.status}")
                return response.read(octets + 1)
