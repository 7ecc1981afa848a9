"""A room's number of persons, from the counter to the journal, through its alarms, its night and a restart."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from drivers.errors import Gone
from drivers.events import CardShown, Crossed, DeviceLost, DoorSensed
from kiosk import obey, reporting
from kiosk.fittings import Fitting, Fittings
from kiosk.room import counting
from kiosk.room.counting_settings import Counting
from kiosk.room.settings import Room as RoomSettings
from tests.journeys.house import READER, Kiosk, World
from tests.journeys.test_offline import told
from tests.kiosk.fitted import ROOM
from tests.kiosk.ruling import lists
from wire import facts
from wire.condition import Condition
from wire.faults import number
from wire.hours import Hours
from wire.lists import Body
from wire.orders import Order

HOURS = Hours("Asia/Shanghai", (((480, 1320),),) * 7)
"""08:00 to 22:00, without staff."""
UNATTENDED = {"unattended": True}
MAXIMUM = 3


class Room(Kiosk):
    """The kiosk of a room with a counter in its door, and a reader for cards on the way out."""

    openings = entered = left = 0

    def push(self) -> None:
        self.openings += 1
        self.happen(DoorSensed("door", True, True, False, False, self.openings))
        self.happen(DoorSensed("door", False, False, False, False, self.openings))

    def pass_by(self, *, came: int = 0, went: int = 0) -> None:
        self.entered, self.left = self.entered + came, self.left + went
        self.happen(Crossed("door", self.entered, self.left))

    def inside(self) -> int | None:
        return reporting.condition(self.loop.kiosk, Condition(1, "boot")).occupancy

    def stands(self, fault: str) -> bool:
        return any(one == number(fault) for one, _ in self.loop.kiosk.station.troubles)

    def order(self, order: Order) -> None:
        self.loop.kiosk, effects = obey.obey(self.loop.kiosk, order, None, self.clock.now(), self.rules)
        assert facts.OrderDone(order.number, order.verb) in [getattr(e, "fact", None) for e in effects]


def world(clock: str, **settings: object) -> World:
    wall_ms = int(datetime.fromisoformat(f"2026-09-22T{clock}+08:00").timestamp()) * 1000
    rules = RoomSettings(counting=Counting(maximum=MAXIMUM, **settings))  # type: ignore[arg-type] - a test's own
    fittings = Fittings({**ROOM.by_name, "out": Fitting("card", exits=True)})
    return World(wall_ms=wall_ms, lists=lists(Body("hours", 1, hours=HOURS)), room=rules, fittings=fittings)


def booted(folder: Path, around: World) -> Room:
    room = Room(folder, around)
    room.boot()
    room.pass_by()
    return room


def test_a_day_of_a_room_is_counted_to_its_end(tmp_path: Path):
    room = booted(tmp_path, world("21:30:00"))
    assert room.inside() == 0
    for _ in range(10):
        room.happen(CardShown("door_scanner", READER.card, "card"))
    room.push()
    room.pass_by(came=1)
    room.happen(CardShown("door_scanner", "R9999", "card"))
    visit = told(room, facts.VisitEntered)
    assert visit == [
        facts.VisitEntered(1, "card", check=True, unattended=True),
        facts.VisitEntered(1, "counter", unattended=True),
    ]
    room.pass_by(came=3)
    assert (room.inside(), room.stands("over_capacity")) == (4, True)
    room.pass_by(went=2)
    assert not room.stands("over_capacity")
    room.pass_s(31 * 60)
    room.pass_by(went=1)
    assert told(room, facts.VisitLeft)[-1] == facts.VisitLeft(1, "counter", stays=1, stayed_s=1860)
    room.pass_by(came=1)
    assert room.stands("entry_while_closed")
    assert told(room, facts.EntryApart) == [facts.EntryApart(1, "counter", "closed")]
    room.pass_by(went=2)
    assert not room.stands("entry_while_closed")
    room.pass_s(12 * 3600)
    room.pass_by(came=1)
    assert told(room, facts.OccupancyPeaked) == [facts.OccupancyPeaked("2026-09-22", 4)]
    room.power_off()


def test_a_drifted_number_is_set_right_when_the_room_is_armed(tmp_path: Path):
    around = world("21:30:00")
    around.room = RoomSettings(
        arming=around.room.arming.__class__(tolerance=2), counting=around.room.counting
    )
    room = booted(tmp_path, around)
    room.pass_by(came=3)
    room.pass_by(went=1)
    room.pass_s(3600)
    assert told(room, facts.RoomArmed) == [facts.RoomArmed(2)]
    assert told(room, facts.OccupancyCorrected) == [facts.OccupancyCorrected(2, 0, "night")]
    assert room.inside() == 0
    room.power_off()


def test_a_restart_forgets_nobody_and_counts_who_came_meanwhile(tmp_path: Path):
    around = world("12:00:00")
    room = booted(tmp_path, around)
    room.pass_by(came=2)
    room.power_off()
    again = Room(tmp_path, around)
    again.entered = 3
    assert again.inside() == 2
    again.boot()
    again.pass_by()
    assert again.inside() == 3
    assert [fact.persons for fact in told(again, facts.VisitEntered)] == [2, 1]
    again.power_off()


def test_a_counter_that_jumps_is_told_and_central_sets_the_number(tmp_path: Path):
    room = booted(tmp_path, world("12:00:00"))
    room.pass_by(came=2)
    room.pass_by(came=70_000)
    assert (room.stands("counter_jumped"), room.inside()) == (True, 2)
    room.pass_by(came=1)
    assert (room.stands("counter_jumped"), room.inside()) == (False, 3)
    room.happen(DeviceLost("door", Gone("unplugged")))
    assert room.inside() == 3
    room.order(Order(7, "room.count", 1, 2**50, persons=1))
    assert room.inside() == 1
    room.power_off()


def test_counter_and_cards_that_disagree_are_a_fault_until_staff_have_looked(tmp_path: Path):
    room = booted(tmp_path, world("12:00:00", occupancy="both", exit_readers=("out",), disagree=1))
    room.happen(CardShown("door_scanner", READER.card, "card"))
    room.push()
    room.pass_by(came=2)
    assert not room.stands("counts_disagree")
    room.pass_by(came=1)
    assert room.loop.kiosk.station.troubles[743, ""].cause == "counter 3, cards 1"
    room.order(Order(7, "room.count", 1, 2**50, persons=3))
    assert (room.stands("counts_disagree"), room.inside()) == (False, 3)
    room.power_off()


def test_a_card_shown_on_the_way_out_opens_nothing_and_serves_nobody(tmp_path: Path):
    room = booted(tmp_path, world("12:00:00", occupancy="both", exit_readers=("out",)))
    room.happen(CardShown("door_scanner", READER.card, "card"))
    room.push()
    assert (room.inside(), counting.inside(room.loop.kiosk.room)) == (1, 1)  # type: ignore[arg-type] - it is there
    released = room.world.releases
    room.happen(CardShown("out", READER.card, "card"))
    assert room.inside() == 0
    assert (room.world.releases, told(room, facts.SessionOpened)) == (released, [])
    left = facts.VisitLeft(1, "card", check=True, stays=1)
    assert told(room, facts.VisitLeft) == [left]
    room.power_off()
