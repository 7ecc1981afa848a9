"""Which of two alike a device is: by its serial number, where the configuration names one. Pure."""

from __future__ import annotations

from drivers.errors import Misbehaved, Unsupported


def recognised(named: str, serial: str, wanted: str) -> str:
    """What a device is called, with its serial number.

    Args:
        named: its kind in its own words.
        serial: what it says; empty: it says none.
        wanted: what the configuration says; empty: any is good.

    Raises:
        Misbehaved: it is another one.
        Unsupported: it does not say which it is, and that matters.
    """
    if wanted and not serial:
        raise Unsupported(f"{named} tells no serial number, and {wanted} is configured")
    told = f"{named}, serial number {serial}" if serial else named
    if wanted and serial.casefold() != wanted.casefold():
        raise Misbehaved(f"{told}: it is another one, {wanted} is configured")
    return told
