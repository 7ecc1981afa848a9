"""What was read for the audit, and what it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.diary import Diary
from tests.chaos.records import Journalled
from tests.chaos.world import World
from wire import facts

Key = tuple[str, ...]


@dataclass(slots=True)
class Findings:
    """Figures of the audit, and what does not hold."""

    facts: int = 0
    compared: Counter[str] = field(default_factory=Counter)
    """What was counted on both sides."""
    lost: int = 0
    doubled: int = 0
    inferred: int = 0
    """Settled by a book's state alone, and somebody else's deed: told, not counted as lost or doubled."""
    owed: int = 0
    """Transactions that the kiosks still hold."""
    staff: int = 0
    """Transactions that the library system refused after the book had changed hands."""
    offline: int = 0
    """Loans and returns by the kiosks' own rule."""
    wrong: list[str] = field(default_factory=list)
    stories: dict[str, list[str]] = field(default_factory=dict)
    """Of each book with which something is wrong."""

    def compare(self, what: str, wanted: Mapping[Key, int], found: Mapping[Key, int]) -> None:
        """Counts that must be equal: what is missing is lost, what is too much is doubled."""
        self.compared[what] += sum(wanted.values())
        for key in sorted(wanted.keys() | found.keys()):
            short = wanted.get(key, 0) - found.get(key, 0)
            self.lost += max(short, 0)
            self.doubled += max(-short, 0)
            if short:
                self.wrong.append(
                    f"{what} {' '.join(key)}: {wanted.get(key, 0)} were, {found.get(key, 0)} are told"
                )


@dataclass(slots=True)
class Evidence:
    """All that was read."""

    world: World
    diary: Diary
    journals: Sequence[Journalled]
    rooms: Mapping[str, dict[str, Any]]
    """State of each rig, by device."""
    loans: Sequence[Any]
    owed: Mapping[Key, str]
    """The staff's list: state by device and transaction."""
    found: Findings

    def told(self, kind: type[facts.Fact]) -> Iterator[tuple[str, Any]]:
        """Facts of one kind, with their devices."""
        for journal in self.journals:
            for fact in journal.facts:
                if isinstance(fact, kind):
                    yield journal.device, fact

    def story(self, item: str) -> Iterator[str]:
        """All that is known of one book, in the order of the kiosks' clocks."""
        lines = [
            (entry.wall_ms, f"{journal.device} {entry.seq} {entry.body}")
            for journal in self.journals
            for entry in journal.entries
            if f'"{item}"' in entry.body
        ]
        lines += [
            (loan.lent_ms, f"ledger {dict(loan._mapping)}")
            for loan in self.loans
            if loan.item_barcode == item
        ]
        lines += [(p.at_ms, f"shown {p}") for p in self.diary.promises if p.item == item]
        yield from (f"{at_ms} {line}" for at_ms, line in sorted(lines))
