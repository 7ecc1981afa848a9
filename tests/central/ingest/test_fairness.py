"""Turns: small ones first, nobody for ever last, each device's own in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ingest.fairness import (
    GROUP_S,
    MAX_DEBT_S,
    MAX_OCTETS,
    MESSAGE_OCTETS,
    MIN_OCTETS,
    RATE,
    Fair,
    Portion,
)

FULL = 16 * 1024


def drained(fair):
    return [fair.take() for _ in range(len(fair))]


def test_a_small_message_passes_a_thousand_large_ones():
    fair = Fair()
    for number in range(4000):
        fair.put(f"busy-{number % 1000}", FULL, f"{number}", 0.0)
    fair.put("quiet", 300, "now", 20.0)
    assert fair.take() == "now"
    assert len(fair) == 4000


def test_large_ones_go_in_turns():
    fair = Fair()
    for device in ("a", "b", "c"):
        for number in range(3):
            fair.put(device, FULL, f"{device}{number}", 0.0)
    assert drained(fair) == ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]


def test_a_large_one_is_not_passed_for_ever():
    fair = Fair()
    fair.put("busy", FULL, "large", 0.0)
    due_s = (FULL + MESSAGE_OCTETS) / RATE
    fair.put("quiet", 0, "early", due_s - 1)
    fair.put("other", 0, "late", due_s)
    assert drained(fair) == ["early", "large", "late"]


def test_what_was_sent_beyond_the_rate_is_forgotten_in_time():
    fair = Fair()
    for _ in range(100):
        fair.put("busy", FULL, "much", 0.0)
    for _ in range(100):
        fair.take()
    fair.put("quiet", FULL, "first", 0.0)
    fair.put("busy", 0, "last", 0.0)
    assert drained(fair) == ["last", "first"]  # nothing waited: all began anew
    fair.put("stays", FULL, "stays", 0.0)
    for _ in range(100):
        fair.put("busy", FULL, "much", 0.0)
    fair.put("other", 2 * FULL, "large", MAX_DEBT_S)
    fair.put("busy", 0, "small", MAX_DEBT_S)
    assert drained(fair)[-2:] == ["small", "large"]


def test_how_many_wait():
    fair = Fair()
    fair.put("a", 1, "x", 0.0)
    fair.put("a", 1, "y", 0.0)
    assert (len(fair), fair.waiting("a"), fair.waiting("b")) == (2, 2, 0)
    fair.take()
    fair.take()
    assert (len(fair), fair.waiting("a")) == (0, 0)
    with pytest.raises(IndexError):
        fair.take()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, FULL), st.floats(0, 100)), max_size=50))
def test_a_device_s_own_stay_in_order(arrivals):
    fair = Fair()
    now_s = 0.0
    for number, (device, octets, wait_s) in enumerate(arrivals):
        now_s += wait_s
        fair.put(device, octets, (device, number), now_s)
    taken = drained(fair)
    assert sorted(number for _, number in taken) == list(range(len(arrivals)))
    for device in "abc":
        own = [number for name, number in taken if name == device]
        assert own == sorted(own)


def test_a_portion_shrinks_while_it_takes_too_long_and_grows_again():
    portion = Portion()
    portion.took(GROUP_S / 2)
    assert portion.octets == MAX_OCTETS
    portion.took(GROUP_S * 1.01)
    assert portion.octets == MAX_OCTETS // 2
    portion.took(GROUP_S / 2)
    assert portion.octets == MAX_OCTETS // 2
    portion.took(GROUP_S / 5)
    assert portion.octets == MAX_OCTETS


def test_a_portion_has_its_bounds():
    portion = Portion()
    for _ in range(20):
        portion.took(60.0)
    assert portion.octets == MIN_OCTETS
    for _ in range(20):
        portion.took(0.001)
    assert portion.octets == MAX_OCTETS


@pytest.mark.parametrize("octets_s", [50_000, 200_000, 1_000_000, 50_000_000])
def test_whatever_the_machine_a_group_soon_takes_no_longer_than_it_may(octets_s):
    portion = Portion()
    took = []
    for _ in range(10):
        took.append(portion.octets / octets_s)
        portion.took(took[-1])
    assert max(took[5:]) <= max(GROUP_S, MIN_OCTETS / octets_s)
