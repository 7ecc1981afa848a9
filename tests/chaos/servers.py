"""The servers that are not ours: PostgreSQL and mosquitto as packaged, killed and started on the same data."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from central.fleet.acl import mosquitto_acl
from tests.central.mosquitto import BINARY as MOSQUITTO
from tests.central.postgres import BINARIES
from tests.chaos.nets import GATES
from tests.chaos.processes import LEASH, Family

LOOPBACK = "127.0.0.1"
SAVE_S = 2
"""mosquitto writes what it retains so often; a kill loses what came after. Its own default is 1800."""

CONF = """
user root
listener {port} 127.0.0.1
cafile {pki}/ca.crt
certfile {pki}/broker.crt
keyfile {pki}/broker.key
require_certificate true
use_identity_as_username true
acl_file {folder}/acl
allow_anonymous false
persistence true
persistence_location {folder}/data/
autosave_interval {save}
log_dest file {folder}/log
"""
"""All else as mosquitto has it, its queues of 1,000 messages too."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


class Broker:
    """mosquitto with TLS, client certificates and the access list of production."""

    def __init__(self, folder: Path, pki: Path, family: Family) -> None:
        if MOSQUITTO is None:
            raise RuntimeError("mosquitto is missing: apt-get install -y --no-install-recommends mosquitto")
        self.port = free_port()
        self._data = folder / "data"
        self._data.mkdir(parents=True)
        conf = CONF.format(port=self.port, pki=pki, folder=folder, save=SAVE_S)
        for name, words in (("conf", conf), ("acl", mosquitto_acl())):
            (folder / name).write_text(words)
            (folder / name).chmod(0o600)
        family.start("broker", MOSQUITTO, "-c", str(folder / "conf"))
        family.wait("broker", lambda: listens(self.port))

    def wipe(self) -> None:
        """Delete all that it has kept; while it is down."""
        shutil.rmtree(self._data)
        self._data.mkdir()


class Database:
    """PostgreSQL with its own defaults: what it commits it writes through to the disk."""

    def __init__(self, folder: Path, family: Family) -> None:
        if not BINARIES:
            raise RuntimeError("PostgreSQL is missing: apt-get install -y --no-install-recommends postgresql")
        self.port, self._folder, data = free_port(), folder, folder / "data"
        leash = _as_nobody_special(folder)
        run = {"env": {**os.environ, "LC_ALL": "C.UTF-8"}, "cwd": folder}
        initdb = [BINARIES[-1] / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run([*leash, "--", *initdb], check=True, capture_output=True, timeout=60, **run)
        settings = (f"listen_addresses={LOOPBACK}", f"port={self.port}", f"unix_socket_directories={folder}")
        options = [word for one in (*settings, "shared_buffers=32MB") for word in ("-c", one)]
        server = str(BINARIES[-1] / "postgres")
        family.start(
            "database", server, "-D", str(data), *options, leash=leash, end_by=signal.SIGQUIT, falls=True
        )
        family.wait("database", self._answers)
        self._do("CREATE DATABASE shuwu")

    def url(self, database: str = "shuwu", *, host: str = LOOPBACK, port: int | None = None) -> str:
        """By its own port, or that of a line to it."""
        return f"postgresql+psycopg://postgres@{host}:{port or self.port}/{database}"

    def _answers(self) -> bool:
        with suppress(OperationalError):
            self._do("SELECT 1")
            return True
        return False

    def _do(self, statement: str) -> None:
        engine = create_engine(self.url(database="postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()


def addresses() -> list[str]:
    """What our servers are called in certificates: loopback, and this end of each cable."""
    return ["localhost", LOOPBACK, *GATES.values()]


def _as_nobody_special(folder: Path) -> tuple[str, ...]:
    """The leash of a process that must not be root: PostgreSQL insists."""
    if os.geteuid() != 0:
        return LEASH
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return (*LEASH, "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups")
