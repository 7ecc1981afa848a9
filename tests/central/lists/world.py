"""The small library of the ledger's tests, with a kiosk in each of three branches."""

from __future__ import annotations

from datetime import date

from central.circulation.ledger.models import Hold
from central.db import open_sessions
from central.fleet.models import Branch, Device
from central.lists import making
from central.lists.models import ListBody, ListHead
from tests.central.circulation.world import NOW_MS
from tests.central.circulation.world import fill as fill_ledger
from wire.lists import Body, Head, decode

DESK, ROOM, FAR = "xian-desk", "cun-room", "gang-room"
LIFE_MS = 7 * making.DAY_MS
MINUTE_MS = 60_000


def fill(engine) -> None:
    fill_ledger(engine)
    with open_sessions(engine).begin() as session:
        session.add(
            Branch(id="gang", parent_id="xian", tier="village", name_zh="港村", name_en="Gang", position=1)
        )
        session.flush()
        for device, branch in ((DESK, "xian"), (ROOM, "cun"), (FAR, "gang")):
            session.add(
                Device(
                    id=device,
                    branch_id=branch,
                    name_zh=device,
                    name_en=device,
                    setting="room24",
                    commissioned_on=date(2026, 1, 1),
                )
            )
        session.add(Hold(title_id=3, reader_card="R1", pickup_branch_id="cun", placed_ms=NOW_MS))


def make(engine, now_ms: int = NOW_MS) -> bool:
    return making.make(open_sessions(engine, readonly=True), open_sessions(engine), now_ms, LIFE_MS)


def given(engine, device: str, name: str) -> Body | None:
    """The list that a kiosk was given, read as the kiosk reads it."""
    with open_sessions(engine, readonly=True)() as session:
        head = session.get(ListHead, (device, name))
        if head is None or head.version == 0:
            return None
        body = session.get(ListBody, (name, head.version))
        return decode(body.octets, Head(name, body.version, body.sha256, body.size, body.expires_ms))


def version(engine, device: str, name: str) -> int:
    body = given(engine, device, name)
    return 0 if body is None else body.version
