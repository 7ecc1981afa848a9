"""A sample of the simulation in each run of the tests: one seed that stays, and a minute of new ones.

Each run has seeds of its own, all its workers the same (`seeds`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.simulation.runs import Result, again, live
from tests.simulation.seeds import first_seed
from tests.simulation.world import AT_LEAST

KIOSKS = 2
"""For two days each: four kiosk-days a seed."""
KEPT = 7
SHARES = 6
SHARE_S = 10
"""A minute in all, in shares that several workers can take beside each other."""
APART = 100
"""Seeds between the first ones of two shares: more than a share has time for."""


def assert_held(result: Result) -> None:
    assert not result.failure, result.failure


def test_a_kept_seed_holds_and_is_as_busy_as_promised() -> None:
    kept = live(KEPT, KIOSKS)
    assert_held(kept)
    figures, days = kept.figures, kept.figures["kiosk-days"]
    for what, least in AT_LEAST.items():
        assert figures[what] >= least * days
    assert figures["renewals"] > days
    assert figures["holds"] > days
    for what in ("registrations", "duties of staff", "lists"):
        assert figures[what], what


def test_a_seed_replays_exactly_in_another_process_with_other_hashes() -> None:
    told = set()
    for hash_seed in ("1", "2"):
        arguments = ["--days", "1", "--seed", str(KEPT), "--kiosks", "1", "--faults", "5", "--json"]
        run = subprocess.run(
            [sys.executable, "-m", "tests.simulation", *arguments],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert run.returncode == 0, run.stderr
        said = json.loads(run.stdout)
        told.add((said["digest"], json.dumps(said["figures"])))
    assert len(told) == 1


@pytest.mark.parametrize("share", range(SHARES))
def test_new_seeds_hold(share: int) -> None:
    """New in each run; the one that fails is in the message, with the command that replays it exactly."""
    first = first_seed() + share * APART
    until = time.monotonic() + SHARE_S
    for seed in range(first, first + APART):
        print(again(seed, KIOSKS))  # noqa: T201 - shown with a failure, also where the seed never ends
        assert_held(live(seed, KIOSKS))
        if time.monotonic() > until:
            break
