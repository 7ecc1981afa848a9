"""What becomes of an alarm: handed on, woken, acknowledged, closed; and a room that falls silent."""

from __future__ import annotations

import pytest

from central.db import open_sessions
from central.rooms.alarms import duty, life
from central.rooms.alarms.life import Unfit
from central.rooms.alarms.models import Alarm
from tests.central.ingest.world import NOW, ROOM
from tests.central.rooms.alarms.world import CALLED, FORCED, HELD, PATIENCE_S

GONE_S = 301


# ---------------------------------------------------------------- handed on
def test_nobody_acknowledges_so_it_is_the_next_ones_turn(site):
    site.on_duty(None, "everybody")
    site.on_duty("xian", "one", "two")
    site.tell(FORCED)
    site.wait(PATIENCE_S - 1)
    assert site.steps() == []
    for _ in range(3):
        site.wait(PATIENCE_S)
    assert site.steps() == [("handed_on", "two"), ("handed_on", "one"), ("handed_on", "two")]


def test_who_acknowledges_ends_that(site):
    site.on_duty(None, "one", "two")
    site.tell(FORCED)
    site.acknowledge()
    site.acknowledge("li")
    site.wait(2 * PATIENCE_S)
    assert site.steps() == [("acknowledged", "wang")]
    assert (site.alarm().state, site.alarm().acknowledged_by) == ("acknowledged", "wang")


def test_a_lesser_alarm_is_nobodys_turn(lite):
    lite.on_duty(None, "one", "two")
    lite.tell(HELD)
    lite.wait(10 * PATIENCE_S)
    assert lite.steps() == []


def test_after_an_hour_without_a_clock_nobody_is_passed_over(lite):
    lite.on_duty(None, "one", "two", "three")
    lite.tell(FORCED)
    lite.wait(3600)
    assert lite.steps() == [("handed_on", "two")]


# ---------------------------------------------------------------- woken
def test_what_came_late_and_still_stands_rings(site):
    site.tell(FORCED, ago_ms=3_600_000)
    site.wait(10)
    assert site.alarm().state == "silent"
    site.condition("degraded", NOW, troubles=[{"fault": FORCED.fault, "device": "door", "since_ms": 1}])
    site.wait(10)
    assert (site.alarm().state, site.steps()) == ("ringing", [("woken", "")])


# ---------------------------------------------------------------- a room that is not heard
def test_a_room_that_is_not_heard_is_an_alarm_once_and_until_it_is_back(site):
    site.condition("gone", NOW)
    site.wait(GONE_S - 10)
    assert site.alarms() == []
    for _ in range(3):
        site.wait(10)
    assert (site.alarm().state, site.alarm().raised_ms) == ("ringing", NOW)
    site.close("weather")
    site.wait(10)
    assert site.alarm().state == "closed"
    site.condition("ready", site.now_ms)
    site.condition("gone", site.now_ms + 1)
    site.wait(GONE_S)
    site.condition("ready", site.now_ms)
    site.wait(10)
    assert [(one.finding, one.cleared_why) for one in site.alarms()] == [
        ("weather", "staff"),
        ("itself", "back"),
    ]


def test_a_kiosk_that_was_stopped_is_not_missed(lite):
    lite.condition("gone", NOW, why="stopped")
    lite.wait(GONE_S)
    assert lite.alarms() == []


# ---------------------------------------------------------------- staff
def test_it_is_closed_with_a_cause(lite):
    lite.tell(FORCED)
    for finding, note, why in (("", "", "finding"), ("itself", "", "finding"), ("other", "", "note")):
        with pytest.raises(Unfit, match=why):
            lite.close(finding, note)
    lite.close("other", "风")
    with pytest.raises(Unfit, match="closed"):
        lite.acknowledge()
    alarm = lite.alarm()
    assert (alarm.state, alarm.cleared_why, alarm.note) == ("closed", "staff", "风")
    assert lite.steps() == [("acknowledged", "wang"), ("closed", "wang")]


def test_who_answers_a_call_has_acknowledged_it(lite):
    lite.tell(CALLED, FORCED)
    with open_sessions(lite.engine).begin() as session:
        life.answer_call(session, ROOM, "wang", lite.now_ms)
    assert [(one.fault, one.state) for one in lite.alarms()] == [(775, "acknowledged"), (701, "ringing")]


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("https://nvr.example/p?t={time}", "https://nvr.example/p?t=2026-09-21T14:13:20Z"),
        (
            "http://nvr/{from}/{until}/{seconds}",
            "http://nvr/2026-09-21T14:12:50Z/2026-09-21T14:14:20Z/1790000000",
        ),
    ],
)
def test_a_recording_is_an_address_and_a_time(lite, template, address):
    with open_sessions(lite.engine).begin() as session:
        duty.set_camera(session, ROOM, template)
    assert duty.recording(template, NOW) == address


@pytest.mark.parametrize(
    "template", ["javascript:alert(1)", "https://nvr/{device.password}", "https://a b", "ftp://x"]
)
def test_no_other_address_is_taken(lite, template):
    with open_sessions(lite.engine).begin() as session, pytest.raises(Unfit, match="address"):
        duty.set_camera(session, ROOM, template)


def test_an_alarm_is_a_row_that_nothing_else_needs(lite):
    """A page may be asked for by a number that never was."""
    with open_sessions(lite.engine)() as session:
        assert session.get(Alarm, 2**31 - 1) is None
