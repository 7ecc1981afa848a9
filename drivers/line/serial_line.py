"""Serial ports and serial-over-TCP: the one file that knows pyserial.

- Opening blocks at most 5 s, a write at most `WRITE_TIMEOUT_S`, a read as long as it is told to.
- Every failure of port, cable or network is `Gone`; nothing else leaves this file.
- Nothing is lost here; octets that came before the line was opened are thrown away.
"""

from __future__ import annotations

import os
import select
import termios
from contextlib import suppress
from pathlib import Path
from socket import socket
from time import monotonic
from typing import Literal

import serial

from drivers.errors import Gone
from drivers.line.line import Line

Parity = Literal["N", "E", "O"]

READ_OCTETS = 4096
"""Most that one read returns: the size of the kernel's own tty buffer."""
WRITE_TIMEOUT_S = 2.0
"""No frame of ours takes longer at 9600 baud; a port that takes no octets for so long is gone."""

_BROKEN = (serial.SerialException, OSError, ValueError, termios.error)


class SerialLine:
    """A `Line` over an open pyserial port. Kept non-blocking: waiting is ours, by `select`.

    pyserial opens it and closes it; octets go by its descriptor, at half of the system calls: a poll of a
    device that has nothing to tell costs little else.
    """

    def __init__(self, port: serial.SerialBase) -> None:
        self._port = port
        self._descriptor = port.fileno()

    def write(self, octets: bytes) -> None:
        until = 0.0
        try:
            while octets := octets[self._send(octets) :]:
                until = until or monotonic() + WRITE_TIMEOUT_S
                if not select.select([], [self._descriptor], [], max(until - monotonic(), 0.0))[1]:
                    raise Gone(f"takes no octets for {WRITE_TIMEOUT_S:g} s")
        except _BROKEN as cause:
            raise Gone(f"cannot write: {cause}") from cause

    def read(self, timeout_s: float) -> bytes:
        try:
            if not select.select([self._descriptor], [], [], timeout_s)[0]:
                return b""
            octets = os.read(self._descriptor, READ_OCTETS)
        except BlockingIOError:
            return b""
        except _BROKEN as cause:
            raise Gone(f"cannot read: {cause}") from cause
        if not octets:
            raise Gone("cannot read: the other end hung up, or the port was unplugged")
        return octets

    def _send(self, octets: bytes) -> int:
        """How many the system takes now."""
        try:
            return os.write(self._descriptor, octets)
        except BlockingIOError:
            return 0

    def close(self) -> None:
        self._descriptor = -1
        with suppress(*_BROKEN):
            self._port.close()


class SocketLine(SerialLine):
    """The same over pyserial's `socket://`, whose own `close` sleeps 0.3 s and leaks a socket that hung up."""

    def close(self) -> None:
        self._descriptor = -1
        sock: socket | None = getattr(self._port, "_socket", None)
        if sock is not None:
            sock.close()
        self._port.is_open = False


def open_serial(url: str, baud: int = 38400, parity: Parity = "N") -> Line:
    """Open a serial line: 8 data bits, 1 stop bit, no flow control.

    Args:
        url: a device path (`/dev/ttyUSB0`; taken exclusively) or `socket://host:port`.
        baud: bits per second; a socket ignores it.
        parity: none, even or odd; a socket and a pseudo-terminal ignore it.

    Raises:
        Gone: the port cannot be opened.
    """
    try:
        port = serial.serial_for_url(
            url,
            baudrate=baud,
            parity="N" if _is_pty(url) else parity,
            timeout=0,
            write_timeout=WRITE_TIMEOUT_S,
            exclusive=True,
        )
        return SocketLine(port) if url.startswith("socket:") else SerialLine(port)
    except _BROKEN as cause:
        raise Gone(f"cannot open {url}: {cause}") from cause


def _is_pty(url: str) -> bool:
    """A pseudo-terminal has no parity. Asked for one, the C library may refuse all settings (EINVAL), but only
    where nothing else changes with it: at the second opening, by a program that was started again.
    """
    return Path(url).resolve().parent == Path("/dev/pts")
