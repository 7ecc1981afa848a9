"""The signed lists: staff change them now and then, central announces them, kiosks fetch their bodies.

Real: bodies, heads, the kiosk's keeper and its shelf, on a disk whose power may go. HTTPS is a probability: the whole body, or
nothing, or a damaged one. A list that this desk has once given never comes back, also where central is restored from a backup.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import cast

from msgspec.structs import replace

from central.mqtt import Message
from kiosk import config
from kiosk.central_events import ListsChanged
from kiosk.effects import FetchList
from kiosk.https import Missed
from kiosk.knowledge import Lists
from kiosk.lists.download import Download
from kiosk.lists.keeper import BACKOFF, Keeper, Pace, Wanted
from kiosk.lists.shelf import Shelf
from kiosk.lists.standing import Standing
from tests.simulation.disk import Disk
from tests.simulation.host import Host
from tests.simulation.rules import HOURS, STAFF
from tests.simulation.swift import key_pair
from tests.simulation.timeline import DAY, HOUR, SECOND, Timeline
from wire import topics
from wire.admission import BANNED, Admission
from wire.ids import ListName
from wire.lists import NAMES, SALT_OCTETS, Body, Head, Readers, encode, head_of, pack
from wire.signing import seal

SIGNING, PUBLIC = key_pair(bytes(range(32, 64)))
NOBODYS, _ = key_pair(bytes(32))
SETTINGS = config.Central(public_key="", url="https://central")
MISSED = 0.2
"""Of the attempts to fetch a body."""
DAMAGED = 0.1
"""Of them: what comes is not what was signed."""
ALL_MAY = Admission()


@dataclass(frozen=True, slots=True)
class Said:
    """What one version of a list says, in clear."""

    expires_ms: int
    readers: frozenset[str] = frozenset()
    """Of the list `room`: who is banned."""
    items: frozenset[str] = frozenset()
    asked: Admission = ALL_MAY
    """Of the list `room`."""
    shut: range = range(0)
    """Of the list `hours`: minutes of a day, UTC, in which no reader comes in."""


NOTHING_SAID = Said(0)


class Desk:
    """Where staff keep the lists, and whence their bodies are served."""

    def __init__(self, timeline: Timeline, chance: Random) -> None:
        self._timeline = timeline
        self._chance = chance
        self.calm = False
        """Each attempt to fetch a body succeeds."""
        self.said: dict[tuple[ListName, int], Said] = {}
        """By name and version."""
        self.newest: dict[ListName, Said] = {}
        self._heads: dict[ListName, Head] = {}
        self._given: list[Head] = []
        self._bodies: dict[tuple[ListName, int], bytes] = {}

    def change(
        self, name: ListName, readers: Iterable[str], items: Iterable[str], asked: Admission = ALL_MAY
    ) -> None:
        """A new version, with nothing else on it; in force for hours, or for days."""
        version, salt = self._timeline.wall_ms, self._chance.randbytes(SALT_OCTETS)
        readers, items = sorted(readers), sorted(items)
        body = Body(name, version, salt, (Readers(pack(salt, "reader", readers)),), pack(salt, "item", items))
        hours, shut = self._chance.choice(HOURS)
        if name == "hours":
            body = Body(name, version, salt, hours=hours)
        if name == "room":
            groups = (Readers(pack(salt, "reader", STAFF), "staff"), replace(body.readers[0], type=BANNED))
            body = Body(name, version, salt, groups, room=asked)
        octets = encode(body)
        head = head_of(octets, body, version + self._chance.choice((3 * HOUR, 30 * DAY)))
        self._heads[name], self._bodies[name, version] = head, octets
        said = Said(head.expires_ms, frozenset(readers), frozenset(items), asked, shut)
        self._given.append(head)
        self.said[name, version] = self.newest[name] = said

    def announced(self, device: str, names: Collection[ListName]) -> list[Message]:
        """What the broker is to retain for a kiosk of these lists."""
        heads = [(name, head) for name, head in self._heads.items() if name in names]
        named = {topics.topic(device, f"{topics.LISTS}/{name}"): head for name, head in heads}
        return [Message(topic, seal(SIGNING, topic, head), retain=True) for topic, head in named.items()]

    def stray(self, device: str) -> Message:
        """What whoever owns the broker can say: a list that was in force once, or one that central has not signed."""
        head = self._chance.choice(self._given)
        topic = topics.topic(device, f"{topics.LISTS}/{head.name}")
        if self._chance.random() < 0.5:
            return Message(topic, seal(SIGNING, topic, head), retain=True)
        newer = replace(head, version=self._timeline.wall_ms)
        return Message(topic, seal(NOBODYS, topic, newer), retain=True)

    def serve(self, head: Head) -> bytes:
        """One attempt to fetch a body.

        Raises:
            Missed: the line failed.
        """
        luck, octets = self._chance.random(), self._bodies[head.name, head.version]
        if not self.calm and luck < MISSED:
            raise Missed("the line is bad")
        return octets if self.calm or luck > MISSED + DAMAGED else octets[:-1] + b"!"

    def in_force(self, lists: Lists, name: ListName) -> Said | None:
        """What a kiosk's list says that it has in force."""
        one = lists.by_name.get(name)
        return None if one is None else self.said[name, one.body.version]


@dataclass(slots=True)
class _Line:
    """The verbs of `kiosk.lists.download.Download`."""

    attempt: Callable[[], bytes]

    def forget(self) -> None:
        """Nothing is kept of an attempt."""


class TremblingShelf(Shelf):
    """The kiosk's own shelf; the power may go before, while and after a list is written."""

    disk: Disk

    def keep(self, name: ListName, signed: bytes, body: bytes) -> None:
        plug = self.disk.plug
        plug.chance("before a list is kept")
        if not self.disk.writable:
            raise OSError(errno.ENOSPC, "No space left on device")
        if plug.at_this_commit:
            self._folder.mkdir(exist_ok=True)
            self._path(name).with_suffix(".new").write_bytes(self.disk.cut(signed + body))
            plug.pull("while a list is written")
        super().keep(name, signed, body)
        plug.chance("after a list is kept")


class HandDrivenKeeper(Keeper):
    """`kiosk.lists.keeper.Keeper` with its thread taken out."""

    def attach(self, host: Host, desk: Desk, shelf: TremblingShelf) -> None:
        """Before anything else: whom it belongs to, where it fetches, and where it keeps what it has fetched."""
        self._host = host
        self._desk = desk
        self._shelf = shelf

    def begin(self) -> None:
        """What `start` does, without the thread."""
        for name in NAMES:
            self._load(name)
        if self._in_force:
            self._post(ListsChanged(Lists(dict(self._in_force))))

    def fetch(self, effect: FetchList) -> None:
        """As the real one judges it."""
        head = effect.head
        known = self._wanted.get(head.name)
        if known is None or known.effect.head.version < head.version:
            line = cast("Download", _Line(partial(self._desk.serve, head)))
            self._wanted[head.name] = wanted = Wanted(effect, line, 0)
            self._host.later(self._pace.first_s(head.octets) * SECOND, partial(self._go_on, wanted))

    def _go_on(self, wanted: Wanted) -> None:
        if self._wanted.get(wanted.effect.head.name) is wanted:
            self._attempt(wanted)
            wait_s = BACKOFF.wait_s(wanted.attempts, self._pace.jitter())
            self._host.later(wait_s * SECOND, partial(self._go_on, wanted))


def keeper(host: Host, desk: Desk, disk: Disk, device: str, standing: Standing) -> HandDrivenKeeper:
    """A keeper for one run of a kiosk's program."""
    pace, folder = Pace(jitter=host.chance.random), disk.folder / "lists"
    shelf = TremblingShelf(folder, device, PUBLIC)
    shelf.disk = disk
    made = HandDrivenKeeper(SETTINGS, folder, device, PUBLIC, standing.highest, host.post, pace=pace)
    made.attach(host, desk, shelf)
    return made
