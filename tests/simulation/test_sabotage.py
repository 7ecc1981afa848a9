"""Each known mistake is found: by seeds that are drawn anew in each run."""

from __future__ import annotations

import secrets

import pytest

from tests.simulation.runs import live
from tests.simulation.sabotage import SABOTAGES

SEEDS = 8
"""At most; most are found in the first."""


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_planted_mistake_is_found(name: str) -> None:
    first = secrets.randbelow(2**31)
    assert any(live(seed, 2, name).failure for seed in range(first, first + SEEDS)), f"seeds from {first}"
