"""What must hold at each effect while a kiosk runs; the audit of a quiet world asks `promises`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from drivers.events import CardShown, DeviceLost, DoorSensed
from kiosk.central_events import OrderArrived
from kiosk.core import Kiosk
from kiosk.effects import AnyEffect, AskLoan, AskReplay, AskReturn, ReleaseDoor, SecureDoor, WriteTag
from kiosk.events import AnyEvent
from kiosk.journal import Intent
from kiosk.loop import PROGRAM_FAILED
from kiosk.session.state import Step
from kiosk.station import Station
from tests.simulation.chronicle import Chronicle
from tests.simulation.holdings import Holdings
from tests.simulation.program import Run
from tests.simulation.promises import PROMISES
from tests.simulation.vigil import Vigil

if TYPE_CHECKING:  # the world makes its auditor
    from tests.simulation.world import World

UNDER_WAY_MS = 60_000
"""Longest time that a watermark was under way: so far off may be what a kiosk knows of central's clock."""
LENT = frozenset({Step.LENT, Step.CLEARED})
BACK = frozenset({Step.RETURNED, Step.SECURED})
DONE = LENT | BACK
HERE = BACK | {Step.MENDING}


class PromiseBroken(BaseException):
    """Something that must hold does not. Not an Exception: nothing in the kiosk may catch it."""


class Auditor:
    """A `Watch` over all kiosks, and the audit of a quiet world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.released: Counter[tuple[str, int, int]] = Counter()
        """Door orders carried out, by kiosk, number and time of issue."""
        self._sensed: dict[str, DoorSensed | None] = {}
        """What the door unit last said to each kiosk; None: nothing, or it is lost."""
        self.vigil = Vigil(world)
        self.chronicle = Chronicle()
        self.holdings = Holdings()
        self.orphans: set[tuple[str, str]] = set()
        """Device and transaction of what was owed by boards that are no more."""
        self.undated: set[str] = set()
        """Books that stood on the staff's list before a central whose clock was behind dated them anew."""
        self.dated: dict[str, dict[str, int]] = {}
        """By kiosk, the boots whose facts' dates were looked at last, and when their clocks began."""
        self._event: AnyEvent | None = None
        self._stations: dict[str, Station] = {}
        """As each kiosk's was after its last turn."""
        self._shown: dict[str, int] = {}
        """When a transaction was first shown as done, by the right time."""

    # ------------------------------------------------------------ while it runs
    def turning(self, run: Run, event: AnyEvent) -> None:
        self._event = event
        if isinstance(event, DoorSensed):
            self._sensed[run.machine.name] = event
        elif isinstance(event, DeviceLost) and event.device == "door":
            self._sensed[run.machine.name] = None

    def turned(self, run: Run, event: AnyEvent) -> None:
        if isinstance(event, DoorSensed) and run.machine.disk.writable:
            run.machine.looked = True
        station = run.loop.kiosk.station
        if station is not self._stations.get(run.machine.name):
            self._stations[run.machine.name] = station
            if any(number == PROGRAM_FAILED for number, _ in station.troubles):
                raise PromiseBroken(f"{run.machine.name}: the program failed at {type(event).__name__}")
        self._hold(run, self.vigil.lists(run))
        if isinstance(event, CardShown):
            self._hold(run, self.vigil.door(run))
        held = self.world.central.held[run.journal.id]
        if run.uplink.acked > held:
            raise PromiseBroken(f"{run.machine.name}: takes {run.uplink.acked} facts for held, not {held}")

    def acting(self, run: Run, effect: AnyEffect) -> None:
        self._hold(run, self.vigil.asking(run, effect))
        match effect:
            case SecureDoor():
                sensed = self._sensed.get(run.machine.name)
                if sensed is None or sensed.fire or sensed.exit_pressed:
                    raise PromiseBroken(f"{run.machine.name}: secured the door at {sensed}")
            case WriteTag(uid=uid, secured=secured):
                self._check_write(run, uid, secured=secured)
            case AskLoan() | AskReturn() | AskReplay():
                if not run.journal.intends(effect.txn):
                    raise PromiseBroken(f"{run.machine.name}: {effect.txn} is asked and no intent is on disk")
                if isinstance(effect, AskReplay):
                    self._check_time(run, effect)
                if isinstance(effect, AskLoan):
                    self._check_denied(run, effect)
            case ReleaseDoor() if isinstance(self._event, OrderArrived):
                order = self._event.order
                self.released[run.machine.name, order.number, order.issued_ms] += 1

    def shown(self, run: Run, kiosk: Kiosk) -> None:
        """What the screen says is lent, or back, the library system has so, or is owed."""
        self._hold(run, self.vigil.new_readers(run, kiosk))
        library, session = self.world.library, kiosk.session
        for line in session.lines if session else ():
            if line.txn in self._shown or line.step not in DONE:
                continue
            self._shown[line.txn] = self.world.timeline.wall_ms
            self.world.happens(run.machine, "loans or returns")
            if line.offline:
                good = any(intent.txn == line.txn and _by_rule(intent) for intent in run.journal.intents())
            elif line.step in BACK:
                good = library.done[line.txn] == 1
            else:
                card = session.reader.card if session and session.reader else ""
                good = library.done[line.txn] == 1 or library.lent.get(line.item) == card
                good = good or any(one.granted and one.item == line.item for one in run.journal.intents())
            if not good:
                what = f"{line.item} as {line.step} ({line.txn})"
                raise PromiseBroken(
                    f"{run.machine.name}: shows {what}, which the library system does not know, nor is it owed"
                )

    def _hold(self, run: Run, problem: str) -> None:
        """An empty one is none."""
        if problem:
            raise PromiseBroken(f"{run.machine.name}: {problem}")

    def _check_write(self, run: Run, uid: str, *, secured: bool) -> None:
        session = run.loop.kiosk.session
        line = session.find(lambda line: line.has(uid)) if session else None
        mended = any(
            uid in repair.tags and repair.confirmed and repair.secured is secured
            for repair in run.loop.kiosk.repairs.under_way
        )
        if not mended and (line is None or line.step not in (HERE if secured else LENT)):
            raise PromiseBroken(f"{run.machine.name}: writes the tag of {line}")

    def _check_denied(self, run: Run, asked: AskLoan) -> None:
        """The deny list always wins."""
        standing = run.loop.kiosk.lists
        assert standing is not None
        said = self.world.central.lists.in_force(standing.lists, "deny")
        if said is not None and (asked.card in said.readers or asked.item in said.items):
            raise PromiseBroken(f"{run.machine.name}: asks {asked}, which stands on the deny list")

    def _check_time(self, run: Run, told: AskReplay) -> None:
        """What happened is told with the time at which it did, where the clock was right all the while."""
        debt = next(debt for debt in run.loop.kiosk.owed.debts if debt.txn == told.txn)
        at_ms = self._shown.get(told.txn)
        if at_ms is None or run.machine.ever_wrong or debt.after_ms is not None:
            return
        if abs(told.at_ms - at_ms) > UNDER_WAY_MS:
            raise PromiseBroken(f"{run.machine.name}: tells {told} of what happened at {at_ms}")

    # ------------------------------------------------------------ when it is quiet
    def audit(self) -> None:
        """Look at every promise.

        Raises:
            PromiseBroken: names all that do not hold.
        """
        self.world.count("audits")
        self.world.timeline.note("audit", "")
        for machine in self.world.machines:
            assert machine.run is not None, f"{machine.name} has no power in the quiet"
            self.chronicle.read(machine.name, machine.run.journal)
        self.holdings.look(self.world.central)
        problems = [f"{name}: {text}" for name, check in PROMISES.items() for text in check(self.world)]
        if problems:
            raise PromiseBroken("\n".join(problems))


def _by_rule(intent: Intent) -> bool:
    """The kiosk has decided it itself."""
    return intent.granted or intent.taken
