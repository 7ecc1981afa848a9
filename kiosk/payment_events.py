"""What happens to a payment, from central and from the ILS. Part of `kiosk.events`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CodeOffered:
    """Central has a code for the reader's telephone; an empty one: the provider gives none. Made by the loop itself from an order."""

    txn: str
    code: str
    until_ms: int
    """Monotonic; the provider takes no money by it afterwards."""


@dataclass(frozen=True, slots=True)
class MoneyCame:
    """The provider has the money. Made by the loop itself from an order that `kiosk.payments.told` believes."""

    txn: str
    provider_id: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PaymentAnswered:
    """Answer to `AskPayment`: booked when `fault` is None."""

    txn: str
    fault: int | None
    card: str = field(default="", repr=False)
    """Whose money it is."""


PaymentEvent = CodeOffered | MoneyCame | PaymentAnswered
