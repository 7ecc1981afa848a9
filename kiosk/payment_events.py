"""What happens to a payment, from central and from the ILS. Part of `kiosk.events`."""

from __future__ import annotations

from msgspec import Struct

from kiosk.veiled import Veiled


class CodeOffered(Struct, frozen=True):
    """Central has a code for the reader's telephone; an empty one: the provider gives none. Made by the loop itself from an order."""

    txn: str
    code: str
    until_ms: int
    """Monotonic; the provider takes no money by it afterwards."""


class MoneyCame(Struct, frozen=True):
    """The provider has the money. Made by the loop itself from an order that `kiosk.payments.told` believes."""

    txn: str
    provider_id: str
    amount_fen: int


class PaymentAnswered(Veiled, frozen=True):
    """Answer to `AskPayment`: booked when `fault` is None."""

    UNSEEN = frozenset({"card"})

    txn: str
    fault: int | None
    card: str = ""
    """Whose money it is."""


PaymentEvent = CodeOffered | MoneyCame | PaymentAnswered
