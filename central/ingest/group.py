"""A group of deliveries in one transaction: conditions first, then facts, then what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from central.ingest.absorb import Parcel, absorb_all
from central.ingest.conditions import hear
from central.ingest.intake import Spoken
from central.ingest.journals import Name, find_places
from central.ingest.refusals import Refused, note
from central.statements import Cursor
from wire import topics
from wire.envelope import Batch
from wire.orders import Watermark

Letter = Parcel | Spoken | Refused


class Stored(NamedTuple):
    """What to do once the group is committed."""

    watermarks: dict[Name, Watermark]
    """By device and journal, the last one of each."""
    hearing: set[str]
    """Devices that hear orders now and did not before."""
    new: int
    """Facts stored."""
    refused: int
    """Messages refused."""


def store(connection: Connection, letters: Sequence[Letter], now_ms: int, hash_key: bytes) -> Stored:
    """Store a group inside the caller's transaction, each device's messages in the order of arrival."""
    refused = [letter for letter in letters if isinstance(letter, Refused)]
    spoken = [letter for letter in letters if isinstance(letter, Spoken)]
    hearing: set[str] = set()
    parcels = [letter for letter in letters if isinstance(letter, Parcel)]
    cursor = Cursor(connection)
    places = find_places(cursor, {one.device_id for one in spoken} | {one.device_id for one in parcels})
    for device_id, condition in sorted(
        spoken, key=lambda one: one.device_id
    ):  # all workers lock in one order
        if device_id not in places:
            refused.append(Refused(device_id, topics.CONDITION, "unknown device", condition.state, b""))
        elif hear(cursor, device_id, condition, now_ms):
            hearing.add(device_id)
    outcomes = absorb_all(connection, parcels, now_ms, hash_key, places) if parcels else []
    watermarks: dict[Name, Watermark] = {}
    for parcel, outcome in zip(parcels, outcomes, strict=True):
        if outcome.watermark is not None:
            watermarks[parcel.device_id, parcel.batch.journal] = outcome.watermark
        if outcome.refused:
            detail = _describe(parcel.batch)
            refused.append(Refused(parcel.device_id, topics.FACTS, outcome.refused, detail, b""))
    note(connection, refused, now_ms)
    return Stored(watermarks, hearing, sum(outcome.new for outcome in outcomes), len(refused))


def _describe(batch: Batch) -> str:
    return f"journal {batch.journal}, facts {batch.first} to {batch.first + len(batch.facts) - 1}"
