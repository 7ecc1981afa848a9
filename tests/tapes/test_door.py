"""The door against a Modbus unit's own words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from drivers.door.registers import RegisterMap
from drivers.door.unit import DoorSettings, DoorUnit
from drivers.errors import Misuse, Unsupported
from drivers.events import Crossed, DeviceBack, DoorAnswered, DoorSensed
from drivers.modbus.settings import ModbusTiming
from tests.tapes.mutants import mutants
from tests.tapes.tape import BadTape, Tape, TapeLine, load, names, parse

NAMED = "Modbus door unit, firmware 1.2"
BACK, NAMELESS = DeviceBack("door", f"{NAMED}, serial number 1A2B3C4D"), DeviceBack("door", NAMED)
LOCKED = DoorSensed("door", open=False, released=False, exit_pressed=False, fire=False, openings=0)
FREE = replace(LOCKED, released=True)
NOBODY = Crossed("door", 0, 0)
RELEASED, SECURED = DoorAnswered("door", "release"), DoorAnswered("door", "secure")
HELD = DoorAnswered("door", "secure", Misuse("fire or exit holds the door released"))
ANOTHER_MAP = Unsupported("the unit answers: illegal address: another register map", status=2)

AT_41: dict[str, Any] = {"openings": 41}
AT_42: dict[str, Any] = {"openings": 42}
AT_43: dict[str, Any] = {"openings": 43}


@dataclass(frozen=True)
class Story:
    """What the door must tell, and what it is ordered after so many tellings."""

    told: tuple[object, ...]
    ordered: dict[int, str] = field(default_factory=dict)
    registers: RegisterMap = RegisterMap()  # noqa: RUF009 - frozen


STORIES: dict[str, Story] = {
    "door/visit": Story(
        (
            BACK,
            replace(LOCKED, **AT_41),
            Crossed("door", 7, 7),
            RELEASED,
            replace(FREE, **AT_41),
            replace(FREE, open=True, **AT_42),
            Crossed("door", 8, 7),
            replace(LOCKED, **AT_42),
        ),
        ordered={3: "release"},
    ),
    "door/exit": Story(
        (
            BACK,
            replace(FREE, exit_pressed=True, **AT_42),
            Crossed("door", 8, 7),
            HELD,
            replace(FREE, open=True, exit_pressed=True, **AT_43),
            Crossed("door", 8, 8),
            replace(LOCKED, **AT_43),
        ),
        ordered={3: "secure"},
    ),
    "door/fire": Story(
        (BACK, LOCKED, NOBODY, replace(FREE, fire=True), HELD, LOCKED, SECURED),
        ordered={4: "secure", 6: "secure"},
    ),
    "door/coil": Story(
        (NAMELESS, LOCKED, NOBODY, RELEASED, FREE, SECURED, LOCKED),
        ordered={3: "release", 5: "secure"},
        registers=replace(RegisterMap(), command=None),
    ),
    "door/strange": Story(
        (NAMELESS, LOCKED, NOBODY, DoorAnswered("door", "release", ANOTHER_MAP)),
        ordered={3: "release"},
    ),
}


def play(tape: Tape, story: Story) -> None:
    """Watch a door to the end of the tape."""
    line = TapeLine(tape)
    settings = DoorSettings(
        "door", registers=story.registers, timing=ModbusTiming(gap_s=0.0), moving_ms=0, idle_ms=0
    )
    unit = DoorUnit(settings, lambda: line, line.clock)
    orders = {"release": lambda: unit.release(8000), "secure": unit.secure}
    told: list[object] = []

    def post(event: object) -> None:
        told.append(event)
        if order := story.ordered.get(len(told)):
            orders[order]()

    unit.run(post, line.over)
    line.end()
    assert tuple(told) == story.told
    assert line.closed


@pytest.mark.parametrize("name", STORIES)
def test_the_door_speaks_as_on_tape(name):
    play(load(name), STORIES[name])


@pytest.mark.parametrize("name", STORIES)
def test_any_other_tape_fails(name):
    for mutant in mutants(load(name)):
        with pytest.raises((BadTape, AssertionError)):
            play(parse(mutant), STORIES[name])


def test_every_tape_is_played():
    assert names("door") == set(STORIES)
