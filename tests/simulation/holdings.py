"""What central's database holds: read once for each audit, and each fact decoded and counted once."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import select

from central.facts.models import StoredFact
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
        self._counted: dict[tuple[str, str, int], Held] = {}
        """By device, journal and number."""
        self._decoded: dict[str, AnyFact | UnknownFact] = {}
        """By body."""

    def look(self, central: Central) -> None:
        """Read them all, and count anew what is not as it was."""
        fact = StoredFact
        columns = (fact.device_id, fact.journal, *(getattr(fact, name) for name in Held._fields))
        query = select(*columns).order_by(fact.device_id, fact.journal, fact.seq)
        rows: defaultdict[tuple[str, str], list[Held]] = defaultdict(list)
        with central.engine.execution_options(readonly=True).connect() as connection:
            for device, journal, *rest in connection.execute(query):
                rows[device, journal].append(Held._make(rest))
        self._rows = dict(rows)
        self._count({(*of, held.seq): held for of, those in rows.items() for held in those})

    def of(self, device: str, journal: str) -> list[Held]:
        """The facts of one journal, in order."""
        return self._rows.get((device, journal), [])

    def transactions(self) -> set[tuple[str, str, str]]:
        """Device, txn and kind of each fact of a transaction."""
        told = ((device, self._decode(held.body)) for (device, _, _), held in self._counted.items())
        named = ((device, getattr(fact, "txn", ""), fact) for device, fact in told)
        return {
            (device, txn, kind_of(fact))
            for device, txn, fact in named
            if txn and not isinstance(fact, UnknownFact)
        }

    def _count(self, now: dict[tuple[str, str, int], Held]) -> None:
        before, self._counted = self._counted, now
        for name in before.keys() - now.keys():
            self._add(name[0], before[name], -1)
        for name, held in now.items():
            known = before.get(name)
            if known != held:
                self._add(name[0], held, 1)
                if known is not None:
                    self._add(name[0], known, -1)

    def _add(self, device: str, held: Held, times: int) -> None:
        fact = self._decode(held.body)
        if not isinstance(fact, UnknownFact):
            self.sums.count(Place(device, BRANCH, ZONE), fact, held.at_ms, times)

    def _decode(self, body: str) -> AnyFact | UnknownFact:
        fact = self._decoded.get(body)
        if fact is None:
            fact = self._decoded[body] = decode_fact(body.encode())
        return fact
