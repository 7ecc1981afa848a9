"""Events of devices of any name reach the table whose place they hang at."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from msgspec.structs import replace

from drivers.errors import Gone
from drivers.events import (
    CardRefused,
    CardShown,
    Crossed,
    DeviceBack,
    DeviceEvent,
    DeviceLost,
    IdCard,
    IdCardShown,
    InputSensed,
    KeysEntered,
    Measured,
    OutputSwitched,
    PadSettled,
    PaperSensed,
    Printed,
    Refusal,
    Spoken,
)
from kiosk import config
from kiosk.clock import Now
from kiosk.core import Kiosk, Rules, step
from kiosk.effects import AnyEffect, AskReader, Record
from kiosk.events import AnyEvent, Reader, ReaderAnswered
from kiosk.fittings import Fitting, Fittings
from kiosk.room.counting_state import Counting
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Phase as DoorPhase
from kiosk.room.state import Room
from kiosk.session.state import Phase, Session
from kiosk.station import Station
from wire import facts
from wire.condition import Reading
from wire.faults import fault, number

NOW = Now(1_790_000_000_000, 1_000_000)
RULES = Rules(config.Desk(), RoomSettings(), config.Offline(), lambda card: f"name of {card}")
SITE = Fittings(
    {
        "table": Fitting("pad", required=True),
        "barcode": Fitting("card"),
        "id_reader": Fitting("card", required=True),
        "wall": Fitting("card", "door"),
        "lock": Fitting("door", "door", required=True),
        "beam": Fitting("counter", "door"),
        "slips": Fitting("printer"),
        "box": Fitting("sensors"),
    }
)
WANG = IdCard(
    "王小雨", 2, "01", date(1949, 12, 31), "浙江省", "11010519491231002X", "某局", date(2020, 1, 1), None
)


def kiosk(**devices: Fitting) -> Kiosk:
    fittings = Fittings(devices) if devices else SITE
    session = Session(Phase.OUT_OF_ORDER, serving=False, run="0badcafe")
    return Kiosk(Station(fittings), session=session, room=Room(phase=DoorPhase.SECURED))


def after(*events: AnyEvent, start: Kiosk | None = None) -> tuple[Kiosk, list[AnyEffect]]:
    state, effects = start or kiosk(), ()
    for event in events:
        state, effects = step(state, event, NOW, RULES)
    return state, list(effects)


def up() -> Kiosk:
    """Every device answers, the pad has told what lies there."""
    backs = [DeviceBack(name, name) for name in SITE.by_name]
    return after(*backs, PadSettled("table"))[0]


def told(effects: list[AnyEffect]) -> list[facts.Fact]:
    return [effect.fact for effect in effects if isinstance(effect, Record)]


def test_a_desk_serves_when_all_that_it_cannot_do_without_answers():
    state, _ = after(DeviceBack("table", "pad"), PadSettled("table"))
    assert (state.station.serving, state.session.phase) == (False, Phase.OUT_OF_ORDER)
    state, _ = after(DeviceBack("id_reader", "SDT"), start=state)
    assert (state.station.serving, state.session.phase) == (True, Phase.IDLE)


def test_another_device_that_comes_back_is_no_pad():
    state, _ = after(DeviceBack("barcode", "serial"), DeviceBack("id_reader", "SDT"))
    assert state.session.quiet_until_ms == 0
    state, _ = after(DeviceBack("table", "pad"), start=state)
    assert state.session.phase is Phase.OUT_OF_ORDER, "the pad has only begun to tell what lies there"


@pytest.mark.parametrize(("device", "place"), [("barcode", "desk"), ("id_reader", "desk"), ("wall", "door")])
def test_a_card_is_asked_about_where_it_was_shown(device: str, place: str):
    state, (asked,) = after(CardShown(device, "R0001", "card"), start=up())
    assert asked == AskReader(asked.ask, "R0001", place)
    assert (state.session.phase is Phase.IDENTIFYING) is (place == "desk")


@pytest.mark.parametrize(("device", "place"), [("id_reader", "desk"), ("wall", "door")])
def test_an_identity_card_is_asked_about_by_its_number(device: str, place: str):
    _, (asked,) = after(IdCardShown(device, WANG), start=up())
    assert asked == AskReader(asked.ask, WANG.number, place, "id_card")


def test_a_reader_known_by_the_identity_card_is_the_same_reader_when_it_lies_there_still():
    state, (asked,) = after(IdCardShown("id_reader", WANG), start=up())
    reader = Reader("R0001", "name of R0001", "王小雨", "adult", shown=WANG.number)
    state, effects = after(ReaderAnswered(asked.ask, reader, card="R0001"), start=state)
    assert told(effects) == [facts.SessionOpened("name of R0001", "adult", "ils")]
    assert WANG.number not in repr(effects)
    assert WANG.number not in repr(reader)
    for shown in (IdCardShown("id_reader", WANG), CardShown("barcode", "R0001", "card")):
        state, effects = after(shown, start=state)
        assert (state.session.phase, effects) == (Phase.IDENTIFIED, [])


@pytest.mark.parametrize(("device", "fact"), [("barcode", facts.ReaderRefused), ("wall", facts.EntryRefused)])
def test_keys_alone_are_told_what_to_do_instead(device: str, fact: type[facts.Fact]):
    state, effects = after(KeysEntered(device, "1234#"), start=up())
    keys_not_taken = number("keys_not_taken")
    assert told(effects) == [fact(keys_not_taken)]
    assert (state.session.notice or state.room.notice).fault == keys_not_taken


@pytest.mark.parametrize("why", get_args(Refusal))
def test_what_was_shown_and_refused_is_told_with_its_reason(why: Refusal):
    state, effects = after(CardRefused("barcode", "qr", why), start=up())
    (refused,) = told(effects)
    assert refused == facts.ReaderRefused(state.session.notice.fault)
    assert fault(refused.fault).severity in {"notice", "warning"}


LOST = {
    "table": "pad_lost",
    "barcode": "card_reader_lost",
    "wall": "card_reader_lost",
    "lock": "door_lost",
    "beam": "counter_lost",
    "slips": "printer_lost",
    "box": "sensors_lost",
}


@pytest.mark.parametrize("device", LOST)
def test_what_a_lost_device_is_follows_from_its_kind(device: str):
    state, effects = after(DeviceLost(device, Gone("no answer")), start=up())
    assert told(effects)[0] == facts.FaultRaised(number(LOST[device]), device, "gone: no answer")
    assert state.station.state == ("broken" if SITE.by_name[device].required else "degraded")
    state, effects = after(DeviceBack(device, device), start=state)
    assert told(effects)[0] == facts.FaultCleared(number(LOST[device]), device)


def test_only_the_units_loss_makes_the_door_unknown():
    state, _ = after(DeviceLost("wall", Gone("no answer")), start=up())
    assert state.room.phase is DoorPhase.SECURED
    state, _ = after(DeviceLost("lock", Gone("no answer")), start=state)
    assert state.room.phase is DoorPhase.UNKNOWN


def test_visits_are_the_counters_where_there_is_one():
    state, _ = after(Crossed("lock", 7, 7), Crossed("beam", 100, 90), Crossed("lock", 9, 7), start=up())
    state, effects = after(Crossed("beam", 102, 90), start=state)
    assert told(effects) == [facts.VisitEntered(2, "counter")]
    alone = kiosk(lock=Fitting("door", "door"))
    _, effects = after(Crossed("lock", 7, 7), Crossed("lock", 8, 7), start=alone)
    assert told(effects) == [facts.VisitEntered(1, "counter")]


def test_a_counter_in_anothers_place_begins_where_it_stands():
    before = replace(up(), room=Room(counting=Counting(5, 5, "lock")))
    state, effects = after(Crossed("beam", 40, 38), start=before)
    assert told(effects) == []
    assert (state.room.counting.entered, state.room.counting.counter) == (40, "beam")


CONDITIONS: list[tuple[DeviceEvent, DeviceEvent, str, str]] = [
    (InputSensed("box", "hall_smoke", True), InputSensed("box", "hall_smoke", False), "smoke_sensed", "hall_smoke"),
    (InputSensed("box", "water", True), InputSensed("box", "water", False), "water_sensed", "water"),
    (InputSensed("box", "mains", True), InputSensed("box", "mains", False), "mains_lost", "mains"),
    (InputSensed("box", "ups_battery", True), InputSensed("box", "ups_battery", False), "battery_low", "ups_battery"),
    (InputSensed("box", "ups_on_battery", True), InputSensed("box", "ups_on_battery", False), "mains_lost", "ups_on_battery"),
    (InputSensed("box", "hall_fault", True), InputSensed("box", "hall_fault", False), "sensor_broken", "hall_fault"),
    (InputSensed("box", "cabinet_tamper", True), InputSensed("box", "cabinet_tamper", False), "tampered", "cabinet_tamper"),
    (InputSensed("wall", "tamper", True), InputSensed("wall", "tamper", False), "tampered", "wall_tamper"),
    (PaperSensed("slips", "low"), PaperSensed("slips", "enough"), "paper_low", "slips"),
    (PaperSensed("slips", "out"), PaperSensed("slips", "enough"), "paper_out", "slips"),
    (PaperSensed("slips", "enough", cover_open=True), PaperSensed("slips", "enough"), "printer_open", "slips"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raised", "cleared", "name", "called"), CONDITIONS, ids=[row[2] for row in CONDITIONS]
)
def test_what_is_sensed_is_a_fault_while_it_lasts(raised, cleared, name: str, called: str):
    state, effects = after(raised, start=up())
    assert told(effects) == [facts.FaultRaised(number(name), called)]
    assert after(raised, start=state)[1] == []
    assert told(after(cleared, start=state)[1]) == [facts.FaultCleared(number(name), called)]


def test_what_is_measured_goes_with_the_vitals():
    state, effects = after(
        Measured("box", "hall", 21.5, "Cel"),
        InputSensed("box", "window", True),
        Measured("box", "hall", 22.0, "Cel"),
        start=up(),
    )
    assert effects == []
    assert state.station.readings == {"hall": Reading(22.0, "Cel"), "window": Reading(1.0)}


@pytest.mark.parametrize(
    "answer",
    [
        Printed("slips", "1", Gone("no paper")),
        Spoken("voice", "welcome"),
        OutputSwitched("lights", "hall", on=True),
    ],
)
def test_answers_of_outputs_change_nothing(answer: DeviceEvent):
    before = up()
    assert after(answer, start=before) == (before, [])
