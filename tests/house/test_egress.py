"""The way out: proven for every state and every event, and the proof itself put to the proof.

First every state meets every event. Then one mistake after the other is made in the table and in what it decides by,
and the tests of the room must notice each.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from types import FunctionType

import pytest

from drivers.errors import Gone
from drivers.events import CardShown, Crossed, DeviceLost, DoorAnswered, DoorSensed, KeysEntered
from kiosk.central_events import ReleaseOrdered
from kiosk.clock import Now
from kiosk.effects import AnyEffect, Record, ReleaseDoor, SecureDoor
from kiosk.events import AnyEvent, IlsSilent, ReaderAnswered, ShownInVain, Ticked, Touched, Typed
from kiosk.room import egress, moves, table
from kiosk.room.settings import Room as Settings
from kiosk.room.state import Contacts, Phase, Room
from kiosk.room.surroundings import Surroundings
from kiosk.room.table import Move
from tests.house.mutants import living, mutants
from tests.kiosk.room import test_releases, test_room, test_rows
from tests.kiosk.room.door import LI
from tests.kiosk.ruling import rule
from wire import facts

NOW = Now(1_790_000_000_000, 1_000_000)
AROUND = Surroundings(NOW, Settings(), rule(NOW))
BITS = list(product((False, True), repeat=4))
SEEN = (None, *(Contacts(*bits) for bits in BITS))
"""Every snapshot that may stand before; None: the unit is not heard."""
EXPECTED_MS = (0, NOW.mono_ms + 1)
"""Nobody was let in; somebody was, and has not opened yet."""
OTHERS: tuple[AnyEvent, ...] = (
    CardShown("door_scanner", LI.card, "card"),
    ShownInVain("door_scanner", 124),
    ReaderAnswered(3, LI),
    ReaderAnswered(3, None, 101),
    IlsSilent(3),
    Crossed("door", 101, 90),
    DoorAnswered("door", "release"),
    DoorAnswered("door", "release", Gone("no answer")),
    DoorAnswered("door", "secure"),
    DoorAnswered("door", "secure", Gone("no answer")),
    ReleaseOrdered(7, 5),
    DeviceLost("door", Gone("unplugged")),
    KeysEntered("door_reader", "1234"),
    Touched("companions", "1"),
    Typed("door_pin", "123456"),
    Ticked(),
)
"""Each event beside the unit's own snapshot, in every kind that it has."""


def rooms(phases: tuple[Phase, ...]) -> Iterator[Room]:
    """The room in these phases, after every snapshot, with and without a question and somebody let in."""
    for phase, seen, until_ms, card in product(phases, SEEN, EXPECTED_MS, ("", LI.card)):
        yield Room(phase, seen, ask=3, card=card, expected_until_ms=until_ms, openings=10)


def after(room: Room, event: AnyEvent) -> tuple[Room, tuple[AnyEffect, ...]]:
    return table.step(room, event, AROUND)


# ---------------------------------------------------------------- the proof
def test_every_event_of_the_table_is_met():
    assert {type(event) for event in OTHERS} | {DoorSensed} >= table.EVENTS


def test_only_a_snapshot_of_the_unit_ever_secures():
    for room, event in product(rooms(tuple(Phase)), OTHERS):
        assert SecureDoor() not in after(room, event)[1], (room, event)


def test_every_release_ends_by_itself():
    for room, event in product(rooms(tuple(Phase)), OTHERS):
        limits = [e.limit_ms for e in after(room, event)[1] if isinstance(e, ReleaseDoor)]
        assert all(0 < limit_ms <= 60_000 for limit_ms in limits), (room, event)


def test_every_snapshot_in_every_state_does_what_the_wiring_says():
    assert all_snapshots_are_right(tuple(Phase))


def all_snapshots_are_right(phases: tuple[Phase, ...] = (Phase.SECURED,)) -> bool:
    for room, bits, openings in product(rooms(phases), BITS, (10, 11)):
        event = DoorSensed("door", *bits, openings)
        then, effects = after(room, event)
        told = {type(e.fact) for e in effects if isinstance(e, Record)}
        assert (SecureDoor() in effects) is may_secure(room, event), (room, event)
        assert (then.phase is Phase.FREE) is (event.fire or event.exit_pressed), (room, event)
        assert then.phase is not Phase.UNKNOWN
        assert then.contacts == Contacts(*bits)
        assert (facts.ExitPressed in told) is (event.exit_pressed and not last(room).exit_pressed)
        assert (facts.FireRaised in told) is (event.fire and not last(room).fire)
        assert (facts.FireCleared in told) is (last(room).fire and not event.fire)
        assert (facts.DoorForced in told) is was_forced(room, event), (room, event)
        assert (facts.DoorReleased("fire") in facts_of(effects)) is (facts.FireRaised in told)
        assert (facts.DoorReleased("exit") in facts_of(effects)) is (facts.ExitPressed in told)
    return True


def may_secure(room: Room, now: DoorSensed) -> bool:
    """The door was seen open, is seen shut, the way out is seen quiet, and nobody else was let in."""
    quiet = not (now.fire or now.exit_pressed or now.open)
    return last(room).open and quiet and now.released and room.expected_until_ms <= NOW.mono_ms


def was_forced(room: Room, now: DoorSensed) -> bool:
    """It opened before our eyes, and nothing had cut the lock's power."""
    reasons = (now.released, now.fire, now.exit_pressed, last(room).released, last(room).fire)
    excused = any(reasons) or last(room).exit_pressed or room.expected_until_ms > NOW.mono_ms
    return room.contacts is not None and now.openings == 11 and now.open and not excused


def last(room: Room) -> Contacts:
    return room.contacts or Contacts(*BITS[0])


def facts_of(effects: tuple[AnyEffect, ...]) -> list[facts.Fact]:
    return [effect.fact for effect in effects if isinstance(effect, Record)]


# ---------------------------------------------------------------- the proof of the proof
def judges() -> Iterator[Callable[[], object]]:
    """The tests of the room, each with each of its parameters."""
    for name, test in ChainMap(vars(test_room), vars(test_releases), vars(test_rows)).items():
        marks = getattr(test, "pytestmark", ())
        for names, cases in (mark.args for mark in marks):
            yield from (partial(test, **dict(zip(names, case, strict=True))) for case in cases)
        if name.startswith("test_") and not marks:
            yield test
    yield all_snapshots_are_right
    yield test_only_a_snapshot_of_the_unit_ever_secures


JUDGES = tuple(judges())


def is_noticed() -> bool:
    """Whether a test of the room fails."""
    for judge in JUDGES:
        try:
            judge()
        except Exception:  # noqa: BLE001 - whatever a mistake leads to, it is noticed
            return True
    return False


def test_the_room_without_a_mistake_passes():
    assert not is_noticed()


def rows() -> Iterator[tuple[Phase, type[AnyEvent], Move | None]]:
    """Every mistake in the table: a row that does nothing, one that is ignored and acts, one of another phase."""
    for phase, event in product(Phase, sorted(table.EVENTS, key=str)):
        here = table.TABLE[phase].get(event)
        others = {other.get(event) for other in table.TABLE.values()} | {None}
        for move in others - {here}:
            yield phase, event, move


def test_every_mistake_in_the_table_is_noticed(monkeypatch: pytest.MonkeyPatch):
    unnoticed = []
    for phase, event, move in rows():
        with monkeypatch.context() as patch:
            row = table.TABLE[phase]
            patch.delitem(row, event, raising=False)
            if move:
                patch.setitem(row, event, move)
            if not is_noticed():
                unnoticed.append(f"{phase}: {event.__name__} -> {move and move.__name__}")
    assert unnoticed == []


DECIDING: tuple[FunctionType, ...] = (
    egress.secure_early,
    egress.forced,
    egress.changes,
    moves._phase,
    moves.lose_sight,
)
"""What says how the door stands, and what may be secured."""


@pytest.mark.parametrize("function", DECIDING, ids=lambda function: function.__name__)
def test_every_mistake_in_what_decides_is_noticed(function: FunctionType):
    unnoticed = []
    for what, code in mutants(function):
        with living(function, code):
            if not is_noticed():
                unnoticed.append(what)
    assert unnoticed == []
