"""Lights and power, air and cabinets: the whole kiosk, a clock that is moved by hand."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from drivers.errors import Gone
from drivers.events import (
    CardShown,
    Crossed,
    DeviceBack,
    DeviceLost,
    DoorSensed,
    InputSensed,
    Measured,
    OutputSwitched,
)
from kiosk import config, core
from kiosk.central_events import CountOrdered
from kiosk.clock import Now
from kiosk.core import Kiosk, Rules
from kiosk.effects import AnyEffect, Record
from kiosk.events import AnyEvent, IlsChanged, Ticked
from kiosk.fittings import Fitting, Fittings
from kiosk.lists.standing import Standing
from kiosk.room import daylight
from kiosk.room.environment_settings import Cabinet, Circuit, Daylight, Environment
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Room
from kiosk.room_effects import Switch
from kiosk.station import Station
from tests.kiosk.ruling import lists, named
from wire import facts
from wire.hours import Hours
from wire.lists import Body

BEIJING = (39.9042, 116.4074)
NOON_MS = 1_790_049_600_000
"""2026-09-22 12:00 in Beijing."""
HOUR_MS = 3_600_000
SHUT = DoorSensed("door", open=False, released=False, exit_pressed=False, fire=False, openings=10)
FITTINGS = Fittings(
    {"door": Fitting("door", "door"), "lights": Fitting("outputs"), "air": Fitting("sensors")}
    | {"door_scanner": Fitting("card", "door")}
)
BY_SUN = Daylight(latitude=BEIJING[0], longitude=BEIJING[1])
DAY = ((8 * 60, 18 * 60),)
EIGHT_TO_SIX = lists(Body("hours", 1, hours=Hours("Asia/Shanghai", (DAY,) * 7)))
LAMP = Circuit("lights", "lamp")


class House:
    """A room of one board of relays, one unit of sensors and a door."""

    def __init__(self, at_ms: int = NOON_MS, **settings: object) -> None:
        self.now = Now(at_ms, 1_000_000)
        environment = Environment(**settings)
        self.rules = Rules(config.Desk(), RoomSettings(environment=environment), config.Offline(), named)
        self.kiosk = Kiosk(Station(FITTINGS), room=Room(), lists=Standing(EIGHT_TO_SIX))
        self.facts: list[facts.Fact] = []
        self.lit: dict[str, bool] = {}
        self.happen(SHUT, Crossed("door", 100, 100), DeviceBack("lights", "board"))

    def happen(self, *events: AnyEvent) -> list[AnyEffect]:
        """What came of it all."""
        told: list[AnyEffect] = []
        for event in events:
            self.kiosk, effects = core.step(self.kiosk, event, self.now, self.rules)
            told += effects
        self.facts += [effect.fact for effect in told if isinstance(effect, Record)]
        self.lit |= {effect.output: effect.on for effect in told if isinstance(effect, Switch)}
        return told

    def wait(self, seconds: float) -> None:
        """Time passes, and every deadline is kept."""
        end_ms = self.now.mono_ms + int(seconds * 1000)
        while (due_ms := core.deadline_ms(self.kiosk, self.now, self.rules)) and due_ms <= end_ms:
            assert due_ms > self.now.mono_ms, "the loop would spin"
            self._pass(due_ms - self.now.mono_ms)
        self._pass(end_ms - self.now.mono_ms)

    def _pass(self, ms: int) -> None:
        self.now = Now(self.now.wall_ms + ms, self.now.mono_ms + ms)
        self.happen(Ticked())

    def standing(self) -> set[tuple[int, str]]:
        return {key for key in self.kiosk.station.troubles if key[0] in {760, 761, 762}}


def lamp(**changes: object) -> dict[str, Circuit]:
    return {"lamp": replace(LAMP, **changes)}


# ---------------------------------------------------------------- circuits
def test_an_empty_room_is_dark_a_while_after_the_last_one_has_gone():
    house = House(circuits=lamp())
    house.wait(301)
    assert house.lit == {"lamp": False}
    house.happen(Crossed("door", 101, 100))
    assert house.lit["lamp"]
    house.wait(3600)
    assert house.lit["lamp"], "somebody is inside, however still"
    house.happen(Crossed("door", 101, 101))
    house.wait(299)
    assert house.lit["lamp"]
    house.wait(2)
    assert not house.lit["lamp"]


def test_whoever_shows_a_card_comes_into_a_lit_room():
    house = House(circuits=lamp())
    house.wait(301)
    house.happen(CardShown("door_scanner", "R0001", "card"))
    assert house.lit["lamp"]


def test_a_circuit_of_the_opening_hours_is_on_as_long_as_the_room_is_open():
    house = House(circuits=lamp(on="open"))
    house.wait(6 * 3600 - 1)
    assert house.lit["lamp"]
    house.wait(2)
    assert not house.lit["lamp"]
    house.wait(14 * 3600)
    assert house.lit["lamp"]


def test_whatever_is_heard_first_after_closing_turns_that_circuit_off():
    house = House(circuits=lamp(on="open"))
    house.wait(6 * 3600 - 1)
    house.now = Now(house.now.wall_ms + 1000, house.now.mono_ms + 1000)
    house.happen(IlsChanged(up=True))
    house.wait(1)
    assert not house.lit["lamp"]


def test_a_number_that_staff_have_set_right_is_lit_at_once():
    house = House(circuits=lamp())
    house.wait(301)
    house.happen(CountOrdered(7, 1))
    assert house.lit["lamp"]


def test_a_lamp_for_the_dark_follows_sunset_and_sunrise_of_the_place():
    house = House(circuits=lamp(on="always", dark_only=True), daylight=BY_SUN)
    assert not house.lit.get("lamp")
    rise, fall = daylight.sun((NOON_MS - daylight.J2000_MS) // daylight.DAY_MS + 1, *BEIJING)
    assert rise < NOON_MS < fall
    house.wait((fall - NOON_MS) / 1000 - 1800 + 1)
    assert house.lit["lamp"]
    house.wait((rise + 24 * HOUR_MS - house.now.wall_ms) / 1000 + 2000)
    assert not house.lit["lamp"]


def test_a_sensor_of_light_decides_and_does_not_flicker_by_its_own_lamp():
    house = House(circuits=lamp(on="always", dark_only=True), daylight=Daylight(point="lux"))
    for lux, lit in ((500.0, False), (130.0, False), (90.0, True), (200.0, True), (300.0, False)):
        house.happen(Measured("air", "lux", lux, "lx"))
        assert house.lit["lamp"] is lit, lux
    house.happen(DeviceLost("air", Gone("unplugged")))
    assert house.lit["lamp"], "nobody knows: there is light"


def test_where_the_sensor_is_lost_the_sun_decides_at_once():
    by = replace(BY_SUN, point="lux")
    house = House(circuits=lamp(on="always", dark_only=True), daylight=by)
    house.happen(Measured("air", "lux", 10.0, "lx"))
    assert house.lit["lamp"]
    house.happen(DeviceLost("air", Gone("unplugged")))
    assert not house.lit["lamp"], "it is noon"


def test_the_way_out_is_lit_while_fire_is_active_whatever_else_holds():
    house = House(circuits=lamp(dark_only=True) | {"socket": Circuit("lights", "socket", escape=False)})
    house.wait(301)
    house.happen(DoorSensed("door", open=False, released=True, exit_pressed=False, fire=True, openings=10))
    house.wait(301)
    assert house.lit == {"lamp": True, "socket": False}


def test_a_door_that_is_not_heard_leaves_the_light_on():
    house = House(circuits=lamp())
    house.wait(301)
    house.happen(DeviceLost("door", Gone("unplugged")))
    house.wait(3600)
    assert house.lit["lamp"]


def test_a_board_that_was_lost_is_asked_again_and_one_that_refuses_is_a_fault():
    house = House(circuits=lamp(on="always"))
    house.happen(DeviceLost("lights", Gone("unplugged")))
    assert house.happen(DeviceBack("lights", "board"))[-1] == Switch("lights", "lamp", on=True)
    house.happen(OutputSwitched("lights", "lamp", on=True, error=Gone("stuck")))
    assert house.standing() == {(760, "lamp")}
    house.happen(OutputSwitched("lights", "siren", on=True))
    assert house.standing(), "another output says nothing of this one"
    house.happen(OutputSwitched("lights", "lamp", on=True))
    assert not house.standing()


# ---------------------------------------------------------------- air
def test_what_is_measured_is_told_every_half_hour_with_its_extremes():
    house = House()
    for value in (21.0, 19.5, 24.0, 22.0, float("nan")):
        house.happen(Measured("air", "hall_temperature", value, "Cel"))
    house.wait(3601)
    told = [fact for fact in house.facts if isinstance(fact, facts.RoomMeasured)]
    still = facts.RoomMeasured("hall_temperature", "Cel", 22.0, 22.0, 22.0)
    assert told == [facts.RoomMeasured("hall_temperature", "Cel", 22.0, 19.5, 24.0), still]


def test_what_a_lost_sensor_said_is_told_no_more():
    house = House()
    house.happen(Measured("air", "hall_temperature", 21.0, "Cel"), DeviceLost("air", Gone("unplugged")))
    house.wait(7200)
    assert not any(isinstance(fact, facts.RoomMeasured) for fact in house.facts)
    assert house.kiosk.room.environment.log_at_ms is None


# ---------------------------------------------------------------- cabinets
def contact(point: str, *, active: bool) -> InputSensed:
    return InputSensed("air", point, active)


ON, OFF = contact("uv_on", active=True), contact("uv_on", active=False)
OPENED, SHUT_AGAIN = contact("uv_door", active=True), contact("uv_door", active=False)


def test_a_run_of_a_cabinet_is_told_and_one_that_was_broken_off_stands_until_the_next():
    house = House(cabinets={"uv": Cabinet("uv_on", "uv_door")})
    house.happen(OFF)
    for seconds, seen, stands in (
        (60, (), False),
        (60, (OPENED, SHUT_AGAIN), True),
        (10, (), True),
        (30, (), False),
    ):
        house.happen(ON, *seen)
        house.wait(seconds)
        house.happen(OFF)
        assert (house.standing() == {(761, "uv")}) is stands, seconds
    told = [(f.seconds, f.complete) for f in house.facts if isinstance(f, facts.RoomDisinfected)]
    assert told == [(60, True), (60, False), (10, False), (30, True)]


def test_a_run_that_nobody_saw_begin_is_never_called_too_short():
    house = House(cabinets={"uv": Cabinet("uv_on")})
    house.happen(ON)
    house.wait(10)
    house.happen(OFF)
    assert not any(isinstance(fact, facts.RoomDisinfected) for fact in house.facts)
    assert not house.standing()


def test_a_cabinet_that_says_so_is_broken():
    house = House(cabinets={"uv": Cabinet("uv_on", broken="uv_error")})
    house.happen(contact("uv_error", active=True))
    assert house.standing() == {(762, "uv")}
    house.happen(contact("uv_error", active=False))
    assert not house.standing()


# ---------------------------------------------------------------- the sun
@pytest.mark.parametrize(
    ("place", "rise", "fall"),
    [
        (BEIJING, "2026-06-21T04:46+08:00", "2026-06-21T19:46+08:00"),
        (BEIJING, "2026-12-22T07:33+08:00", "2026-12-22T16:53+08:00"),
        ((51.4779, 0.0), "2024-06-20T03:43+00:00", "2024-06-20T20:21+00:00"),
        ((-33.8688, 151.2093), "2026-12-21T05:41+11:00", "2026-12-21T20:05+11:00"),
    ],
)
def test_the_sun_rises_and_sets_where_almanacs_say(place: tuple[float, float], rise: str, fall: str):
    told = [int(datetime.fromisoformat(text).timestamp() * 1000) for text in (rise, fall)]
    day = round((sum(told) / 2 - daylight.J2000_MS) / daylight.DAY_MS + place[1] / 360)
    found = daylight.sun(day, *place)
    assert all(abs(one - other) < 90_000 for one, other in zip(found, told, strict=True)), found
