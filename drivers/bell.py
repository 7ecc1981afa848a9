"""Wakes the one thread that runs a device, where `threading.Event` costs too much.

A device at rest is looked at twenty times a second, and after each pause a processor finds its caches cold: a wait of an
`Event` is a dozen calls, this one is one.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock


class Bell:
    """`ring` from any thread, the rest from the one that waits. Two rings before a wait are one."""

    def __init__(self) -> None:
        self._silent = Lock()
        """Held while nobody has rung."""
        self._silent.acquire()

    def ring(self) -> None:
        """End the wait, or the next one."""
        with suppress(RuntimeError):  # it was rung before
            self._silent.release()

    def wait(self, timeout_s: float) -> bool:
        """Until it is rung, which that ends, or time is over; whether it was rung."""
        return self._silent.acquire(timeout=max(timeout_s, 0))
