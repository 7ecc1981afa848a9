"""How what recurs in a room's configuration is written."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
Clock = Annotated[str, Meta(pattern=rf"\A{_CLOCK}\Z")]
"""Civil time of the room's hours, `23:00`."""
ClockOrNone = Annotated[str, Meta(pattern=rf"\A({_CLOCK})?\Z")]
"""The same; empty: at no time."""
Name = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,63}\Z")]
"""Of a device, as in `devices`, or of an input or output of it."""
