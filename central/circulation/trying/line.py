"""One line to a library system that nobody knows yet: octets out, whatever comes back in.

- Every call ends: connecting and each answer have `timeout_s`, and an answer is bounded.
- Nothing is understood here: an answer is what came until the line fell quiet after a line end.
- The peer's end of the line is part of the answer, not an error.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from wire.sip2.framing import MAX_FRAME_OCTETS

QUIET_S = 0.05
"""After a line end: a LF that follows a CR is there by then."""
CHUNK_OCTETS = 16 * 1024


@dataclass(frozen=True, slots=True)
class Target:
    """Where a library system listens."""

    host: str
    port: int
    timeout_s: float = 3.0
    tls: bool = False
    ca: Path | None = None
    """Authority of its certificate; None: those of this machine."""
    certificate: Path | None = None
    key: Path | None = None
    server_name: str = ""
    """In its certificate, where it is not `host`."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back."""

    octets: bytes
    after_s: float
    """Until its line end, or until the waiting was over."""
    closed: bool
    """The peer has closed the line."""


class Line:
    """An open line; a context manager that closes it."""

    def __init__(self, target: Target) -> None:
        """Connect, and shake hands where TLS is wanted.

        Raises:
            OSError: nobody there, not in time, or not whom the certificate names.
        """
        self._timeout_s = target.timeout_s
        sock = socket.create_connection((target.host, target.port), target.timeout_s)
        try:
            self._sock = _secured(sock, target) if target.tls else sock
        except OSError:
            sock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sock.close()

    def ask(self, octets: bytes) -> Heard:
        """Send, and wait for what comes back."""
        began = time.monotonic()
        until, came, ended_s, closed = began + self._timeout_s, bytearray(), None, False
        try:
            self._sock.sendall(octets)
            while (left_s := until - time.monotonic()) > 0 and len(came) <= MAX_FRAME_OCTETS:
                self._sock.settimeout(left_s)
                more = self._sock.recv(CHUNK_OCTETS)
                if not more:
                    closed = True
                    break
                came += more
                if came.strip() and came.endswith((b"\r", b"\n")):
                    ended_s = ended_s or time.monotonic() - began
                    until = time.monotonic() + QUIET_S
        except TimeoutError:
            pass
        except OSError:
            closed = True
        return Heard(bytes(came), ended_s or time.monotonic() - began, closed)


def _secured(sock: socket.socket, target: Target) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=target.ca and str(target.ca))
    if target.certificate is not None:
        context.load_cert_chain(str(target.certificate), target.key and str(target.key))
    return context.wrap_socket(sock, server_hostname=target.server_name or target.host)
