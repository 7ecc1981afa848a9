"""A pcscd of one's own: the real daemon with a virtual reader of vsmartcard, on a socket of its own.

It is started as systemd would start it, with a socket handed over, so that it needs neither the system's place
nor its service; and where this is allowed in a mount namespace of its own, so that /run is not touched and
it need not be root.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir, mkdtemp

SOCKET = Path(gettempdir(), f"shuwu-pcscd-{os.getpid()}.comm")
"""One for all that a process starts, one after the other: libpcsclite asks PCSCLITE_CSOCK_NAME once."""
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
NAMESPACE = ("unshare", "--map-root-user", "--mount")
OWN_RUN = ("sh", "-c", 'mount -t tmpfs none /run && exec "$@"', "sh")
LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3) if sys.argv[1] != "3" else os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])
"""
READER = """FRIENDLYNAME "{name}"
DEVICENAME /dev/null:{port}
LIBPATH {driver}
CHANNELID {port}
"""
READY_S = 10.0


@dataclass(frozen=True, slots=True)
class Pcscd:
    """A running daemon and its reader."""

    port: int
    """Where the reader's first slot listens; its second one listens one above."""
    pid: int


@contextmanager
def pcscd(folder: Path, reader: str) -> Iterator[Pcscd]:
    """The daemon with one reader of two slots, until the block ends. (vpcd mixes up the slots of two.)"""
    port = _free_port()
    config = Path(mkdtemp(dir=folder))
    text = READER.format(name=reader, port=port, driver=DRIVER)
    (config / "vpcd").write_text(text, encoding="utf-8")
    with socket.socket(socket.AF_UNIX) as listening:
        os.environ["PCSCLITE_CSOCK_NAME"] = str(SOCKET)
        listening.bind(str(SOCKET))
        listening.listen()
        process = _start(listening.fileno(), config, folder / "pcscd.log")
    try:
        assert _listens(port, port + 1), f"pcscd: {(folder / 'pcscd.log').read_text('utf-8')}"
        yield Pcscd(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        SOCKET.unlink(missing_ok=True)


def _start(fd: int, config: Path, log: Path) -> subprocess.Popen[bytes]:
    program = shutil.which("pcscd") or "/usr/sbin/pcscd"
    helps = subprocess.run([program, "--help"], capture_output=True, check=False).stdout
    polkit = ["--disable-polkit"] if b"--disable-polkit" in helps else []
    options = ["--foreground", "--error", "-c", str(config), *polkit]
    run = [sys.executable, "-c", LAUNCH, str(fd), program, *options]
    try_it = [*NAMESPACE, *OWN_RUN, "true"]
    if subprocess.run(try_it, capture_output=True, check=False).returncode == 0:
        run = [*NAMESPACE, *OWN_RUN, *run]
    with log.open("wb") as told:
        return subprocess.Popen(run, pass_fds=(fd,), stdout=told, stderr=told)


def _free_port() -> int:
    """A port with a free one above it."""
    while True:
        with socket.socket() as low, socket.socket() as high, suppress(OSError):
            low.bind(("127.0.0.1", 0))
            port = int(low.getsockname()[1])
            high.bind(("127.0.0.1", port + 1))
            return port


def _listens(*ports: int) -> bool:
    """Whether both slots come to listen, as the kernel's table has it: a connection would be a card."""
    wanted = {f":{port:04X}" for port in ports}
    give_up = time.monotonic() + READY_S
    while time.monotonic() < give_up:
        table = [row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
        if wanted <= {row[1][-5:] for row in table if row[3] == "0A"}:
            return True
        time.sleep(0.01)
    return False
