"""What a whole kiosk tells of its alarms is what central makes of it: the facts of journeys, absorbed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from central.db import open_sessions
from central.ingest.absorb import absorb
from central.rooms.alarms import listing
from drivers.events import DeviceBack, InputSensed
from kiosk.central_events import DrillOrdered
from kiosk.events import Touched
from tests.central.ingest.world import KEY, ROOM
from tests.central.rooms.alarms.world import Site
from tests.journeys.house import Kiosk
from tests.journeys.test_room_alarms import BOOK, OPEN, SHUT, house
from wire.envelope import decode_batch, encode_batch


def send(site: Site, kiosk: Kiosk) -> None:
    """All that the kiosk's journal holds arrives as it was written."""
    rows = [(row.stamp, row.fact) for row in kiosk.journal.since(0, 1000)]
    payload, count = encode_batch(kiosk.journal.id, 1, rows, 1, None)
    assert count == len(rows)
    site.now_ms = kiosk.world.wall_ms
    with site.engine.begin() as connection:
        absorb(connection, ROOM, decode_batch(payload), site.now_ms, KEY)


def test_an_evening_in_a_room(tmp_path: Path, lite: Site):
    kiosk = house(tmp_path)
    kiosk.happen(BOOK)
    kiosk.happen(InputSensed("air", "hall_sos", active=True))
    kiosk.happen(InputSensed("air", "hall_sos", active=False))
    kiosk.happen(OPEN)
    kiosk.happen(replace(SHUT, openings=1))
    kiosk.happen(Touched("help", "desk"))
    kiosk.happen(DrillOrdered(1, "fire"))
    kiosk.happen(InputSensed("air", "hall_smoke", active=True))
    kiosk.lay("E1")
    kiosk.happen(DeviceBack("air", "air"))
    send(lite, kiosk)
    send(lite, kiosk)
    assert [(one.fault, one.part, one.state, one.cleared_ms is None) for one in lite.alarms()] == [
        (705, "B001", "closed", False),
        (747, "hall_sos", "ringing", False),
        (701, "door", "ringing", False),
        (775, "desk", "ringing", True),
        (710, "hall_smoke", "silent", True),
    ]
    book, *_, smoke = lite.alarms()
    assert (book.title, book.loan, book.finding, smoke.drill) == ("《B001》", "in", "returned", "fire")
    with open_sessions(lite.engine)() as session:
        assert listing.waiting(session) == 2, "the call is counted where it is answered"


def test_the_same_evening_a_day_late_rings_for_nobody(tmp_path: Path, lite: Site):
    kiosk = house(tmp_path)
    kiosk.happen(OPEN)
    kiosk.happen(replace(SHUT, openings=1))
    kiosk.world.wall_ms += 86_400_000
    send(lite, kiosk)
    assert [one.state for one in lite.alarms()] == ["silent"]
