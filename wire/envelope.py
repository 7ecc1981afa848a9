r"""How facts travel: rows of one journal, in order, in bounded batches.

    {"schema": 1, "journal": "5f…32 hex", "first": 4711, "facts": [
        {"wall_ms": 1790000000000, "mono_ms": 81234, "boot": "9c…", "set": true,
         "fact": {"kind": "visit.entered", "persons": 1, "method": "counter"}}, …]}

The seq of a row is `first` plus its index: a batch has no gaps by construction.
Times: `wall_ms` since 1970 UTC by the kiosk's clock, `mono_ms` since the boot that `boot` names,
`set` whether the clock had been set when the fact was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from wire.facts import AnyFact, Fact
from wire.ids import BootId, JournalId, Seq

SCHEMA = 1
MAX_FACTS = 64
"""Facts in a batch: a commit at central stays short, a lost batch costs little to send again."""
MAX_BATCH_OCTETS = 16 * 1024
"""Fits the smallest limit that brokers ship with (and one TLS record)."""
MAX_FACT_OCTETS = 4 * 1024 + 512
"""Above the longest fact by its own bounds, each of its characters escaped (4.0 KiB, a loan)."""
UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeError)
"""What a decoder raises at a peer's JSON: not of this form, nested without end, no UTF-8."""


class Malformed(ValueError):  # noqa: N818 - a verdict on the message
    """The payload is not what its topic carries. `args[0]` says why, without the payload."""


class Stamp(Struct, frozen=True):
    """When a fact was written, by three clocks that each may lie."""

    wall_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    mono_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    boot: BootId
    set: bool


class Row(Struct, frozen=True):
    """One journal row on the wire; `fact` stays raw so that an unknown kind survives."""

    wall_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    mono_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    boot: BootId
    set: bool
    fact: Raw


class Batch(Struct, frozen=True, omit_defaults=True):
    """Consecutive rows of one journal."""

    schema: Annotated[int, Meta(ge=1)]
    journal: JournalId
    first: Seq
    facts: Annotated[list[Row], Meta(min_length=1, max_length=MAX_FACTS)]
    oldest: Seq = 1
    """The lowest seq that the kiosk still has: below it central asks in vain, and says what it lacks."""
    epoch: Annotated[int, Meta(ge=0, lt=2**53 - 1)] | None = None
    """Of the last watermark that the kiosk took, 0 before the first: a restored central mints above it."""


class UnknownFact(Struct, frozen=True):
    """A fact of a kind, or in a form, that this version does not know: kept aside as it came."""

    kind: str
    why: str


class _Kind(Struct, frozen=True):
    kind: Annotated[str, Meta(max_length=64)]


_facts = msgspec.json.Decoder(AnyFact)
_kinds = msgspec.json.Decoder(_Kind)
_batches = msgspec.json.Decoder(Batch)
_encoder = msgspec.json.Encoder()


def encode_fact(fact: Fact) -> bytes:
    """The JSON of one fact, as the journal keeps it and the wire carries it.

    Raises:
        Malformed: longer than MAX_FACT_OCTETS.
    """
    octets = _encoder.encode(fact)
    if len(octets) > MAX_FACT_OCTETS:
        raise Malformed(f"a fact of {len(octets)} octets, {MAX_FACT_OCTETS} allowed")
    return octets


def decode_fact(octets: bytes | Raw) -> AnyFact | UnknownFact:
    """The fact, or what can be said of one that this version does not know.

    Raises:
        Malformed: not a JSON object with a `kind`.
    """
    try:
        fact: AnyFact = _facts.decode(octets)
    except UNDECODABLE as cause:
        try:
            kind = _kinds.decode(octets).kind
        except UNDECODABLE as worse:
            raise Malformed(f"no fact: {worse}") from None
        return UnknownFact(kind, str(cause))
    return fact


def encode_batch(
    journal: str,
    first: int,
    rows: Iterable[tuple[Stamp, bytes]],
    oldest: int = 1,
    epoch: int | None = None,
) -> tuple[bytes, int]:
    """As many rows as fit a batch, and how many those are (at least one).

    Args:
        journal: id of the journal.
        first: seq of the first row.
        rows: stamp and encoded fact of consecutive rows; read only as far as they fit.
        oldest: the lowest seq that the journal still has.
        epoch: of the last watermark that the journal took, 0 before the first.
    """
    facts: list[Row] = []
    octets = _HEAD_OCTETS
    for stamp, fact in rows:
        octets += len(fact) + _ROW_OCTETS
        if facts and (octets > MAX_BATCH_OCTETS or len(facts) == MAX_FACTS):
            break
        facts.append(Row(stamp.wall_ms, stamp.mono_ms, stamp.boot, stamp.set, Raw(fact)))
    return _encoder.encode(Batch(SCHEMA, journal, first, facts, oldest, epoch)), len(facts)


_HEAD_OCTETS = 160
"""Upper bound of a batch without rows."""
_ROW_OCTETS = 144
"""Upper bound of a row without its fact: three times, a boot id of 32, names and commas."""


def decode_batch(payload: bytes) -> Batch:
    """A batch; its facts still raw (`decode_fact`).

    Raises:
        Malformed: oversize, no JSON, not the form of a batch, or of facts older than the oldest.
    """
    if len(payload) > MAX_BATCH_OCTETS:
        raise Malformed(f"a batch of {len(payload)} octets, {MAX_BATCH_OCTETS} allowed")
    try:
        payload.decode()  # the decoder does not look into what it skips
        batch = _batches.decode(payload)
    except UNDECODABLE as cause:
        raise Malformed(str(cause)) from None
    if batch.schema != SCHEMA:
        raise Malformed(f"schema {batch.schema}, {SCHEMA} known")
    if batch.oldest > batch.first:
        raise Malformed(f"facts from {batch.first} on, the oldest being {batch.oldest}")
    return batch
