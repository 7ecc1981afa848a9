"""The latest condition wins, unless it is a ghost's."""

import pytest
from sqlalchemy import select

from central.fleet.models import ConditionSpan, DeviceCondition
from central.ingest.conditions import hear
from central.statements import Cursor
from tests.central.ingest.world import NOW, ROOM
from wire.condition import Condition, Trouble

OLD, NEW = "5f" * 16, "6e" * 16


def say(engine, session, state, *faults, at_ms=NOW, journal=OLD):
    troubles = tuple(Trouble(fault) for fault in faults)
    with engine.begin() as connection:
        return hear(
            Cursor(connection), ROOM, Condition(session, state, troubles=troubles, journal=journal), at_ms
        )


def row(engine):
    with engine.connect() as connection:
        found = connection.execute(
            select(
                DeviceCondition.session,
                DeviceCondition.state,
                DeviceCondition.since_ms,
                DeviceCondition.heard_ms,
            )
        ).one()
    return tuple(found)


def spans(engine):
    span = ConditionSpan
    with engine.connect() as connection:
        query = select(span.state, span.faults, span.from_ms, span.until_ms).order_by(span.id)
        return [tuple(found) for found in connection.execute(query)]


def test_the_first_condition_is_kept_whole(world):
    assert say(world, 3, "degraded", 402)
    assert row(world) == (3, "degraded", NOW, NOW)
    with world.connect() as connection:
        body = connection.scalar(select(DeviceCondition.body))
    assert (body["journal"], body["troubles"][0]["fault"]) == (OLD, 402)


def test_since_is_when_the_state_began(world):
    say(world, 3, "ready")
    say(world, 3, "ready", 402, at_ms=NOW + 5)
    assert row(world) == (3, "ready", NOW, NOW + 5)
    say(world, 3, "broken", at_ms=NOW + 9)
    assert row(world) == (3, "broken", NOW + 9, NOW + 9)


@pytest.mark.parametrize(
    ("session", "state", "journal", "taken"),
    [
        (4, "gone", OLD, False),  # a late will of an earlier session
        (4, "ready", OLD, False),  # and a late word
        (5, "gone", OLD, True),
        (6, "gone", OLD, True),  # the birth before it was lost
        (6, "boot", OLD, True),
        (1, "boot", NEW, True),  # a new disk counts from one again
        (1, "gone", NEW, False),  # nobody was born under that name
        (9, "gone", NEW, False),  # the will of the disk that was taken out
        (4, "gone", "0" * 32, False),  # a will that names no journal goes by its session
        (5, "gone", "0" * 32, True),
    ],
)
def test_who_is_believed(world, session, state, journal, taken):
    say(world, 5, "ready")
    say(world, session, state, journal=journal, at_ms=NOW + 1)
    assert (row(world)[:2] == (session, state)) is taken


def test_who_hears_orders_again_is_told(world):
    assert not say(world, 1, "boot")
    assert say(world, 1, "ready")
    assert not say(world, 1, "degraded", 402)
    assert not say(world, 1, "ready")
    assert not say(world, 1, "broken", 601), "it has listened all the time"
    assert not say(world, 1, "service"), "and does"
    assert not say(world, 1, "boot")
    assert say(world, 1, "broken", 603)
    assert not say(world, 1, "ready")
    assert say(world, 2, "ready")
    assert not say(world, 1, "ready")


def test_history_has_a_span_for_each_state_and_set_of_faults(world):
    say(world, 1, "ready", at_ms=10)
    say(world, 1, "ready", at_ms=20)
    say(world, 1, "degraded", 501, 402, 402, at_ms=30)
    say(world, 1, "degraded", 402, 501, at_ms=40)
    say(world, 1, "degraded", 402, at_ms=50)
    say(world, 1, "gone", at_ms=60)
    assert spans(world) == [
        ("ready", [], 10, 30),
        ("degraded", [402, 501], 30, 50),
        ("degraded", [402], 50, 60),
        ("gone", [], 60, None),
    ]
