"""When the certificates by which a kiosk is known, and knows its servers, come to their end.

They are read once, at a start: a new one is taken by a start too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509

from kiosk.config import Config
from kiosk.effects import RaiseFault
from wire.faults import number

CERTIFICATE_EXPIRES: Final = number("certificate_expires")
DAY_MS: Final = 86_400_000
BEFORE_DAYS: Final = 30
"""Time enough to issue another and to bring it there."""


class Expiry(NamedTuple):
    """The end of one certificate."""

    name: str
    """As the configuration calls it: `mqtt.certificate`."""
    at_ms: int
    """Since 1970 UTC."""


def read(config: Config) -> tuple[Expiry, ...]:
    """Of every certificate in the configuration the end; of a file with several the first of them.

    What cannot be read as one is left out: the line that needs it says so.
    """
    peers = {"central": config.central, "mqtt": config.mqtt, "ils": config.ils}
    named = {
        f"{peer}.{part}": getattr(of, part) for peer, of in peers.items() for part in ("certificate", "ca")
    }
    ends = {name: _end_ms(path) for name, path in named.items() if path}
    return tuple(Expiry(name, at_ms) for name, at_ms in ends.items() if at_ms is not None)


def due(expiries: Sequence[Expiry], at_ms: int) -> tuple[RaiseFault, ...]:
    """A fault for each that ends within BEFORE_DAYS, or has ended.

    Args:
        expiries: what was read.
        at_ms: now, since 1970 UTC.
    """
    return tuple(
        RaiseFault(CERTIFICATE_EXPIRES, one.name, _worded((one.at_ms - at_ms) // DAY_MS))
        for one in expiries
        if one.at_ms - at_ms < BEFORE_DAYS * DAY_MS
    )


def _worded(days: int) -> str:
    return f"{days} days left" if days >= 0 else "has expired"


def _end_ms(path: Path) -> int | None:
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return None
    return min(int(one.not_valid_after_utc.timestamp() * 1000) for one in found)
