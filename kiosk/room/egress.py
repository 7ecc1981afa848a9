"""The way out, and everything that says what may be secured.

`secure_early` is the only place in the kiosk that makes a SecureDoor. tests/house checks that, and checks
its truth table line by line.
"""

from __future__ import annotations

from drivers.events import DoorSensed
from kiosk.effects import AnyEffect, ClearFault, RaiseFault, Record, SecureDoor
from kiosk.fittings import DOOR
from kiosk.room.state import Contacts
from wire import facts
from wire.faults import number

DOOR_FORCED = number("door_forced")
FIRE_ACTIVE = number("fire_active")
NO_FIRE = (ClearFault(FIRE_ACTIVE, DOOR),)


def secure_early(now: Contacts) -> tuple[AnyEffect, ...]:
    """The door has just been shut: nobody else is to slip in behind, if and only if the way out is quiet.

    Contacts come from the snapshot in hand, so they are known; the unit latches its fire contact until
    it is reset by hand, so a fire that has come and gone still reads as active.
    """
    if now.fire or now.exit_pressed or now.open or not now.released:
        return ()
    return (SecureDoor(),)


def forced(before: Contacts | None, event: DoorSensed, *, expected: bool) -> bool:
    """The door opened although nothing had cut the lock's power, before or now."""
    released = event.released or event.exit_pressed or event.fire or expected
    if before is not None:
        released = released or before.released or before.exit_pressed or before.fire
    return event.open and not released


def changes(before: Contacts | None, now: Contacts) -> tuple[AnyEffect, ...]:
    """Facts and faults of the exit button and the fire contact."""
    effects: tuple[AnyEffect, ...] = ()
    pressed, burned = bool(before and before.exit_pressed), bool(before and before.fire)
    if now.exit_pressed and not pressed:
        effects += (Record(facts.ExitPressed()), Record(facts.DoorReleased("exit")))
    if now.fire and not burned:
        effects += (
            Record(facts.FireRaised()),
            Record(facts.DoorReleased("fire")),
            RaiseFault(FIRE_ACTIVE, DOOR),
        )
    if burned and not now.fire:
        effects += (Record(facts.FireCleared()),)
    return effects if now.fire else effects + NO_FIRE
