"""Lamps and buzzers follow the state."""

from __future__ import annotations

import pytest

from kiosk.build import lamps
from kiosk.core import Kiosk
from kiosk.events import Reader
from kiosk.room.state import Notice as DoorNotice
from kiosk.room.state import Phase as DoorPhase
from kiosk.room.state import Room
from kiosk.session.state import Notice, Phase, Session
from kiosk.signals import signals
from kiosk.station import Station
from tests.kiosk.fitted import ROOM

LI = Reader("R0001", "0" * 32, "李明", "adult")


@pytest.mark.parametrize(
    ("session", "shown"),
    [
        (Session(Phase.IDLE), ("ready", 0)),
        (Session(Phase.IDENTIFYING), ("busy", 0)),
        (Session(Phase.IDENTIFIED, LI, opened_ms=7), ("granted", 7)),
        (Session(Phase.OPEN, notice=Notice(101, 9)), ("refused", 9)),
        (Session(Phase.OUT_OF_ORDER, notice=Notice(101, 9)), ("busy", 0)),
    ],
)
def test_at_the_desk(session: Session, shown: tuple[str, int]):
    assert signals(Kiosk(Station(), session=session)) == {"desk": shown}


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (Room(DoorPhase.SECURED), ("ready", 0)),
        (Room(DoorPhase.ASKING), ("busy", 0)),
        (Room(DoorPhase.UNKNOWN), ("busy", 0)),
        (Room(DoorPhase.RELEASED, notice=DoorNotice(8)), ("granted", 8)),
        (Room(DoorPhase.UNKNOWN, notice=DoorNotice(8, 403)), ("refused", 8)),
    ],
)
def test_at_the_door(room: Room, shown: tuple[str, int]):
    assert signals(Kiosk(Station(), room=room)) == {"door": shown}


class Lamp:
    def __init__(self) -> None:
        self.shown: list[str] = []

    def signal(self, signal: str) -> None:
        self.shown.append(signal)


def test_each_reader_shows_what_is_new_at_its_place_once():
    devices = {name: Lamp() for name in ROOM.by_name}
    show = lamps(devices, ROOM)  # type: ignore[arg-type]
    desk, refused = Session(Phase.IDLE), Notice(101, 9)
    for session in (
        desk,
        desk,
        Session(notice=refused),
        Session(notice=refused),
        Session(notice=Notice(101, 12)),
    ):
        show(Kiosk(Station(ROOM), session=session, room=Room(DoorPhase.SECURED)))
    assert devices["scanner"].shown == ["ready", "refused", "refused"]
    assert devices["door_scanner"].shown == ["ready"]
    assert devices["pad"].shown == devices["door"].shown == []
