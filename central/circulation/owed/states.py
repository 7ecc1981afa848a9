"""What a fact says of a loan, a return or a registration that a kiosk dealt with while the ILS was silent. Pure.

    loan.owed      ─┐                       ┌─ loan.made       → made       the ILS has it
    loan.granted   ─┼─ by device and txn ───┼─ loan.refused    → refused    the ILS will not have it: for staff
    return.taken   ─┤                       └─ loan.abandoned  → abandoned  it never was
    return.owed    ─┘                          (and the same three of a return)

    register.owed  ── by the same ──────────┬─ reader.registered → made
                                            └─ register.abandoned, register.refused → abandoned

    made      → conflict   the book came back elsewhere before the ILS heard of the loan: for staff
    made      → undone     it was taken back elsewhere before it was lent, and the ILS heard of that return after the
                           loan: the reader has it, and no loan any more: for staff
    beginning → orphaned   its board was replaced, nobody will ever send its end: for staff; so is one of which
                           the kiosk says that it cannot ask any more (`unclear`)

- Facts may come again, and an end may come without its beginning or before it: a beginning never undoes an
  end, an end always stands over a beginning, and what is told twice is told once.
- A debt goes with its kiosk from one journal to the next; its txn is never used again (it is random).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, cast

from wire import facts
from wire.facts import Fact

Kind = Literal["loan", "return", "register"]
State = Literal["owed", "granted", "taken", "made", "refused", "abandoned", "conflict", "undone", "orphaned"]

WAITING: Final = ("owed", "granted", "taken")
"""The kiosk holds it and asks the ILS until it knows."""
FOR_STAFF: Final = ("refused", "conflict", "undone", "orphaned")
"""Nothing will change by itself any more."""
DONE: Final = ("made", "abandoned")
STATES: Final = (*FOR_STAFF, *WAITING, *DONE)


class Said(NamedTuple):
    """What one fact says of its transaction."""

    kind: Kind
    state: State
    handed_over: bool = False
    """The reader has the book, or the book is here."""
    opens: bool = True
    """False: of a transaction that is not known it says nothing (a refusal at the desk)."""


class Told(NamedTuple):
    """A fact that concerns a transaction, or an item's return, and where it comes from."""

    device_id: str
    journal: str
    branch_id: str
    at_ms: int
    fact: Fact
    body: str
    """As it is stored: the reader in it is central's hash."""


def _loan_made(fact: facts.LoanMade) -> Said | None:
    late = fact.settled or fact.granted or fact.forced
    return Said("loan", "made", fact.granted) if late else None


def _loan_refused(fact: facts.LoanRefused) -> Said:
    """Settled: the book is on the reader's card by another loan, and this one never was."""
    if fact.settled:
        return Said("loan", "abandoned")
    return Said("loan", "refused", fact.granted, opens=fact.granted)


def _return_made(fact: facts.ReturnMade) -> Said | None:
    late = fact.settled or fact.taken or fact.forced
    return Said("return", "made", fact.taken) if late else None


_SAYS: Mapping[type[Fact], Callable[[Any], Said | None]] = {
    facts.LoanOwed: lambda _: Said("loan", "owed"),
    facts.LoanGranted: lambda _: Said("loan", "granted", handed_over=True),
    facts.LoanMade: _loan_made,
    facts.LoanRefused: _loan_refused,
    facts.LoanAbandoned: lambda f: Said("loan", "orphaned" if f.unclear else "abandoned"),
    facts.ReturnOwed: lambda _: Said("return", "owed"),
    facts.ReturnTaken: lambda _: Said("return", "taken", handed_over=True),
    facts.ReturnMade: _return_made,
    facts.ReturnRefused: lambda f: Said("return", "refused", f.taken, opens=f.taken),
    facts.ReturnAbandoned: lambda _: Said("return", "abandoned"),
    facts.RegisterOwed: lambda _: Said("register", "owed"),
    facts.ReaderRegistered: lambda f: Said("register", "made") if f.settled else None,
    facts.RegisterRefused: lambda _: Said("register", "abandoned", opens=False),
    facts.RegisterAbandoned: lambda f: Said("register", "orphaned" if f.unclear else "abandoned"),
}

CONCERNED: frozenset[type[Fact]] = frozenset({*_SAYS, facts.KioskStarted})
"""Kinds that may matter to the list."""


def concerns(fact: Fact) -> bool:
    """Whether a fact changes anything here: a loan made at once does not."""
    kind = type(fact)
    if kind not in CONCERNED:
        return False
    if kind in {facts.LoanMade, facts.ReaderRegistered}:
        return _SAYS[kind](fact) is not None
    return kind is not facts.KioskStarted or cast("facts.KioskStarted", fact).before is not None


def said(fact: Fact) -> Said | None:
    """What a fact says of its transaction; None where it is not about a late one."""
    says = _SAYS.get(type(fact))
    return says(fact) if says else None


@dataclass(slots=True)
class Entry:
    """The part of a transaction's row that facts write, in the order of its columns."""

    device_id: str
    txn: str
    journal: str
    kind: str
    state: str
    handed_over: bool = False
    branch_id: str = ""
    item: str = ""
    title: str = ""
    reader: str = ""
    sealed: str = ""
    decided_by: str = ""
    due: str = ""
    begun_ms: int = 0
    fault: int | None = None
    forced: bool = False
    settled_ms: int | None = None
    settled_by: str = ""


def merged(entry: Entry | None, told: Told, says: Said, reader: str) -> Entry:
    """The entry with one more fact in it.

    Args:
        entry: what is known so far, None for nothing.
        told: the fact.
        says: what `said` makes of it.
        reader: as central hashes readers; empty for a return.
    """
    fact: Any = told.fact
    if entry is None:
        entry = Entry(told.device_id, fact.txn, told.journal, says.kind, says.state, begun_ms=told.at_ms)
    entry.journal, entry.branch_id = told.journal, entry.branch_id or told.branch_id
    entry.handed_over |= says.handed_over
    entry.item = clean(getattr(fact, "item", "")) or entry.item
    entry.reader = reader or entry.reader
    ended = entry.settled_ms is not None and says.state in WAITING
    for name in ("title", "sealed", "decided_by"):
        known, new = getattr(entry, name), clean(getattr(fact, name, ""))
        setattr(entry, name, (known or new) if ended else (new or known))
    _date(entry, told, says)
    return entry


def _date(entry: Entry, told: Told, says: Said) -> None:
    """State, times and how it ended: an end stands over a beginning, whichever came first."""
    fact: Any = told.fact
    due = clean(getattr(fact, "due", ""))
    if says.state in WAITING:
        entry.begun_ms, entry.due = told.at_ms, due or entry.due
        if entry.state in WAITING and not (entry.handed_over and says.state == "owed"):
            entry.state = says.state
        return
    entry.settled_ms, entry.settled_by = told.at_ms, getattr(fact, "by", "ils")
    entry.due = entry.due or due
    entry.fault, entry.forced = getattr(fact, "fault", None), getattr(fact, "forced", False)
    nobody_has_it = says.state == "refused" and says.kind == "loan" and not entry.handed_over
    entry.state = "abandoned" if nobody_has_it else says.state


def clean(text: str) -> str:
    """Text that PostgreSQL stores."""
    return text.replace("\0", "")
