"""Each known mistake that shows soon is found: by seeds that are drawn anew in each run. `make simulate` looks for all."""

from __future__ import annotations

import pytest

from tests.simulation.runs import found
from tests.simulation.sabotage import SABOTAGES


@pytest.mark.parametrize("name", [name for name, one in SABOTAGES.items() if not one.rare])
def test_a_planted_mistake_is_found(name: str) -> None:
    assert found(name)
