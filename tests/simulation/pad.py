"""The pad and the tags: they come, go, lie badly, are hard to write, and the pad itself may be lost.

Tags are things: they keep their security whatever becomes of any kiosk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from drivers.errors import DriverError, Gone, Misbehaved
from drivers.events import (
    DeviceBack,
    DeviceLost,
    PadSettled,
    TagContent,
    TagGone,
    TagSeen,
    TagSensed,
    TagWritten,
)
from tests.simulation.host import Host

GONE_MS = 300
"""Three inventories and 250 ms without it."""
SEEN_MS = 350
"""Longest from laid down to told."""
SETTLED_MS = 400
"""Nothing new since the pad came up: all that lay there has been told."""


@dataclass(slots=True, eq=False)
class Tag:
    """One transponder, glued into a book."""

    uid: str
    item: str
    parts: int = 1
    part: int = 1
    secured: bool = True

    def content(self) -> TagContent:
        return TagContent(self.item, "CN-000001", self.parts, self.part, "iso28560-2")


@dataclass(frozen=True, slots=True)
class Air:
    """How well the pad reads and writes; probabilities of one attempt."""

    unread: float = 0.0
    """Posted without content."""
    unwritten: float = 0.0
    unshown: float = 0.0
    """Written, but the read-back fails."""


STILL = Air()


@dataclass(slots=True)
class Plate:
    """The place where books are laid, whatever becomes of the kiosk."""

    there: dict[str, Tag] = field(default_factory=dict)
    air: Air = STILL
    listener: Callable[[str], None] = lambda _uid: None
    """The driver of the kiosk's present run."""

    def lay(self, tag: Tag) -> None:
        self.there[tag.uid] = tag
        self.listener(tag.uid)

    def lift(self, tag: Tag) -> None:
        self.there.pop(tag.uid, None)
        self.listener(tag.uid)


@dataclass(slots=True, eq=False)
class Pad:
    """The driver of the pad, for one run of the kiosk's program."""

    host: Host
    plate: Plate
    connected: bool = True
    started: bool = False
    _seen: dict[str, None] = field(default_factory=dict)
    """What the driver takes to be there."""
    _orders: list[tuple[str, bool]] = field(default_factory=list)

    def start(self) -> None:
        self.started = True
        self.plate.listener = self._notice
        if not self.connected:
            self.host.post(DeviceLost("pad", Gone("pad: no such line")))
            return
        self.host.post(DeviceBack("pad", "ISO host reader"))
        for uid in tuple(self.plate.there):
            self._notice(uid)
        self.host.later(SETTLED_MS, self._settle)

    def unplug(self) -> None:
        if self.connected:
            self.connected = False
            self.host.post(DeviceLost("pad", Gone("pad: the line is gone")))
            self._abandon()

    def plug(self) -> None:
        if not self.connected:
            self.connected = True
            self.host.post(DeviceBack("pad", "ISO host reader"))
            for uid in (*self.plate.there, *self._seen):
                self._notice(uid)
            self.host.later(SETTLED_MS, self._settle)

    # ------------------------------------------------------------ the driver
    def secure(self, uid: str, secured: bool) -> None:
        """The verb of `drivers.device.Pad`."""
        self._orders.append((uid, secured))
        self.host.later(self.host.chance.uniform(40, 160), self._obey)

    def sense(self, uid: str) -> None:
        """The verb of `drivers.device.Pad`."""
        self.host.later(self.host.chance.uniform(10, 60), partial(self._tell, uid))

    def _tell(self, uid: str) -> None:
        tag = self.plate.there.get(uid)
        if tag is None or not self.connected:
            self.host.post(TagSensed("pad", uid, None, Gone("no such tag")))
        else:
            unread = self.host.chance.random() < self.plate.air.unread
            self.host.post(TagSensed("pad", uid, None if unread else tag.secured))

    def _notice(self, uid: str) -> None:
        """Something about this tag changed: one of the next inventories tells."""
        chance = self.host.chance
        wait_ms = chance.uniform(60, SEEN_MS) if uid in self.plate.there else GONE_MS + chance.uniform(0, 200)
        self.host.later(wait_ms, lambda: self._look(uid))

    def _settle(self) -> None:
        if self.connected:
            self.host.post(PadSettled("pad"))

    def _look(self, uid: str) -> None:
        """An inventory that tells about this tag."""
        if not self.connected or (uid in self.plate.there) == (uid in self._seen):
            return
        if uid in self.plate.there:
            self._seen[uid] = None
            unread = self.host.chance.random() < self.plate.air.unread
            self.host.post(TagSeen("pad", uid, None if unread else self.plate.there[uid].content()))
        else:
            del self._seen[uid]
            self.host.post(TagGone("pad", uid))

    def _obey(self) -> None:
        if self._orders and self.connected:
            uid, secured = self._orders.pop(0)
            self.host.post(TagWritten("pad", uid, secured, self._write(uid, secured)))
        else:
            self._abandon()

    def _write(self, uid: str, secured: bool) -> DriverError | None:
        luck, tag = self.host.chance.random(), self.plate.there.get(uid)
        if tag is None:
            return Gone("no such tag")
        if luck < self.plate.air.unwritten:
            return Misbehaved("the AFI is as it was")
        tag.secured = secured
        if luck < self.plate.air.unwritten + self.plate.air.unshown:
            return Gone("the tag does not answer")
        return None

    def _abandon(self) -> None:
        for uid, secured in self._orders:
            self.host.post(TagWritten("pad", uid, secured, Gone("the pad is lost")))
        self._orders.clear()
