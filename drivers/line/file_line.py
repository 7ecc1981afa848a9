"""A line over a character device that is no terminal: `/dev/usb/lp0`, as the kernel's printer driver makes it.

The kernel numbers printers as they come; `usb:SERIAL` is the one whose plug has this serial number, wherever it is.

- Opening does not block, a write at most `WRITE_TIMEOUT_S`, a read as long as it is told to.
- Every failure of the device is `Gone`; nothing else leaves this file. A read of no octets is none: USB printers
  answer with empty packets.
"""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path
from time import monotonic

from drivers.errors import Gone
from drivers.line.line import Line
from drivers.line.usb import DEV, SYS, plug_of, text_of

USB = "usb:"
READ_OCTETS = 4096
WRITE_TIMEOUT_S = 10.0
"""A printer takes nothing while its buffer is full and a line is being printed; out of paper it takes nothing at all."""


class FileLine:
    """A `Line` over an open file descriptor, kept non-blocking."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._open = True

    def write(self, octets: bytes) -> None:
        until = monotonic() + WRITE_TIMEOUT_S
        try:
            while octets:
                _, ready, _ = select.select([], [self._descriptor], [], max(until - monotonic(), 0.0))
                if not ready:
                    raise Gone(f"takes no octets for {WRITE_TIMEOUT_S:g} s")
                octets = octets[os.write(self._descriptor, octets) :]
        except OSError as cause:
            raise Gone(f"cannot write: {cause}") from cause

    def read(self, timeout_s: float) -> bytes:
        try:
            ready, _, _ = select.select([self._descriptor], [], [], timeout_s)
            return os.read(self._descriptor, READ_OCTETS) if ready else b""
        except BlockingIOError:
            return b""
        except OSError as cause:
            raise Gone(f"cannot read: {cause}") from cause

    def close(self) -> None:
        if self._open:
            self._open = False
            with suppress(OSError):
                os.close(self._descriptor)


def open_file(path: str) -> Line:
    """Open a character device for both directions: a path, or `usb:SERIAL`.

    Raises:
        Gone: it is not there, or another program has it.
    """
    path = usb_printer(path.removeprefix(USB)) if path.startswith(USB) else path
    try:
        return FileLine(os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError as cause:
        raise Gone(f"cannot open {path}: {cause.strerror}") from cause


def usb_printer(serial: str, sys: Path = SYS, dev: Path = DEV) -> str:
    """Where the printer with this serial number is now.

    Raises:
        Gone: it is not plugged in, or more than one has that number.
    """
    plugs = {node.name: plug_of(node) for node in sys.glob("class/usbmisc/lp*")}
    found = [name for name, plug in plugs.items() if plug and text_of(plug, "serial") == serial]
    if len(found) != 1:
        raise Gone(f"{len(found) or 'no'} printers on USB have the serial number {serial}")
    return str(dev / "usb" / found[0])
