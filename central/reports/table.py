"""The report as lines: each branch with all below it, and under it its rooms. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from central.fleet.tree import Place, Tree
from central.reports.catalogue import MEASURES
from central.reports.period import Period
from central.reports.sums import Count, Figures, Sum
from wire.faults import Words


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the time that could be heard was heard."""

    heard_ms: int
    possible_ms: int

    @property
    def share(self) -> float:
        return self.heard_ms / self.possible_ms


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report."""

    id: str
    name: Words
    depth: int
    figures: Figures
    coverage: float | None
    """Share of the time in which its devices were heard from; None where nobody knows."""
    setting: str = ""
    """Of a room; a branch has none."""
    peak: int | None = None
    """Persons inside at once at most; of a branch that of its fullest room. None where nobody counts them."""
    counting: float | None = None
    """Share of the time in which it was heard from and its counter counted."""

    @property
    def is_branch(self) -> bool:
        return not self.setting


def total(counts: Iterable[Count]) -> Figures:
    """All counts together, every measure named."""
    figures = dict.fromkeys(MEASURES, Sum())
    for count in counts:
        had = figures.get(count.measure, Sum())
        figures[count.measure] = had.plus(count.amount, count.setting)
    return figures


Peaks = Mapping[tuple[str, str], int]
"""Most persons inside at once, by branch and device."""


class Persons(NamedTuple):
    """What is known of persons besides their number."""

    peaks: Peaks = MappingProxyType({})
    coverages: Mapping[str, Coverage] = MappingProxyType({})
    """Of the time in which they were counted."""


UNKNOWN = Persons()


def lines(
    tree: Tree,
    top: str,
    counts: Iterable[Count],
    coverages: dict[str, Coverage],
    persons: Persons = UNKNOWN,
) -> list[Line]:
    """The branch `top` and everything below it (the whole tree for an empty one), parents first.

    A branch's figures hold those of all branches below it. A device that has moved has a line in each
    branch where it counted.
    """
    places = tree.under(top) if top else list(tree.places.values())
    rooms = _rooms(tree, counts)
    sums, covered = _subtotals(places, rooms, coverages)
    fullest, counting = _fullest(places, persons.peaks), _covered(places, rooms, persons.coverages)
    found: list[Line] = []
    for place in places:
        share, most, counted = mean(covered[place.id]), fullest.get(place.id), mean(counting[place.id])
        found.append(Line(place.id, place.name, place.depth, sums[place.id], share, "", most, counted))
        for kiosk, own in rooms[place.id].items():
            room = tree.kiosks.get(kiosk)
            if room is None:
                continue  # newer than the tree, and in its branch's figures already
            share, counted = _share(coverages, kiosk), _share(persons.coverages, kiosk)
            most = persons.peaks.get((place.id, kiosk))
            found.append(
                Line(kiosk, room.name, place.depth + 1, total(own), share, room.setting, most, counted)
            )
    return found


def _share(coverages: Mapping[str, Coverage], kiosk: str) -> float | None:
    known = coverages.get(kiosk)
    return known.share if known else None


def _rooms(tree: Tree, counts: Iterable[Count]) -> dict[str, dict[str, list[Count]]]:
    """Branch → device → counts: devices that stand there, and those that counted there before they moved."""
    rooms: dict[str, dict[str, list[Count]]] = {place: {} for place in tree.places}
    for kiosk in tree.kiosks.values():
        rooms.setdefault(kiosk.branch, {})[kiosk.id] = []
    for count in counts:
        rooms.setdefault(count.branch, {}).setdefault(count.device, []).append(count)
    return rooms


def _subtotals(
    places: list[Place], rooms: dict[str, dict[str, list[Count]]], coverages: dict[str, Coverage]
) -> tuple[dict[str, Figures], dict[str, list[Coverage]]]:
    """Figures and coverages of each branch with all below it: children are added to their parents."""
    sums = {p.id: total(c for own in rooms[p.id].values() for c in own) for p in places}
    for place in reversed(places):
        if place.parent in sums:
            above = sums[place.parent]
            sums[place.parent] = {m: above[m].and_(more) for m, more in sums[place.id].items()}
    return sums, _covered(places, rooms, coverages)


def _covered(
    places: list[Place], rooms: Mapping[str, Iterable[str]], coverages: Mapping[str, Coverage]
) -> dict[str, list[Coverage]]:
    """Coverages of the devices of each branch and of all below it."""
    covered = {p.id: [coverages[kiosk] for kiosk in rooms[p.id] if kiosk in coverages] for p in places}
    for place in reversed(places):
        if place.parent in covered:
            covered[place.parent] += covered[place.id]
    return covered


def _fullest(places: list[Place], peaks: Peaks) -> dict[str, int]:
    """The peak of the fullest room of each branch and of all below it."""
    found: dict[str, int] = {}
    for (branch, _), most in peaks.items():
        found[branch] = max(most, found.get(branch, 0))
    for place in reversed(places):
        if place.parent is not None and place.id in found:
            found[place.parent] = max(found[place.id], found.get(place.parent, 0))
    return found


def mean(coverages: Iterable[Coverage]) -> float | None:
    """Of several devices, each weighted by the time that could be heard."""
    known = list(coverages)
    possible = sum(c.possible_ms for c in known)
    return sum(c.heard_ms for c in known) / possible if possible else None


def coverage(tree: Tree, period: Period, heard: dict[str, int], now_ms: int) -> dict[str, Coverage]:
    """Coverage of each device of which anything is known: from its commissioning, up to now."""
    found = {}
    for device, heard_ms in heard.items():
        kiosk = tree.kiosks.get(device)
        if kiosk is None:
            continue
        zone = tree.places[kiosk.branch].zone
        first = max(period.first, kiosk.commissioned_on or period.first)
        if first > period.last:
            continue
        begins = Period(period.kind, first, period.last).begins_ms(zone)
        possible = min(period.ends_ms(zone), now_ms) - begins
        if possible > 0:
            found[device] = Coverage(min(heard_ms, possible), possible)
    return found
