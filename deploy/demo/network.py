"""The whole network up and down: broker, central, two rooms with their rigs and kiosks."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from deploy.demo import configs
from deploy.demo.configs import Room
from deploy.demo.prepare import Secrets, prepare
from deploy.demo.processes import Family
from deploy.demo.seed.collection import collection
from deploy.demo.visit import Places
from deploy.demo.web import Console, Rig, Screen, up

LOOPBACK = "127.0.0.1"
WELCOME = "刷读者证"
"""Stands on a kiosk's screen when every device that it needs answers."""
ROOMS = (
    Room("xian-desk", "qingyuan", "清源县图书馆", ("pad", "scanner", "id_reader", "printer", "voice")),
    Room(
        "shiqiao-room",
        "shiqiao",
        "石桥村24小时书屋",
        ("pad", "scanner", "door_scanner", "door", "gate", "sensors", "printer", "voice"),
    ),
)
DESK, ROOM24 = ROOMS


@dataclass(frozen=True, slots=True)
class Network:
    family: Family
    ports: Mapping[str, int]
    secrets: Secrets
    started_ms: int
    """Wall clock; the seed's loans are older."""

    def url(self, name: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[name]}"

    def screen(self, room: Room) -> str:
        return self.url(f"{room.device} screen")

    def rig(self, room: Room) -> str:
        return self.url(f"{room.device} rig")

    @contextmanager
    def places(self) -> Iterator[Places]:
        """Where a visit goes; signs in at the console as the manager."""
        console = Console(self.url("web"), "manager", self.secrets.logins["manager"])
        with Screen(self.screen(ROOM24)) as room, Screen(self.screen(DESK)) as desk:
            yield Places(Rig(self.rig(ROOM24)), room, Rig(self.rig(DESK)), desk, console)


@contextmanager
def network(folder: Path, ports: Mapping[str, int]) -> Iterator[Network]:
    """Everything up and ready; everything ended at the end of the block.

    Raises:
        Died: a process did not come up; the text has the end of its log.
    """
    family = Family(folder)
    started_ms = time.time_ns() // 1_000_000
    try:
        secrets = _central(folder, ports, family)
        for room in ROOMS:
            _room(folder, room, ports, secrets, family)
        for room in ROOMS:
            with Screen(f"http://{LOOPBACK}:{ports[f'{room.device} screen']}") as screen:
                family.wait(f"{room.device} kiosk", partial(screen.shows, WELCOME))
        family.watch()
        yield Network(family, ports, secrets, started_ms)
    finally:
        family.end()


def _central(folder: Path, ports: Mapping[str, int], family: Family) -> Secrets:
    path = configs.central(folder, ports)
    family.start("broker", "deploy.demo.broker", str(ports["broker"]))
    secrets = prepare(path)
    family.wait("broker", lambda: _listens(ports["broker"]))
    for name in ("ingest", "sip2", "files", "clock", "payments", "payments-local", "web"):
        family.start(name, "central", name, "--config", str(path))
    family.wait("sip2", lambda: _listens(ports["sip2"]))
    family.wait("files", lambda: _listens(ports["files"]))
    family.wait("web", lambda: up(f"http://{LOOPBACK}:{ports['web']}/healthz"))
    return secrets


def _room(folder: Path, room: Room, ports: Mapping[str, int], secrets: Secrets, family: Family) -> None:
    port = ports[f"{room.device} rig"]
    rig_file = configs.rig(folder, room, port, collection(), secrets.staff_pin)
    rig = family.start(f"{room.device} rig", "drivers.rig", "--config", str(rig_file), pipe=True)
    assert rig.process.stdout is not None, "asked for a pipe"
    line = rig.process.stdout.readline()
    urls = cast("dict[str, str]", json.loads(line or b"{}").get("devices", {}))
    family.wait(f"{room.device} rig", lambda: bool(urls))
    known = {
        "public_key": secrets.public_key,
        "sealing_key": secrets.sealing_key,
        "password": secrets.terminals[room.device],
        "staff_pin": secrets.staff_pin,
    }
    kiosk_file = configs.kiosk(folder, room, ports, urls, known)
    family.start(f"{room.device} kiosk", "kiosk", "--config", str(kiosk_file))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
