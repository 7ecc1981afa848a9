"""Plays a driver in this thread against an emulated device: no sleeps, a clock that moves with each request.

def visit(stage):
    yield DeviceBack                  # until an event of this kind, or this very event
    door.release(8000)
    yield DoorAnswered("door", "release")
    stage.now += 8
    yield 5                           # until so many more requests were made

events = stage.play(door, visit)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

from drivers.device import Device
from drivers.errors import DriverError
from tests.lines import Answering

STEP_S = 0.01
MAX_REQUESTS = 1000
Wanted = type | int | object
Script = Callable[["Stage"], Iterator[Wanted]]


class Stage:
    """The clock, the line and what was told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.events: list[object] = []
        self.lines: list[Answering] = []
        self.bytewise = False
        """Replies arrive octet by octet."""
        self._answer: Callable[[bytes], bytes] = lambda _: b""
        self._steps: Iterator[Wanted] = iter(())
        self._wanted: Wanted = None
        self._stop = Event()
        self._requests = 0

    def clock(self) -> float:
        return self.now

    def cut(self, answer: Callable[[bytes], bytes], after: int) -> Callable[[], Answering]:
        """The same as `connect`, but replies come octet by octet, and each line is cut after so many."""
        self.bytewise = True
        return self.connect(answer, after)

    def connect(
        self, answer: Callable[[bytes], bytes], break_after: int | None = None
    ) -> Callable[[], Answering]:
        """Opens lines at whose other end `answer` makes the replies; each is cut after so many pieces of them."""
        self._answer = answer

        def opened() -> Answering:
            self.lines.append(Answering(self._reply, break_after))
            return self.lines[-1]

        return opened

    @property
    def written(self) -> list[bytes]:
        """Every request on every line."""
        return [frame for line in self.lines for frame in line.written]

    def play(self, device: Device, script: Script, *, fails: bool = False) -> list[object]:
        """Run the device until the script ends; what it told. With `fails` a driver's error may end it before,
        and is the last thing told.
        """
        self.events, self._requests, self._stop = [], 0, Event()
        self._steps = script(self)
        self._wanted = next(self._steps)
        try:
            device.run(self._post, self._stop)
        except DriverError as error:
            if not fails:
                raise AssertionError(
                    f"failed while waiting for {self._wanted}; told {self.events}"
                ) from error
            self.events.append(error)
        return self.events

    def _reply(self, frame: bytes) -> list[bytes]:
        self.now += STEP_S
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            raise AssertionError(f"still waiting for {self._wanted}; told {self.events}")
        if isinstance(self._wanted, int):
            self._wanted -= 1
            if self._wanted <= 0:
                self._go_on()
        said = self._answer(frame)
        if self.bytewise:
            return [said[i : i + 1] for i in range(len(said))]
        return [said] if said else []

    def _post(self, event: object) -> None:
        self.events.append(event)
        wanted = self._wanted
        if event == wanted or (isinstance(wanted, type) and isinstance(event, wanted)):
            self._go_on()

    def _go_on(self) -> None:
        try:
            self._wanted = next(self._steps)
        except StopIteration:
            self._wanted = None
            self._stop.set()
