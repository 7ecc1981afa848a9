"""How a port is written in a configuration. Pure.

    /dev/serial/by-id/usb-…      a character device, by a name that stays
    usb:SERIAL                   a printer on USB, wherever it is plugged in
    socket://HOST[:PORT]         a device on the network, or behind a serial server

What a port is called here says nothing of whether it is there.
"""

from __future__ import annotations

import re

DEVICE = "/"
"""How the path of a character device begins."""
_SOCKET = re.compile(r"socket://(\[[0-9A-Fa-f:.]+\]|[^/:\[\]@\s]+)(?::(?P<port>[0-9]{1,5}))?")
_HIGHEST = 65535


def mistake(port: str) -> str:
    """Why this can be no port; empty where it can."""
    if port.startswith(DEVICE) or re.fullmatch(r"usb:\S+", port):
        return ""
    if "://" in port:
        found = _SOCKET.fullmatch(port)
        right = found and int(found["port"] or _HIGHEST) in range(1, _HIGHEST + 1)
        return "" if right else f"{port!r} is no socket://HOST:PORT"
    return f"{port!r} is no port: the path of a device (/dev/…) or socket://HOST:PORT"
