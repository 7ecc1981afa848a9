"""Network namespaces: a run's own, and one for a room, whose cable can be pulled.

    the run's own                              a room's
    broker, SIP2 server, proxies ── GATE ════ ROOM ── kiosk, rig

- The cable is pulled at the run's end: packets of both sides vanish without a word, as in a black hole.
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
GATE, ROOM = "10.77.0.1", "10.77.0.2"
CABLE, PLUG = "shuwu-gate", "shuwu-room"
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
    """A room's network, behind one cable."""

    def __init__(self, family: Family) -> None:
        holder = family.start("namespace", "unshare", "-n", "sleep", "infinity")
        assert holder.popen is not None
        self._pid = holder.popen.pid
        mine = Path("/proc/self/ns/net").readlink()
        family.wait("namespace", lambda: Path(f"/proc/{self._pid}/ns/net").readlink() != mine)
        self.enter = ("nsenter", "-t", str(self._pid), "-n")
        """What runs a command in it."""
        _ip("link", "add", CABLE, "type", "veth", "peer", "name", PLUG, "netns", str(self._pid))
        _ip("addr", "add", f"{GATE}/24", "dev", CABLE)
        _ip("link", "set", CABLE, "up")
        for words in (
            ("link", "set", "lo", "up"),
            ("addr", "add", f"{ROOM}/24", "dev", PLUG),
            ("link", "set", PLUG, "up"),
        ):
            subprocess.run([*self.enter, "ip", *words], check=True, timeout=10)

    def pull(self, *, out: bool) -> None:
        """Pull the cable out, or put it in again."""
        _ip("link", "set", CABLE, "down" if out else "up")

    def within(self, call: Callable[[], T]) -> T:
        """What `call` returns on a thread of its own in this network."""
        answers: list[T] = []

        def work() -> None:
            self.join()
            answers.append(call())

        thread = threading.Thread(target=work, name="in the room")
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
