"""Alarms out of facts: made once, whatever comes again, late, out of order or in a drill."""

from __future__ import annotations

import pytest

from central.db import open_sessions
from central.fleet.models import DeviceCondition
from central.rooms.alarms import listing
from central.rooms.alarms.kinds import ALARMS, ENDS_ITSELF, GROUPS, LESSER, PRACTISED, URGENT
from tests.central.ingest.world import NOW, ROOM, absorb, batch, visit
from tests.central.rooms.alarms.world import (
    CALL_OVER,
    CALLED,
    FORCED,
    FORCED_OVER,
    HELD,
    HELD_OVER,
)
from wire import facts
from wire.faults import catalogue, number

MINUTE = 60_000
DAY = 86_400_000


# ---------------------------------------------------------------- one alarm a thing
def test_a_fault_that_is_an_alarm_rings_and_is_over(site):
    site.tell(visit(), FORCED, visit())
    assert (site.alarm().state, site.alarm().fault, site.alarm().part) == ("ringing", 701, "door")
    site.tell(FORCED_OVER)
    assert site.alarm().cleared_ms == NOW
    assert site.alarm().state == "ringing", "staff still say what it was"


def test_a_fact_again_makes_no_second_alarm(site):
    site.tell(FORCED)
    with site.engine.begin() as connection:
        absorb(connection, ROOM, batch(1, [FORCED], wall_ms=NOW - 1000), NOW, b"k" * 32)
    assert site.alarm().times == 1


def test_a_contact_that_comes_and_goes_is_one_alarm(site):
    for _ in range(5):
        site.tell(FORCED, FORCED_OVER)
        site.now_ms += MINUTE
    assert site.alarm().times == 5
    site.now_ms += 11 * MINUTE
    site.tell(FORCED)
    assert [one.times for one in site.alarms()] == [5, 1]


def test_after_it_was_closed_it_is_a_new_one(site):
    site.tell(FORCED, FORCED_OVER)
    site.close()
    site.tell(FORCED)
    assert [one.state for one in site.alarms()] == ["closed", "ringing"]


def test_a_fault_that_is_no_alarm_touches_nothing(site):
    site.tell(
        facts.FaultRaised(number("paper_low"), "printer"), facts.FaultCleared(number("paper_low"), "printer")
    )
    assert site.alarms() == []


# ---------------------------------------------------------------- late
def test_what_comes_late_is_counted_and_does_not_ring(site):
    site.tell(FORCED, FORCED_OVER, ago_ms=DAY)
    assert (site.alarm().state, site.alarm().raised_ms) == ("silent", NOW - DAY)
    with open_sessions(site.engine)() as session:
        (figure,) = listing.figures(session, listing.Filter(), listing.Span(NOW - 2 * DAY, NOW))
        assert (figure.fault, figure.number, figure.late) == (701, 1, 1)
        assert listing.waiting(session) == 0


def test_a_late_one_is_not_lost_in_one_that_rings_now(site):
    site.tell(FORCED)
    site.tell(FORCED_OVER, FORCED, ago_ms=2 * MINUTE)
    site.now_ms += MINUTE // 2
    site.tell(FORCED)
    assert [one.state for one in site.alarms()] == ["ringing"]


def test_a_late_one_that_comes_again_now_rings(site):
    site.tell(FORCED, ago_ms=5 * MINUTE)
    site.tell(FORCED)
    assert [one.state for one in site.alarms()] == ["silent", "ringing"]


def test_out_of_a_restored_central_the_facts_make_the_same_alarms(site):
    """Its database is of yesterday, and the kiosk sends again what came since."""
    site.tell(FORCED)
    copy = site.alarm()
    with open_sessions(site.engine).begin() as session:
        session.delete(session.get(type(copy), copy.id))
        session.execute(DeviceCondition.__table__.delete())
        for table in ("fact", "journal"):
            session.execute(DeviceCondition.metadata.tables[table].delete())
    site.seq = 1
    site.tell(FORCED, ago_ms=DAY)
    assert (site.alarm().seq, site.alarm().state) == (copy.seq, "silent")


# ---------------------------------------------------------------- ends
def test_a_lesser_one_closes_itself(site):
    site.tell(HELD)
    assert (site.alarm().state, site.alarm().turn_ms) == ("ringing", None)
    site.tell(HELD_OVER)
    assert (site.alarm().state, site.alarm().finding, site.alarm().closed_by) == ("closed", "itself", "")


def test_a_start_of_the_kiosk_knows_of_no_fault(site):
    site.tell(FORCED, HELD)
    site.tell(facts.KioskStarted("0.1.0", site.journal, unclean=True), FORCED)
    forced, held = site.alarms()
    assert (forced.cleared_ms, forced.times, held.state) == (None, 2, "closed")


def test_a_call_for_help_is_one_alarm_from_the_touch_to_its_end(site):
    site.tell(facts.HelpCalled(1790000, "desk", "open"), CALLED)
    site.acknowledge()
    site.tell(facts.HelpEnded(1790000, "staff"), CALL_OVER)
    assert (site.alarm().state, site.alarm().finding, site.alarm().closed_by) == ("closed", "helped", "wang")


def test_a_call_that_nobody_answered_waits_for_somebody(site):
    site.tell(CALLED, CALL_OVER)
    assert (site.alarm().state, site.alarm().cleared_ms) == ("ringing", NOW + 1000)


# ---------------------------------------------------------------- the gate, drills
def test_each_book_at_the_gate_is_an_alarm_with_its_title(site):
    raised = facts.FaultRaised(number("gate_alarm"), "gate", "B1")
    site.tell(facts.GateAlarmed("E1", "B1"), raised, facts.GateAlarmed("E2", "B2"))
    site.tell(facts.GateNamed("E1", "B1", "三体", "in"), facts.GateReturned("E2", "B2"))
    site.tell(facts.FaultCleared(number("gate_alarm"), "gate"))
    one, other = site.alarms()
    assert (one.part, one.title, one.loan, one.state) == ("B1", "三体", "in", "ringing")
    assert (other.part, other.state, other.finding) == ("B2", "closed", "returned")
    assert one.cleared_ms is not None


def test_a_drill_is_logged_as_a_drill_and_what_it_does_not_set_off_rings(site):
    site.tell(facts.DrillBegun("fire"), facts.FaultRaised(number("fire_active"), "door"))
    site.tell(facts.FaultRaised(number("water_sensed"), "cellar"))
    site.tell(facts.FaultCleared(number("fire_active"), "door"), facts.DrillEnded("fire", "order"))
    site.now_ms += 20 * MINUTE
    site.tell(facts.FaultRaised(number("fire_active"), "door"))
    assert [(one.drill, one.state) for one in site.alarms()] == [
        ("fire", "silent"),
        ("", "ringing"),
        ("", "ringing"),
    ]
    with open_sessions(site.engine)() as session:
        (drill,) = listing.drills(session)
    assert (drill.drill, drill.ended_why) == ("fire", "order")


# ---------------------------------------------------------------- the tables
def test_every_alarm_is_in_one_table():
    assert {fault.number for fault in catalogue().values() if fault.severity == "alarm"} == URGENT
    grouped = [number(name) for names in GROUPS.values() for name in names]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= ALARMS
    assert ENDS_ITSELF.isdisjoint(URGENT)
    assert {number(name) for name in LESSER}.isdisjoint(URGENT)
    assert set().union(*PRACTISED.values()) <= ALARMS


@pytest.mark.parametrize(
    "name", ["smoke_sensed", "sos_pressed", "door_lost", "clock_untrusted", "disk_failed"]
)
def test_what_a_room_must_tell_at_once_is_an_alarm(name):
    assert number(name) in ALARMS
