"""A little of `make fuzz` in every run: nonsense to both ends, from a seed."""

import asyncio
from random import Random

import pytest
from structlog.testing import capture_logs

from tests.central.circulation.server.fuzz import FAILURES, fuzz_client, fuzz_server


@pytest.mark.parametrize("seed", range(2))
def test_nothing_breaks_the_server(library, seed):
    with capture_logs() as logs:
        answers = asyncio.run(fuzz_server(library, Random(seed), 2_000))

    assert answers > 500
    assert not [entry for entry in logs if entry["event"] in FAILURES]


@pytest.mark.parametrize("seed", range(2))
def test_nothing_breaks_the_client(seed):
    assert fuzz_client(Random(seed), 10_000) > 100
