"""A library system that lets terminals in, says that it is there, and answers nothing that it is asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from wire.sip2.codec import checksum

ANSWERS = {
    b"93": b"941",
    b"99": b"98YYYYNN03000320260921    2340072.00AO|BXYYYYYYYYYYYNNNNN|",
}
NUMBER = slice(-10, -5)
"""Where a frame with its checksum and CR tells its sequence number: `AY0AZ`."""


@contextmanager
def mute() -> Iterator[int]:
    """Its port, for the length of a block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=_serve, args=(listener,), name="mute")
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            line, _ = listener.accept()
            with line, suppress(OSError):
                _talk(line)


def _talk(line: socket.socket) -> None:
    heard = b""
    while octets := line.recv(4096):
        *frames, heard = (heard + octets).split(b"\r")
        for frame in frames:
            if answer := ANSWERS.get(frame[:2]):
                answer += (frame + b"\r")[NUMBER]
                line.sendall(answer + checksum(answer) + b"\r")
