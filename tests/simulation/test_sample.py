"""A sample of the simulation in each run of the tests: one seed that stays, one that is new each time."""

from __future__ import annotations

import secrets

from tests.simulation.runs import Result, live

KIOSKS = 2
"""For two days each: four kiosk-days a seed."""
KEPT = 7


def assert_held(result: Result) -> None:
    again = f"python -m tests.simulation --days 1 --seed {result.seed} --kiosks {KIOSKS}"
    assert not result.failure, f"{result.failure}\n{again}"


def test_a_kept_seed_holds_replays_exactly_and_is_as_busy_as_promised() -> None:
    first, second = live(KEPT, KIOSKS), live(KEPT, KIOSKS)
    assert_held(first)
    assert (first.digest, first.figures) == (second.digest, second.figures)
    figures, days = first.figures, first.figures["kiosk-days"]
    assert figures["visits"] >= 40 * days
    assert figures["loans"] + figures["returns"] >= 60 * days
    assert figures["faults"] >= 2 * days


def test_a_new_seed_holds() -> None:
    seed = secrets.randbelow(2**31)
    print(f"seed {seed}")  # noqa: T201 - whoever reads a failure wants it
    assert_held(live(seed, KIOSKS))
