"""Answers to what staff at the machine ask for. Part of `kiosk.events`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PinChecked:
    """Answer to `CheckPin`."""

    ask: int
    right: bool
