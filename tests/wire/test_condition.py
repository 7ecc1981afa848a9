"""Conditions and vitals: literal texts, defaults, bounds, and what is refused."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.anything import json, with_more
from tests.wire.golden import CENTRAL_CONDITION, CONDITION, VITALS
from wire.condition import MAX_CONDITION_OCTETS, CentralCondition, Condition, Trouble, Vitals, decode, encode
from wire.envelope import Malformed

GOLDEN = [CONDITION, VITALS, CENTRAL_CONDITION]
KINDS = (Condition, Vitals, CentralCondition)


def changed(golden, **fields):
    return msgspec.json.encode(msgspec.json.decode(golden[1]) | fields)


@pytest.mark.parametrize(("message", "text"), GOLDEN, ids=["condition", "vitals", "central"])
def test_each_is_this_text(message, text):
    assert encode(message).decode() == text
    assert decode(text.encode(), type(message)) == message
    assert [*msgspec.json.decode(text)] == [field.name for field in msgspec.structs.fields(message)]


@pytest.mark.parametrize(("message", "text"), GOLDEN, ids=["condition", "vitals", "central"])
@pytest.mark.parametrize("more", [None, [1], {"deep": {}}], ids=["null", "array", "object"])
def test_a_field_from_the_future_is_passed_over(message, text, more):
    assert decode(with_more(text, more), type(message)) == message


def test_a_last_will_is_short():
    assert decode(b'{"session":17,"state":"gone","why":"will"}', Condition) == Condition(
        17, "gone", why="will"
    )


def test_the_first_kiosk_s_condition_is_still_read():
    old = decode(b'{"session":0,"state":"boot"}', Condition)
    assert (old.troubles, old.roles, old.devices, old.occupancy) == ((), (), {}, None)
    assert (old.boot, old.journal, old.schema) == ("00000000", "0" * 32, 1)


@pytest.mark.parametrize("state", ["boot", "ready", "degraded", "broken", "service", "gone"])
def test_the_states(state):
    assert decode(changed(CONDITION, state=state), Condition).state == state


# ---------------------------------------------------------------- bounds
def test_a_kiosk_in_all_its_troubles_says_so_within_the_bound():
    """Twice as many as a kiosk has devices and faults of its own, with the longest causes, in Chinese."""
    troubles = tuple(Trouble(999, "door_scanner", 2**53 - 1, "书" * 200) for _ in range(20))
    devices = {f"door_scanner_{number}": "FEIG ID ISC.MR102, firmware 2.06" for number in range(8)}
    worst = Condition(2**32 - 1, "degraded", 2**53 - 1, troubles, "x" * 64, devices=devices)
    assert decode(encode(worst), Condition) == worst


def test_16_kib_are_taken_and_one_octet_more_is_not():
    payload = CONDITION[1].encode().ljust(MAX_CONDITION_OCTETS)
    assert decode(payload, Condition) == CONDITION[0]
    with pytest.raises(Malformed, match="16385 octets, 16384 allowed"):
        decode(payload + b" ", Condition)


@pytest.mark.parametrize(
    ("golden", "fields"),
    [
        (CONDITION, {"session": -1}),
        (CONDITION, {"session": 2**32}),
        (CONDITION, {"state": "asleep"}),
        (CONDITION, {"schema": 2}),
        (CONDITION, {"troubles": [{"fault": 401}] * 65}),
        (CONDITION, {"troubles": [{"fault": 99}]}),
        (CONDITION, {"troubles": [{"fault": 401, "cause": "x" * 201}]}),
        (CONDITION, {"roles": ["desk"] * 9}),
        (CONDITION, {"devices": {"pad": 1}}),
        (CONDITION, {"devices": {"p" * 65: ""}}),
        (CONDITION, {"version": "x" * 65}),
        (CONDITION, {"journal": "x"}),
        (CONDITION, {"occupancy": "3"}),
        (VITALS, {"wall_ms": -1}),
        (VITALS, {"backlog": 2**32}),
        (VITALS, {"ils_round_trip_ms": "fast"}),
        (VITALS, {"schema": 0}),
        (CENTRAL_CONDITION, {"online": 1}),
        (CENTRAL_CONDITION, {"session": 2**53}),
    ],
)
def test_out_of_its_bounds_it_is_malformed(golden, fields):
    with pytest.raises(Malformed):
        decode(changed(golden, **fields), type(golden[0]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"{}", b"{", CONDITION[1].encode("utf-16")])
def test_what_is_none_is_malformed(kind, payload):
    with pytest.raises(Malformed):
        decode(payload, kind)


@given(st.sampled_from(KINDS), st.binary(max_size=200) | json.map(msgspec.json.encode))
def test_any_octets_are_malformed(kind, payload):
    with pytest.raises(Malformed):
        decode(payload, kind)


@given(st.sampled_from(GOLDEN), st.data())
def test_with_any_octets_changed_it_is_read_or_malformed(golden, data):
    octets = bytearray(golden[1].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Malformed):
        decode(bytes(octets), type(golden[0]))
