"""Lists through the real network: made by the clock, fetched by certificate, in force, told, shown."""

from __future__ import annotations

import json
import re
import ssl
import stat
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from central.facts.models import StoredFact
from central.lists.models import ListHead
from deploy.demo.network import DESK, ROOM24, Network
from deploy.demo.seed.collection import collection
from deploy.demo.web import Console
from tests.central.kiosk import until
from tests.e2e.desk import database
from wire.faults import number

pytestmark = pytest.mark.xdist_group("network")

FETCHED_S = 100
AGAIN_S = 10
"""A kiosk waits up to a minute by chance."""
KIOSKS = {DESK.device, ROOM24.device}


def heads(running: Network) -> dict[tuple[str, str], tuple[int, int]]:
    query = select(ListHead.device_id, ListHead.name, ListHead.version, ListHead.taken)
    with database(running) as connection:
        found = {
            (device, name): (version, taken) for device, name, version, taken in connection.execute(query)
        }
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


def test_a_card_that_a_manager_denies_opens_no_door(running: Network):
    refused = len(told(running, "entry.refused"))
    card = next(reader.card for reader in collection().readers if reader.type == "senior")  # nobody else's
    console = Console(running.url("web"), "manager", running.secrets.logins["manager"])
    before = heads(running)[ROOM24.device, "deny"][1]
    send(running, console, "/lists/deny", kind="reader", number=card, branch="", reason="挂失", until="")

    def is_denied() -> bool:
        version, taken = heads(running)[ROOM24.device, "deny"]
        return taken == version > before

    until(is_denied, FETCHED_S)
    with running.places() as at:

        def is_refused() -> bool:
            return len(told(running, "entry.refused")) > refused

        def shown() -> bool:
            """A card that nothing answers is shown again."""
            at.room.do(f"/cards/{card}/tap", device="door_scanner")
            with suppress(AssertionError):
                until(is_refused, AGAIN_S)
            return is_refused()

        until(shown, FETCHED_S)
    assert told(running, "entry.refused")[-1]["fault"] == number("card_blocked")


def told(running: Network, kind: str) -> list[dict[str, object]]:
    """What the room has told of this kind since the network was started, the visits of other tests included."""
    query = select(StoredFact.body).where(StoredFact.device_id == ROOM24.device, StoredFact.kind == kind)
    query = query.order_by(StoredFact.id)
    with database(running) as connection:
        return [json.loads(body) for body in connection.scalars(query)]


def send(running: Network, console: Console, path: str, **fields: str) -> None:
    """A form of the page of the lists, with its token."""
    headers = {"Cookie": console.cookie}
    page = urllib.request.Request(running.url("web") + "/lists/", headers=headers)
    with urllib.request.urlopen(page, timeout=20) as answer:
        token = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
    assert token
    form = urllib.parse.urlencode({"csrf_token": token[1], **fields}).encode()
    with urllib.request.urlopen(urllib.request.Request(running.url("web") + path, form, headers), timeout=20):
        pass


def test_a_list_is_served_to_its_own_kiosk_alone(running: Network):
    version, _ = heads(running)[ROOM24.device, "allow"]
    assert get(running, f"/lists/allow/{version}", ROOM24.device) == 200
    assert get(running, f"/lists/allow/{version - 1}", ROOM24.device) == 404
