"""Which seeds a run of the tests lives through: new ones in each run, or those of an earlier run, where it is told."""

from __future__ import annotations

import os
import secrets
from functools import cache
from zlib import crc32

FIRST = "SHUWU_SIMULATION_SEED"
"""Environment: the first seed, for a run that is to be lived through again."""
RUN = "PYTEST_XDIST_TESTRUNUID"
"""Environment: names one run of the tests in all its workers, where it has several."""


@cache
def first_seed() -> int:
    """The same for all that runs in one run of the tests, whichever worker runs it.

    Raises:
        ValueError: what the environment says is no number.
    """
    told = os.environ.get(FIRST)
    if told is not None:
        return int(told)
    run = os.environ.get(RUN) or secrets.token_hex()
    return crc32(run.encode()) % 2**31
