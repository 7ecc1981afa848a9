"""The lists by which a kiosk decides while the ILS is silent: heads that are signed, bodies that are fetched.

A head is retained on `shuwu/1/{device}/lists/{name}`, signed like an order. Its body is fetched over
HTTPS with the device's certificate and is believed because its hash stands in the head. A head with a
version below the one in force is refused: nobody rolls a list back.

| name | what it says | when it has expired |
| --- | --- | --- |
| `deny` | readers and items that get nothing; wins over everything, also over the ILS | stays in force |
| `allow` | readers who may come in and borrow | is as if it were not there |
| `hold` | items that are kept for somebody | stays in force |
| `hours` | when the room admits readers | stays in force |
| `room` | whom the room admits, its staff's cards, who is banned from it | stays in force |

Readers and items stand in a body as salted hashes (`entry`), twelve octets each, sorted, so that 100,000
readers are 1.2 MB and one is found by bisection. The salt is new with each version.
"""

from __future__ import annotations

import hmac
from bisect import bisect_left
from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from wire.admission import Admission
from wire.envelope import UNDECODABLE, Malformed
from wire.facts import Count, Name
from wire.hours import Hours, Overlapping, check
from wire.ids import ListName, Version
from wire.learn import learn

NAMES: tuple[ListName, ...] = get_args(ListName)
MAX_BODY_OCTETS = 16 * 1024 * 1024
"""A million readers in base64."""
ENTRY_OCTETS = 12
"""96 bits: that a stranger's number is taken for one of 100,000 has a chance of 1 in 10**23."""
SALT_OCTETS = 16

Kind = Literal["reader", "item"]


class Head(Struct, frozen=True):
    """What is signed: which body is meant, and for how long."""

    name: ListName
    version: Version
    sha256: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    """Of the body's octets."""
    octets: Annotated[int, Meta(ge=1, le=MAX_BODY_OCTETS)]
    expires_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    """Central's clock."""
    schema: Annotated[int, Meta(ge=1, le=1)] = 1


class Readers(Struct, frozen=True, omit_defaults=True):
    """Readers of one type."""

    keys: bytes
    """Entries, sorted, without a gap between them."""
    type: Name = ""
    """The ILS's own name of the reader type."""
    cap: Count = 0
    """Books that one of them may have on an offline loan; 0: the kiosk's own rule."""
    until: str = ""
    """Of the list `room`: last day on which the entry stands, ISO 8601; empty: until it is taken off."""


class Body(Struct, frozen=True, omit_defaults=True):
    """A list itself. `hours` carries hours, `room` its admission and readers, the others readers and items."""

    name: ListName
    version: Version
    salt: bytes = b""
    readers: tuple[Readers, ...] = ()
    items: bytes = b""
    """Entries, sorted, without a gap between them."""
    hours: Hours | None = None
    room: Admission | None = None
    schema: Annotated[int, Meta(ge=1, le=1)] = 1

    def entries(self) -> int:
        """Readers and items together."""
        return (sum(len(group.keys) for group in self.readers) + len(self.items)) // ENTRY_OCTETS


def entry(salt: bytes, kind: Kind, number: str) -> bytes:
    """A reader's card or an item's number as it stands in a body: ENTRY_OCTETS of HMAC-SHA-256."""
    return hmac.digest(salt, f"{kind}\0{number}".encode(), "sha256")[:ENTRY_OCTETS]


def pack(salt: bytes, kind: Kind, numbers: Iterable[str]) -> bytes:
    """The entries of many, sorted, each once."""
    return b"".join(sorted({entry(salt, kind, number) for number in numbers}))


def holds(keys: bytes, wanted: bytes) -> bool:
    """Whether `wanted` is one of the sorted entries in `keys`."""
    count = len(keys) // ENTRY_OCTETS

    def at(place: int) -> bytes:
        return keys[place * ENTRY_OCTETS : (place + 1) * ENTRY_OCTETS]

    place = bisect_left(range(count), wanted, key=at)
    return place < count and at(place) == wanted


def encode(body: Body) -> bytes:
    """The octets that are served, and whose hash is signed."""
    return msgspec.json.encode(body)


def head_of(octets: bytes, body: Body, expires_ms: int) -> Head:
    """The head for a body, given its octets."""
    return Head(body.name, body.version, sha256(octets).hexdigest(), len(octets), expires_ms)


def decode(octets: bytes, head: Head) -> Body:
    """The body that the head means.

    Raises:
        Malformed: other octets than were signed, or not the form of a list.
    """
    if len(octets) != head.octets or sha256(octets).hexdigest() != head.sha256:
        raise Malformed("not the body that was signed")
    try:
        body = msgspec.json.decode(octets, type=Body)
    except UNDECODABLE as cause:
        raise Malformed(str(cause)) from None
    if (body.name, body.version) != (head.name, head.version):
        raise Malformed(f"{body.name} {body.version} where {head.name} {head.version} is meant")
    try:
        if body.hours is not None:
            check(body.hours)
    except Overlapping as cause:
        raise Malformed(str(cause)) from None
    keys = (*(group.keys for group in body.readers), body.items)
    if any(len(one) % ENTRY_OCTETS for one in keys):
        raise Malformed(f"entries of other than {ENTRY_OCTETS} octets")
    return body


learn(Head, Body)
