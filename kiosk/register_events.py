"""What the ILS answers while somebody registers. Part of `kiosk.events`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BearerAnswered:
    """Answer to `AskBearer`: nobody bears this identity card where `card` and `fault` are empty."""

    txn: str
    card: str = field(default="", repr=False)
    """The library card of who bears it."""
    fault: int | None = None
    """Why the ILS cannot say."""


@dataclass(frozen=True, slots=True)
class RegistrationAnswered:
    """Answer to `AskRegistration`: registered when `fault` is None."""

    txn: str
    fault: int | None


RegisterEvent = BearerAnswered | RegistrationAnswered
