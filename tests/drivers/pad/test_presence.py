from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pad.presence import Changes, Presence, PresenceRule

RULE = PresenceRule(missed=2, absent_ms=100)


def changes(*observations, rule=RULE):
    """What each (found, now_ms) changed."""
    presence = Presence(rule)
    return [presence.observe(found, now_ms) for found, now_ms in observations]


def test_a_tag_comes_once():
    assert changes(("A", 0), ("A", 50), ("BA", 100)) == [Changes(("A",)), Changes(), Changes(("B",))]


def test_a_tag_reported_twice_in_one_inventory_is_one():
    assert changes(("AAB", 0)) == [Changes(("A", "B"))]


@pytest.mark.parametrize(
    ("misses_ms", "gone"),
    [
        ([150], False),  # long enough, but one inventory
        ([10, 20, 30], False),  # many, but not long enough
        ([50, 99], False),
        ([50, 100], True),
        ([10, 20, 30, 100], True),
    ],
)
def test_gone_after_both_misses_and_time(misses_ms, gone):
    said = changes(("A", 0), *(("", now_ms) for now_ms in misses_ms))
    assert said[-1] == (Changes(gone=("A",)) if gone else Changes())
    assert said[1:-1] == [Changes()] * (len(misses_ms) - 1)


def test_a_flicker_is_neither_gone_nor_new():
    assert changes(("A", 0), ("", 60), ("A", 120), ("", 180), ("A", 240))[1:] == [Changes()] * 4


def test_no_ghost_gone_is_said_once_and_a_return_is_new():
    said = changes(("A", 0), ("", 100), ("", 200), ("", 300), ("A", 400))
    assert said == [Changes(("A",)), Changes(), Changes(gone=("A",)), Changes(), Changes(("A",))]


def test_an_incomplete_inventory_proves_no_absence():
    presence = Presence(RULE)
    presence.observe("AB", 0)
    for now_ms in (100, 200, 300):
        assert presence.observe("C" if now_ms == 100 else "", now_ms, complete=False).gone == ()
    assert presence.present == ("A", "B", "C")
    presence.observe("C", 400)
    assert presence.observe("C", 500) == Changes(gone=("A", "B"))


def test_a_tag_that_no_unfinished_inventory_finds_for_long_is_gone():
    presence = Presence(RULE)
    presence.observe("AB", 0)
    said = [presence.observe("B", now_ms, complete=False) for now_ms in (1000, 2999, 3000, 3001)]
    assert said == [Changes(), Changes(), Changes(gone=("A",)), Changes()]


@given(st.lists(st.tuples(st.sets(st.sampled_from("ABCD")), st.integers(0, 200), st.booleans())))
def test_whatever_is_found_what_came_less_what_went_is_present(observations):
    presence, here, now_ms = Presence(RULE), set(), 0
    for found, step_ms, complete in observations:
        now_ms += step_ms
        said = presence.observe(found, now_ms, complete=complete)
        assert not here & set(said.came)
        assert here >= set(said.gone)
        here = here | set(said.came) - set(said.gone)
        here -= set(said.gone)
        assert set(presence.present) == here >= found
