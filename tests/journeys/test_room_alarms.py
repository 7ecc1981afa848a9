"""Each alarm of a room, from what happens there to its fault, its light, siren and voice, and to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from msgspec import structs

from central.rooms.alarms.kinds import ALARMS
from drivers.errors import Gone
from drivers.events import Crossed, DeviceBack, DeviceLost, DoorSensed, GateAlarmed, InputSensed, Measured
from kiosk.central_events import DrillOrdered, ReleaseOrdered
from kiosk.courtesy_effects import Say
from kiosk.effects import ReleaseDoor, SecureDoor
from kiosk.events import Touched
from kiosk.fittings import Fitting, Fittings
from kiosk.room.alarm_settings import Alarms, Limit, Output, Quiet
from kiosk.room.closing_settings import Closing
from kiosk.room.counting_settings import Counting
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.signalling import SIGNALS
from kiosk.room_effects import Switch
from tests.journeys.house import BOOKS, Kiosk, World
from tests.kiosk.fitted import ROOM
from tests.kiosk.ruling import lists
from wire import facts
from wire.faults import fault, number
from wire.hours import Hours
from wire.lists import Body

FITTINGS = Fittings(
    {
        **ROOM.by_name,
        "air": Fitting("sensors"),
        "relays": Fitting("outputs"),
        "voice": Fitting("voice"),
    }
)
SETTINGS = RoomSettings(
    closing=Closing(languages=("zh-CN",)),
    counting=Counting(maximum=2),
    alarms=Alarms(
        light=Output("relays", "lamp"),
        siren=Output("relays", "horn"),
        limits={"hall_temperature": Limit(low=5, high=40)},
    ),
)
HOURS = Hours("Asia/Shanghai", (((480, 1320),),) * 7, last_entry_min=10)
SHUT = DoorSensed("door", open=False, released=False, exit_pressed=False, fire=False, openings=0)
OPEN = replace(SHUT, open=True, openings=1)
BOOK = GateAlarmed("gate", "E1", BOOKS["E1"])
HORN = Switch("relays", "horn", on=True, limit_ms=60_000)


def house(folder: Path, settings: RoomSettings = SETTINGS, clock: str = "") -> Kiosk:
    """A room whose devices answer; at a time of day it keeps hours."""
    world = World(room=settings, fittings=FITTINGS)
    if clock:
        at = datetime.fromisoformat(f"2026-09-22T{clock}+08:00")
        world = replace(world, wall_ms=int(at.timestamp()) * 1000, lists=lists(Body("hours", 1, hours=HOURS)))
    kiosk = Kiosk(folder, world)
    kiosk.boot()
    kiosk.happen(Crossed("door", 100, 100))
    kiosk.hands.effects.clear()
    return kiosk


def raised(kiosk: Kiosk) -> set[str]:
    """Alarms that stand."""
    return {fault(one).name for one, _ in kiosk.loop.kiosk.station.troubles if one in ALARMS}


def told(kiosk: Kiosk, kind: type[facts.Fact]) -> list[facts.Fact]:
    return [fact for fact in kiosk.facts() if isinstance(fact, kind)]


def said(kiosk: Kiosk) -> list[str]:
    return [effect.prompt for effect in kiosk.hands.effects if isinstance(effect, Say)]


def switched(kiosk: Kiosk) -> list[Switch]:
    return [effect for effect in kiosk.hands.effects if isinstance(effect, Switch)]


# ---------------------------------------------------------------- each of them
@dataclass
class Case:
    """One alarm: what happens, what ends it, what of it is seen and heard on site."""

    name: str
    happens: Callable[[Kiosk], None]
    ends: Callable[[Kiosk], None]
    siren: bool = False
    light: bool = True
    says: str = ""
    clock: str = ""
    """When, in a room that keeps hours."""


def sensed(*events: object) -> Callable[[Kiosk], None]:
    def happen(kiosk: Kiosk) -> None:
        for event in events:
            kiosk.happen(event)  # type: ignore[arg-type] - events of any kind

    return happen


def contact(point: str) -> tuple[Callable[[Kiosk], None], Callable[[Kiosk], None]]:
    return sensed(InputSensed("air", point, active=True)), sensed(InputSensed("air", point, active=False))


def let_in_three_times(kiosk: Kiosk) -> None:
    """The unit releases, and the leaf is stuck."""
    for _ in range(3):
        kiosk.card(device="door_scanner")
        kiosk.happen(replace(SHUT, released=True))
        kiosk.pass_s(20)
        kiosk.happen(SHUT)


def a_card_and_no_power_cut(kiosk: Kiosk) -> None:
    kiosk.card(device="door_scanner")
    kiosk.pass_s(4)


def a_day_in_the_way(kiosk: Kiosk) -> None:
    """A wedge holds the door."""
    kiosk.happen(replace(OPEN, released=True))
    kiosk.pass_s(31)


def two_on_one_card(kiosk: Kiosk) -> None:
    kiosk.card(device="door_scanner")
    kiosk.happen(replace(OPEN, released=True))
    kiosk.happen(Crossed("door", 102, 100))
    kiosk.happen(replace(SHUT, openings=1))


def three_come_in(kiosk: Kiosk) -> None:
    """The room holds two."""
    for persons in range(101, 104):
        kiosk.happen(ReleaseOrdered(persons, 5))
        kiosk.happen(Crossed("door", persons, 100))


def two_stay_on(kiosk: Kiosk) -> None:
    """They came in shortly before the room closed."""
    kiosk.happen(ReleaseOrdered(1, 5))
    sensed(replace(OPEN, released=True), Crossed("door", 102, 100), replace(SHUT, openings=1))(kiosk)
    kiosk.pass_s(25 * 60)


def a_book_moves_at_night(kiosk: Kiosk) -> None:
    kiosk.happen(SHUT)
    kiosk.pass_s(15 * 60)
    kiosk.lay("E1")


def after(seconds: float) -> Callable[[Kiosk], None]:
    return lambda kiosk: kiosk.pass_s(seconds)


CASES = [
    Case("door_forced", sensed(OPEN), sensed(replace(SHUT, openings=1)), siren=True, says="alarm_told"),
    Case("door_held_open", a_day_in_the_way, sensed(SHUT), light=False, says="close_door"),
    Case("lock_not_released", a_card_and_no_power_cut, sensed(OPEN), says="door_by_hand"),
    Case("lock_not_released", let_in_three_times, sensed(replace(OPEN, released=True)), says="door_by_hand"),
    Case("tailgated", two_on_one_card, after(61), says="one_card_each"),
    Case("gate_alarm", sensed(BOOK), after(61), says="book_not_lent"),
    Case("fire_active", sensed(replace(SHUT, fire=True)), sensed(SHUT), siren=True, says="leave_now"),
    Case("smoke_sensed", *contact("hall_smoke"), siren=True, says="leave_now"),
    Case("water_sensed", *contact("floor_water"), says="alarm_told"),
    Case("tampered", *contact("case_tamper"), siren=True, says="alarm_told"),
    Case("sos_pressed", *contact("hall_sos"), says="help_called"),
    Case("mains_lost", *contact("mains"), says="power_out"),
    Case("battery_low", *contact("ups_battery")),
    Case(
        "climate_off",
        sensed(Measured("air", "hall_temperature", 41.5, "Cel")),
        sensed(Measured("air", "hall_temperature", 38.0, "Cel")),
        says="alarm_told",
    ),
    Case(
        "door_lost",
        sensed(DeviceLost("door", Gone("unplugged"))),
        sensed(DeviceBack("door", "door"), SHUT),
    ),
    Case(
        "sensors_lost",
        sensed(DeviceLost("air", Gone("unplugged"))),
        sensed(DeviceBack("air", "x")),
        light=False,
    ),
    Case("over_capacity", three_come_in, sensed(Crossed("door", 103, 101))),
    Case("overstay", two_stay_on, sensed(Crossed("door", 102, 102)), says="room_closed", clock="21:45"),
    Case(
        "entry_while_closed",
        sensed(Crossed("door", 101, 100)),
        sensed(Crossed("door", 101, 101)),
        siren=True,
        says="alarm_told",
        clock="22:30",
    ),
    Case(
        "moved_while_armed",
        a_book_moves_at_night,
        after(9.6 * 3600),
        siren=True,
        says="alarm_told",
        clock="22:30",
    ),
    Case(
        "help_called",
        sensed(Touched("help", "desk")),
        sensed(Touched("end_help")),
        light=False,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.name}-{at}" for at, case in enumerate(CASES)])
def test_an_alarm_is_raised_shown_heard_and_over(tmp_path: Path, case: Case):
    kiosk = house(tmp_path, clock=case.clock)
    assert raised(kiosk) == set()
    case.happens(kiosk)
    assert raised(kiosk) == {case.name}
    assert number(case.name) in ALARMS
    assert (HORN in switched(kiosk)) is case.siren
    assert (Switch("relays", "lamp", on=True) in switched(kiosk)) is case.light
    assert case.says in {"", *said(kiosk)}
    case.ends(kiosk)
    assert raised(kiosk) == set()
    assert not case.light or switched(kiosk)[-1].on is False
    assert not any(isinstance(effect, SecureDoor) for effect in kiosk.hands.effects), "no alarm shuts a door"


def test_the_door_left_open_at_closing(tmp_path: Path):
    kiosk = house(tmp_path, clock="21:58")
    kiosk.happen(replace(OPEN, released=True))
    kiosk.pass_s(115)
    assert "door_left_open" not in raised(kiosk)
    kiosk.pass_s(70)
    assert "door_left_open" in raised(kiosk)
    kiosk.happen(SHUT)
    assert raised(kiosk) == set()


# ---------------------------------------------------------------- bad input
def test_a_contact_that_bounces_is_one_fault_at_a_time_and_nothing_is_secured(tmp_path: Path):
    kiosk = house(tmp_path)
    for openings in range(1, 6):
        kiosk.happen(replace(OPEN, openings=openings))
        kiosk.happen(replace(SHUT, openings=openings))
    assert raised(kiosk) == set()
    kinds = kiosk.kinds()
    assert kinds.count("fault.raised") == kinds.count("fault.cleared") == kinds.count("door.forced") == 5
    assert not any(isinstance(effect, SecureDoor) for effect in kiosk.hands.effects)


def test_the_board_is_unplugged_while_the_door_stands_open(tmp_path: Path):
    kiosk = house(tmp_path)
    a_day_in_the_way(kiosk)
    kiosk.happen(DeviceLost("door", Gone("unplugged")))
    kiosk.pass_s(600)
    assert raised(kiosk) == {"door_held_open", "door_lost"}, "what was seen last still stands"
    kiosk.happen(DeviceBack("door", "door"))
    kiosk.happen(replace(SHUT, openings=1))
    assert raised(kiosk) == set()


# ---------------------------------------------------------------- who may come behind
@pytest.mark.parametrize(
    ("before", "clock"),
    [
        ([ReleaseOrdered(1, 5)], ""),
        ([replace(OPEN, fire=True, released=True)], ""),
        ([DeviceLost("door", Gone("unplugged")), DeviceBack("door", "door"), OPEN], ""),
        ([], "23:00"),
    ],
    ids=["by order", "fire", "nobody looked", "closed: another alarm"],
)
def test_who_comes_in_so_has_not_slipped_in(tmp_path: Path, before: list[object], clock: str):
    kiosk = house(tmp_path, clock=clock)
    sensed(*before)(kiosk)
    kiosk.happen(Crossed("door", 101, 100))
    assert "tailgated" not in raised(kiosk)
    assert ("entry_while_closed" in raised(kiosk)) is bool(clock)


def test_who_slips_in_behind_somebody_who_leaves(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.happen(replace(OPEN, exit_pressed=True, released=True))
    kiosk.happen(Crossed("door", 101, 101))
    assert raised(kiosk) == {"tailgated"}


def test_a_card_shown_again_before_the_door_has_opened_lets_in_one_person(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.card(device="door_scanner")
    kiosk.happen(replace(SHUT, released=True))
    kiosk.pass_s(9)
    kiosk.happen(SHUT)
    two_on_one_card(kiosk)
    assert raised(kiosk) == {"tailgated"}


def test_each_on_their_own_card_is_no_alarm(tmp_path: Path):
    kiosk = house(tmp_path)
    for card in ("R0001", "R0002"):
        kiosk.card(card, device="door_scanner")
    kiosk.happen(replace(OPEN, released=True))
    kiosk.happen(Crossed("door", 102, 100))
    assert raised(kiosk) == set()


# ---------------------------------------------------------------- the gate
def test_a_book_at_the_gate_is_named_with_its_loan_state(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.world.lent["B001"] = "R0009"
    kiosk.happen(BOOK)
    assert told(kiosk, facts.GateAlarmed) == [facts.GateAlarmed("E1", "B001")]
    assert told(kiosk, facts.GateNamed) == [facts.GateNamed("E1", "B001", "《B001》", "out")]


def test_without_a_network_the_alarm_waits_for_nobody(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.world.deaf = True
    kiosk.happen(BOOK)
    kiosk.happen(GateAlarmed("gate", "", None))
    assert told(kiosk, facts.GateAlarmed) == [facts.GateAlarmed("E1", "B001"), facts.GateAlarmed("")]
    assert told(kiosk, facts.GateNamed) == []


def test_what_this_room_has_just_lent_goes_out_in_peace(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.card()
    kiosk.lay("E1")
    kiosk.lift("E1")
    kiosk.happen(BOOK)
    assert told(kiosk, facts.GateExcused) == [facts.GateExcused("E1", "B001", "lent_here")]
    assert raised(kiosk) == set()
    kiosk.pass_s(1860)
    kiosk.happen(BOOK)
    assert raised(kiosk) == {"gate_alarm"}, "half an hour later it is another matter"


def test_a_tag_that_could_not_be_cleared_is_excused_for_as_long_as_it_is_known(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.world.unwritable.add("E1")
    kiosk.card()
    kiosk.lay("E1")
    kiosk.pass_s(60)
    kiosk.lift("E1")
    kiosk.pass_s(7200)
    kiosk.happen(BOOK)
    assert told(kiosk, facts.GateExcused) == [facts.GateExcused("E1", "B001", "tag_not_cleared")]
    assert "gate_alarm" not in raised(kiosk)


def test_a_book_that_is_brought_back_is_noticed_also_after_a_restart(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.happen(BOOK)
    kiosk.happen(BOOK)
    assert told(kiosk, facts.GateReturned) == [], "a second passage says nothing of the way it went"
    kiosk.journal.close()
    kiosk = Kiosk(tmp_path, kiosk.world)
    kiosk.boot()
    kiosk.lay("E1")
    assert told(kiosk, facts.GateReturned) == [facts.GateReturned("E1", "B001")]


# ---------------------------------------------------------------- drills, quiet hours, signals
def test_a_drill_is_begun_ended_and_over_by_itself(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.happen(DrillOrdered(1, "fire"))
    kiosk.happen(DrillOrdered(2, "evacuation"))
    kiosk.journal.close()
    kiosk = Kiosk(tmp_path, kiosk.world)
    kiosk.boot()
    kiosk.happen(DrillOrdered(3, "end"))
    kiosk.happen(DrillOrdered(4, "evacuation"))
    kiosk.pass_s(7201)
    assert [fact for fact in kiosk.facts() if isinstance(fact, facts.DrillBegun | facts.DrillEnded)] == [
        facts.DrillBegun("fire"),
        facts.DrillEnded("fire", "order"),
        facts.DrillBegun("evacuation"),
        facts.DrillEnded("evacuation", "time"),
    ]
    assert [fact.order for fact in kiosk.facts() if isinstance(fact, facts.OrderRefused)] == [2]


@pytest.mark.parametrize("loud", [True, False])
def test_a_drill_is_as_loud_as_the_room_says(tmp_path: Path, loud: bool):
    silent = structs.replace(SETTINGS, alarms=structs.replace(SETTINGS.alarms, drill=loud))
    kiosk = house(tmp_path, silent)
    kiosk.happen(DrillOrdered(1, "fire"))
    kiosk.happen(InputSensed("air", "hall_smoke", active=True))
    assert (HORN in switched(kiosk)) is loud
    assert ("leave_now" in said(kiosk)) is loud


def test_in_quiet_hours_only_people_and_fire_are_heard(tmp_path: Path):
    quiet = structs.replace(SETTINGS, alarms=structs.replace(SETTINGS.alarms, quiet=Quiet()))
    kiosk = house(tmp_path, quiet, clock="23:30")
    kiosk.happen(InputSensed("air", "case_tamper", active=True))
    assert switched(kiosk) == [Switch("relays", "lamp", on=True)], "a light wakes nobody"
    kiosk.happen(InputSensed("air", "hall_smoke", active=True))
    assert HORN in switched(kiosk)
    assert said(kiosk) == ["leave_now"]


def test_a_light_is_asked_for_again_when_its_board_is_back(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.happen(InputSensed("air", "floor_water", active=True))
    kiosk.happen(DeviceLost("relays", Gone("unplugged")))
    kiosk.happen(DeviceBack("relays", "x"))
    assert switched(kiosk) == [Switch("relays", "lamp", on=True)] * 2


def test_a_light_of_an_earlier_run_is_put_out(tmp_path: Path):
    kiosk = house(tmp_path)
    kiosk.happen(InputSensed("air", "floor_water", active=True))
    kiosk.power_off()
    again = Kiosk(tmp_path, kiosk.world)
    again.boot()
    assert switched(again) == [Switch("relays", "lamp", on=False)]


def test_a_signal_is_a_switch_and_a_prompt_and_never_the_lock():
    """What a part makes is what its module imports: no verb of the door is in it."""
    from kiosk.room import drilling, gate, signalling, tailing, watching

    for module in (drilling, gate, signalling, tailing, watching):
        assert not any(made in (ReleaseDoor, SecureDoor) for made in vars(module).values()), module.__name__
    assert set(SIGNALS) <= ALARMS
