"""What the kiosk says of itself: its condition to central, a snapshot to the screen. Pure."""

from __future__ import annotations

import hashlib

import msgspec

from kiosk.clock import Now
from kiosk.config import Config
from kiosk.core import Kiosk
from kiosk.courtesies import step as courtesies
from kiosk.room import counting
from kiosk.snapshot import Snapshot
from wire.condition import Condition

MAX_TROUBLES = 64
"""What a condition may carry; a kiosk with more has a first cause among them."""


def snapshot(kiosk: Kiosk, now: Now) -> Snapshot:
    """The whole state for the screen."""
    health = kiosk.station
    return Snapshot(
        now=now,
        state=health.state,
        troubles=tuple(health.troubles.values()),
        session=kiosk.session,
        room=kiosk.room,
        ils_up=health.ils_up,
        online=health.broker and health.central,
        fittings=health.fittings,
        service=kiosk.service,
        identities=health.identities,
        readings=health.readings,
        news=kiosk.news,
        hours=kiosk.lists.lists.hours if kiosk.lists else None,
        errand=kiosk.errand,
        registering=kiosk.registering,
        takes=health.takes,
        eases=kiosk.eases,
        courtesies=kiosk.courtesies,
        prints=courtesies.prints(health),
        slip=_slip(kiosk),
        time_ms=kiosk.memory.time_ms(now),
    )


def _slip(kiosk: Kiosk) -> str:
    served = kiosk.session and kiosk.session.reader
    known = kiosk.memory.readers.get(served.pseudonym) if served else None
    return known.slip if known else ""


def roles(kiosk: Kiosk) -> tuple[str, ...]:
    return ("desk",) * bool(kiosk.session) + ("room",) * bool(kiosk.room)


def condition(kiosk: Kiosk, identity: Condition) -> Condition:
    """The condition now; what does not change while the program runs is taken from `identity`."""
    health = kiosk.station
    return msgspec.structs.replace(
        identity,
        state=health.state,
        troubles=tuple(health.troubles.values())[:MAX_TROUBLES],
        roles=roles(kiosk),
        devices=dict(health.identities),
        occupancy=counting.known(kiosk.room) if kiosk.room else None,
        capacity=kiosk.room.counting.limit if kiosk.room else None,
    )


def config_digest(config: Config) -> str:
    """First 16 hexadecimal digits of the SHA-256 of the configuration in force, paths included."""
    return hashlib.sha256(msgspec.json.encode(config, enc_hook=str)).hexdigest()[:16]
