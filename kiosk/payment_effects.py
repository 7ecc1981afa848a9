"""What a payment wants done. Part of `kiosk.effects`."""

from __future__ import annotations

from kiosk.veiled import Veiled


class AskPayment(Veiled, frozen=True):
    """Book money that was taken (37). Answered by PaymentAnswered or IlsSilent.

    Asked again after a silence with the same `provider_id`: one number is one payment.
    """

    UNSEEN = frozenset({"card"})

    txn: str
    card: str
    provider_id: str
    amount_fen: int
    fee: str
    """Number of the one fee; empty: the oldest first."""
    again: bool = False
    """The ILS may have heard of it: where it does not know the number again, it is asked first what is open."""
