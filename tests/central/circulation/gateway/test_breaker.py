"""The breaker's table is whole, and its rests are as it says."""

import pytest

from central.circulation.gateway.breaker import (
    BREAKER,
    FIRST_REST_S,
    MAX_REST_S,
    PROBE_S,
    TRIPS,
    Breaker,
    BreakerState,
    Felt,
)


def tripped(at=0.0):
    breaker = Breaker()
    for _ in range(TRIPS):
        breaker.failed(at)
    return breaker


@pytest.mark.parametrize("state", BreakerState)
def test_each_state_has_a_row_for_each_happening(state):
    assert BREAKER[state].keys() == set(Felt)


def test_failures_that_are_not_in_a_row_trip_nothing():
    breaker = Breaker()
    for _ in range(TRIPS):
        for _ in range(TRIPS - 1):
            breaker.failed(0.0)
        breaker.answered()
    assert breaker.state is BreakerState.CLOSED


def test_open_it_lets_nobody_ask_until_it_has_rested():
    breaker = tripped()
    assert breaker.state is BreakerState.OPEN
    assert not breaker.lets_ask(FIRST_REST_S - 0.01)
    assert breaker.lets_ask(FIRST_REST_S)


def test_half_open_it_lets_one_ask():
    breaker = tripped()
    assert breaker.lets_ask(FIRST_REST_S)
    assert breaker.state is BreakerState.HALF_OPEN
    assert not breaker.lets_ask(FIRST_REST_S)
    assert breaker.lets_ask(FIRST_REST_S + PROBE_S)


def test_a_probe_that_is_answered_closes_it():
    breaker = tripped()
    assert breaker.lets_ask(FIRST_REST_S)
    breaker.answered()
    assert breaker.state is BreakerState.CLOSED
    breaker.failed(5.0)
    assert breaker.lets_ask(5.0)


def test_each_probe_that_fails_lengthens_the_rest():
    breaker, now, rests = tripped(), 0.0, []
    for _ in range(6):
        begun = now
        while not breaker.lets_ask(now):
            now += 0.5
        rests.append(now - begun)
        breaker.failed(now)
    assert rests == [1.0, 2.0, 4.0, 8.0, MAX_REST_S, MAX_REST_S]


def test_what_fails_beside_an_open_one_does_not_lengthen_the_rest():
    breaker = tripped()
    breaker.failed(0.5)
    assert breaker.lets_ask(FIRST_REST_S)
