"""Several processes as one: when one ends, or the signal comes, all end.

- Children get SIGTERM and END_S to finish; then they are killed.
- The exit code is 0 where the signal came and all ended by it, else the first one above 0, else 1.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Sequence

import structlog

END_S = 10.0
LOOK_S = 0.2
SIGNALS = (signal.SIGTERM, signal.SIGINT)
WELL = frozenset({0, -signal.SIGTERM})
"""Exit codes of a child that ended as it was told."""

log = structlog.get_logger(__name__)


def run(commands: Sequence[Sequence[str]]) -> int:
    """Run the commands until one ends or SIGTERM or SIGINT comes; the exit code."""
    told = threading.Event()
    before = {number: signal.signal(number, lambda *_: told.set()) for number in SIGNALS}
    children: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            children.append(subprocess.Popen(command))  # noqa: S603, PERF401 - ours; each must be ended
        while not told.wait(LOOK_S) and all(child.poll() is None for child in children):
            pass
    finally:
        codes = _end(children)
        for number, action in before.items():
            signal.signal(number, action)
    if told.is_set() and all(code in WELL for code in codes):
        return 0
    log.error("a process did not end as told", codes=codes)
    return next((code for code in codes if code > 0), 1)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> list[int]:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + END_S
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return [child.returncode for child in children]
