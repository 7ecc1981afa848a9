"""The page of a desk that does not serve."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Stopped(Struct, frozen=True, forbid_unknown_fields=True):
    """The desk does not serve."""

    broken: Words
    broken_advice: Words
    service: Words
    service_advice: Words
    boot_advice: Words
    fire: Words
