"""The reader thread: runs one device, and brings it back when its line breaks.

- One thread a device; `post` is called on it and must not block (it is the put of a queue).
- `DeviceLost` is posted once, with the first cause; failed attempts after it are silent.
- `DeviceBack` is the driver's to post, once the device has identified itself.
- While the device is lost, orders are answered `Gone` within `SLICE_S`.
- Attempts back off, doubled up to a cap and jittered; only a device that stayed resets them.
- `stop` ends the driver, joins the thread and leaves no order unanswered.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from drivers.device import Device, Post
from drivers.errors import DriverError, Gone, Misuse
from drivers.events import DeviceBack, DeviceEvent, DeviceLost

SLICE_S = 0.2
"""Longest that an order waits for its `Gone` while the device is lost."""


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long to wait before the next attempt."""

    first_s: float = 0.25
    cap_s: float = 10.0
    """A reader who plugs the cable in again should not wait longer."""
    steady_s: float = 10.0
    """A device that answered for so long starts again at `first_s`."""

    def wait_s(self, attempt: int, jitter: float) -> float:
        """The pause before attempt 1, 2, …: half of it fixed, half of it times `jitter` (0 to 1)."""
        whole: float = min(self.first_s * 2.0 ** min(attempt - 1, 32), self.cap_s)
        return whole * (1 + jitter) / 2


class Pump:
    """Runs a device on a thread of its own from `start` to `stop`."""

    def __init__(
        self,
        device: Device,
        post: Post,
        *,
        backoff: BackOff = BackOff(),
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._post = post
        self._backoff = backoff
        self._jitter = jitter
        self._clock = clock
        self._stop = Event()
        self._thread = Thread(target=self._pump, name=f"pump-{device.name}", daemon=True)
        self._lost = False
        self._back_at: float | None = None
        self._attempt = 0

    def start(self) -> None:
        """Begin. A pump is started once."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ask the driver to end and wait for it; True when the thread has ended."""
        self._stop.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _pump(self) -> None:
        while not self._stop.is_set():
            cause = self._run()
            if not self._stop.is_set():
                self._lose(cause)
                self._wait()
        self._device.abandon(self._post)

    def _run(self) -> DriverError:
        """One life of the driver; why it ended."""
        self._back_at = None
        try:
            self._device.run(self._watch, self._stop)
        except DriverError as cause:
            return cause
        except Exception as bug:  # noqa: BLE001 - a bug in one driver must not take its thread in silence
            misuse = Misuse(f"{self._device.name}: {type(bug).__name__}: {bug}")
            misuse.__cause__ = bug
            return misuse
        return Gone(f"{self._device.name}: ended by itself")

    def _watch(self, event: DeviceEvent) -> None:
        """The driver's `post`: notes that the device is back."""
        if isinstance(event, DeviceBack):
            self._lost = False
            self._back_at = self._clock()
        self._post(event)

    def _lose(self, cause: DriverError) -> None:
        if not self._lost:
            self._lost = True
            self._post(DeviceLost(self._device.name, cause))
        self._device.abandon(self._post)

    def _wait(self) -> None:
        steady = self._back_at is not None and self._clock() - self._back_at >= self._backoff.steady_s
        self._attempt = 1 if steady else self._attempt + 1
        left_s = self._backoff.wait_s(self._attempt, self._jitter())
        while left_s > 0 and not self._stop.wait(min(left_s, SLICE_S)):
            left_s -= SLICE_S
            self._device.abandon(self._post)
