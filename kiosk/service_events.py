"""Answers to what staff at the machine ask for. Part of `kiosk.events`."""

from __future__ import annotations

from msgspec import Struct


class PinChecked(Struct, frozen=True):
    """Answer to `CheckPin`."""

    ask: int
    right: bool
