"""What must hold at each step of new readers, of lists and of the door's hours, while a kiosk runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core import Kiosk
from kiosk.effects import AnyEffect, AskLoan, ReleaseDoor
from kiosk.lists.standing import Standing
from kiosk.register_effects import AskRegistration
from kiosk.registering.state import Phase, Registering
from kiosk.room.admission import SHUT
from kiosk.session.state import Phase as SessionPhase
from tests.simulation.program import RULES, Run
from tests.simulation.timeline import MINUTE
from wire.hours import DAY_MIN

if TYPE_CHECKING:  # the world makes its auditor, who asks this
    from tests.simulation.world import World

ASKED = frozenset({Phase.ENTERING, Phase.UNSURE})
"""Whoever is there waits for an answer."""
SAYS_YES = frozenset({Phase.DONE, Phase.KNOWN})
AT_THIS_HOUR = frozenset(SHUT.values())
EITHER_WAY_MIN = 2
"""So far off may be what a kiosk knows of the time."""


class Vigil:
    """Each look returns what does not hold, in words; empty: all does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._library = world.library
        self._standing: dict[str, Standing | None] = {}
        self._newest: dict[tuple[Path, str], int] = {}
        """By disk and list, the highest version that was in force."""
        self._registering: dict[Run, Registering | None] = {}

    def lists(self, run: Run) -> str:
        """An older version of a list never takes the place of a newer one."""
        standing = run.loop.kiosk.lists
        if standing is None or standing is self._standing.get(run.machine.name):
            return ""
        self._standing[run.machine.name] = standing
        for name, one in standing.lists.by_name.items():
            place, version = (run.machine.disk.folder, name), one.body.version
            if version < self._newest.get(place, 0):
                return f"takes version {version} of {name} after {self._newest[place]}"
            self._newest[place] = version
        return ""

    def new_readers(self, run: Run, kiosk: Kiosk) -> str:
        """Whom the page calls a reader is one in the library system, once; who was to be made one is told what became of it,
        but where the machine has broken down.
        """
        before, now = self._registering.get(run), kiosk.registering
        if now is None or now is before:
            return ""
        self._registering[run] = now
        if now.phase in SAYS_YES:
            assert now.bearer is not None, "who it is"
            number = now.bearer.number
            if number not in self._library.cards or self._library.registered[number] > 1:
                return f"calls {number} a reader, made {self._library.registered[number]} times"
        broken = kiosk.session is not None and kiosk.session.phase is SessionPhase.OUT_OF_ORDER
        if before and before.phase in ASKED and now.phase is Phase.IDLE and not broken:
            return f"does not say what became of the registration {before.txn}"
        return ""

    def door(self, run: Run) -> str:
        """Nobody whose card was shown is turned away for the hour but at the hours in force."""
        room = run.loop.kiosk.room
        if room is None or room.notice is None:
            return ""
        if room.notice.fault not in AT_THIS_HOUR or self._is_shut(run, EITHER_WAY_MIN) is not False:
            return ""
        return "turns a reader away for the hour, while it is open"

    def _is_shut(self, run: Run, more_min: int) -> bool | None:
        """By the hours in force, which last so much longer on either side; None where the machine has no right clock, or no
        hours.
        """
        standing, machine, desk = run.loop.kiosk.lists, run.machine, self._world.central.lists
        behind = self._world.figures["clocks of central behind"]
        said = desk.in_force(standing.lists, "hours") if standing else None
        if said is None or machine.ever_wrong or behind:
            return None
        minute = self._world.timeline.wall_ms // MINUTE % DAY_MIN
        return said.shut.start - more_min <= minute < said.shut.stop + more_min

    def asking(self, run: Run, effect: AnyEffect) -> str:
        """The intent to register is on disk before the library system is asked; while staff are there, or their sign stands,
        nothing is lent; no reader is let in while the room is shut.
        """
        match effect:
            case AskRegistration() if not run.journal.intends(effect.txn):
                return f"{effect.txn} is asked and no intent is on disk"
            case AskLoan() if run.loop.kiosk.service.stops:
                return f"asks {effect}, while staff are there"
            case ReleaseDoor():
                room = run.loop.kiosk.room
                came = room.admission.released if room else None
                if came and came.reader not in RULES.staff and self._is_shut(run, -EITHER_WAY_MIN):
                    return "lets a reader in while it is shut"
        return ""
