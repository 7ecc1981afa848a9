"""A real mosquitto with TLS, client certificates and the generated ACL, that can be stopped and started."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from central.config import Mqtt
from central.fleet import pki
from central.fleet.acl import mosquitto_acl

BINARY = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
START_S = 10

CONF = """
user root
listener {port} 127.0.0.1
cafile {folder}/pki/ca.crt
certfile {folder}/pki/broker.crt
keyfile {folder}/pki/broker.key
require_certificate true
use_identity_as_username true
acl_file {folder}/acl
allow_anonymous false
max_queued_messages 100000
persistence false
log_dest file {folder}/log
"""


class Mosquitto:
    """One broker on a port of its own; certificates are issued as they are asked for."""

    def __init__(self, folder: Path) -> None:
        if BINARY is None:
            raise RuntimeError("mosquitto is missing: apt-get install -y --no-install-recommends mosquitto")
        self._binary = BINARY
        self._folder = folder
        self._pki = folder / "pki"
        self._now = datetime.now(UTC)
        self._authority = pki.make(self._pki, self._now)
        pki.save(self._pki, "broker", self._authority.issue("broker", self._now, ["localhost", "127.0.0.1"]))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        (folder / "acl").write_text(mosquitto_acl())
        (folder / "acl").chmod(0o600)
        (folder / "conf").write_text(CONF.format(port=self._port, folder=folder))
        self._process: subprocess.Popen | None = None

    def client(self, name: str) -> Mqtt:
        """How `name` reaches the broker."""
        if not (self._pki / f"{name}.crt").exists():
            pki.save(self._pki, name, self._authority.issue(name, self._now))
        return Mqtt(
            host="127.0.0.1",
            port=self._port,
            ca=self._pki / "ca.crt",
            certificate=self._pki / f"{name}.crt",
            key=self._pki / f"{name}.key",
        )

    def start(self) -> None:
        self._process = subprocess.Popen([self._binary, "-c", self._folder / "conf"])
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._folder / "log").read_text())
            time.sleep(0.02)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None
