"""A registration as a value. What it knows of anybody lives in memory alone, until the registration ends."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from drivers.events import IdCard
from kiosk.veiled import Veiled


class Phase(StrEnum):
    IDLE = "idle"
    """Nobody registers."""
    SHOWN = "shown"
    """An identity card was shown, and the session asks who it is: this desk may be asked to register them."""
    OFFERED = "offered"
    """Nobody bears that card: they are asked whether they want to become a reader."""
    AWAITING = "awaiting"
    """Their identity card is to be laid down."""
    LOOKING_UP = "looking_up"
    """The ILS is asked whether the card that was laid down is a reader's: theirs, or their guardian's."""
    GUARDIAN = "guardian"
    """Too young to stand alone: the guardian's identity card is to be laid down."""
    TERMS = "terms"
    """The terms are read, and accepted or not: for a child by the guardian."""
    PHONE = "phone"
    PIN = "pin"
    PIN_AGAIN = "pin_again"
    ENTERING = "entering"
    """The ILS is asked to register them."""
    UNSURE = "unsure"
    """The ILS has not answered that; what became of it is found out by the identity card."""
    KNOWN = "known"
    """They were a reader before, and are signed in."""
    DONE = "done"
    """They are a reader."""
    FAILED = "failed"
    """`fault` says why not."""


APART = frozenset({Phase.IDLE, Phase.SHOWN})
"""The session has the desk; in every other phase the registration does."""


class Slip(StrEnum):
    """What is wrong with what was typed last."""

    PHONE = "phone"
    WEAK = "weak"
    DIFFERENT = "different"


class Registering(Veiled, frozen=True):
    UNSEEN = frozenset({"guardian_card", "phone", "pin"})

    phase: Phase = Phase.IDLE
    run: str = "00000000"
    """Eight hexadecimal digits, random for each run of the program: the head of every `txn`."""
    asks: int = 0
    """Questions that this run has asked."""
    txn: str = ""
    """Of the question that is under way, or of the registration that is unsure."""
    device: str = ""
    """Where the identity card was laid down."""
    bearer: IdCard | None = None
    """Who wants to become a reader."""
    guardian: IdCard | None = None
    """Who answers for them."""
    guardian_card: str = ""
    """The guardian's library card."""
    phone: str = ""
    pin: str = ""
    tries: int = 0
    """Registrations that were sent."""
    slip: Slip | None = None
    fault: int | None = None
    end_at_ms: int | None = None
    """Monotonic; the phase ends then by itself."""

    @property
    def has_desk(self) -> bool:
        """Cards, touches and the screen are the registration's."""
        return self.phase not in APART


def age(born: date, today: date) -> int:
    """Full years; who is born on 29 February has the birthday on 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
