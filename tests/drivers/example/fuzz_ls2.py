"""Any octets to the light barrier's lines."""

from __future__ import annotations

from contextlib import suppress

from drivers.errors import Misbehaved
from tests.drivers.example.codec import Lines

SEEDS = (b"C00000102,00000090*65\r", b"VLS-2,SN0042,1.3*61\r")
_LINES = Lines()
"""One line for all inputs: what one leaves behind is the beginning of the next."""


def feed(octets: bytes) -> None:
    """As what comes on the line."""
    with suppress(Misbehaved):
        _LINES.feed(octets)
