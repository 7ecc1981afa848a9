"""One run of the tests has one first seed, in all its workers; the next run has another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulation.runs import again, live
from tests.simulation.seeds import FIRST, RUN, first_seed


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """What another process would draw in this environment."""

    def draw(**environment: str) -> int:
        for name in (FIRST, RUN):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return first_seed.__wrapped__()

    return draw


def test_workers_of_one_run_draw_the_same_and_those_of_the_next_another(drawn: Callable[..., int]) -> None:
    run, following = {RUN: "0c9d9a3ff2cd48f3ae8620e9a1565edb"}, {RUN: "96a2f7c1e7f94d0d8d3c1d5b7f1c6a11"}
    assert drawn(**run) == drawn(**run) != drawn(**following)


def test_a_run_of_one_process_draws_anew(drawn: Callable[..., int]) -> None:
    assert len({drawn() for _ in range(9)}) > 1
    assert first_seed() == first_seed()


def test_what_is_told_is_taken_in_any_run(drawn: Callable[..., int]) -> None:
    assert drawn(**{FIRST: "4711", RUN: "0c9d9a3ff2cd48f3ae8620e9a1565edb"}) == 4711
    with pytest.raises(ValueError, match="yesterday"):
        drawn(**{FIRST: "yesterday's"})


def test_a_failure_ends_with_the_command_that_replays_it() -> None:
    failed = next(one for one in (live(seed, 1, "ask-first", 2) for seed in range(9)) if one.failure)
    command = f"python -m tests.simulation --days 1 --seed {failed.seed} --kiosks 1"
    assert failed.failure.endswith(f"again: {command} --sabotage ask-first --faults 2")
    assert live(failed.seed, 1, "ask-first", 2).failure == failed.failure
    assert again(failed.seed, 1) == command
