"""Each known mistake that shows soon is found: by seeds that are new in each run. `make sabotage` looks for all."""

from __future__ import annotations

import pytest

from tests.simulation.runs import found
from tests.simulation.sabotage import SABOTAGES
from tests.simulation.seeds import FIRST, first_seed


@pytest.mark.parametrize("name", [name for name, one in SABOTAGES.items() if not one.rare])
def test_a_planted_mistake_is_found(name: str) -> None:
    first = first_seed()
    assert found(name, first), f"missed; again: {FIRST}={first} python -m pytest {__file__} -k {name}"
