"""What the fleet page says: what is wrong first, then every device by branch. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from central.fleet import words
from central.fleet.tree import Kiosk, Place, Tree
from central.live import Hub, Seen
from wire.condition import Trouble
from wire.faults import Words, fault

LEVELS = 2
"""Levels of the tree that have a heading: county and town. A village is named in its row."""
RANK = {severity: at for at, severity in enumerate(words.SEVERITIES)}


class Filter(NamedTuple):
    """Which devices a person wants to see. Empty means all."""

    state: str = ""
    branch: str = ""
    text: str = ""

    def arguments(self, **other: str) -> dict[str, str]:
        """As arguments of an address, without the empty ones."""
        return {name: value for name, value in {**self._asdict(), **other}.items() if value}


ALL = Filter()


@dataclass(frozen=True, slots=True)
class Row:
    """One device on the board."""

    kiosk: Kiosk
    place: Place
    seen: Seen

    @property
    def look(self) -> words.Look:
        return words.STATES[self.seen.state]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that somebody has to do something about."""

    row: Row
    severity: str
    title: Words
    advice: Words
    since_ms: int
    fault: int | None = None
    part: str = ""
    """The device within the kiosk that it is about."""
    cause: str = ""

    @property
    def look(self) -> words.Look:
        return words.SEVERITIES[self.severity]


class Group(NamedTuple):
    """The devices of one town, villages among them, under its path from the top of the tree."""

    path: list[Place]
    rows: list[Row]


def rows(tree: Tree, hub: Hub, chosen: Filter = ALL) -> list[Row]:
    """The devices in a filter's branch and text, in the order of the tree; the state is not looked at."""
    places = {place.id for place in tree.under(chosen.branch)} if chosen.branch else set(tree.places)
    text = chosen.text.casefold()
    return [
        Row(kiosk, tree.places[kiosk.branch], hub.seen(kiosk.id))
        for kiosk in tree.kiosks.values()
        if not kiosk.gateway
        and kiosk.branch in places
        and text in _searched(kiosk, tree.places[kiosk.branch])
    ]


def _searched(kiosk: Kiosk, place: Place) -> str:
    names = (kiosk.id, kiosk.name.zh, kiosk.name.en, place.name.zh, place.name.en)
    return "\n".join(names).casefold()


def counts(found: Iterable[Row]) -> dict[str, int]:
    """How many devices are in each state, the worst first, all states named."""
    total = dict.fromkeys(words.STATES, 0)
    for row in found:
        total[row.seen.state] += 1
    return total


def groups(tree: Tree, found: Iterable[Row], state: str = "") -> list[Group]:
    """Rows of a state (or all) by the first two levels of the tree, in its order."""
    by_town: dict[str, list[Row]] = {}
    for row in found:
        if state in {"", row.seen.state}:
            by_town.setdefault(tree.path(row.place.id)[:LEVELS][-1].id, []).append(row)
    return [Group(tree.path(town), of) for town, of in by_town.items()]


def problems(found: Iterable[Row]) -> list[Problem]:
    """Everything that is wrong: by severity, then the oldest first."""
    every = (problem for row in found for problem in of_row(row))
    return sorted(every, key=lambda p: (RANK[p.severity], p.since_ms, p.row.kiosk.id))


def of_row(row: Row) -> list[Problem]:
    """What is wrong with one device."""
    return [problem for problem in _of_row(row) if problem.severity in RANK]


def _of_row(row: Row) -> Iterator[Problem]:
    seen, condition = row.seen, row.seen.condition
    if condition is None:
        return
    if seen.state == "gone":
        yield _own(row, words.LEFT.get(condition.why, words.GONE), seen.since_ms)
        return
    for trouble in condition.troubles:
        yield _numbered(row, trouble)
    if seen.state == "broken" and not condition.troubles:
        yield _own(row, words.BROKEN, seen.since_ms)
    if seen.silent:
        yield _own(row, words.SILENT, seen.heard_ms or seen.since_ms)


def _own(row: Row, finding: words.Finding, since_ms: int) -> Problem:
    return Problem(row, finding.severity, finding.title, finding.advice, since_ms)


def _numbered(row: Row, trouble: Trouble) -> Problem:
    known = fault(trouble.fault)
    return Problem(
        row,
        severity=known.severity,
        title=known.title,
        advice=known.staff,
        since_ms=trouble.since_ms or row.seen.since_ms,
        fault=trouble.fault,
        part=trouble.device,
        cause="" if trouble.fault == words.HELP_CALLED else trouble.cause,
    )
