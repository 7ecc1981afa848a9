"""What central's database holds: read once for each audit, and each fact decoded and counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from central.reports.tallies import Key, Place, Sums, Totals
from tests.simulation.central import BRANCH, Central
from wire.envelope import UnknownFact, decode_fact
from wire.facts import AnyFact

ZONE = "Asia/Shanghai"


class Held(NamedTuple):
    """One fact as it stands at central."""

    seq: int
    wall_ms: int
    mono_ms: int
    boot: str
    body: str
    kind: str
    at_ms: int
    """When it happened, by central's reckoning."""


Fields = tuple[object, ...]
"""Those of a `Held`, as they are read."""


class Holdings:
    """Central's facts at the last look. `totals` is their recount, which follows what came, went and moved."""

    def __init__(self) -> None:
        self.totals = Totals({}, {}, {}, {}, {})
        self.transactions: Counter[tuple[str, str, str]] = Counter()
        """By device, txn and kind: how many facts of a transaction."""
        self._rows: dict[tuple[str, str], list[Held]] = {}
        """By device and journal, in order."""
        self._known: dict[tuple[str, str], int] = {}
        """By the same: how many at the head were there at the look before, and are as they were."""
        self._decoded: dict[str, AnyFact | UnknownFact] = {}
        """By body."""

    def look(self, central: Central) -> None:
        """Read them all, and count anew what is not as it was."""
        before, found, moved = self._rows, _read(central), Sums()
        self._rows = {}
        for name in before.keys() | found.keys():
            was, now = before.get(name, []), found.get(name, [])
            self._known[name] = same = _agreeing(was, now)
            gone, came = was[same:], list(map(Held._make, now[same:]))
            self._rows[name] = was[:same] + came
            for one in gone:
                self._add(moved, name[0], one, -1)
            for one in came:
                self._add(moved, name[0], one, 1)
        for counts, by in zip(self.totals, moved.totals(), strict=True):
            _add_up(counts, by)

    def of(self, device: str, journal: str) -> list[Held]:
        """The facts of one journal, in order."""
        return self._rows.get((device, journal), [])

    def known(self, device: str, journal: str) -> int:
        """How many of them, from the first, were there at the look before, and are as they were."""
        return self._known.get((device, journal), 0)

    def new(self, device: str, journal: str) -> list[Held]:
        """Those after them."""
        return self.of(device, journal)[self.known(device, journal) :]

    def _add(self, moved: Sums, device: str, held: Held, times: int) -> None:
        fact = self._decode(held.body)
        if not isinstance(fact, UnknownFact):
            moved.count(Place(device, BRANCH, ZONE), fact, held.at_ms, times)
            if txn := getattr(fact, "txn", ""):
                self.transactions[device, txn, held.kind] += times

    def _decode(self, body: str) -> AnyFact | UnknownFact:
        fact = self._decoded.get(body)
        if fact is None:
            fact = self._decoded[body] = decode_fact(body.encode())
        return fact


_JOURNALS = "SELECT DISTINCT device_id, journal FROM fact"
_FACTS = f"SELECT {', '.join(Held._fields)} FROM fact WHERE device_id = ? AND journal = ? ORDER BY seq"


def _agreeing(was: Sequence[Fields], now: Sequence[Fields]) -> int:
    """How many rows at the head are as they were."""
    if was == now[: len(was)]:
        return len(was)
    return next(n for n, (old, new) in enumerate(zip_longest(was, now)) if old != new)


def _add_up(counts: dict[Key, int], more: Mapping[Key, int]) -> None:
    """What falls to nothing goes, as in the tables."""
    for key, by in more.items():
        counts[key] = counts.get(key, 0) + by
        if not counts[key]:
            del counts[key]


def _read(central: Central) -> dict[tuple[str, str], list[Fields]]:
    """By the driver alone: an audit reads every fact."""
    with central.readonly.connect() as connection:
        cursor = connection.connection.cursor()
        return {
            name: cursor.execute(_FACTS, name).fetchall() for name in cursor.execute(_JOURNALS).fetchall()
        }
