"""A line to central over HTTPS, with this device's certificate, to a server of the configured authority."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
