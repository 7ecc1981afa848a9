"""One device on trial: it runs under its pump as in a kiosk, and its events are waited for.

- `until` waits on a queue, at most as long as it says; a device that is lost ends every wait with `Failed`.
- Times are monotonic seconds, from the moment that the check began.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from drivers.configured import Configured
from drivers.device import Device
from drivers.events import DeviceBack, DeviceEvent, DeviceLost
from drivers.kit import driver
from drivers.pump import Pump

E = TypeVar("E", bound=DeviceEvent)
Figures = Mapping[str, str | bool | int | float | None]
"""None: the device does not know it."""


class Failed(Exception):  # noqa: N818 - a verdict on the device
    """A check was not passed. `args[0]` names why, for `texts.WHYS`; `values` are put into its text."""

    def __init__(self, why: str, **values: object) -> None:
        super().__init__(why)
        self.values = values


@dataclass(slots=True)
class Trial:
    """A device under its pump, from `start` to `stop`."""

    name: str
    configured: Configured
    device: Any
    """The device; its kind says which verbs it has."""
    ask: Callable[[str], bool]
    """Ask whoever stands there something, by its name in `texts.QUESTIONS`."""
    identity: str = ""
    last: dict[type, DeviceEvent] = field(default_factory=dict)
    """The latest event of each kind, whoever waited for it."""
    _events: SimpleQueue[DeviceEvent] = field(default_factory=SimpleQueue)
    _pump: Pump | None = None

    @classmethod
    def of(cls, name: str, configured: Configured, ask: Callable[[str], bool]) -> Trial:
        """The device as its driver makes it.

        Raises:
            Misuse: settings that contradict one another.
        """
        made: Device = driver(configured.driver).make(name, configured.settings)
        return cls(name, configured, made, ask)

    def start(self) -> None:
        """Let it run."""
        self._pump = Pump(self.device, self._events.put)
        self._pump.start()

    def stop(self) -> None:
        """End it; its line is closed."""
        if self._pump:
            self._pump.stop()

    def until(
        self,
        kind: type[E] | tuple[type[E], ...],
        timeout_s: float,
        fits: Callable[[E], bool] = lambda _event: True,
    ) -> tuple[E, float]:
        """The next event of this kind, or of one of these, that fits, and how long it took in seconds.

        Raises:
            Failed: it did not come in time, or the device was lost.
        """
        began = time.monotonic()
        while (left_s := began + timeout_s - time.monotonic()) > 0:
            event = self._next(left_s)
            if isinstance(event, DeviceLost):
                raise Failed("lost", cause=event.cause.text)
            if isinstance(event, kind) and fits(event):
                return event, time.monotonic() - began
        raise Failed("nothing_came", seconds=round(timeout_s))

    def gather(
        self, kind: type[E] | tuple[type[E], ...], timeout_s: float, quiet_s: float
    ) -> tuple[list[E], float]:
        """All events of this kind until it has been quiet for so long, and the time from the first to the last."""
        first, _ = self.until(kind, timeout_s)
        found, began = [first], time.monotonic()
        ended = began
        while True:
            try:
                event, _ = self.until(kind, quiet_s)
            except Failed as cause:
                if cause.args[0] == "lost":
                    raise
                return found, ended - began
            found.append(event)
            ended = time.monotonic()

    def forget(self) -> None:
        """What has come so far was for nobody."""
        while self._next(0) is not None:
            pass

    def _next(self, timeout_s: float) -> DeviceEvent | None:
        try:
            event = self._events.get(timeout=timeout_s) if timeout_s else self._events.get_nowait()
        except Empty:
            return None
        self.last[type(event)] = event
        if isinstance(event, DeviceBack):
            self.identity = event.identity
        return event
