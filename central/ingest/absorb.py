"""Batches of facts into rows: one transaction for facts, tallies, answers to orders and the watermark.

- The journals' rows are locked, in one order for all workers.
- A fact at or below the watermark is a replay: compared, not counted. Other content: the journal is
  forked, what is in conflict is kept aside, nothing of the batch is counted and the watermark stays.
- A batch that starts above watermark + 1 is not taken; it mints a new epoch, because a restored central
  is below what the kiosk believes, and the kiosk sends again from the watermark.
- A kind that this version does not know is stored and kept aside; the watermark passes it.
- Nothing is published here: the caller commits first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, select

from central.facts.models import StoredFact
from central.facts.rows import Taken, take
from central.ingest.journals import Locked, find_places, lock, write_back
from central.ingest.storing import FORKED, Aside, keep_aside, write_facts
from wire.envelope import Batch
from wire.orders import Watermark

Refusal = Literal["", "unknown device", "journal mismatch", "journal forked"]


class Parcel(NamedTuple):
    """A batch and who sent it."""

    device_id: str
    batch: Batch


class Outcome(NamedTuple):
    """What became of one batch."""

    watermark: Watermark | None
    """What to tell the kiosk once this is committed; None where the batch has no journal here."""
    new: int = 0
    """Facts stored and counted."""
    refused: Refusal = ""


def absorb(connection: Connection, device_id: str, batch: Batch, now_ms: int, hash_key: bytes) -> Outcome:
    """Take one batch inside the caller's transaction; see `absorb_all`."""
    return absorb_all(connection, [Parcel(device_id, batch)], now_ms, hash_key)[0]


def absorb_all(
    connection: Connection, parcels: Sequence[Parcel], now_ms: int, hash_key: bytes
) -> list[Outcome]:
    """Take batches of any devices, in the order of their arrival, inside the caller's transaction.

    Args:
        connection: in a transaction that may write; the caller commits, then publishes the watermarks.
        parcels: what came.
        now_ms: central's clock.
        hash_key: central's secret for readers.

    Returns:
        One outcome a parcel, in order.
    """
    places = find_places(connection, {parcel.device_id for parcel in parcels})
    names = {(p.device_id, p.batch.journal) for p in parcels if p.device_id in places}
    journals = lock(connection, names, places, now_ms)
    asides: list[Aside] = []
    outcomes: list[Outcome] = []
    for parcel in parcels:
        journal = journals.get((parcel.device_id, parcel.batch.journal))
        if journal is not None:
            outcomes.append(_take(connection, journal, parcel.batch, now_ms, hash_key, asides))
        elif parcel.device_id in places:
            outcomes.append(Outcome(None, refused="journal mismatch"))
        else:
            outcomes.append(Outcome(None, refused="unknown device"))
    write_facts(connection, journals.values(), now_ms)
    keep_aside(connection, asides, now_ms)
    write_back(connection, journals.values(), now_ms)
    return outcomes


def _take(
    connection: Connection, journal: Locked, batch: Batch, now_ms: int, hash_key: bytes, asides: list[Aside]
) -> Outcome:
    """One batch against its journal's state; what is new waits in `journal.pending`."""
    if batch.first > journal.committed + 1:
        journal.start_again(now_ms)
        return Outcome(journal.watermark(now_ms))
    taken = {batch.first + i: take(row, now_ms, hash_key) for i, row in enumerate(batch.facts)}
    conflicts = _conflicts(connection, journal, taken)
    if conflicts:
        journal.forked = True
        asides += [Aside(journal, seq, taken[seq], FORKED) for seq in conflicts]
        return Outcome(journal.watermark(now_ms), refused=FORKED)
    new = {seq: one for seq, one in taken.items() if seq > journal.committed}
    asides += [Aside(journal, seq, one, one.aside) for seq, one in new.items() if one.aside]
    journal.pending |= new
    journal.committed += len(new)
    return Outcome(journal.watermark(now_ms), len(new))


def _conflicts(connection: Connection, journal: Locked, taken: dict[int, Taken]) -> list[int]:
    """Seqs that are here already, or about to be, with other content."""
    if min(taken) > journal.committed:
        return []
    replayed = [seq for seq in taken if seq <= journal.committed]
    here = {seq: journal.pending[seq].content() for seq in replayed if seq in journal.pending}
    if len(here) < len(replayed):
        here |= _stored(connection, journal, replayed)
    return [seq for seq, content in here.items() if taken[seq].content() != content]


def _stored(connection: Connection, journal: Locked, seqs: list[int]) -> dict[int, tuple[object, ...]]:
    fact = StoredFact
    query = select(fact.seq, fact.wall_ms, fact.mono_ms, fact.boot, fact.clock_set, fact.body).where(
        fact.device_id == journal.place.device_id,
        fact.journal == journal.name,
        fact.seq.between(seqs[0], seqs[-1]),
    )
    return {seq: tuple(content) for seq, *content in connection.execute(query)}
