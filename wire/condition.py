"""How a kiosk is: the latest wins, retained, with a last will. And how central is, the same way."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from wire.envelope import UNDECODABLE, Malformed
from wire.facts import Count, FaultNumber, Name, Text
from wire.ids import BootId, JournalId
from wire.learn import learn

MAX_CONDITION_OCTETS = 16 * 1024
"""Twenty faults fit, each with the longest cause in Chinese: twice what a kiosk has to tell."""

State = Literal["boot", "ready", "degraded", "broken", "service", "gone"]

T = TypeVar("T", bound=Struct)


class Trouble(Struct, frozen=True):
    """One fault that stands now."""

    fault: FaultNumber
    device: Name = ""
    """The kiosk's own name for the device, empty where the fault is the kiosk's."""
    since_ms: Annotated[int, Meta(ge=0, lt=2**53)] = 0
    cause: Text = ""


class Condition(Struct, frozen=True):
    """A kiosk's condition. The last will is one with state `gone` and the session's own number."""

    session: Count
    """Grows by one with each connect, kept on disk: a late will never hides a newer birth."""
    state: State
    since_ms: Annotated[int, Meta(ge=0, lt=2**53)] = 0
    troubles: Annotated[tuple[Trouble, ...], Meta(max_length=64)] = ()
    why: Name = ""
    """With `gone`: `will` (the broker said it), `stopped` or `restarting` (the kiosk said it)."""
    version: Name = ""
    boot: BootId = "00000000"
    journal: JournalId = "0" * 32
    roles: Annotated[tuple[Name, ...], Meta(max_length=8)] = ()
    devices: dict[Name, Text] = {}
    """What each device says of itself."""
    config: Name = ""
    """First 16 hexadecimal digits of the hash of the configuration in force."""
    occupancy: int | None = None
    """Persons inside; None where nothing tells."""
    capacity: int | None = None
    """How many may be; None: as many as come."""
    schema: Annotated[int, Meta(ge=1, le=1)] = 1


class Reading(Struct, frozen=True):
    """The last value of one point of a room: a temperature, a voltage, a contact (1 active, 0 not)."""

    value: float
    unit: Annotated[str, Meta(max_length=16)] = ""
    """As UCUM writes it: `Cel`, `%`, `V`."""


class Vitals(Struct, frozen=True):
    """Numbers that may be lost. Sent every 30 s."""

    wall_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    uptime_s: Count
    backlog: Count
    """Facts in the journal above the watermark."""
    memory_kib: Count
    disk_free_mib: Count
    ils_round_trip_ms: float | None = None
    refused: Count = 0
    """Messages refused since start."""
    readings: Annotated[dict[Name, Reading], Meta(max_length=64)] = {}
    """By the point's name in the kiosk's configuration."""
    schema: Annotated[int, Meta(ge=1, le=1)] = 1


class CentralCondition(Struct, frozen=True):
    """Retained at `wire.topics.CENTRAL_CONDITION`; the last will says `online: false`."""

    online: bool
    session: Annotated[int, Meta(ge=0, lt=2**53)]
    """Milliseconds since 1970 at connect: later sessions are larger."""
    schema: Annotated[int, Meta(ge=1, le=1)] = 1


learn(Condition, Vitals, CentralCondition)


def encode(message: Struct) -> bytes:
    """The JSON of a condition or of vitals."""
    return msgspec.json.encode(message)


def decode(payload: bytes, kind: type[T]) -> T:
    """A condition, or vitals.

    Raises:
        Malformed: oversize, no JSON, or not of this form.
    """
    if len(payload) > MAX_CONDITION_OCTETS:
        raise Malformed(f"{len(payload)} octets, {MAX_CONDITION_OCTETS} allowed")
    try:
        return msgspec.json.decode(payload, type=kind)
    except UNDECODABLE as cause:
        raise Malformed(str(cause)) from None
