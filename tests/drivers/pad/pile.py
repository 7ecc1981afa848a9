"""Books on a pad, and a pad run to the end of a story in the test's own thread, in no time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from threading import Event

from drivers.emulators.air import EmulatedTag
from drivers.emulators.feig import FeigReader, FeigReaderSettings
from drivers.errors import DriverError
from drivers.events import DeviceLost, PadSettled, TagContent
from drivers.pad.feig.settings import FeigSettings
from drivers.pad.presence import PresenceRule
from drivers.tag import iso28560_2
from tests.lines import WHOLE, Answering, Bad, BadLine

AT_ONCE = FeigReaderSettings(pace=0.0)
QUICK = FeigSettings(
    "pad",
    "",
    poll_pause_ms=0,
    idle_pause_ms=0,
    presence=PresenceRule(missed=2, absent_ms=0),
    reply_timeout_s=0.5,
)
MAX_WRITES = 20_000
"""No story of ours needs as many commands: a driver that never ends fails instead of hanging."""


def content(number: int) -> TagContent:
    return TagContent(item=f"B{number:07d}", owner="CN-320500", usage=0x10, model="iso28560-2")


def book(number: int) -> EmulatedTag:
    octets = iso28560_2.encode(content(number))
    # odd steps spread the UIDs over the slots, with a collision now and then
    uid = f"E00401{0x5000000000 + number * 0x1F35B7:010X}"
    return EmulatedTag(uid, bytearray(octets.ljust(112, b"\0")))


class Pile:
    """A field that a test fills and empties."""

    def __init__(self, tags: Iterable[EmulatedTag] = ()) -> None:
        self.here = list(tags)

    def tags(self):
        return list(self.here)


def settings(**changes) -> FeigSettings:
    return FeigSettings(**{name: getattr(QUICK, name) for name in QUICK.__slots__} | changes)


def lines(answer: Callable[[bytes], list[bytes]], bad: Bad = WHOLE, seed: int = 0, every: int = 3):
    """Opens a fresh line to the same reader each time."""
    seeds, limited = count(seed), _limited(answer)
    return lambda: BadLine(Answering(limited), bad, next(seeds), every, scattered=True)


def _limited(answer):
    asked = count()

    def limited(octets):
        assert next(asked) < MAX_WRITES, "the driver never ends"
        return answer(octets)

    return limited


def reader(pile: Pile, **changes) -> FeigReader:
    return FeigReader(pile, FeigReaderSettings(pace=0.0, **changes))


def told(device, react: Callable[[object, Event], None], stop: Event | None = None) -> list[object]:
    """Run a device as the pump does, without its thread and its pauses, until the stop is set.

    `react(event, stop)` is called on each event but PadSettled, of which only its own tests speak.
    """
    events: list[object] = []
    stop = stop or Event()

    def post(event):
        if isinstance(event, PadSettled):
            return
        events.append(event)
        react(event, stop)

    while not stop.is_set():
        try:
            device.run(post, stop)
        except DriverError as cause:
            post(DeviceLost(device.name, cause))
            device.abandon(post)
    return events
