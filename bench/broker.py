"""A real mosquitto for one bench, on a port of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_S = 10.0
CONF = """
listener {port} 127.0.0.1
allow_anonymous true
persistence false
log_type error
{more}
"""


@contextmanager
def broker(folder: Path, more: str = "") -> Iterator[int]:
    """Its port; ended at the end of the block.

    Args:
        folder: where its configuration is written.
        more: lines of the configuration; without any it queues and drops as it does by default.
    """
    binary = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if binary is None:
        raise RuntimeError("mosquitto is missing: apt-get install -y --no-install-recommends mosquitto")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    conf = folder / f"broker-{port}.conf"
    conf.write_text(CONF.format(port=port, more=more))
    process = subprocess.Popen([binary, "-c", conf], stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("mosquitto did not come up")
