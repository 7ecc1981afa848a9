"""Lists as central makes and signs them."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.effects import FetchList
from wire import topics
from wire.lists import Body, Head, Readers, encode, head_of, pack
from wire.signing import seal

DEVICE = "shiqiao-room"
SIGNING = Ed25519PrivateKey.generate()
SALT = bytes(range(16))
EXPIRES_MS = 1_790_000_000_000


def deny(version: int = 1, *cards: str, items: tuple[str, ...] = ()) -> Body:
    readers = (Readers(pack(SALT, "reader", cards)),)
    return Body("deny", version, SALT, readers, pack(SALT, "item", items))


def allow(version: int, *cards: str, cap: int = 0) -> Body:
    return Body("allow", version, SALT, (Readers(pack(SALT, "reader", cards), "adult", cap),))


def announced(body: Body, *, device: str = DEVICE, expires_ms: int = EXPIRES_MS) -> tuple[FetchList, bytes]:
    """What the core asks for when this list is announced, and the octets that the server should send."""
    octets = encode(body)
    head = head_of(octets, body, expires_ms)
    return FetchList(head, signed(head, device)), octets


def signed(head: Head, device: str = DEVICE) -> bytes:
    return seal(SIGNING, topics.topic(device, f"{topics.LISTS}/{head.name}"), head)
