"""One process at a time."""

from central.clock.lease import LEASE_MS, RENEW_MS, Kept, hold, release
from central.db import open_sessions

NOW = 1_790_000_000_000


def holds(engine, holder, now_ms):
    with open_sessions(engine).begin() as session:
        return hold(session, "clock", holder, now_ms)


def test_one_holds_it_and_the_other_waits(engine):
    assert holds(engine, "a", NOW)
    assert not holds(engine, "b", NOW + LEASE_MS)
    assert holds(engine, "b", NOW + LEASE_MS + 1)
    assert not holds(engine, "a", NOW + LEASE_MS + 2)


def test_who_renews_it_keeps_it(engine):
    assert holds(engine, "a", NOW)
    assert holds(engine, "a", NOW + LEASE_MS - 1)
    assert not holds(engine, "b", NOW + LEASE_MS + 1)


def test_what_is_given_back_is_free_at_once(engine):
    holds(engine, "a", NOW)
    with open_sessions(engine).begin() as session:
        release(session, "clock", "a")
    assert holds(engine, "b", NOW + 1)
    with open_sessions(engine).begin() as session:
        release(session, "clock", "a")
    assert not holds(engine, "c", NOW + 2)


def test_a_lease_of_a_clock_that_was_far_ahead_does_not_last_for_years(engine):
    holds(engine, "a", NOW * 2)
    assert holds(engine, "b", NOW)


def test_it_is_kept_from_turn_to_turn_and_lost_to_whoever_took_it(engine):
    ours, others = (Kept(open_sessions(engine), "clock") for _ in range(2))
    assert ours.holds(NOW)
    assert not others.holds(NOW + 1)
    assert ours.holds(NOW + RENEW_MS - 1), "asked nobody"
    assert ours.holds(NOW + RENEW_MS), "renewed"
    assert not others.holds(NOW + LEASE_MS + 1)
    ours.give_back()
    assert others.holds(NOW + LEASE_MS + 2)
    assert not ours.holds(NOW + 2 * RENEW_MS)
