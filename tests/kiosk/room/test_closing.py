"""A room closes: what is announced, how it is armed, who stays for long. The whole kiosk, a clock moved by hand."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
from msgspec.structs import replace

from drivers.errors import Gone
from drivers.events import (
    Crossed,
    DeviceBack,
    DeviceLost,
    DoorSensed,
    InputSensed,
    PadSettled,
    Spoken,
    TagSeen,
)
from kiosk import config, core
from kiosk.clock import Now
from kiosk.core import Kiosk, Rules
from kiosk.courtesy_effects import Say
from kiosk.effects import AnyEffect, Record, Remember, SecureDoor
from kiosk.events import AnyEvent, Ticked, Touched
from kiosk.fittings import Fitting, Fittings
from kiosk.lists.standing import Standing
from kiosk.room import arming, rounds
from kiosk.room.alarm_settings import Alarms
from kiosk.room.closing_settings import Closing, Night
from kiosk.room.counting_settings import Counting
from kiosk.room.counting_state import Present
from kiosk.room.daylight import DAY_MS
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Room
from kiosk.room.surroundings import Surroundings
from kiosk.service.state import Phase as Service
from kiosk.station import Station
from tests.kiosk.ruling import lists, named, rule
from wire import facts
from wire.faults import number
from wire.hours import Hours, Pause
from wire.lists import Body

SHUT = DoorSensed("door", open=False, released=False, exit_pressed=False, fire=False, openings=10)
FITTINGS = Fittings(
    {
        "door": Fitting("door", "door"),
        "voice": Fitting("voice"),
        "air": Fitting("sensors"),
        "pad": Fitting("pad"),
    }
    | {"door_scanner": Fitting("card", "door"), "door_voice": Fitting("voice", "door")}
)
EIGHT_TO_TEN = Hours("Asia/Shanghai", (((480, 1320),),) * 7, last_entry_min=10)
CLEANED = Hours(
    "Asia/Shanghai",
    (((0, 180), (210, 720), (725, 1440)),) * 7,
    pauses=(Pause("cleaning", 180, 210), Pause("self_test", 720, 725)),
)
SPOKEN = RoomSettings(closing=Closing(languages=("zh-CN", "en")), alarms=Alarms(tailgating=False))
OVERSTAY, MOVED, NOT_ARMED = (number(n) for n in ("overstay", "moved_while_armed", "not_armed"))


def at(clock: str, day: int = 22) -> int:
    return int(datetime.fromisoformat(f"2026-09-{day}T{clock}+08:00").timestamp()) * 1000


class House:
    """A room with a door that counts, and a voice inside."""

    def __init__(self, clock: str, hours: Hours = EIGHT_TO_TEN, rules: RoomSettings = SPOKEN) -> None:
        self.now = Now(at(clock), 50_000_000)
        self.rules = Rules(config.Desk(), rules, config.Offline(), named)
        listed = Standing(lists(Body("hours", 1, hours=hours)))
        self.kiosk = Kiosk(Station(FITTINGS), room=Room(), lists=listed)
        self.facts: list[facts.Fact] = []
        self.effects: list[AnyEffect] = []
        self.said: list[tuple[str, str]] = []
        self.happen(SHUT, Crossed("door", 100, 100), *(DeviceBack(name, "") for name in ("voice", "air")))
        self.facts.clear()

    def happen(self, *events: AnyEvent) -> None:
        """Events, each with all that follows from it; what is begun to be said is heard to its end."""
        for event in events:
            self.kiosk, effects = core.step(self.kiosk, event, self.now, self.rules)
            self.effects += effects
            self.facts += [effect.fact for effect in effects if isinstance(effect, Record)]
            heard = [effect for effect in effects if isinstance(effect, Say)]
            self.said += [(one.prompt, one.language) for one in heard]
            self.happen(*(Spoken("voice", one.prompt) for one in heard))

    def until(self, clock: str, day: int = 22) -> None:
        """Time passes, and every deadline is kept."""
        end_ms = self.now.mono_ms + at(clock, day) - self.now.wall_ms
        while (due_ms := core.deadline_ms(self.kiosk, self.now, self.rules)) and due_ms < end_ms:
            assert due_ms > self.now.mono_ms, "the loop would spin"
            self._pass(due_ms - self.now.mono_ms)
        self._pass(end_ms - self.now.mono_ms)

    def _pass(self, ms: int) -> None:
        self.now = Now(self.now.wall_ms + ms, self.now.mono_ms + ms)
        self.happen(Ticked())

    def crossed(self, entered: int, left: int) -> None:
        """The counter's totals since the room was made."""
        self.happen(Crossed("door", 100 + entered, 100 + left))

    def told(self, *kinds: type[facts.Fact]) -> list[facts.Fact]:
        return [fact for fact in self.facts if isinstance(fact, kinds)]

    def standing(self) -> set[int]:
        return {fault for fault, _ in self.kiosk.station.troubles} & {OVERSTAY, MOVED, NOT_ARMED}

    @property
    def armed(self) -> bool:
        return self.kiosk.room is not None and self.kiosk.room.arming.armed


# ---------------------------------------------------------------- announcements
def test_closing_is_announced_three_times_in_each_language_and_told():
    house = House("21:00")
    house.crossed(2, 0)
    house.until("22:00")
    assert house.told(facts.RoomClosing, facts.RoomClosed) == [
        *(facts.RoomClosing(minutes, 2) for minutes in (15, 10, 5)),
        facts.RoomClosed("hours", 2),
    ]
    prompts = ("closing_15", "closing_10", "closing_5", "room_closed")
    assert house.said == [(prompt, language) for prompt in prompts for language in ("zh-CN", "en")]


def test_where_the_clock_goes_back_an_hour_nothing_is_announced_twice():
    house = House("21:44")
    house.until("21:51")
    house.now = replace(house.now, wall_ms=house.now.wall_ms - 3_600_000)
    house.happen(Ticked())
    house.until("21:54")
    assert house.told(facts.RoomClosing) == [facts.RoomClosing(15), facts.RoomClosing(10)]
    house.until("22:01")
    assert house.told(facts.RoomClosing, facts.RoomClosed)[2:] == [facts.RoomClosing(5), facts.RoomClosed()]


def test_a_kiosk_that_starts_in_the_last_minutes_says_no_wrong_number():
    house = House("21:48")
    assert house.said == []
    house.until("21:56")
    assert house.said[0] == ("closing_10", "zh-CN")


def test_a_kiosk_that_starts_anew_says_nothing_that_it_has_just_said():
    house = House("21:44")
    house.until("21:45")
    assert len(house.said) == 2
    (kept,) = (
        effect for effect in house.effects if isinstance(effect, Remember) and "announced" in effect.name
    )
    lists_ = house.kiosk.lists
    house.kiosk = rounds.recall(Kiosk(Station(FITTINGS), room=Room()), {kept.name: kept.value}.get)
    house.kiosk = replace(house.kiosk, lists=lists_)
    house.happen(SHUT, DeviceBack("voice", "card 0"), Ticked())
    house.until("21:46")
    assert len(house.said) == 2
    house.until("21:51")
    assert [prompt for prompt, _ in house.said[2:]] == ["closing_10"] * 2


def test_new_hours_are_told_from_the_moment_they_are_there():
    house = House("21:00")
    later = Hours("Asia/Shanghai", (((480, 1439),),) * 7)
    body = Body("hours", 2, hours=later)
    house.kiosk = replace(house.kiosk, lists=Standing(lists(body)))
    house.until("22:30")
    assert house.told(facts.RoomClosing, facts.RoomClosed) == []


def test_what_waits_to_be_said_waits_once_however_often_a_contact_chatters():
    house = House("12:00")
    for point in ("sos", "mains") * 20:
        for active in (True, False):
            contact = InputSensed("door", point, active=active)
            house.kiosk, _ = core.step(house.kiosk, contact, house.now, house.rules)
    assert house.kiosk.room
    assert [prompt for prompt, _ in house.kiosk.room.speaking.said] == ["power_out"] * 2 + ["help_called"] * 2


def test_cleaning_is_announced_a_self_test_is_not_and_is_told_afterwards():
    house = House("02:00", CLEANED)
    house.until("03:30")
    assert house.told(facts.RoomClosed, facts.RoomOpened) == [
        facts.RoomClosed("cleaning"),
        facts.RoomOpened(),
    ]
    assert ("closing_5", "en") in house.said
    house.said.clear()
    house.until("12:06")
    assert house.said == []
    silent = ("door", "door_scanner", "door_voice", "pad")
    assert house.told(facts.RoomTested) == [facts.RoomTested(2, silent)]
    assert house.told(facts.RoomArmed) == []


# ---------------------------------------------------------------- arming
def test_an_empty_still_room_is_armed_and_disarmed_at_opening():
    house = House("21:58")
    house.until("22:09")
    assert not house.armed
    house.until("22:11")
    assert house.armed
    assert Remember(arming.ARMED, "1") in house.effects
    house.until("08:01", 23)
    assert house.told(facts.RoomArmed, facts.RoomDisarmed) == [
        facts.RoomArmed(),
        facts.RoomDisarmed("opening"),
    ]
    assert Remember(arming.ARMED, None) in house.effects
    assert house.standing() == set()


def test_what_moves_puts_arming_off():
    house = House("21:58")
    house.until("22:08")
    house.happen(Touched("more_time"))
    house.until("22:17")
    assert not house.armed
    house.until("22:19")
    assert house.armed


def test_who_is_inside_after_closing_is_an_alarm_until_they_have_left():
    house = House("21:00")
    house.crossed(3, 0)
    house.until("22:11")
    assert house.standing() == {OVERSTAY}
    house.until("23:01")
    assert house.standing() == {OVERSTAY, NOT_ARMED}
    assert not house.armed
    house.crossed(3, 2)
    assert house.standing() == {NOT_ARMED}, "the counter may be off by one"
    house.until("23:30")
    assert house.armed
    assert house.standing() == set()


def test_whom_the_counter_alone_knows_and_nothing_has_shown_for_two_hours_is_not_there():
    house = House("21:00")
    house.crossed(3, 0)
    house.until("22:20")
    house.happen(InputSensed("air", "hall_motion", active=True))
    house.until("22:30")
    house.happen(InputSensed("air", "hall_motion", active=False))
    house.until("00:29", 23)
    assert house.standing() == {OVERSTAY, NOT_ARMED}
    house.until("00:31", 23)
    assert (house.armed, house.standing()) == (True, set())
    assert house.told(facts.OccupancyCorrected) == [facts.OccupancyCorrected(3, 0, "night")]


@pytest.mark.parametrize(
    ("counting", "stirs", "corrected"),
    [
        (Counting(), (), [facts.OccupancyCorrected(3, 0, "night")]),
        (Counting(), ("02:30",), [facts.OccupancyCorrected(3, 0, "night")]),
        (Counting(), ("02:30", "03:30"), []),
        (Counting(still_min=60), ("02:30", "03:30"), [facts.OccupancyCorrected(3, 0, "night")]),
        (Counting(correct_at=""), (), []),
        (Counting(exit_readers=("out",)), (), [facts.OccupancyCorrected(3, 2, "night")]),
    ],
)
def test_a_room_that_never_closes_is_set_right_in_a_night_in_which_nothing_moves(counting, stirs, corrected):
    house = House("21:00", Hours("Asia/Shanghai", (((0, 1440),),) * 7), replace(SPOKEN, counting=counting))
    house.crossed(3, 0)
    if counting.exit_readers:
        room, since_ms = house.kiosk.room, house.now.wall_ms
        cards = (Present("a", "a", 1, since_ms - 2 * DAY_MS), Present("b", "b", 2, since_ms))
        present = replace(room.counting, present=cards)
        house.kiosk = replace(house.kiosk, room=replace(room, counting=present))
    for clock in stirs:
        house.until(clock, 23)
        house.happen(*(InputSensed("air", "hall_motion", active=active) for active in (True, False)))
    house.until("08:00", 23)
    assert house.told(facts.OccupancyCorrected) == corrected
    assert house.standing() == set()


@pytest.mark.parametrize("hours", [EIGHT_TO_TEN, Hours("Asia/Shanghai", (((0, 1440),),) * 7)])
def test_while_what_watches_for_motion_is_away_nobody_is_taken_to_be_out(hours):
    house = House("21:00", hours)
    house.crossed(3, 0)
    house.happen(DeviceLost("air", Gone("unplugged")))
    house.until("07:00", 23)
    assert not house.told(facts.OccupancyCorrected)
    assert not house.armed


def test_a_door_that_stands_open_keeps_the_room_from_being_armed():
    house = House("21:58")
    house.until("22:05")
    house.happen(dataclasses.replace(SHUT, open=True, openings=11))
    house.until("23:01")
    assert not house.armed
    cause = next(t.cause for (fault, _), t in house.kiosk.station.troubles.items() if fault == NOT_ARMED)
    assert cause == "the door is open, or not heard"


@pytest.mark.parametrize(
    "moves", [Touched("done"), Crossed("door", 101, 100), InputSensed("air", "hall_motion", active=True)]
)
def test_whatever_moves_in_an_armed_room_is_one_alarm(moves):
    house = House("21:58")
    house.until("22:11")
    house.happen(moves)
    assert MOVED in house.standing()
    raised = [fact for fact in house.told(facts.FaultRaised) if fact.fault == MOVED]
    house.happen(moves)
    assert [fact for fact in house.told(facts.FaultRaised) if fact.fault == MOVED] == raised
    house.until("08:01", 23)
    assert house.standing() == set()


@pytest.mark.parametrize(
    "still",
    [
        (DeviceBack("pad", "x"), TagSeen("pad", "E1", None), PadSettled("pad")),
        (Touched("help", "door"), Touched("answer", "yes"), Touched("end_help")),
    ],
)
def test_a_book_that_was_left_and_who_calls_from_outside_move_nothing(still):
    house = House("21:58")
    house.until("22:11")
    house.happen(*still)
    assert house.armed
    assert house.standing() == set()
    house.happen(TagSeen("pad", "E2", None))
    assert house.standing() == {MOVED}


@pytest.mark.parametrize("role", ["staff", "cleaner", "emergency"])
def test_staff_disarm_and_what_they_move_is_no_alarm(role):
    house = House("21:58")
    house.until("22:11")
    card = Record(facts.EntryGranted("a" * 32, role=role))
    around = Surroundings(house.now, house.rules.room, rule(house.now, lists=house.kiosk.lists.lists))
    entered, effects = arming.attend(house.kiosk, house.kiosk, Ticked(), (card,), around)
    assert Record(facts.RoomDisarmed("staff")) in effects
    house.kiosk = replace(house.kiosk, room=entered)
    house.crossed(1, 0)
    house.until("22:40")
    assert house.standing() == set()


def test_staff_at_the_machine_disarm_the_room():
    house = House("21:58")
    house.until("22:11")
    house.kiosk = replace(house.kiosk, service=replace(house.kiosk.service, phase=Service.PIN))
    house.happen(Ticked())
    assert not house.armed


def test_a_room_that_was_armed_is_armed_after_a_start():
    """Also before its lists are read."""
    house = House("23:00")
    lists_ = house.kiosk.lists
    house.kiosk = arming.recall(Kiosk(Station(FITTINGS), room=Room()), {arming.ARMED: "1"}.get)
    house.happen(SHUT, Ticked())
    assert house.armed
    house.kiosk = replace(house.kiosk, lists=lists_)
    house.until("23:30")
    assert house.armed
    assert house.told(facts.RoomArmed, facts.RoomDisarmed) == []
    house.until("08:01", 23)
    assert house.told(facts.RoomDisarmed) == [facts.RoomDisarmed("opening")]


def test_arming_asks_nothing_of_the_door():
    """The way out is as free in an armed room as in any other."""
    house = House("21:58")
    house.until("22:11")
    house.happen(dataclasses.replace(SHUT, exit_pressed=True, released=True))
    house.until("08:01", 23)
    assert not any(isinstance(effect, SecureDoor) for effect in house.effects)


# ---------------------------------------------------------------- the night
def test_who_stays_for_very_long_in_the_night_is_reminded_and_not_by_day():
    night = replace(SPOKEN, night=Night(stay_h=4, remind_min=120))
    house = House("12:00", Hours("Asia/Shanghai", (((0, 1440),),) * 7), night)
    house.crossed(1, 0)
    house.until("22:59")
    assert house.told(facts.StayReminded) == []
    house.until("02:00", 23)
    assert house.told(facts.StayReminded) == [facts.StayReminded(660), facts.StayReminded(780)]
    assert house.said == [("stay_reminder", "zh-CN"), ("stay_reminder", "en")] * 2
    house.crossed(2, 1)
    house.until("05:00", 23)
    assert len(house.told(facts.StayReminded)) == 2, "the first to come has gone"
