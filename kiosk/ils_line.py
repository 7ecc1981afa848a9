"""One TCP connection, with TLS where the configuration names a CA, and the bell that wakes its owner.

- Every call is bounded by a moment of the monotonic clock (`until`, in seconds), also mid-handshake.
- Only the resolving of a host's name is the system's, with the system's own timeout: give an address.
- `HungUp` and `SignedOut` are the peer's doing; any other OSError is the network's. None names a secret.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, TypeVar

from kiosk import config

CHUNK_OCTETS = 64 * 1024
T = TypeVar("T")


class HungUp(ConnectionError):  # noqa: N818 - an act of the peer
    """The library system has closed the line."""


class SignedOut(ConnectionError):  # noqa: N818 - an act of the peer
    """The library system has forgotten who we are, and has done nothing else."""


class _File(Protocol):
    def fileno(self) -> int: ...


def _ready(until: float, wanted: int, *files: _File) -> set[int]:
    """The file numbers on which there is something to do; empty when the time is up."""
    poll = select.poll()
    for file in files:
        poll.register(file.fileno(), wanted)
    left_s = max(until - time.monotonic(), 0.0)
    return {number for number, _event in poll.poll(left_s * 1000)}


class Bell:
    """Any thread rings; the owner waits for it, alone or together with a line."""

    def __init__(self) -> None:
        self._number = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        return self._number

    def ring(self) -> None:
        os.eventfd_write(self._number, 1)

    def hush(self) -> None:
        """Forget what was rung so far."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._number)

    def wait(self, until: float) -> None:
        """Until it is rung, or the time is up."""
        _ready(until, select.POLLIN, self)

    def close(self) -> None:
        os.close(self._number)


class Line:
    """An open connection; `open` makes one."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    @classmethod
    def open(cls, settings: config.Ils, until: float) -> Line:
        """Connect, and shake hands where TLS is wanted.

        Raises:
            OSError: nobody there, not in time, or not whom the certificate names.
        """
        error: OSError = OSError(f"{settings.host} has no address")
        for family, kind, _, _, address in socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        ):
            sock = socket.socket(family, kind)
            try:
                return cls(_connected(sock, address, settings, until))
            except OSError as cause:
                sock.close()
                error = cause
        raise error

    def fileno(self) -> int:
        return self._sock.fileno()

    def send(self, octets: bytes, until: float) -> None:
        """Hand all octets to the network."""
        while octets:
            sent = _in_time(self._sock, partial(self._sock.send, octets), select.POLLOUT, until)
            octets = octets[sent:]

    def receive(self, until: float) -> bytes:
        """What comes next; empty when the time is up.

        Raises:
            HungUp: nothing will come any more.
        """
        try:
            octets = _in_time(self._sock, partial(self._sock.recv, CHUNK_OCTETS), select.POLLIN, until)
        except TimeoutError:
            return b""
        except ssl.SSLEOFError:
            octets = b""
        if not octets:
            raise HungUp("closed by the library system")
        return octets

    def wait(self, bell: Bell, until: float) -> bool:
        """Until the bell is rung, something came, or the time is up; True where something came."""
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            return True
        return self.fileno() in _ready(until, select.POLLIN, self, bell)

    def close(self) -> None:
        self._sock.close()


def _connected(
    sock: socket.socket, address: tuple[Any, ...], settings: config.Ils, until: float
) -> socket.socket:
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with suppress(BlockingIOError):
        sock.connect(address)
    if not _ready(until, select.POLLOUT, sock):
        raise TimeoutError("no connection in time")
    if error := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(error, os.strerror(error))
    if settings.ca is None:
        return sock
    context = ssl.create_default_context(cafile=str(settings.ca))
    if settings.certificate is not None:
        context.load_cert_chain(str(settings.certificate), settings.key and str(settings.key))
    name = settings.server_name or settings.host
    wrapped = context.wrap_socket(sock, server_hostname=name, do_handshake_on_connect=False)
    try:
        _in_time(wrapped, wrapped.do_handshake, select.POLLIN, until)
    except OSError:
        wrapped.close()
        raise
    return wrapped


def _in_time(sock: socket.socket, act: Callable[[], T], way: int, until: float) -> T:
    """Repeat `act` until the socket lets it be done; `way` is POLLIN or POLLOUT.

    Raises:
        TimeoutError: the time is up.
    """
    while True:
        wanted = way
        try:
            return act()
        except ssl.SSLWantReadError:
            wanted = select.POLLIN
        except ssl.SSLWantWriteError:
            wanted = select.POLLOUT
        except BlockingIOError:
            pass
        if not _ready(until, wanted, sock):
            raise TimeoutError("not in time")
