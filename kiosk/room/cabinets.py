"""Cabinets that disinfect books: what their contacts say becomes a fact for each run. Pure.

A run has disinfected when its lamps were on for a whole cycle and its door stayed shut. One whose beginning nobody
saw is told only where it lasted long enough.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import InputSensed
from kiosk.effects import ClearFault, RaiseFault, Record
from kiosk.room.environment_settings import Cabinet
from kiosk.room.environment_state import Environment, Run
from kiosk.room.surroundings import Effects, Surroundings
from wire import facts
from wire.faults import number

DISINFECTION_BROKEN_OFF = number("disinfection_broken_off")
CABINET_BROKEN = number("cabinet_broken")


def sense(
    now: Environment, event: InputSensed, point: str, around: Surroundings, *, first: bool
) -> tuple[Environment, Effects]:
    """What a contact means to the cabinets.

    Args:
        now: as they were.
        event: the contact.
        point: its name, as the vitals have it.
        around: time and settings.
        first: nothing was known of this contact before.
    """
    effects = Effects()
    for name, cabinet in around.rules.environment.cabinets.items():
        if point == cabinet.running:
            now, told = _run(now, name, cabinet, event, around, first=first)
            effects += told
        elif point == cabinet.door:
            now = _open(now, name, active=event.active)
        elif point == cabinet.broken:
            wish = RaiseFault if event.active else ClearFault
            effects += (wish(CABINET_BROKEN, name),)
    return now, effects


def _run(
    now: Environment, name: str, cabinet: Cabinet, event: InputSensed, around: Surroundings, *, first: bool
) -> tuple[Environment, Effects]:
    run = now.runs.get(name)
    if event.active and run is None:
        begun = Run(event.device, around.now.mono_ms, begun=not first, opened=name in now.open_doors)
        return replace(now, runs={**now.runs, name: begun}), ()
    if event.active or run is None:
        return now, ()
    now = replace(now, runs={other: one for other, one in now.runs.items() if other != name})
    seconds = (around.now.mono_ms - run.since_ms) / 1000
    whole = seconds >= cabinet.cycle_s and not run.opened
    if not whole and not run.begun:
        return now, ()
    told = Record(facts.RoomDisinfected(name, int(seconds), complete=whole))
    if whole:
        return now, (told, ClearFault(DISINFECTION_BROKEN_OFF, name))
    cause = "its door was opened" if run.opened else f"{int(seconds)} s"
    return now, (told, RaiseFault(DISINFECTION_BROKEN_OFF, name, cause))


def _open(now: Environment, name: str, *, active: bool) -> Environment:
    doors = now.open_doors | {name} if active else now.open_doors - {name}
    run = now.runs.get(name)
    if active and run:
        now = replace(now, runs={**now.runs, name: replace(run, opened=True)})
    return replace(now, open_doors=doors)
