"""One port that several devices share: an RS-485 bus and its units, the one connection of a serial server.

- A port is opened once, by whoever comes first, and closed when the last one lets go of it.
- Who speaks takes a turn: one question and its answer. Turns are granted in the order of asking.
- A turn waits for those before it, each of which lasts at most as long as its own time-out.
- A line that broke in one's turn is `Gone` in everybody's next; each opens it anew, the first one really.
- Who shares a port shares its baud rate and parity: asking for others is `Misuse`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
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
        self._lock = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()
        """Of each who waits the lock that is released to them."""

    def acquire(self) -> None:
        """Wait for one's turn."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def release(self) -> None:
        """Let the next one."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class SharedLine:
    """One device's hold on a shared port: a `Line` to be used in its turns alone. A block of it is a turn."""

    def __init__(self, bus: Bus, line: Line, seat: str) -> None:
        self._bus = bus
        self._line = line
        self.seat = seat

    def take(self) -> bool:
        """Begin a turn: nobody else speaks until `give`. Whether nobody else has spoken since one's last turn."""
        return self._bus.take(self)

    __enter__ = take

    def give(self) -> None:
        """End the turn that `take` began."""
        self._bus.turns.release()

    def __exit__(self, *_: object) -> None:
        self.give()

    def write(self, octets: bytes) -> None:
        if self._bus.line is not self._line:
            raise self._broken()
        try:
            self._line.write(octets)
        except Gone:
            self._bus.drop(self._line)
            raise

    def read(self, timeout_s: float) -> bytes:
        if self._bus.line is not self._line:
            raise self._broken()
        try:
            return self._line.read(timeout_s)
        except Gone:
            self._bus.drop(self._line)
            raise

    def close(self) -> None:
        """Let go of the port; not within a turn."""
        self._bus.leave(self)

    def _broken(self) -> Gone:
        return Gone(f"{self._bus.port.url} broke while another device used it")


class Bus:
    """The owner of one port."""

    def __init__(self, port: Port, opener: Callable[[Port], Line] = Port.open) -> None:
        self.port = port
        self._opener = opener
        self._lock = Lock()
        self.turns = Queue()
        self.line: Line | None = None
        """The port's line now; whose hold is on another one holds one that broke."""
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
            self.line = self.line or self._opener(self.port)
            shared = SharedLine(self, self.line, seat)
            self._sharing.add(shared)
            return shared

    def take(self, speaker: SharedLine) -> bool:
        """Wait for the turn; whether `speaker` had the last one too."""
        self.turns.acquire()
        undisturbed, self._spoke = self._spoke is speaker, speaker
        return undisturbed

    def drop(self, line: Line) -> None:
        """The line broke."""
        with self._lock:
            if self.line is line:
                self.line = None
        line.close()

    def leave(self, shared: SharedLine) -> None:
        """One device less; the last one closes the port."""
        with self._lock:
            self._sharing.discard(shared)
            self._spoke = None if self._spoke is shared else self._spoke
            if self._sharing or self.line is None:
                return
            line, self.line = self.line, None
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
