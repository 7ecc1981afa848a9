"""The systemd watchdog: a loop that stalls stops beating, and is started again.

- Nothing is sent where NOTIFY_SOCKET is not set: a terminal, a test, the demo.
- Never waits and never raises: a beat that is lost is one that systemd misses, and acts on.
- Call it from the loop's own thread, at least every `period_s`.

Source: sd_notify(3), sd_watchdog_enabled(3).
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping


class Pulse:
    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watchdog_us = int(environ.get("WATCHDOG_USEC", "0")) if mine else 0
        self.period_s: float | None = watchdog_us / 2_000_000 or None
        """Half of the time after which systemd loses patience; None: nobody waits."""

    def ready(self) -> None:
        """The kiosk serves; with `Type=notify` the unit counts as started from here on."""
        self._tell("READY=1")

    def beat(self) -> None:
        """The loop has come round once more."""
        if self.period_s is not None:
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """A clean end has begun."""
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.setblocking(False)
            notify.sendto(state.encode("ascii"), self._address)
