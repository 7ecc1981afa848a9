"""Lists through the real network: made by the clock, fetched by certificate, in force, told, shown."""

from __future__ import annotations

import ssl
import stat
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from central.lists.models import ListHead
from deploy.demo.network import DESK, ROOM24, Network
from deploy.demo.web import Console
from tests.central.kiosk import until

pytestmark = pytest.mark.xdist_group("network")

FETCHED_S = 100
"""A kiosk waits up to a minute by chance."""
KIOSKS = {DESK.device, ROOM24.device}


def heads(running: Network) -> dict[tuple[str, str], tuple[int, int]]:
    engine = create_engine(f"sqlite:///{running.family.folder / 'central' / 'central.db'}")
    query = select(ListHead.device_id, ListHead.name, ListHead.version, ListHead.taken)
    with engine.connect() as connection:
        found = {
            (device, name): (version, taken) for device, name, version, taken in connection.execute(query)
        }
    engine.dispose()
    return {key: versions for key, versions in found.items() if key[0] in KIOSKS}


def get(running: Network, path: str, device: str) -> int:
    folder: Path = running.family.folder / "central" / "pki"
    context = ssl.create_default_context(cafile=folder / "ca.crt")
    context.load_cert_chain(folder / f"{device}.crt", folder / f"{device}.key")
    url = f"https://127.0.0.1:{running.ports['files']}{path}"
    try:
        with urllib.request.urlopen(url, context=context, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_both_kiosks_take_the_lists_that_they_are_given(running: Network):
    def taken() -> bool:
        found = heads(running)
        return len(found) >= 6 and all(taken == version for version, taken in found.values())

    until(taken, FETCHED_S)
    for device in KIOSKS:
        folder = running.family.folder / device / "lists"
        files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert files == {f"{name}.list": 0o600 for name in ("allow", "deny", "hold")}
    console = Console(running.url("web"), "manager", running.secrets.logins["manager"])
    page = urllib.request.Request(running.url("web") + "/lists/", headers={"Cookie": console.cookie})
    with urllib.request.urlopen(page, timeout=20) as answer:
        assert answer.read().decode().count("2 / 2") == 3


def test_a_list_is_served_to_its_own_kiosk_alone(running: Network):
    version, _ = heads(running)[ROOM24.device, "allow"]
    assert get(running, f"/lists/allow/{version}", ROOM24.device) == 200
    assert get(running, f"/lists/allow/{version - 1}", ROOM24.device) == 404
