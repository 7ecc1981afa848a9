"""A day of one kiosk, as facts: 80 visits, in each of which a book is lent and another returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kiosk.clock import SystemClock
from kiosk.clock import stamp as now_stamp
from kiosk.effects import Record
from kiosk.journal import Journal
from wire import facts
from wire.envelope import Stamp

VISITS = 80
STEP_MS = 600_000
"""Ten minutes between two visits."""


def visit(number: int) -> Sequence[Record]:
    """What one reader leaves in the journal."""
    reader = f"{number:032x}"
    lent, back = f"B{number % 5000:07}", f"B{(number + 977) % 5000:07}"
    loan, giving = f"{2 * number:016x}", f"{2 * number + 1:016x}"
    told: Sequence[facts.Fact] = (
        facts.VisitEntered(1, "counter"),
        facts.SessionOpened(reader, "adult"),
        facts.LoanAsked(loan, lent, reader),
        facts.LoanMade(loan, lent, reader, "adult", "三体", "I247.55/1", "2026-12-22"),
        facts.TagChanged("E004010012345678", lent, secured=False),
        facts.ReturnAsked(giving, back),
        facts.ReturnMade(giving, back, "活着", "I247.57/2"),
        facts.TagChanged("E004010012345679", back, secured=True),
        facts.SessionClosed("done", 1, 1, 0, 40),
        facts.VisitLeft(1, "counter"),
    )
    return [Record(fact, card="R0001" if isinstance(fact, facts.LoanAsked) else "") for fact in told]


PER_VISIT = len(visit(0))
FACTS = VISITS * PER_VISIT
KINDS = [type(record.fact).__struct_config__.tag for record in visit(0)]


def times_ms(first_ms: int) -> Iterator[int]:
    """When each fact of a day that begins so happened, in order."""
    for number in range(VISITS):
        yield from [first_ms + number * STEP_MS] * PER_VISIT


def write(journal: Journal, first_ms: int) -> None:
    """The day into a journal, a transaction a visit."""
    for number in range(VISITS):
        at = Stamp(first_ms + number * STEP_MS, number * STEP_MS, "0123abcd", set=True)
        journal.append(visit(number), at)


def tell_visit(journal: Journal, clock: SystemClock) -> None:
    """Somebody walks in, now."""
    journal.append([Record(facts.VisitEntered(1, "counter"))], now_stamp(clock, clock.now()))
