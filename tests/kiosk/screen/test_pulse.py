"""What systemd hears, on a real socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.screen.pulse import Pulse


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield listening


def environ(systemd: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "10000000", **more}


def test_ready_beat_stopping(systemd: socket.socket):
    pulse = Pulse(environ(systemd))
    pulse.ready()
    pulse.beat()
    pulse.stopping()
    assert [systemd.recv(64) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
    assert pulse.period_s == 5.0


def test_no_beat_where_nobody_waits_for_one(systemd: socket.socket):
    pulse = Pulse({"NOTIFY_SOCKET": systemd.getsockname()})
    pulse.beat()
    pulse.ready()
    assert systemd.recv(64) == b"READY=1"
    assert pulse.period_s is None


@pytest.mark.parametrize(("pid", "period_s"), [(os.getpid(), 5.0), (1, None)], ids=["ours", "another"])
def test_the_watchdog_may_wait_for_another_process(systemd: socket.socket, pid: int, period_s: float | None):
    assert Pulse(environ(systemd, WATCHDOG_PID=str(pid))).period_s == period_s


def test_an_abstract_address():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0shuwu-pulse-test")
        listening.settimeout(5)
        Pulse({"NOTIFY_SOCKET": "@shuwu-pulse-test"}).ready()
        assert listening.recv(64) == b"READY=1"


def test_without_systemd_nothing_happens():
    pulse = Pulse({})
    pulse.ready()
    pulse.beat()
    pulse.stopping()
    assert pulse.period_s is None


def test_a_beat_that_cannot_be_sent_is_lost(tmp_path: Path):
    Pulse({"NOTIFY_SOCKET": str(tmp_path / "nobody"), "WATCHDOG_USEC": "1000000"}).beat()
