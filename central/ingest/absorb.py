"""Batches of facts into rows: one transaction for facts, tallies, answers to orders and the watermark.

- The journals' rows are locked, in one order for all workers.
- A fact at or below the watermark is a replay: compared, not counted. Other content: the journal is
  forked; from then on nothing of it is counted, what is not here is kept aside, and the watermark stays.
- `facts.lost` in the place of a damaged row is no other content: the real fact stays, or takes its place.
- A batch that starts above watermark + 1 is not taken; it mints a new epoch, because a restored central
  is below what the kiosk believes, and the kiosk sends again from the watermark. So does a batch that
  tells a later epoch than ours, which only a restored central can have forgotten.
- What the kiosk no longer has is a gap for good: it is noted, and the watermark passes it.
- A kind that this version does not know is stored and kept aside; the watermark passes it.
- Nothing is published here: the caller commits first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Integer, bindparam, select, type_coerce

from central.facts import redaction
from central.facts.models import StoredFact
from central.facts.rows import LOST, Taken, is_damaged, take
from central.ingest.clocks import date_facts
from central.ingest.journals import Locked, find_places, lock, write_back
from central.ingest.storing import FORKED, Aside, keep_aside, write_facts
from central.reports.tallies import Place
from central.statements import Cursor, Prepared
from wire.envelope import Batch
from wire.orders import Watermark

Refusal = Literal["", "unknown device", "too many journals", "journal forked"]


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
    connection: Connection,
    parcels: Sequence[Parcel],
    now_ms: int,
    hash_key: bytes,
    places: dict[str, Place] | None = None,
) -> list[Outcome]:
    """Take batches of any devices, in the order of their arrival, inside the caller's transaction.

    Args:
        connection: in a transaction that may write; the caller commits, then publishes the watermarks.
        parcels: what came.
        now_ms: central's clock.
        hash_key: central's secret for readers.
        places: where their devices stand, if the caller has asked already.

    Returns:
        One outcome a parcel, in order.
    """
    cursor = Cursor(connection)
    if places is None:
        places = find_places(cursor, {parcel.device_id for parcel in parcels})
    names = {(p.device_id, p.batch.journal) for p in parcels if p.device_id in places}
    journals = lock(cursor, names, places, now_ms)
    asides: list[Aside] = []
    outcomes: list[Outcome] = []
    for parcel in parcels:
        journal = journals.get((parcel.device_id, parcel.batch.journal))
        if journal is not None:
            outcomes.append(_take(cursor, journal, parcel.batch, now_ms, hash_key, asides))
        elif parcel.device_id in places:
            outcomes.append(Outcome(None, refused="too many journals"))
        else:
            outcomes.append(Outcome(None, refused="unknown device"))
    moved = date_facts(cursor, journals.values(), now_ms)
    write_facts(cursor, journals.values(), now_ms, moved)
    keep_aside(connection, asides, now_ms)
    write_back(cursor, journals.values(), now_ms)
    return outcomes


def _take(
    cursor: Cursor, journal: Locked, batch: Batch, now_ms: int, hash_key: bytes, asides: list[Aside]
) -> Outcome:
    """One batch against its journal's state; what is new waits in `journal.pending`."""
    if not journal.forked:
        journal.pass_over(batch.oldest)
        gap = batch.first > journal.committed + 1
        journal.answer_epoch(batch.epoch, now_ms, gap=gap)
        if gap:
            return Outcome(journal.watermark(now_ms))
    rows = [take(row, now_ms, hash_key) for row in batch.facts]
    taken = dict(zip(range(batch.first, batch.first + len(rows)), rows, strict=True))
    if batch.first > journal.committed and not journal.forked:
        return _take_new(journal, taken, now_ms, asides)
    here = _here(cursor, journal, taken)
    if not journal.forked:
        journal.forked = any(_conflict(one, here[seq]) for seq, one in taken.items() if seq in here)
    if journal.forked:
        strange = [seq for seq, one in taken.items() if seq not in here or _conflict(one, here[seq])]
        asides += [Aside(journal, seq, taken[seq], FORKED) for seq in strange]
        return Outcome(journal.watermark(now_ms), refused=FORKED)
    new = {seq: one for seq, one in taken.items() if seq > journal.committed}
    mended = {seq: taken[seq] for seq, known in here.items() if known.damaged and not taken[seq].damaged}
    journal.committed += len(new)
    journal.mended |= mended.keys() - journal.pending.keys()
    journal.pending |= mended | new
    asides += [Aside(journal, seq, one, one.aside) for seq, one in (mended | new).items() if one.aside]
    return Outcome(journal.watermark(now_ms), len(mended) + len(new))


def _take_new(journal: Locked, taken: dict[int, Taken], now_ms: int, asides: list[Aside]) -> Outcome:
    """A batch of which nothing was here before: what nearly all are."""
    journal.committed += len(taken)
    journal.pending.update(taken)
    asides += [Aside(journal, seq, one, one.aside) for seq, one in taken.items() if one.aside]
    return Outcome(journal.watermark(now_ms), len(taken))


class _Known(NamedTuple):
    """A fact that is here already, or about to be."""

    content: tuple[object, ...]
    damaged: bool
    """It only stands in the place of one that could not be read."""


def _conflict(one: Taken, known: _Known) -> bool:
    """The same name, and neither stands in for the other."""
    content = one.content()
    if content == known.content or one.damaged or known.damaged:
        return False
    *stamp, body = content
    *known_stamp, known_body = known.content
    return stamp != known_stamp or not redaction.is_same(str(known_body), str(body))


def _here(cursor: Cursor, journal: Locked, taken: dict[int, Taken]) -> dict[int, _Known]:
    """Of the facts of a batch those that central holds."""
    replayed = [seq for seq in taken if seq <= journal.committed]
    waiting = {seq: journal.pending[seq] for seq in replayed if seq in journal.pending}
    here = {seq: _Known(one.content(), one.damaged) for seq, one in waiting.items()}
    return here if len(here) == len(replayed) else _stored(cursor, journal, replayed) | here


_STORED = Prepared(
    "device",
    "journal",
    "first",
    "last",
    statement=select(
        StoredFact.seq,
        StoredFact.kind,
        StoredFact.wall_ms,
        StoredFact.mono_ms,
        StoredFact.boot,
        type_coerce(StoredFact.clock_set, Integer),  # 1 is True: nothing to be made of a row
        StoredFact.body,
    ).where(
        StoredFact.device_id == bindparam("device"),
        StoredFact.journal == bindparam("journal"),
        StoredFact.seq.between(bindparam("first"), bindparam("last")),
    ),
)


def _stored(cursor: Cursor, journal: Locked, seqs: list[int]) -> dict[int, _Known]:
    rows = cursor.all(_STORED, journal.place.device_id, journal.name, seqs[0], seqs[-1])
    return {
        seq: _Known((*stamp, body), kind == LOST and is_damaged(redaction.read(body)))
        for seq, kind, *stamp, body in rows
    }
