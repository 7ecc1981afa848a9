"""Who has which book, and had it when: what the library system keeps, as `central.circulation` keeps it.

What is told afterwards (SIP2's no block) is written down at its own time: what happened to the book since
then stands, and the same thing told twice is one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

CLOCKS_MS = 120_000
"""Two clocks may differ by so much and mean the same loan."""


@dataclass(slots=True, eq=False)
class Loan:
    card: str
    lent_ms: int
    returned_ms: int | None = None

    def runs_at(self, at_ms: int) -> bool:
        return self.lent_ms <= at_ms and (self.returned_ms is None or self.returned_ms > at_ms)


class Loans:
    """See the module's head. All times are wall time in milliseconds."""

    def __init__(self) -> None:
        self.lent: dict[str, str] = {}
        """item → card, now."""
        self.held: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """card → items, now, in the order in which they were lent."""
        self._of: defaultdict[str, list[Loan]] = defaultdict(list)
        self._back: dict[str, int] = {}
        """item → when it last came back."""

    def lend(self, item: str, card: str, at_ms: int) -> None:
        """Now; whoever had it has it no more."""
        self.take_back(item, at_ms)
        self._of[item].append(Loan(card, at_ms))
        self.lent[item] = card
        self.held[card][item] = None

    def take_back(self, item: str, at_ms: int) -> str | None:
        """Now; who had it."""
        for loan in self._of[item]:
            if loan.returned_ms is None:
                loan.returned_ms = at_ms
        self._back[item] = at_ms
        return self._part_with(item)

    def write_loan(self, item: str, card: str, at_ms: int) -> bool:
        """Afterwards; False where it is known."""
        if any(
            loan.card == card and (loan.lent_ms == at_ms or loan.runs_at(at_ms + CLOCKS_MS))
            for loan in self._of[item]
            if loan.lent_ms <= at_ms + CLOCKS_MS
        ):
            return False
        ended_ms = self._next(item, at_ms)
        if ended_ms is None:
            self.lend(item, card, at_ms)
            del self._back[item]
        else:
            self._of[item].append(Loan(card, at_ms, ended_ms))
        return True

    def write_return(self, item: str, at_ms: int) -> str | None:
        """Afterwards; whose loan it ended."""
        ended = next((loan for loan in self._of[item] if loan.runs_at(at_ms)), None)
        if self._next(item, at_ms) is None:
            self._back[item] = at_ms
        if ended is None or ended.returned_ms is not None:
            return None
        ended.returned_ms = at_ms
        return self._part_with(item)

    def _part_with(self, item: str) -> str | None:
        card = self.lent.pop(item, None)
        if card is not None:
            del self.held[card][item]
        return card

    def _next(self, item: str, at_ms: int) -> int | None:
        """When the item next came back or was lent after that time; None: never since."""
        moments = [self._back.get(item, 0)]
        for loan in self._of[item]:
            moments += [loan.lent_ms, loan.returned_ms or 0]
        return min((ms for ms in moments if ms > at_ms), default=None)
