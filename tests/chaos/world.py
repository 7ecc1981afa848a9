"""A library network of real parts: broker, database, central's processes, rooms; lines of it through proxies.

    rig ══ kiosk ──"KIOSK broker"──▶ mosquitto ◀──"ingest broker"── ingest ──"ingest database"──▶ PostgreSQL
             ├─────"KIOSK sip2"──▶ sip2 ─────────────────────────────────────────────────────────────┤
             └─────"KIOSK files"─▶ files ◀─ ─ ─ ─ ─ ─ ─ ─ lists made by clock ────────── web ────────┘

Everything is in one temporary folder and ends with the context, also where something fails.
"""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from central.circulation.server.models import SipAccount
from central.circulation.server.passwords import hash_password
from central.db import open_engine, open_sessions
from central.fleet import pki
from central.fleet.models import Device
from deploy.demo import configs as demo
from deploy.demo.prepare import Secrets, prepare
from deploy.demo.seed.collection import collection
from deploy.demo.web import Rig, up
from kiosk.room import counting_state
from kiosk.room.moves import OPENINGS
from tests.chaos import configs, nets, records
from tests.chaos.configs import Place
from tests.chaos.nets import Namespace
from tests.chaos.processes import Family
from tests.chaos.proxy import Proxies
from tests.chaos.servers import LOOPBACK, Broker, Database, addresses, free_port, listens

T = TypeVar("T")


@dataclass(slots=True)
class Kiosk:
    """One room that is up: how to reach what is in it."""

    place: Place
    rig: Rig
    screen_url: str
    journal: Path
    namespace: Namespace | None

    def within(self, call: Callable[[], T]) -> T:
        """What `call` returns where the room's addresses are."""
        return self.namespace.within(call) if self.namespace else call()


@dataclass(slots=True)
class World:
    """Everything that runs."""

    folder: Path
    family: Family
    proxies: Proxies
    broker: Broker
    database: Database
    secrets: Secrets
    web_url: str
    started_ms: int
    """Wall clock; the seed's loans are older."""
    crowd: tuple[str, ...]
    """Kiosks that are journals alone."""
    kiosks: list[Kiosk] = field(default_factory=list)
    apart: dict[str, Namespace] = field(default_factory=dict)
    """Namespaces by who is in them; empty where there can be none."""

    def engine(self) -> Engine:
        """Central's database, by no proxy."""
        return open_engine(self.database.url())

    def issue(self, name: str) -> None:
        """A certificate for a device."""
        _issue(self.folder / "pki", name)


@contextmanager
def world(crowd: int, *, apart: bool) -> Iterator[World]:
    """Everything up; everything ended at the end of the block.

    Args:
        crowd: registered kiosks that are journals alone.
        apart: there are network namespaces.

    Raises:
        NotUp: a process did not come up; the text has the end of its log.
    """
    folder = Path(tempfile.mkdtemp(prefix="shuwu-chaos-"))
    data = Path(tempfile.mkdtemp(prefix="shuwu-chaos-pg-"))
    family, proxies = Family(folder), Proxies()
    try:
        yield _build(folder, data, family, proxies, crowd, apart=apart)
    finally:
        family.end()
        proxies.close()
        shutil.rmtree(folder)
        shutil.rmtree(data)


def _build(folder: Path, data: Path, family: Family, proxies: Proxies, crowd: int, *, apart: bool) -> World:
    started_ms = time.time_ns() // 1_000_000
    apart_from = {name: Namespace(name, family) for name in nets.APART} if apart else {}
    for place in configs.places():
        _start_rig(folder, family, place, apart_from)
    for name in ("broker", "sip2", "files"):
        _issue(folder / "pki", name, addresses())
    _issue(folder / "pki", "central")
    broker, database = Broker(folder / "broker", folder / "pki", family), Database(data, family)
    ports = {"broker": broker.port, **{name: free_port() for name in ("web", "sip2", "files")}}
    direct = configs.central(folder / "central.toml", folder / "pki", database.url(), ports)
    secrets = prepare(direct)
    names = tuple(f"crowd-{number:03}" for number in range(1, crowd + 1))
    made = World(
        folder,
        family,
        proxies,
        broker,
        database,
        secrets,
        f"http://{LOOPBACK}:{ports['web']}",
        started_ms,
        names,
    )
    _register(made)
    made.apart = apart_from
    _central(made, direct, ports)
    for place in configs.places():
        made.kiosks.append(_room(made, place, ports))
    for kiosk in made.kiosks:
        family.wait(f"{kiosk.place.device} kiosk", lambda kiosk=kiosk: _stands(kiosk))
    return made


def _register(made: World) -> None:
    """The devices that the seed does not have."""
    known = {device.id for device in collection().devices}
    terminals = dict(made.secrets.terminals)
    with open_sessions(made.engine()).begin() as session:
        for place in configs.places():
            if place.device in known:
                continue
            session.add(_device(place.device, place.room.branch))
            session.flush()
            terminals[place.device] = password = "a password of one run"
            session.add(
                SipAccount(
                    username=place.device,
                    password_hash=hash_password(password),
                    branch_id=place.room.branch,
                    dialect="shuwu",
                )
            )
        session.add_all(_device(name, "qingyuan") for name in made.crowd)
    made.secrets = replace(made.secrets, terminals=terminals)


def _device(name: str, branch: str) -> Device:
    return Device(
        id=name,
        branch_id=branch,
        name_zh=name,
        name_en=name,
        setting="room24",
        commissioned_on=date(2025, 3, 1),
    )


def _central(made: World, direct: Path, ports: dict[str, int]) -> None:
    namespace = made.apart.get("ingest")
    host, enter = (namespace.gate, namespace.enter) if namespace else (LOOPBACK, ())
    to_broker = made.proxies.open("ingest broker", (LOOPBACK, made.broker.port), host)
    to_database = made.proxies.open("ingest database", (LOOPBACK, made.database.port), host)
    through = configs.central(
        made.folder / "ingest.toml",
        made.folder / "pki",
        made.database.url(host=host, port=to_database.port),
        {**ports, "broker": to_broker.port},
        host,
    )
    family = made.family
    family.python("ingest", "central", "ingest", "--config", str(through), within=enter)
    for name in ("sip2", "files", "clock"):
        family.python(name, "central", name, "--config", str(direct))
    family.python("web", "central", "web", "--config", str(direct), end_by=signal.SIGQUIT)
    for name in ("sip2", "files"):
        family.wait(name, lambda name=name: listens(ports[name]))
    family.wait("web", lambda: up(f"{made.web_url}/healthz"))


def _start_rig(folder: Path, family: Family, place: Place, apart: Mapping[str, Namespace]) -> None:
    namespace = apart.get("room") if place.apart else None
    enter = namespace.enter if namespace else ()
    path = configs.rig(folder, place)
    family.python(f"{place.device} rig", "drivers.rig", "--config", str(path), within=enter, pipe=True)


def _room(made: World, place: Place, ports: dict[str, int]) -> Kiosk:
    device, family = place.device, made.family
    namespace = made.apart.get("room") if place.apart else None
    host, enter = (namespace.gate, namespace.enter) if namespace else (LOOPBACK, ())
    made.issue(device)
    said = json.loads(family.members[f"{device} rig"].hear() or "{}")
    family.wait(f"{device} rig", lambda: "devices" in said)
    to_broker = made.proxies.open(f"{device} broker", (LOOPBACK, made.broker.port), host)
    to_sip2 = made.proxies.open(f"{device} sip2", (LOOPBACK, ports["sip2"]), host)
    to_files = made.proxies.open(f"{device} files", (LOOPBACK, ports["files"]), host)
    here = {"broker": to_broker.port, "sip2": to_sip2.port, "files": to_files.port, "screen": free_port()}
    secrets = made.secrets
    known = {
        "public_key": secrets.public_key,
        "sealing_key": secrets.sealing_key,
        "password": secrets.terminals[device],
    }
    path = configs.kiosk(made.folder, place, host, here, said["devices"], known)
    family.python(f"{device} kiosk", "kiosk", "--config", str(path), within=enter)
    screen = f"http://{LOOPBACK}:{here['screen']}"
    kiosk = Kiosk(place, Rig(said["page"]), screen, made.folder / device / "journal.db", namespace)
    kiosk.within(lambda: _bring(kiosk))
    return kiosk


def _stands(kiosk: Kiosk) -> bool:
    """It has looked at all of its devices once: what it counts from here on must be right."""
    if not kiosk.place.room.has_door:
        return True
    counting = counting_state.recall(lambda name: records.recall(kiosk.journal, name) or None)
    return counting.entered is not None and bool(records.recall(kiosk.journal, OPENINGS))


def _bring(kiosk: Kiosk) -> None:
    for item in kiosk.place.books:
        kiosk.rig.do("/books", **demo.book(item, secured=True, place="shelf"))


def _issue(folder: Path, name: str, names: list[str] | None = None) -> None:
    now = datetime.now(UTC)
    pki.save(folder, name, pki.make(folder, now).issue(name, now, names or []))
