"""Names and numbers that both sides must spell alike."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta

DeviceId = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{2,63}\Z")]
"""A kiosk: its MQTT user name, client id, certificate subject and place in every topic."""

JournalId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
"""128 random bits, minted with each journal file; tells a new disk from an old one."""

BootId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{8,32}\Z")]
"""Random, new at each start of the kiosk's machine; monotonic times compare within one boot only."""

Pseudonym = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
"""A reader: keyed hash by the kiosk of the card number; no key, no way back."""

Seq = Annotated[int, Meta(ge=1, le=2**63 - 1)]
"""Place of a fact in its journal, from 1, without gaps, never used twice."""

ListName = Literal["deny", "allow", "hold", "hours", "room"]
"""The lists that central signs for kiosks (`wire.lists`)."""

Version = Annotated[int, Meta(ge=1, lt=2**53)]
"""Of a list: milliseconds since 1970 of its making, so that a later one is larger."""

DEVICE_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")


def is_device_id(text: str) -> bool:
    """True where `text` may name a device. The pattern leaves no room for `/`, `+` and `#`."""
    return DEVICE_ID.fullmatch(text) is not None
