"""The report as lines: each branch with all below it, and under it its rooms. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from central.fleet.tree import Kiosk, Place, Tree
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


def lines(tree: Tree, top: str, counts: Iterable[Count], coverages: dict[str, Coverage]) -> list[Line]:
    """The branch `top` and everything below it (the whole tree for an empty one), parents first.

    A branch's figures hold those of all branches below it. A device that has moved has a line in each
    branch where it counted.
    """
    by_place: dict[str, dict[str, list[Count]]] = {}
    for count in counts:
        by_place.setdefault(count.branch, {}).setdefault(count.device, []).append(count)
    places = tree.under(top) if top else list(tree.places.values())
    found: list[Line] = []
    for place in places:
        found.append(_branch(tree, place, by_place, coverages))
        for kiosk in _kiosks(tree, place, by_place):
            figures = total(by_place.get(place.id, {}).get(kiosk.id, ()))
            known = coverages.get(kiosk.id)
            share = known.share if known else None
            found.append(Line(kiosk.id, kiosk.name, place.depth + 1, figures, share, kiosk.setting))
    return found


def _branch(
    tree: Tree, place: Place, by_place: dict[str, dict[str, list[Count]]], coverages: dict[str, Coverage]
) -> Line:
    below = [branch.id for branch in tree.under(place.id)]
    counts = [c for branch in below for counts in by_place.get(branch, {}).values() for c in counts]
    known = [coverages[k.id] for b in below for k in tree.kiosks_of(b) if k.id in coverages]
    return Line(place.id, place.name, place.depth, total(counts), mean(known))


def _kiosks(tree: Tree, place: Place, by_place: dict[str, dict[str, list[Count]]]) -> list[Kiosk]:
    """The devices that stand in a branch, and those that counted there before they moved."""
    standing = tree.kiosks_of(place.id)
    gone = [tree.kiosks[device] for device in by_place.get(place.id, {}) if device in tree.kiosks]
    return standing + [kiosk for kiosk in gone if kiosk not in standing]


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
