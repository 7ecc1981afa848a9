"""A line to central over HTTPS, with this device's certificate, to a server of the configured authority."""

from __future__ import annotations

import ssl
from http.client import HTTPSConnection
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
