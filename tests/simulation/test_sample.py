"""A sample of the simulation in each run of the tests: one seed that stays, and a minute of new ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from tests.simulation.runs import Result, live
from tests.simulation.world import AT_LEAST

KIOSKS = 2
"""For two days each: four kiosk-days a seed."""
KEPT = 7
SHARES = 6
SHARE_S = 10
"""A minute in all, in shares that several workers can take beside each other."""


def assert_held(result: Result) -> None:
    again = f"python -m tests.simulation --days 1 --seed {result.seed} --kiosks {KIOSKS}"
    assert not result.failure, f"{result.failure}\n{again}"


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
        arguments = ["--days", "1", "--seed", str(KEPT), "--kiosks", "1", "--json"]
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
    """New each day, and the same for everybody on that day; the one that fails is in the message, with the command
    that replays it exactly.
    """
    first = datetime.now(UTC).toordinal() * 1000 + share * 100
    until = time.monotonic() + SHARE_S
    for seed in count(first):
        assert_held(live(seed, KIOSKS))
        if time.monotonic() > until:
            break
