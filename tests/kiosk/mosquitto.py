"""A real mosquitto with TLS, client certificates and an access list, that can be stopped and started."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

from kiosk.config import Mqtt
from tests.certificates import Authority

BINARY = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
START_S = 10

CONF = """
user root
listener {port} 127.0.0.1
cafile {authority}
certfile {certificate}
keyfile {key}
require_certificate true
use_identity_as_username true
acl_file {folder}/acl
allow_anonymous false
persistence false
max_queued_messages 100000
log_dest file {folder}/log
"""

ACL = """
user central
topic readwrite shuwu/1/#

pattern write shuwu/1/%u/facts
pattern write shuwu/1/%u/condition
pattern write shuwu/1/%u/vitals
pattern read shuwu/1/%u/condition
pattern read shuwu/1/%u/watermark
pattern read shuwu/1/%u/orders
pattern read shuwu/1/%u/lists/+
pattern read shuwu/1/central/condition
"""


class Mosquitto:
    """One broker on a port of its own."""

    def __init__(self, folder: Path) -> None:
        if BINARY is None:
            raise RuntimeError("mosquitto is missing: apt-get install -y --no-install-recommends mosquitto")
        folder.mkdir()
        self.authority = Authority(folder / "authority")
        self._folder = folder
        certificate, key = self.authority.issue("127.0.0.1")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        conf = CONF.format(
            port=self._port,
            folder=folder,
            authority=self.authority.certificate,
            certificate=certificate,
            key=key,
        )
        for name, text in (("conf", conf), ("acl", ACL)):
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        self._process: subprocess.Popen[bytes] | None = None

    def client(self, name: str) -> Mqtt:
        """How `name` reaches the broker."""
        certificate, key = self.authority.issue(name)
        return Mqtt("127.0.0.1", self._port, self.authority.certificate, certificate, key)

    def start(self) -> None:
        self._process = subprocess.Popen([BINARY, "-c", self._folder / "conf"])
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._folder / "log").read_text())
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0
