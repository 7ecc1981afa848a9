"""Plugs an emulator into a TCP port or a pseudo-terminal, and pulls it out again.

- One thread a plug, alive only while it is plugged; one peer at a time.
- An unplugged line is really closed: the peer reads an error, and opening it again is refused.
- The address stays the same from plug to plug.
- `plug`, `unplug` and `close` are for one thread at a time.
- The emulator gets a `Line`, as a driver does, and sees `Gone` when the peer or the plug goes.
"""

from __future__ import annotations

import os
import select
import socket
import tty
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Protocol

from drivers.errors import Gone
from drivers.line.line import Line

READ_OCTETS = 4096


class Emulator(Protocol):
    """A device as its peer sees it: bytes."""

    def serve(self, line: Line) -> None:
        """Answer on this line until it breaks.

        Its own state lives on from line to line, as a device's does when only its cable is pulled.

        Raises:
            Gone: the line broke. The only regular end.
        """


class Plug(Protocol):
    """The cable of an emulated device."""

    @property
    def url(self) -> str:
        """What `drivers.line.serial_line.open_serial` opens."""

    def plug(self) -> None:
        """Put the cable in. Does nothing where it is in."""

    def unplug(self) -> None:
        """Pull the cable out. Does nothing where it is out."""

    def close(self) -> None:
        """Pull the cable out for good and let go of the address."""


class SocketLine:
    """A `Line` over a connected socket."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock

    def write(self, octets: bytes) -> None:
        try:
            self._sock.sendall(octets)
        except OSError as cause:
            raise Gone(f"cannot write: {cause}") from cause

    def read(self, timeout_s: float) -> bytes:
        try:
            ready, _, _ = select.select([self._sock], [], [], timeout_s)
            octets = self._sock.recv(READ_OCTETS) if ready else None
        except (OSError, ValueError) as cause:  # ValueError: closed under the select
            raise Gone(f"cannot read: {cause}") from cause
        if octets == b"":
            raise Gone("the peer hung up")
        return octets or b""

    def hang_up(self) -> None:
        """Break the line; from any thread. Whoever reads it sees `Gone`."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.hang_up()
        self._sock.close()


class PtyLine:
    """A `Line` over the master side of a pseudo-terminal; `wake` ends a read from another thread."""

    def __init__(self, master: int, wake: int) -> None:
        self._master = master
        self._wake = wake

    def write(self, octets: bytes) -> None:
        try:
            while octets:
                ready, _, _ = select.select([self._wake], [self._master], [])
                self._unless_woken(ready)
                octets = octets[os.write(self._master, octets) :]
        except OSError as cause:
            raise Gone(f"cannot write: {cause}") from cause

    def read(self, timeout_s: float) -> bytes:
        try:
            ready, _, _ = select.select([self._wake, self._master], [], [], timeout_s)
            self._unless_woken(ready)
            return os.read(self._master, READ_OCTETS) if ready else b""
        except OSError as cause:
            raise Gone(f"cannot read: {cause}") from cause

    def _unless_woken(self, ready: list[int]) -> None:
        if self._wake in ready:
            raise Gone("unplugged")

    def close(self) -> None:
        """Nothing: the plug owns the descriptors."""


class TcpPlug:
    """Serves an emulator at `socket://127.0.0.1:port`, as a reader with a LAN port or a serial server does."""

    def __init__(self, emulator: Emulator, port: int = 0) -> None:
        """Reserve the address and plug in; port 0 takes any that is free.

        Raises:
            OSError: the port is taken.
        """
        self._emulator = emulator
        self._keeper = _bound(port)  # bound, never listening: keeps the port ours while unplugged
        self._port = int(self._keeper.getsockname()[1])
        self._lock = Lock()
        self._listener: socket.socket | None = None
        self._peer: SocketLine | None = None
        self._thread: Thread | None = None
        self.plug()

    @property
    def url(self) -> str:
        return f"socket://127.0.0.1:{self._port}"

    def plug(self) -> None:
        if self._listener is not None:
            return
        self._listener = _bound(self._port)
        self._listener.listen(1)
        self._thread = Thread(
            target=self._accept, args=(self._listener,), name=f"emulator-{self._port}", daemon=True
        )
        self._thread.start()

    def unplug(self) -> None:
        if self._listener is None or self._thread is None:
            return
        with self._lock:
            listener, self._listener = self._listener, None
            listener.shutdown(socket.SHUT_RDWR)  # wakes the accept
            if self._peer is not None:
                self._peer.hang_up()
        self._thread.join()
        listener.close()

    def close(self) -> None:
        self.unplug()
        self._keeper.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            line = SocketLine(sock)
            with self._lock:
                plugged = self._listener is listener
                self._peer = line
            with suppress(Gone):
                if plugged:
                    self._emulator.serve(line)
            with self._lock:
                self._peer = None
            line.close()


class PtyPlug:
    """Serves an emulator at a pseudo-terminal behind a symbolic link, as a serial port does.

    Like a serial port, it does not notice when its peer closes the line and another opens it.
    """

    def __init__(self, emulator: Emulator, link: Path) -> None:
        """Plug in; `link` must not exist and is removed by `unplug`."""
        self._emulator = emulator
        self._link = link
        self._thread: Thread | None = None
        self._ends: tuple[int, ...] = ()
        self.plug()

    @property
    def url(self) -> str:
        return str(self._link)

    def plug(self) -> None:
        if self._thread is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)
        wake, waker = os.pipe()
        self._ends = (waker, wake, slave, master)
        self._link.symlink_to(os.ttyname(slave))
        line = PtyLine(master, wake)
        self._thread = Thread(
            target=self._serve, args=(line,), name=f"emulator-{self._link.name}", daemon=True
        )
        self._thread.start()

    def unplug(self) -> None:
        if self._thread is None:
            return
        self._link.unlink()
        os.write(self._ends[0], b"\0")
        self._thread.join()
        self._thread = None
        for end in self._ends:
            os.close(end)

    def close(self) -> None:
        self.unplug()

    def _serve(self, line: PtyLine) -> None:
        with suppress(Gone):
            self._emulator.serve(line)


def _bound(port: int) -> socket.socket:
    sock = socket.socket()
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
    except OSError:
        sock.close()
        raise
    return sock
