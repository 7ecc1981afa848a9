"""What must hold of new readers, and of staff at the machine, when it is quiet: one function a promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.service.state import Phase
from tests.simulation.kiosk import Machine
from tests.simulation.program import TERMS
from wire import facts

if TYPE_CHECKING:  # the world makes its auditor, who asks these
    from tests.simulation.world import World

YES = facts.ReaderRegistered
"""The one end by which somebody is a reader."""
REGISTERING: tuple[type[facts.Fact], ...] = (facts.RegisterAsked, YES, facts.RegisterAbandoned)
SERVING: tuple[type[facts.Fact], ...] = (
    facts.KioskStarted,
    facts.ServiceEntered,
    facts.ServiceLeft,
    facts.ServiceRefused,
    facts.ServiceActed,
    facts.LoanMade,
    facts.LoanGranted,
    facts.ReturnMade,
    facts.ReturnTaken,
)
"""Of which a machine remembers something for its staff."""


def registrations_agree(world: World) -> Iterator[str]:
    """Nobody is made a reader twice. Of each that the library system made a kiosk tells, at once or when it found out; of
    nobody else.

    Who walked to another kiosk before the first could find out is told by both. Whose number is gone with a damaged
    page, or with a board, stands on the staff's list.
    """
    library = world.library
    made = {TERMS.pseudonym(number): times for number, times in library.registered.items()}
    told: defaultdict[str, list[facts.AnyFact]] = defaultdict(list)
    for reader, end in (one for machine in world.machines for one in _ends(world, machine)):
        told[reader].append(end)
        if isinstance(end, YES) and not end.settled and library.done[end.txn] != 1:
            yield f"{end} was done {library.done[end.txn]} times"
        if isinstance(end, YES) and reader not in made:
            yield f"{end} of {reader}, who is no reader"
    for reader, times in made.items():
        if times != 1 or reader not in told:
            yield f"{reader} was made a reader {times} times, told as {told.get(reader)}"


def _ends(world: World, machine: Machine) -> Iterator[tuple[str, facts.AnyFact]]:
    """Whom the facts of one machine call a reader, or leave to staff; and by which fact."""
    asked: dict[str, str] = {}
    for fact in world.auditor.chronicle.of(machine.name, *REGISTERING):
        match fact:
            case facts.RegisterAsked():
                asked[fact.txn] = fact.reader
            case facts.ReaderRegistered():
                yield asked[fact.txn], fact
            case facts.RegisterAbandoned(unclear=True):
                yield fact.reader, fact
    for name, txn in world.auditor.orphans:
        if name == machine.name and txn in asked:
            yield asked[txn], facts.RegisterAbandoned(txn, asked[txn])


# ---------------------------------------------------------------- staff
@dataclass(slots=True)
class Service:
    """What the facts of one machine say. None: a journal went, and what it remembered."""

    inside: str = ""
    wrong: int | None = 0
    loans: int | None = 0
    returns: int | None = 0
    journal: str = ""


def service_agrees(world: World) -> Iterator[str]:
    """Nobody is left in service mode: who came in has left, at the latest by the next start. The sign, the wrong PINs and what
    is in the return box are as the facts say.
    """
    for machine in world.machines:
        assert machine.run is not None
        now, said = machine.run.loop.kiosk.service, Service()
        for problem in _follow(said, world.auditor.chronicle.of(machine.name, *SERVING)):
            yield f"{machine.name}: {problem}"
        if now.phase is not Phase.OFF or now.sign or said.inside:
            yield f"{machine.name}: in the quiet staff are there: {said}, {now}"
        wanted = (said.wrong, said.loans, said.returns)
        found = (now.wrong, now.counts.loans, now.counts.returns)
        if any(want not in {None, is_so} for want, is_so in zip(wanted, found, strict=True)):
            yield f"{machine.name}: {now} where the facts say {said}"


def _follow(said: Service, told: Iterable[facts.Fact]) -> Iterator[str]:
    for fact in told:
        match fact:
            case facts.KioskStarted(journal=journal) if journal != said.journal:
                known = None if said.journal else 0
                said.journal, said.inside = journal, ""
                said.wrong = said.loans = said.returns = known
            case facts.ServiceEntered():
                if said.inside:
                    yield f"{fact} before {said.inside} had left"
                said.inside, said.wrong = fact.reader, 0
            case facts.ServiceLeft():
                said.inside = ""
            case facts.ServiceRefused():
                if said.wrong is not None and fact.wrong != said.wrong + 1:
                    yield f"{fact} after {said.wrong}"
                said.wrong = fact.wrong
            case facts.ServiceActed(act="box_emptied"):
                said.loans = said.returns = 0
            case _:
                _count(said, fact)


def _count(said: Service, fact: facts.Fact) -> None:
    """What changes hands, once."""
    match fact:
        case facts.LoanMade(granted=False) | facts.LoanGranted() if said.loans is not None:
            said.loans += 1
        case facts.ReturnMade(taken=False) | facts.ReturnTaken() if said.returns is not None:
            said.returns += 1
