"""Anybody and anything at kiosks of every shape keep their promises. `python -m tests.kiosk.monkey` goes farther."""

from __future__ import annotations

import pytest

from tests.kiosk.monkey.shapes import SHAPES
from tests.kiosk.monkey.walk import Walk

STEPS = 500
SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SHAPES)
def test_whatever_happens_each_promise_is_kept_and_time_alone_ends_it(name: str, seed: int):
    Walk(seed, name).go(STEPS)
