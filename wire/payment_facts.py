"""What can have happened to a payment that a reader makes at a desk. Part of `wire.facts`.

    payment.wanted ─┬─ payment.dropped ─┬─ payment.lapsed                      no money came
                    └───────────────────┴─ payment.taken ─┬─ payment.settled   the ILS has it
                                                          └─ payment.refused   the ILS will not have it: for staff

Amounts are whole 分. No name of a provider's secret, no code and no card in clear ever stands here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.fact import By, Fact, FaultNumber, Name, Sealed, Txn
from wire.ids import Pseudonym

Fen = Annotated[int, Meta(ge=1, le=10_000_000)]
"""Up to 100,000 yuan, as the ledger bounds a fee."""
ProviderId = Annotated[str, Meta(pattern=r"\A[!-~]{1,64}\Z")]
"""A payment's number at whoever took the money, unique there for ever; BK of the 37."""


class PaymentWanted(Fact, frozen=True, tag="payment.wanted"):
    """The intent: a reader wants to pay, and central is asked for a code."""

    txn: Txn
    reader: Pseudonym
    amount_fen: Fen
    fee: Name = ""
    """Number of the one fee that is paid; empty: all that is open, the oldest first."""
    sealed: Sealed = ""


class PaymentDropped(Fact, frozen=True, tag="payment.dropped"):
    """Nobody waits for it any more. Money may come all the same, and is taken."""

    txn: Txn
    why: Literal["left", "expired", "cancelled", "no_code"]
    """The reader's session ended; the code's time did; the reader touched cancel; no code came in time."""


class PaymentLapsed(Fact, frozen=True, tag="payment.lapsed"):
    """No money came in all the time that the kiosk waits for it. What still comes is for staff."""

    txn: Txn


class PaymentTaken(Fact, frozen=True, tag="payment.taken"):
    """The provider has the money: on disk before the ILS is told."""

    txn: Txn
    provider_id: ProviderId
    amount_fen: Fen


class PaymentSettled(Fact, frozen=True, tag="payment.settled"):
    """The ILS has booked it."""

    txn: Txn
    provider_id: ProviderId
    amount_fen: Fen
    by: By = "ils"


class PaymentRefused(Fact, frozen=True, tag="payment.refused"):
    """The ILS does not book money that was taken: for staff."""

    txn: Txn
    provider_id: ProviderId
    amount_fen: Fen
    fault: FaultNumber
