"""One port that several devices share: an RS-485 bus and its units, the one connection of a serial server.

- A port is opened once, by whoever comes first, and closed when the last one lets go of it.
- Who speaks takes a turn: one question and its answer. Turns are granted in the order of asking.
- A turn waits for those before it, each of which lasts at most as long as its own time-out.
- A line that broke in one's turn is `Gone` in everybody's next; each opens it anew, the first one really.
- Who shares a port shares its baud rate and parity: asking for others is `Misuse`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Lock
from weakref import WeakValueDictionary

from drivers.errors import Gone, Misuse
from drivers.line.line import Line
from drivers.line.serial_line import Parity, open_serial


@dataclass(frozen=True, slots=True)
class Port:
    """How a port is opened."""

    url: str
    """Device path or `socket://host:port`."""
    baud: int = 9600
    parity: Parity = "N"

    def open(self) -> Line:
        """Open it.

        Raises:
            Gone: it cannot be opened.
        """
        return open_serial(self.url, self.baud, self.parity)


class Queue:
    """A lock that is granted in the order of asking."""

    def __init__(self) -> None:
        self._moved = Condition(Lock())
        self._last = 0
        self._served = 0

    def acquire(self) -> None:
        """Wait for one's turn."""
        with self._moved:
            mine, self._last = self._last, self._last + 1
            while self._served != mine:
                self._moved.wait()

    def release(self) -> None:
        """Let the next one."""
        with self._moved:
            self._served += 1
            self._moved.notify_all()


class SharedLine:
    """One device's hold on a shared port: a `Line` to be used in its turns alone."""

    def __init__(self, bus: Bus, line: Line, seat: str) -> None:
        self._bus = bus
        self._line = line
        self.seat = seat

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Nobody else speaks until it ends. Whether nobody else has spoken since one's last turn."""
        undisturbed = self.take()
        try:
            yield undisturbed
        finally:
            self.give()

    def take(self) -> bool:
        """Begin a turn that `give` ends, for who cannot put it into a block; the same answer."""
        return self._bus.take(self)

    def give(self) -> None:
        """End the turn that `take` began."""
        self._bus.give()

    def write(self, octets: bytes) -> None:
        with self._breaking() as line:
            line.write(octets)

    def read(self, timeout_s: float) -> bytes:
        with self._breaking() as line:
            return line.read(timeout_s)

    def close(self) -> None:
        """Let go of the port; not within a turn."""
        self._bus.leave(self)

    @contextmanager
    def _breaking(self) -> Iterator[Line]:
        if not self._bus.carries(self._line):
            raise Gone(f"{self._bus.port.url} broke while another device used it")
        try:
            yield self._line
        except Gone:
            self._bus.drop(self._line)
            raise


class Bus:
    """The owner of one port."""

    def __init__(self, port: Port, opener: Callable[[Port], Line] = Port.open) -> None:
        self.port = port
        self._opener = opener
        self._lock = Lock()
        self._queue = Queue()
        self._line: Line | None = None
        self._sharing: set[SharedLine] = set()
        self._spoke: SharedLine | None = None

    def open(self, seat: str = "") -> SharedLine:
        """A hold on the port, which is opened where it is not.

        Args:
            seat: what only one device may be on this bus, `OSDP address 3`; empty: no matter.

        Raises:
            Gone: the port cannot be opened.
            Misuse: another device has that seat.
        """
        with self._lock:
            if seat and any(each.seat == seat for each in self._sharing):
                raise Misuse(f"two devices are configured as {seat} at {self.port.url}")
            self._line = self._line or self._opener(self.port)
            shared = SharedLine(self, self._line, seat)
            self._sharing.add(shared)
            return shared

    def take(self, speaker: SharedLine) -> bool:
        """Wait for the turn; whether `speaker` had the last one too."""
        self._queue.acquire()
        undisturbed, self._spoke = self._spoke is speaker, speaker
        return undisturbed

    def give(self) -> None:
        """Let the next one speak."""
        self._queue.release()

    def carries(self, line: Line) -> bool:
        """Whether this is the port's line still."""
        return self._line is line

    def drop(self, line: Line) -> None:
        """The line broke."""
        with self._lock:
            if self._line is line:
                self._line = None
        line.close()

    def leave(self, shared: SharedLine) -> None:
        """One device less; the last one closes the port."""
        with self._lock:
            self._sharing.discard(shared)
            self._spoke = None if self._spoke is shared else self._spoke
            if self._sharing or self._line is None:
                return
            line, self._line = self._line, None
        line.close()


_buses: WeakValueDictionary[str, Bus] = WeakValueDictionary()
"""By url. A port is the whole machine's, taken exclusively; so its owner is the whole process's. It lives
for as long as a device holds it."""
_lock = Lock()


def bus(port: Port) -> Bus:
    """The owner of this port.

    Raises:
        Misuse: another device wants the port otherwise.
    """
    with _lock:
        found = _buses.get(port.url)
        if found is None:
            found = _buses[port.url] = Bus(port)
    if found.port != port:
        wanted, given = (f"{each.baud} baud, parity {each.parity}" for each in (port, found.port))
        raise Misuse(f"{port.url} is shared: {wanted} here, {given} at another device")
    return found
