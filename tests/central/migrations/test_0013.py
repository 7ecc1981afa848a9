"""Revision 0013 with data: an order that was given before says nothing more, and is sent as it was."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from central.db import open_sessions
from central.fleet.models import Order
from central.fleet.operations import order_payload
from central.migrations import migrate
from wire.orders import Order as Told
from wire.signing import unseal

BRANCH = {
    "id": "zhen", "tier": "town", "name_zh": "镇", "name_en": "Town", "zone": "Asia/Shanghai", "position": 0
}  # fmt: skip
DEVICE = {
    "id": "zhen-24h-1", "branch_id": "zhen", "name_zh": "x", "name_en": "x", "setting": "room24", "last_order": 7
}  # fmt: skip
ORDER = {
    "id": 1, "device_id": "zhen-24h-1", "number": 7, "verb": "kiosk.restart", "seconds": 0, "issued_ms": 1,
    "deadline_ms": 2, "staff": "x", "state": "pending",
}  # fmt: skip


def test_an_order_that_stands_is_told_as_before(older):
    engine = older("0012", [("branch", BRANCH), ("device", DEVICE), ("device_order", ORDER)])
    migrate(engine)
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    with open_sessions(engine)() as session:
        topic, payload = order_payload(key, session.scalars(select(Order)).one())
    assert unseal(key.public_key(), topic, payload, Told) == Told(7, "kiosk.restart", 1, 2)
