"""The files of a run, as a technician would write them: TLS and certificates everywhere, each line through a proxy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from deploy.demo.configs import BAUD, Room, private
from deploy.demo.seed.collection import SeedItem, SeedReader, collection
from tests.chaos.servers import LOOPBACK

BOOKS = 24
"""On each room's shelf at the start; each of another title, because that is what a screen shows."""
READERS = 10
"""Who come to one room. Nobody goes to two: what a reader may borrow is counted in one place."""


@dataclass(frozen=True, slots=True)
class Place:
    """One room, and who and what is in it."""

    room: Room
    pty: bool
    """Its devices hang on pseudo-terminals, not on TCP."""
    apart: bool
    """It stands behind a cable of its own, where there are network namespaces."""
    readers: tuple[SeedReader, ...]
    books: tuple[SeedItem, ...]

    @property
    def device(self) -> str:
        return self.room.device


DESK = ("pad", "scanner")
ROOM24 = ("pad", "scanner", "door_scanner", "door", "gate")
ROOMS = (
    (Room("xian-desk", "qingyuan", "清源县图书馆", DESK), False, False),
    (Room("shiqiao-room", "shiqiao", "石桥村24小时书屋", ROOM24), False, True),
    (Room("liuhe-room", "liuhe", "柳河镇24小时书屋", ROOM24), True, False),
)


def places() -> tuple[Place, ...]:
    """The rooms with their casts, always the same."""
    seed = collection()
    lent = {loan.item.barcode for loan in seed.loans} | {hold.title.title for hold in seed.holds}
    titles: dict[str, SeedItem] = {}
    for item in seed.items:
        free = item.type == "book" and item.status == "available"
        if free and not {item.barcode, item.title.title} & lent:
            titles.setdefault(item.title.title, item)
    books = iter(titles.values())
    good = iter([reader for reader in seed.readers if reader.state == "good" and reader.fees_fen == 0])
    return tuple(
        Place(room, pty, apart, tuple(islice(good, READERS)), tuple(islice(books, BOOKS)))
        for room, pty, apart in ROOMS
    )


def central(path: Path, pki: Path, database: str, ports: Mapping[str, int], host: str = LOOPBACK) -> Path:
    """`central.toml`, for one or more of its processes; `host` is where the broker is."""
    return private(
        path,
        f"""state = "central"
database = "{database}"
{_mqtt(host, ports["broker"], pki, "central")}
[web]
port = {ports["web"]}

[sip2]
port = {ports["sip2"]}
certificate = "{pki}/sip2.crt"
key = "{pki}/sip2.key"
ca = "{pki}/ca.crt"

[lists]
port = {ports["files"]}
certificate = "{pki}/files.crt"
key = "{pki}/files.key"
ca = "{pki}/ca.crt"
""",
    )


def rig(folder: Path, place: Place) -> Path:
    """`rig.toml` of a room; its books are brought when it is up."""
    parts = [f"name = {json.dumps(place.room.title, ensure_ascii=False)}\nport = 0\n"]
    for name in place.room.devices:
        kind, at = ("scanner", "door") if name == "door_scanner" else (name, "desk")
        line = f'pty = "{place.device}-{name}"\n' if place.pty else ""
        parts.append(
            f'[[devices]]\nname = "{name}"\nkind = "{kind}"\nbaud = {BAUD[name]}\nplace = "{at}"\n{line}'
        )
    parts += [f'[[cards]]\nnumber = "{reader.card}"\nlabel = "{reader.name}"\n' for reader in place.readers]
    return private(folder / f"{place.device}.rig.toml", "\n".join(parts))


def kiosk(
    folder: Path,
    place: Place,
    host: str,
    ports: Mapping[str, int],
    urls: Mapping[str, str],
    known: Mapping[str, str],
) -> Path:
    """`kiosk.toml` of a room.

    Args:
        folder: where it is written; certificates are in its `pki`.
        place: the room.
        host: where the lines to broker, SIP2 server and list server are, as the kiosk sees them.
        ports: of `broker`, `sip2`, `files` and `screen`.
        urls: of the room's devices.
        known: `password` of its SIP2 account, and what `[central]` says.
    """
    device, pki = place.device, folder / "pki"
    password = private(folder / f"{device}.password", known["password"] + "\n")
    said = "".join(f'{key} = "{value}"\n' for key, value in known.items() if key != "password")
    roles = "[desk]\n\n[room]\n" if place.room.has_door else "[desk]\n"
    return private(
        folder / f"{device}.kiosk.toml",
        f"""device = "{device}"
state = "{device}"

[central]
{said}url = "https://{host}:{ports["files"]}"
ca = "{pki}/ca.crt"
certificate = "{pki}/{device}.crt"
key = "{pki}/{device}.key"
{_mqtt(host, ports["broker"], pki, device)}
[ils]
host = "{host}"
port = {ports["sip2"]}
user = "{device}"
password_file = "{password.name}"
institution = "{place.room.branch}"
location = "{place.room.branch}"
ca = "{pki}/ca.crt"
certificate = "{pki}/{device}.crt"
key = "{pki}/{device}.key"

[screen]
port = {ports["screen"]}

{roles}
{"".join(_device(name, urls[name]) for name in place.room.devices)}""",
    )


def _device(name: str, url: str) -> str:
    at = 'place = "door"\n' if name == "door_scanner" else ""
    return f'[devices.{name}]\nport = "{url}"\nbaud = {BAUD[name]}\n{at}\n'


def _mqtt(host: str, port: int, pki: Path, name: str) -> str:
    return f"""
[mqtt]
host = "{host}"
port = {port}
ca = "{pki}/ca.crt"
certificate = "{pki}/{name}.crt"
key = "{pki}/{name}.key"
"""
