"""Processes that are killed and started again; every one of them ends with the run, however that ends.

- Each child asks the kernel to be killed when the run is (PR_SET_PDEATHSIG, by util-linux's `setpriv`).
- Start and restart on the main thread alone: to the kernel the parent is the thread that made the child.
- Nothing is killed but by its own `Popen`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LEASH = ("setpriv", "--pdeathsig", "KILL")
END_S = 10.0
START_S = 60.0
AGAIN_S = 1.0
"""A process that ends by itself is started again after this, as systemd does."""


class NotUp(RuntimeError):  # noqa: N818 - what happened to the child
    """A process did not come up; the text has the end of its log."""


@dataclass(slots=True)
class Process:
    """One process by its name, up or down."""

    name: str
    command: Sequence[str]
    log: Path
    end_by: signal.Signals = signal.SIGKILL
    """Gentler where it has children of its own."""
    falls: bool = False
    """It may end by itself where another that it needs is down (PostgreSQL, while an old backend lives)."""
    pipe: bool = False
    """Its stdin and stdout are ours: what it has told would be lost, so it is not started again."""
    popen: subprocess.Popen[bytes] | None = None
    down_until: float = 0.0
    """Monotonic; not started again before."""
    fell: list[int] = field(default_factory=list)
    """Exit statuses of those that ended by themselves."""

    @property
    def is_up(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [*self.command],
                stdin=subprocess.PIPE if self.pipe else subprocess.DEVNULL,
                stdout=subprocess.PIPE if self.pipe else log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def kill(self, pause_s: float) -> bool:
        """kill -9, and down for so long; False where it is not up."""
        if self.popen is None or not self.is_up:
            return False
        self.popen.kill()
        self.popen.wait()
        self.popen, self.down_until = None, time.monotonic() + pause_s
        return True

    def tend(self) -> None:
        """Start it again where it is time; note where it has ended by itself."""
        now = time.monotonic()
        if self.popen is not None and (status := self.popen.poll()) is not None:
            self.fell.append(status)
            self.popen, self.down_until = None, now + AGAIN_S
        if self.popen is None and now >= self.down_until and not self.pipe:
            self.start()

    def hear(self) -> str:
        """The next line that it prints to our pipe; empty where it has ended."""
        assert self.popen is not None
        assert self.popen.stdout is not None
        return self.popen.stdout.readline().decode().strip()

    def say(self, line: str) -> None:
        """A line for its stdin."""
        assert self.popen is not None
        assert self.popen.stdin is not None
        self.popen.stdin.write(f"{line}\n".encode())
        self.popen.stdin.flush()

    def end(self, until: float) -> None:
        """Ended when this returns."""
        if self.popen is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(max(until - time.monotonic(), 0.1))
        self.popen.kill()
        self.popen.wait()
        for end in (self.popen.stdin, self.popen.stdout):
            if end:
                end.close()
        self.popen = None

    def tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]


class Family:
    """All processes of one run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.members: dict[str, Process] = {}

    def start(
        self,
        name: str,
        *command: str,
        within: Sequence[str] = (),
        leash: Sequence[str] = LEASH,
        end_by: signal.Signals = signal.SIGKILL,
        falls: bool = False,
        pipe: bool = False,
    ) -> Process:
        """Start a program; `within` is what enters its network namespace."""
        whole = (*within, *leash, "--", *command)
        process = Process(name, whole, self._folder / f"{name}.log", end_by, falls, pipe)
        self.members[name] = process
        process.start()
        return process

    def python(self, name: str, module: str, *arguments: str, **more: object) -> Process:
        """Start `python -m module arguments`."""
        return self.start(name, sys.executable, "-m", module, *arguments, **more)

    def wait(self, name: str, ready: Callable[[], bool]) -> None:
        """Until `ready` says so.

        Raises:
            NotUp: it ended first, or time ran out.
        """
        until, process = time.monotonic() + START_S, self.members[name]
        while not ready():
            if not process.is_up or time.monotonic() > until:
                raise NotUp(f"{name} did not come up\n{process.tail()}")
            time.sleep(0.02)

    def tend(self) -> None:
        for process in self.members.values():
            process.tend()

    def fell(self) -> dict[str, list[int]]:
        """Processes that ended by themselves and should not have."""
        return {each.name: each.fell for each in self.members.values() if each.fell and not each.falls}

    def end(self) -> None:
        """End all, in the opposite order of their start."""
        for process in reversed(self.members.values()):
            if process.is_up and process.popen is not None:
                process.popen.send_signal(process.end_by)
        until = time.monotonic() + END_S
        for process in reversed(self.members.values()):
            process.end(until)
