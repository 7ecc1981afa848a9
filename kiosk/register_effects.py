"""What a registration asks of the ILS. Part of `kiosk.effects`.

Everything that an identity card says goes to the ILS in one message, and nowhere else: no repr shows a word of it.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from kiosk.veiled import Veiled


class Application(Veiled, frozen=True):
    """Who wants to become a reader: what the library needs, and no more of the card than that."""

    UNSEEN = frozenset({"number", "name", "sex", "born", "phone", "pin", "guardian"})

    number: str
    """Of the identity card, which becomes the reader's card."""
    name: str
    sex: int
    """As in `drivers.events.IdCard`."""
    born: date
    phone: str
    pin: str
    reader_type: str
    """Empty: the ILS chooses."""
    terms: str
    """Version of the terms that were accepted."""
    guardian: str = ""
    """Library card of who answers for a child."""


class AskBearer(Veiled, frozen=True):
    """Whose is this identity card? Answered by BearerAnswered or IlsSilent."""

    UNSEEN = frozenset({"number"})

    txn: str
    number: str


class AskRegistration(Struct, frozen=True):
    """Make them a reader. Answered by RegistrationAnswered or IlsSilent."""

    txn: str
    application: Application


RegisterQuestion = AskBearer | AskRegistration
