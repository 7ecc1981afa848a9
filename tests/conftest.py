"""What holds for every test: no thread outlives the test that started it, and no clock judges it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")

GRACE_S = 2.0
"""A thread that was told to end may take this long to do so."""


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    give_up = time.monotonic() + GRACE_S
    while (leaked := set(threading.enumerate()) - before) and time.monotonic() < give_up:
        time.sleep(0.01)
    assert not leaked, f"threads outlived the test: {sorted(thread.name for thread in leaked)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last, the long way through the network first among them.

    Playwright keeps an event loop in the thread until the end of the run; whoever came after it could
    not start one of their own.
    """
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("xdist_group"):
        return 1
    return 2 if "playwright" in getattr(item, "fixturenames", ()) else 0
