"""A line: bytes there and back, nothing else. Implementations: `serial_line`, and the tests' bad lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Line(Protocol):
    """An open byte stream. Not shared between threads."""

    def write(self, octets: bytes) -> None:
        """Send all octets. Returns when the last one was handed to the system.

        Raises:
            Gone: the line broke.
        """

    def read(self, timeout_s: float) -> bytes:
        """Whatever has arrived, waiting at most `timeout_s` for the first octet; empty when none came.

        Raises:
            Gone: the line broke.
        """

    def close(self) -> None:
        """Let go of the line. May be called twice."""


OpenLine = Callable[[], Line]
"""Opens the line anew. Raises Gone when it cannot be opened."""
