"""What central's database holds: read once for each audit, and each fact decoded and counted once."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from central.reports.tallies import Place, Sums
from tests.simulation.central import BRANCH, Central
from wire.envelope import UnknownFact, decode_fact
from wire.facts import AnyFact, kind_of

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

    @property
    def journalled(self) -> tuple[int, int, int, str, str]:
        """What must be as it was written down."""
        return self[:5]


class Holdings:
    """Central's facts at the last look. `sums` is their recount, which follows what came, went and moved."""

    def __init__(self) -> None:
        self.sums = Sums()
        self._rows: dict[tuple[str, str], list[Held]] = {}
        """By device and journal, in order."""
        self._decoded: dict[str, AnyFact | UnknownFact] = {}
        """By body."""

    def look(self, central: Central) -> None:
        """Read them all, and count anew what is not as it was."""
        before, self._rows = self._rows, _read(central)
        for name in before.keys() | self._rows.keys():
            was, now = before.get(name, []), self.of(*name)
            if was != now:
                self._count(name[0], was, now)

    def of(self, device: str, journal: str) -> list[Held]:
        """The facts of one journal, in order."""
        return self._rows.get((device, journal), [])

    def transactions(self) -> set[tuple[str, str, str]]:
        """Device, txn and kind of each fact of a transaction."""
        told = ((device, self._decode(one.body)) for (device, _), rows in self._rows.items() for one in rows)
        return {
            (device, txn, kind_of(fact))
            for device, fact in told
            if not isinstance(fact, UnknownFact) and (txn := getattr(fact, "txn", ""))
        }

    def _count(self, device: str, was: list[Held], now: list[Held]) -> None:
        pairs = enumerate(zip(was, now, strict=False))
        same = next((n for n, (old, new) in pairs if old != new), min(len(was), len(now)))
        for held in was[same:]:
            self._add(device, held, -1)
        for held in now[same:]:
            self._add(device, held, 1)

    def _add(self, device: str, held: Held, times: int) -> None:
        fact = self._decode(held.body)
        if not isinstance(fact, UnknownFact):
            self.sums.count(Place(device, BRANCH, ZONE), fact, held.at_ms, times)

    def _decode(self, body: str) -> AnyFact | UnknownFact:
        fact = self._decoded.get(body)
        if fact is None:
            fact = self._decoded[body] = decode_fact(body.encode())
        return fact


_FACTS = f"SELECT device_id, journal, {', '.join(Held._fields)} FROM fact ORDER BY device_id, journal, seq"


def _read(central: Central) -> dict[tuple[str, str], list[Held]]:
    """By the driver alone: an audit reads every fact."""
    rows: defaultdict[tuple[str, str], list[Held]] = defaultdict(list)
    with central.engine.execution_options(readonly=True).connect() as connection:
        for device, journal, *rest in connection.connection.cursor().execute(_FACTS).fetchall():
            rows[device, journal].append(Held._make(rest))
    return dict(rows)
