"""Every fact that was ever found on a kiosk's disk, read once and remembered."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TypeVar

import msgspec

from central.facts.rows import pseudonym
from kiosk.journal import Journal, Row
from tests.simulation.central import READERS
from wire.envelope import UnknownFact, decode_fact
from wire.facts import AnyFact, Fact

ALL = 1_000_000

Told = TypeVar("Told", bound=Fact)
Wanted = tuple[int, int, int, str, str]
"""A fact as central must hold it: number, wall and monotonic time, boot, body."""


class Chronicle:
    """See the module's head."""

    def __init__(self) -> None:
        self._wanted: defaultdict[str, list[Wanted]] = defaultdict(list)
        """By journal id."""
        self._facts: defaultdict[str, list[AnyFact]] = defaultdict(list)
        """By kiosk, in the order in which they happened."""
        self._places: defaultdict[str, defaultdict[type[Fact], list[int]]] = defaultdict(
            lambda: defaultdict(list)
        )
        """By kiosk and kind, where in that order they stand."""
        self._journals: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """By kiosk, in the order in which they were made."""
        self._begun: dict[str, int] = {}
        """By journal id, where in that order its facts begin."""
        self._own: dict[str, tuple[list[AnyFact], int]] = {}
        """Of a kiosk that shared a journal: what it wrote itself until it went on alone, and where in that order that was."""
        self.beside: dict[str, set[str]] = {}
        """Of each journal that two machines wrote, what either wrote after the fork."""

    def read(self, device: str, journal: Journal) -> None:
        """What has been added to a kiosk's present journal since the last look."""
        wanted, facts, places = self._wanted[journal.id], self._facts[device], self._places[device]
        self._journals[device].setdefault(journal.id)
        self._begun.setdefault(journal.id, len(facts))
        for row in journal.since(len(wanted), ALL):
            fact = decode_fact(row.fact)
            assert not isinstance(fact, UnknownFact), row
            wanted.append(_wanted(row))
            places[type(fact)].append(len(facts))
            facts.append(fact)

    def read_beside(self, journal: Journal) -> int:
        """What one of two machines has added to a journal that both write; how many facts."""
        known = {one[1:] for one in self._wanted[journal.id]}
        written = [_wanted(row) for row in journal.since(0, ALL)]
        added = [one for one in written if one[1:] not in known]
        self.beside.setdefault(journal.id, set()).update(one[-1] for one in added)
        return len(added)

    def go_on_alone(self, device: str, journal: Journal) -> None:
        """Of a journal that two machines wrote, what this one wrote is its own."""
        facts, (own, since) = self._facts[device], self._own.get(device, ([], 0))
        mine = (decode_fact(row.fact) for row in journal.since(0, ALL))
        before = facts[since : self._begun[journal.id]]
        understood = (fact for fact in mine if not isinstance(fact, UnknownFact))
        self._own[device] = [*own, *before, *understood], len(facts)

    def wanted(self, journal: str) -> list[Wanted]:
        """What stood in a journal at the last look, in order."""
        return self._wanted[journal]

    def facts(self, device: str) -> list[AnyFact]:
        """Every fact of a kiosk until the last look, in order."""
        return self._facts[device]

    def of(self, device: str, *kinds: type[Told], since: int = 0) -> list[Told]:
        """Those of these kinds, in order, from one place in that order on."""
        facts, places = self._facts[device], self._places[device]
        found = sorted(chain.from_iterable(places[kind] for kind in kinds))
        return [facts[place] for place in found if place >= since]  # type: ignore[misc]  # of one of the kinds

    def own(self, device: str, *kinds: type[Told]) -> list[Told]:
        """The same of what this kiosk wrote itself, central may have it or not."""
        own, since = self._own.get(device, ([], 0))
        return [fact for fact in own if isinstance(fact, kinds)] + self.of(device, *kinds, since=since)

    def journals(self, device: str) -> tuple[str, ...]:
        """The ids of a kiosk's journals, the present one last."""
        return tuple(self._journals[device])

    def earlier(self, device: str, journal: Journal) -> dict[str, list[Wanted]]:
        """What a kiosk's journals had that were set aside, by id."""
        return {name: self._wanted[name] for name in self._journals[device] if name != journal.id}


def _wanted(row: Row) -> Wanted:
    return row.seq, row.stamp.wall_ms, row.stamp.mono_ms, row.stamp.boot, _body(row)


def _body(row: Row) -> str:
    """A fact as central keeps it: the reader hashed once more."""
    text = row.fact.decode()
    if '"reader":"' not in text:
        return text
    reader = msgspec.json.decode(row.fact)["reader"]
    return text.replace(reader, pseudonym(READERS, reader))
