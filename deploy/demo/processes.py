"""The demo's child processes: started, waited for, started again when they ask for it, ended together.

They end with the demo, also where it is killed (`leash`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

RESTART = 75
"""Exit status of a kiosk that an order told to start again."""
END_S = 10.0
"""After this a child that was asked to end is killed."""


class Died(RuntimeError):  # noqa: N818 - what happened to the child
    """A child ended by itself, or was not ready in time; the text has the end of its log."""


@dataclass(slots=True)
class Child:
    name: str
    command: list[str]
    """Module and arguments."""
    log: Path
    process: subprocess.Popen[bytes]


@dataclass(slots=True)
class Family:
    """All children of one demo."""

    folder: Path
    children: dict[str, Child] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None

    def start(self, name: str, module: str, *arguments: str, pipe: bool = False) -> Child:
        """Start `python -m module arguments`; its output goes to a log, or its stdout to a pipe."""
        command = [module, *arguments]
        log = self.folder / f"{name}.log"
        child = Child(name, command, log, _spawn(command, log, pipe=pipe))
        self.children[name] = child
        return child

    def wait(self, name: str, ready: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Until `ready` says so.

        Raises:
            Died: the child ended first, or time ran out.
        """
        child, until = self.children[name], time.monotonic() + timeout_s
        while not ready():
            if child.process.poll() is not None or time.monotonic() > until:
                tail = child.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise Died(f"{name} did not come up\n{tail}")
            time.sleep(0.02)

    def watch(self) -> None:
        """From now on, a child that asks to be started again is."""
        self._watch = threading.Thread(target=self._restart, name="family", daemon=True)
        self._watch.start()

    def dead(self) -> list[str]:
        """Children that ended by themselves."""
        return [name for name, c in self.children.items() if c.process.poll() not in {None, RESTART}]

    def end(self) -> None:
        """End all, in the opposite order of their start; every one is gone when this returns."""
        self._ending.set()
        if self._watch:
            self._watch.join()
        for child in reversed(self.children.values()):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + END_S
        for child in self.children.values():
            try:
                child.process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            if child.process.stdout:
                child.process.stdout.close()

    def _restart(self) -> None:
        while not self._ending.wait(0.2):
            for child in self.children.values():
                if child.process.poll() == RESTART:
                    child.process = _spawn(child.command, child.log, pipe=False)


def _spawn(command: list[str], log: Path, *, pipe: bool) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.demo.leash", str(os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipe else out,
            stderr=out,
            start_new_session=True,  # Ctrl-C is for the demo, which ends its children in order
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
