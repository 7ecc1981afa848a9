"""Each codec takes a few hundred of the inputs that `make fuzz` gives it by the million."""

from __future__ import annotations

import pytest

from tests.drivers.fuzz import Target, names, run, target


@pytest.mark.parametrize("name", names())
def test_nothing_but_the_declared_errors_comes_out(name: str):
    assert run(target(name), 200, seed=1).inputs == 200


def test_a_mistake_is_told_with_its_input():
    def feed(octets: bytes) -> None:
        if octets[:1] == b"\x02":
            raise KeyError(2)

    with pytest.raises(AssertionError, match=r"^mine: KeyError: 2 - at 02"):
        run(Target("mine", feed, ()), 10_000, seed=1)
