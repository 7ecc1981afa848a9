"""From a row on the wire to a row in the table: decode, date, hash the reader once more. Pure."""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from wire.envelope import UNDECODABLE, Malformed, Row, UnknownFact, decode_fact
from wire.facts import KINDS, Fact, FactsLost

FIRST_MS = 1_767_225_600_000
"""2026-01-01: before any kiosk ran. A clock that says so was set to nothing."""
AHEAD_MS = 120_000
"""A set clock may run this much before central's; beyond, the time of arrival is the better one."""
UNREADABLE = "unreadable"
"""Kind under which something is kept that is no fact at all."""
KIND = {kind: name for name, kind in KINDS.items()}
"""The name of each kind of fact."""
LOST = KIND[FactsLost]
MISSHAPEN = "?"
"""Before the hash of a reader who was no pseudonym, so that an unknown fact stays an unknown one."""
MAX_KIND = 64
KEPT = 4096
"""Texts of facts whose reading is kept: 20 MiB if each were as long as a fact may be, 2 MiB of real ones."""
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""As JSON writes it. PostgreSQL stores no text with one; a tag whose octets were not written may tell many."""
PSEUDONYM = re.compile(r"[0-9a-f]{32}")


class Taken(NamedTuple):
    """One row, ready to be stored."""

    fact: Fact | None
    """None where this version does not know it; it is stored all the same, and kept aside."""
    kind: str
    at_ms: int
    wall_ms: int
    mono_ms: int
    boot: str
    clock_set: bool
    body: str
    aside: str
    """Why it is kept aside; empty where it is not."""

    @property
    def damaged(self) -> bool:
        """Whether it only stands in the place of a row that the kiosk could not read."""
        return self.kind == LOST and is_damaged(self.fact)

    def content(self) -> tuple[object, ...]:
        """What a second arrival under the same name must agree in."""
        return (self.wall_ms, self.mono_ms, self.boot, self.clock_set, self.body)


def take(row: Row, now_ms: int, hash_key: bytes) -> Taken:
    """A row as it will be stored.

    It is dated by the first of these that can be had:

    1. the line of its boot (`central.ingest.clocks`): monotonic time since a beginning that central knows,
       where a `clock.corrected` of that boot showed that the kiosk's own clock was not to be believed;
    2. the kiosk's own clock, if it was set, not before FIRST_MS and not AHEAD_MS before central's;
    3. the time of its arrival.

    Here it is dated by 2 or 3; a line, which may be drawn later, moves it.

    Args:
        row: as it came.
        now_ms: central's clock, the date of a row whose own clock cannot be believed.
        hash_key: central's secret for readers.
    """
    believed = row.set and FIRST_MS <= row.wall_ms <= now_ms + AHEAD_MS
    at_ms = row.wall_ms if believed else now_ms
    fact, kind, body, aside = _read(bytes(row.fact), hash_key)
    return Taken(fact, kind, at_ms, row.wall_ms, row.mono_ms, row.boot, row.set, body, aside)


class _Read(NamedTuple):
    """What the text of a fact comes to, whenever and by whom it was written."""

    fact: Fact | None
    kind: str
    body: str
    aside: str


@lru_cache(maxsize=KEPT)
def _read(octets: bytes, hash_key: bytes) -> _Read:
    """A fact from its text. Most of what a room tells it tells in the same words again and again."""
    try:
        fact = decode_fact(octets)
        if rb"\u0000" in octets and not isinstance(fact, UnknownFact):
            fact = decode_fact(_NUL.sub(rb"\1", octets))
    except Malformed:
        return _Read(None, UNREADABLE, _rehashed(octets, hash_key), "no fact")
    if isinstance(fact, UnknownFact):
        kind = fact.kind.replace("\0", "")[:MAX_KIND]
        return _Read(None, kind, _rehashed(octets, hash_key), f"unknown kind {kind}")
    return _Read(fact, KIND[type(fact)], _body(octets, fact, hash_key), "")


@lru_cache(maxsize=4096)
def pseudonym(hash_key: bytes, reader: str) -> str:
    """A reader as central stores one: 32 hexadecimal digits of HMAC-SHA-256 over the kiosk's pseudonym."""
    return hmac.digest(hash_key, reader.encode(), "sha256").hex()[:32]


def is_damaged(fact: object) -> bool:
    """Whether a fact only stands in the place of a row that the kiosk could not read."""
    return isinstance(fact, FactsLost) and fact.why == "damaged"


def _body(octets: bytes, fact: Fact, hash_key: bytes) -> str:
    """The text of a known fact, with the reader replaced where there is one."""
    text = octets.decode()
    reader: str | None = getattr(fact, "reader", None)
    if reader is None:
        return text
    if reader in text:
        return text.replace(reader, pseudonym(hash_key, reader))
    return _rehashed(octets, hash_key)  # written with escapes


def _rehashed(octets: bytes, hash_key: bytes) -> str:
    """The text of anything, with the reader replaced; `null` where it cannot be read as a whole."""
    try:
        body: Any = msgspec.json.decode(octets)
    except UNDECODABLE:
        return "null"
    if isinstance(body, dict) and isinstance(body.get("reader"), str):
        reader = body["reader"]
        mark = "" if PSEUDONYM.fullmatch(reader) else MISSHAPEN
        body["reader"] = mark + pseudonym(hash_key, reader)
    return msgspec.json.encode(body).decode()
