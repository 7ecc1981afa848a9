"""A private PostgreSQL cluster: made, started and stopped by the test run, as an unprivileged user."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
START_S = 30


class Cluster:
    """A running cluster; with a database for whoever asks."""

    def __init__(self, folder: Path, server: int) -> None:
        self._folder = folder
        self._server = server
        self._numbers = itertools.count(1)

    @classmethod
    @contextmanager
    def running(cls, *, durable: bool = False) -> Iterator[Cluster]:
        """A cluster of its own; `durable`: what it commits is on the disk, which tests need not wait for."""
        if not BINARIES:
            raise RuntimeError("PostgreSQL is missing: apt-get install -y --no-install-recommends postgresql")
        folder = Path(tempfile.mkdtemp(prefix="shuwu-pg-"))
        try:
            identity = _unprivileged(folder)
            with _server(folder, identity, durable=durable) as process:
                cluster = cls(folder, process)
                cluster._wait()
                yield cluster
        finally:
            shutil.rmtree(folder)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def create(self) -> str:
        """URL of a new, empty database."""
        name = f"test{next(self._numbers)}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Every process of it stands still: it takes connections and bytes, as its kernel does, and says nothing."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        os.kill(self._server, number)
        for child in Path(f"/proc/{self._server}/task/{self._server}/children").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(child), number)

    def _wait(self) -> None:
        engine = create_engine(self.url("postgres"))
        deadline = time.monotonic() + START_S
        while True:
            try:
                engine.connect().close()
                break
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        engine.dispose()


def _unprivileged(folder: Path) -> dict[str, Any]:
    """How to run as somebody who is not root: PostgreSQL insists."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def _server(folder: Path, identity: dict[str, Any], *, durable: bool) -> Iterator[int]:
    data = folder / "data"
    environment = {"PATH": str(BINARIES[-1]), "LC_ALL": "C.UTF-8"}
    run = {"cwd": folder, "env": environment, **identity}
    initdb: list[str | Path] = [
        BINARIES[-1] / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "-N",
    ]
    subprocess.run(initdb, check=True, capture_output=True, timeout=60, **run)
    command: list[str | Path] = [
        BINARIES[-1] / "postgres",
        "-D",
        data,
        "-k",
        folder,
        "-c",
        "listen_addresses=",
    ]
    command += [
        "-c",
        f"fsync={'on' if durable else 'off'}",
        "-c",
        "shared_buffers=32MB",
        "-c",
        "max_connections=50",
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, **run)
    try:
        yield server.pid
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: sessions are ended, nothing is lost
        server.wait(timeout=30)
