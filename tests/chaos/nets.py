"""Network namespaces: a run's own, and others, whose cable can be pulled.

    the run's own                         apart
    servers, proxies ── gate ════ plug ── a room's kiosk and rig, or the ingest

- The cable is pulled at the gate: packets of both sides vanish without a word, as in a black hole.
- A namespace lives as long as its processes; nothing is left of it when the run is killed.
- Only root may; without it everything is on loopback, and `why_not` says so.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.chaos.processes import Family

CLONE_NEWNET = 0x40000000
APART = ("room", "ingest")
"""Who has a namespace, behind a cable."""
GATES = {name: f"10.77.{number}.1" for number, name in enumerate(APART)}
PLUGS = {name: f"10.77.{number}.2" for number, name in enumerate(APART)}
"""Addresses of the two ends of each cable."""
TOOLS = ("ip", "unshare", "nsenter", "setpriv")

T = TypeVar("T")
_libc = ctypes.CDLL(None, use_errno=True)


def why_not() -> str:
    """Why there can be no namespaces here; empty where there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"missing: {', '.join(missing)} (apt-get install iproute2 util-linux)"
    probe = subprocess.run(["unshare", "-n", "true"], capture_output=True, timeout=10, check=False)
    return "" if probe.returncode == 0 else f"unshare -n: {probe.stderr.decode().strip()}"


def own() -> None:
    """Move this process to a namespace of its own, with a loopback; before it starts any thread.

    Raises:
        OSError: the kernel refuses.
    """
    _check(_libc.unshare(CLONE_NEWNET))
    _ip("link", "set", "lo", "up")


class Namespace:
    """The network at the far end of one cable."""

    def __init__(self, name: str, family: Family) -> None:
        holder = family.start(f"{name} namespace", "unshare", "-n", "sleep", "infinity")
        assert holder.popen is not None
        self._pid = holder.popen.pid
        mine = Path("/proc/self/ns/net").readlink()
        family.wait(f"{name} namespace", lambda: Path(f"/proc/{self._pid}/ns/net").readlink() != mine)
        self.enter = ("nsenter", "-t", str(self._pid), "-n")
        """What runs a command in it."""
        self.name, self.gate = name, GATES[name]
        self._cable, plug = f"gate-{name}", f"plug-{name}"
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", plug, "netns", str(self._pid))
        _ip("addr", "add", f"{self.gate}/24", "dev", self._cable)
        _ip("link", "set", self._cable, "up")
        for words in (
            ("link", "set", "lo", "up"),
            ("addr", "add", f"{PLUGS[name]}/24", "dev", plug),
            ("link", "set", plug, "up"),
        ):
            subprocess.run([*self.enter, "ip", *words], check=True, timeout=10)

    def pull(self, *, out: bool) -> None:
        """Pull the cable out, or put it in again."""
        _ip("link", "set", self._cable, "down" if out else "up")

    def within(self, call: Callable[[], T]) -> T:
        """What `call` returns on a thread of its own in this network."""
        answers: list[T] = []

        def work() -> None:
            self.join()
            answers.append(call())

        thread = threading.Thread(target=work, name=f"in {self.name}")
        thread.start()
        thread.join()
        return answers[0]

    def join(self) -> None:
        """Move the calling thread, and the threads that it will start, into this network."""
        with open(f"/proc/{self._pid}/ns/net") as network:  # noqa: PTH123 - a descriptor, not a file
            _check(_libc.setns(network.fileno(), CLONE_NEWNET))


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, timeout=10)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
