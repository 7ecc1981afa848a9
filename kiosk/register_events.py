"""What the ILS answers while somebody registers. Part of `kiosk.events`."""

from __future__ import annotations

from msgspec import Struct

from kiosk.veiled import Veiled


class BearerAnswered(Veiled, frozen=True):
    """Answer to `AskBearer`: nobody bears this identity card where `card` and `fault` are empty."""

    UNSEEN = frozenset({"card"})

    txn: str
    card: str = ""
    """The library card of who bears it."""
    fault: int | None = None
    """Why the ILS cannot say."""


class RegistrationAnswered(Struct, frozen=True):
    """Answer to `AskRegistration`: registered when `fault` is None."""

    txn: str
    fault: int | None


RegisterEvent = BearerAnswered | RegistrationAnswered
