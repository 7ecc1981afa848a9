"""A kiosk with a door and nothing else, in this process, for `bench.room`."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from socket import create_server
from threading import Thread

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.room_door import Make
from bench.sip2_terminals import PASSWORD
from deploy.demo.configs import private
from kiosk.build import build
from kiosk.central_events import ListsChanged
from kiosk.config import load
from kiosk.daemon import Daemon
from kiosk.events import AnyEvent
from kiosk.knowledge import InForce, Lists
from kiosk.station import Station
from wire.lists import Body, Readers, pack

ACCOUNT = "shiqiao-room"
NOBODY = 9
"""A port of loopback (discard) that nobody listens at."""
LISTED = 100_000
PATIENCE_S = 20.0
DRIVERS = {
    "modbus-door": "",
    "modbus-board": """release = { address = 0, timer = { function = 5, address = 0x0200 } }
heartbeat = { address = 1, timer = { function = 5, address = 0x0201 } }
open = { address = 0 }
exit = { address = 1 }
fire = { address = 2, active = "open" }
powered = { address = 3 }
""",
}


@dataclass(frozen=True)
class Kiosk:
    daemon: Daemon

    @property
    def queue(self) -> SimpleQueue[AnyEvent]:
        return self.daemon.loop.queue

    @property
    def station(self) -> Station:
        return self.daemon.loop.kiosk.station

    @property
    def exit_pressed(self) -> bool:
        room = self.daemon.loop.kiosk.room
        return bool(room and room.contacts and room.contacts.exit_pressed)

    def wait(self, happened: Callable[[], bool]) -> None:
        """Until it has; looked at every half millisecond."""
        give_up = time.monotonic() + PATIENCE_S
        while not happened():
            assert time.monotonic() < give_up, "it did not happen"
            time.sleep(0.0005)

    def allow(self) -> None:
        """An allow list of LISTED readers is in force."""
        salt = bytes(16)
        group = Readers(pack(salt, "reader", (_card(n) for n in range(LISTED))), "adult")
        in_force = InForce(Body("allow", 1, salt, (group,)), 2**50)
        self.queue.put(ListsChanged(Lists({"allow": in_force})))

    def cards(self, count: int) -> list[str]:
        """So many of them."""
        return [_card(n * (LISTED // count)) for n in range(count)]


@contextmanager
def kiosk(folder: Path, make: Make, url: str, ils_port: int = NOBODY) -> Iterator[Kiosk]:
    """A kiosk for the length of a block, its door heard."""
    daemon = build(load(_config(folder, make, url, ils_port)))
    thread = Thread(target=daemon.run, name="kiosk")
    thread.start()
    up = Kiosk(daemon)
    try:
        up.wait(lambda: "door" in up.station.identities)
        yield up
    finally:
        daemon.ask_to_stop()
        thread.join(PATIENCE_S)


def _card(number: int) -> str:
    return f"R{number:07}"


def _config(folder: Path, make: Make, url: str, ils_port: int) -> Path:
    public = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    private(folder / "password", PASSWORD)
    framing = 'framing = "tcp"\n' if make.framing == "tcp" else ""
    return private(
        folder / "kiosk.toml",
        f"""device = "bench-room"
state = "state"

[central]
public_key = "{base64.b64encode(public).decode()}"
url = "https://127.0.0.1:{NOBODY}"
ca = "password"
certificate = "password"
key = "password"

[mqtt]
port = {NOBODY}

[ils]
host = "127.0.0.1"
port = {ils_port}
user = "{ACCOUNT}"
password_file = "password"

[screen]
port = {_free_port()}

[room]

[devices.door_scanner]
port = "socket://127.0.0.1:{NOBODY}"

[devices.door]
driver = "{make.driver}"
port = "{url}"
baud = 115200
{framing}{DRIVERS[make.driver]}""",
    )


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
