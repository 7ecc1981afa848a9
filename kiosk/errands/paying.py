"""A payment as its reader sees it. What is owed to the money stands in `kiosk.payments` and outlives this."""

from __future__ import annotations

from enum import StrEnum

from kiosk.veiled import Veiled


class PayStep(StrEnum):
    ASKING = "asking"
    """Central is asked for a code."""
    SHOWN = "shown"
    """The code stands on the screen."""
    BOOKING = "booking"
    """The money is there; the ILS is told."""
    BOOKED = "booked"
    LATER = "later"
    """The money is there; the ILS is silent and will be told."""
    FAILED = "failed"
    """`fault` says why."""


class Paying(Veiled, frozen=True):
    UNSEEN = frozenset({"code"})
    txn: str
    amount_fen: int
    until_ms: int
    """Monotonic: so long it is waited for, and the session lasts at least."""
    step: PayStep = PayStep.ASKING
    code: str = ""
    fault: int | None = None

    @property
    def waited_for(self) -> bool:
        """There is no money yet, and there may be."""
        return self.step in {PayStep.ASKING, PayStep.SHOWN}
