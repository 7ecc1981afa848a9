"""A door whose lock hangs on a board's relays, wired as `drivers.door.board.settings` draws it.

    lock powered  =  not fire  and  not exit  and  release relay off  and  heartbeat relay on

Contacts of wires and relays alone decide; what the board's program believes does not come into it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from drivers.door.board.settings import BoardSettings, Heartbeat
from drivers.emulators.board import EmulatedBoard, EmulatedBoardSettings, Place
from drivers.emulators.door import DoorSeen, DoorWorld, EmulatedDoorSettings, Totals, Wiring
from drivers.line.line import Line
from drivers.modbus.points import Contact
from drivers.modbus.relays import Relay

NEW, PLAIN = Totals(), EmulatedBoardSettings()


class _BoardWiring(Wiring):
    """The lock's supply through the board's relays."""

    def __init__(self, board: EmulatedBoard, release: Relay, beat: Heartbeat | None, totals: Totals) -> None:
        super().__init__(EmulatedDoorSettings(), totals)
        self._board = board
        self._release = release
        self._heartbeat = beat
        self._watchdog: tuple[bool, float] = (False, float("-inf"))

    def _unpowered(self, now: float) -> Mapping[str, bool]:
        return {"order": self._board.switched(self._release), "silence": not self._alive(now)}

    def _alive(self, now: float) -> bool:
        """The heartbeat relay is on; without a timer, that of a watchdog which sees the relay change."""
        beat = self._heartbeat
        if beat is None:
            return True
        on = self._board.switched(beat)
        if beat.timer:
            return on
        if on != self._watchdog[0]:
            self._watchdog = on, now
        return now - self._watchdog[1] <= beat.hold_ms / 1000


class EmulatedBoardDoor(DoorWorld):
    """An `Emulator` for a plug: the board of one configuration, with a door on it."""

    def __init__(
        self,
        settings: BoardSettings,
        totals: Totals = NEW,
        clock: Callable[[], float] = time.monotonic,
        board: EmulatedBoardSettings = PLAIN,
    ) -> None:
        relays: tuple[Relay, ...] = (settings.release, *filter(None, [settings.heartbeat]))
        self._contacts: Mapping[str, Contact] = {
            name: contact
            for name in ("open", "exit", "fire", "powered", "bolted")
            if (contact := getattr(settings, name)) is not None
        }
        places: tuple[Place, ...] = tuple(place for each in self._contacts.values() for place in each.at)
        numbers = settings.openings.encoded(0) if settings.openings else {}
        self._settings = settings
        self.board = EmulatedBoard(
            replace(board, relays=relays, contacts=places, numbers=numbers, unit=settings.unit),
            clock,
            self._show,
        )
        """Its faults: `stick`, `flicker`, `restart`."""
        super().__init__(_BoardWiring(self.board, settings.release, settings.heartbeat, totals), clock)
        self._show()

    def serve(self, line: Line) -> None:
        """Answer until the line breaks.

        Raises:
            Gone: the line broke.
        """
        self.board.serve(line)

    def _show(self) -> None:
        """Bring the board's contacts to what the door is like now."""
        seen = self.see()
        states = {
            "open": seen.open,
            "exit": seen.exit,
            "fire": seen.fire,
            "powered": seen.powered,
            "bolted": seen.powered and not seen.open,
        }
        for name, contact in self._contacts.items():
            closed = states[name] == (contact.active == "closed")
            self.board.set_contact((contact.table, contact.address), closed=closed)
        if self._settings.openings:
            self.board.set_number(self._settings.openings, self._counted(seen))

    def _counted(self, seen: DoorSeen) -> int:
        assert self._settings.openings is not None
        return seen.totals.openings % (1 << 16 * len(tuple(self._settings.openings.at)))
