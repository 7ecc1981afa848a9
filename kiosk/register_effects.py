"""What a registration asks of the ILS. Part of `kiosk.effects`.

Everything that an identity card says goes to the ILS in one message, and nowhere else: no repr shows a word of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Application:
    """Who wants to become a reader: what the library needs, and no more of the card than that."""

    number: str = field(repr=False)
    """Of the identity card, which becomes the reader's card."""
    name: str = field(repr=False)
    sex: int = field(repr=False)
    """As in `drivers.events.IdCard`."""
    born: date = field(repr=False)
    phone: str = field(repr=False)
    pin: str = field(repr=False)
    reader_type: str
    """Empty: the ILS chooses."""
    terms: str
    """Version of the terms that were accepted."""
    guardian: str = field(default="", repr=False)
    """Library card of who answers for a child."""


@dataclass(frozen=True, slots=True)
class AskBearer:
    """Whose is this identity card? Answered by BearerAnswered or IlsSilent."""

    txn: str
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskRegistration:
    """Make them a reader. Answered by RegistrationAnswered or IlsSilent."""

    txn: str
    application: Application


RegisterQuestion = AskBearer | AskRegistration
