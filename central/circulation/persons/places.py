"""Where central holds something of a reader: the one table by which data are shown, and erased.

Every column that refers to a reader stands here, which a test sees to. What holds a card in another way
is looked through by hand: sealed cards and pseudonyms (`traces`), and texts that people write (`TEXTS`).
"""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from central.accounts.models import AuditEntry
from central.circulation.ledger.models import Fee, Hold, Loan, Payment, Reader, Waiver
from central.circulation.owed.models import OwedTransaction
from central.db import Base
from central.lists.models import ListEntry, ListNumber
from central.payments.models import DeskPayment, ProviderPayment
from central.rooms.admission.models import RoomCard
from central.rooms.alarms.models import Alarm

Fate = Literal["deleted", "unnamed", "kept away"]
"""What erasure does: the row goes; it stays without the card; there must be none."""


class Place(NamedTuple):
    """One column that holds cards."""

    name: str
    """As the export calls it."""
    model: type[Base]
    card: InstrumentedAttribute[Any]
    fate: Fate

    def holds(self, card: str) -> ColumnElement[bool]:
        """Rows of this card."""
        mine: ColumnElement[bool] = self.card == card
        kind = getattr(self.model, "kind", None)
        numbers = self.model in {ListEntry, ListNumber}
        return and_(mine, kind == "reader") if numbers and kind is not None else mine


PLACES: tuple[Place, ...] = (
    Place("loans", Loan, Loan.reader_card, "unnamed"),
    Place("holds", Hold, Hold.reader_card, "deleted"),
    Place("fees", Fee, Fee.reader_card, "unnamed"),
    Place("payments", Payment, Payment.reader_card, "unnamed"),
    Place("denials", ListEntry, ListEntry.number, "deleted"),
    Place("imported_lists", ListNumber, ListNumber.number, "deleted"),
    Place("room_cards", RoomCard, RoomCard.number, "deleted"),
    Place("wards", Reader, Reader.guardian_card, "kept away"),
    Place("reader", Reader, Reader.card, "deleted"),
)
"""In the order in which they are emptied: what refers to a reader before the reader."""

TEXTS: tuple[InstrumentedAttribute[str], ...] = (
    AuditEntry.subject,
    Fee.note,
    Waiver.reason,
    OwedTransaction.note,
    DeskPayment.note,
    ProviderPayment.note,
    Reader.remark,
    RoomCard.why,
    Alarm.note,
)
"""Where a card or a name may stand in words. Of an erased reader stays the word `FORGOTTEN`."""
FORGOTTEN = "[…]"
SHORTEST_NAME = 2
"""Characters; a shorter one stands in half of all words."""


def naming(card: str) -> re.Pattern[str]:
    """Finds a card in a text, as a word of its own: 123 is not in 1234."""
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(card)}(?![0-9A-Za-z])")


def without(text: str, card: str, name: str) -> str:
    """A text that names neither the card nor its holder."""
    bare = naming(card).sub(FORGOTTEN, text)
    return bare.replace(name, FORGOTTEN) if len(name) >= SHORTEST_NAME else bare
