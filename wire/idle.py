"""What a kiosk shows while nobody stands there: what central tells it, and the covers that go with it.

`GET /idle` and `GET /covers/{sha256}` over the line on which lists are fetched: HTTPS, with the device's certificate.
Opening hours are not among it: the kiosk has them in its signed list. Nothing here is about a reader.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from wire.envelope import UNDECODABLE, Malformed
from wire.learn import learn

PATH = "/idle"
COVERS = "/covers/"
COVER_PATH = re.compile(r"/covers/([0-9a-f]{64})")
MAX_BOOKS = 12
"""Of a kind: more than one screen shows."""
MAX_ANNOUNCEMENTS = 8
MAX_IDLE_OCTETS = 128 * 1024
"""Twice 12 books and 8 announcements of the longest Chinese words are 54 KiB; what JSON escapes is longer."""
MAX_COVER_OCTETS = 96 * 1024
"""A cover is shown 200 pixels wide; 24 of them are 2 MiB on the kiosk's disk."""

Line = Annotated[str, Meta(max_length=300)]
Day = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
"""An ISO 8601 date."""
Digest = Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")]

PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
"""How a picture's octets begin (PNG 3rd edition, 5.2; ITU-T T.81, B.1.1.3) → its media type."""


class Book(Struct, frozen=True, omit_defaults=True):
    """A title that is worth a look."""

    title: Line
    author: Line = ""
    call_number: Annotated[str, Meta(max_length=64)] = ""
    cover: Digest = ""
    """SHA-256 of its picture, by which it is fetched; empty where the catalogue has none."""


class Announcement(Struct, frozen=True):
    """What the library wants everybody to know from one day to another, both included."""

    zh: Annotated[str, Meta(min_length=1, max_length=120)]
    en: Annotated[str, Meta(min_length=1, max_length=120)]
    from_on: Day
    until_on: Day


class Idle(Struct, frozen=True, omit_defaults=True):
    """Everything, as it was at `at_ms`."""

    at_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    """Central's clock."""
    fresh: Annotated[tuple[Book, ...], Meta(max_length=MAX_BOOKS)] = ()
    """New in this branch, the newest first."""
    most: Annotated[tuple[Book, ...], Meta(max_length=MAX_BOOKS)] = ()
    """Borrowed here most often in this month and the one before, the most often first."""
    announcements: Annotated[tuple[Announcement, ...], Meta(max_length=MAX_ANNOUNCEMENTS)] = ()
    """Also those whose first day is still to come."""
    zone: Annotated[str, Meta(max_length=64)] = "UTC"
    """IANA name: their days are of the branch's civil time."""
    schema: Annotated[int, Meta(ge=1, le=1)] = 1

    @property
    def covers(self) -> frozenset[str]:
        """Every picture that is named."""
        return frozenset(book.cover for book in (*self.fresh, *self.most) if book.cover)


def idle(octets: bytes) -> Idle:
    """Raises Malformed: oversize, or none."""
    if len(octets) > MAX_IDLE_OCTETS:
        raise Malformed(f"{len(octets)} octets, {MAX_IDLE_OCTETS} at most")
    try:
        return msgspec.json.decode(octets, type=Idle)
    except UNDECODABLE as cause:
        raise Malformed(str(cause)) from None


def picture(octets: bytes) -> str:
    """The media type of a cover.

    Raises:
        Malformed: too large, or neither PNG nor JPEG.
    """
    if len(octets) > MAX_COVER_OCTETS:
        raise Malformed(f"a picture of more than {MAX_COVER_OCTETS} octets")
    for begins, kind in PICTURES:
        if octets.startswith(begins):
            return kind
    raise Malformed("neither PNG nor JPEG")


learn(Idle)
