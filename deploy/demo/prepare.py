"""Central made ready for the demo: keys, tables, the seed collection, people who may sign in."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from central import config, keys
from central.accounts import operations as accounts
from central.db import open_engine, open_sessions
from central.fleet import pki
from central.migrations import migrate
from deploy.demo.seed.collection import collection
from deploy.demo.seed.load import load
from wire import sealing, signing
from wire.pins import is_weak

PEOPLE: Mapping[str, tuple[str, accounts.Role]] = {
    "technician": ("陈工", accounts.Role.TECHNICIAN),
    "librarian": ("林馆员", accounts.Role.LIBRARIAN),
    "manager": ("吴馆长", accounts.Role.MANAGER),
    "admin": ("系统管理员", accounts.Role.ADMIN),
}


@dataclass(frozen=True, slots=True)
class Secrets:
    """Minted for this demo, gone with it."""

    public_key: str
    sealing_key: str
    logins: Mapping[str, str] = field(repr=False)
    """Password by user name of the console."""
    terminals: Mapping[str, str] = field(repr=False)
    """Password by SIP2 account."""
    staff_pin: str = field(repr=False)
    """Of the staff card, at every kiosk."""


def prepare(path: Path) -> Secrets:
    """Make the state folder and the database that `central.toml` names, and fill them."""
    settings = config.load(path)
    keys.make(settings.state)
    _certify(settings.state / "pki", [device.id for device in collection().devices])
    logins = {name: secrets.token_urlsafe(9) for name in PEOPLE}
    terminals = {device.id: secrets.token_urlsafe(18) for device in collection().devices}
    engine = open_engine(settings.database_url())
    migrate(engine)
    with open_sessions(engine).begin() as session:
        load(session, terminals, time.time_ns() // 1_000_000)
        for name, (person, role) in PEOPLE.items():
            hashed = accounts.hash_password(name, logins[name])
            accounts.add_staff(session, name, person, hashed, role)
    engine.dispose()
    made = keys.load(settings.state)
    public, seal_to = (
        signing.public_text(made.signing.public_key()),
        sealing.public_text(made.sealing.public_key()),
    )
    return Secrets(public, seal_to, logins, terminals, _pin())


def _pin() -> str:
    while is_weak(pin := f"{secrets.randbelow(10**6):06}", None):
        pass
    return pin


def _certify(folder: Path, devices: Iterable[str]) -> None:
    """An authority; a certificate of its own for the server of lists, and one for each kiosk."""
    now = datetime.now(UTC)
    authority = pki.make(folder, now)
    pki.save(folder, "central", authority.issue("central", now, ["127.0.0.1"]))
    for device in devices:
        pki.save(folder, device, authority.issue(device, now))
