"""Payments that were begun and have no outcome yet, with all that a 37 needs.

    payment.wanted ─┬─ payment.dropped ─┬── payment.lapsed
                    └───────────────────┴── payment.taken ── payment.settled, payment.refused

`wanted` makes the row, `dropped` and `taken` mark it, the rest ends it. A fact without its row, or money for one
that has its money, contradicts the journal: no payment is ever told to the ILS under two numbers.
"""

from __future__ import annotations

from typing import Any

from kiosk.effects import Record
from kiosk.journal.database import Connection, Contradiction
from kiosk.secrets import decrypt_card, encrypt_card
from kiosk.veiled import Veiled
from wire.envelope import Stamp
from wire.facts import (
    PaymentDropped,
    PaymentLapsed,
    PaymentRefused,
    PaymentSettled,
    PaymentTaken,
    PaymentWanted,
)

ALL = "SELECT txn, reader, card, amount_fen, fee, at_ms, dropped, provider_id FROM payment ORDER BY seq"
"""Oldest first; what `read` takes."""


class Begun(Veiled, frozen=True):
    """A payment without an outcome."""

    UNSEEN = frozenset({"card"})

    txn: str
    reader: str
    """Pseudonym."""
    card: str
    """Empty where it is `locked`, and where it was never known."""
    amount_fen: int
    fee: str
    at_ms: int
    """Wall clock: when it was wanted, or when the money came."""
    dropped: bool = False
    provider_id: str = ""
    """Of the money; empty: none has come."""
    locked: bool = False
    """No key that is there reads the card."""


def follow(db: Connection, key: bytes, seq: int, record: Record, stamp: Stamp) -> None:
    """Make, mark or end the row that this fact is about.

    Raises:
        Contradiction: it was never wanted, has its money already, or is over.
    """
    match record.fact:
        case PaymentWanted(txn=txn) as fact:
            card = encrypt_card(key, txn, record.card)
            db.execute(_WANT, (txn, fact.reader, card, fact.amount_fen, fact.fee, seq, stamp.wall_ms))
        case PaymentDropped(txn=txn):
            _change(db, _DROP, (txn,))
        case PaymentTaken(txn=txn) as fact:
            _change(db, _TAKE, (fact.provider_id, fact.amount_fen, stamp.wall_ms, txn))
        case PaymentLapsed(txn=txn):
            _change(db, _LAPSE, (txn,))
        case PaymentSettled(txn=txn, provider_id=number) | PaymentRefused(txn=txn, provider_id=number):
            _change(db, _END, (number, txn))


def read(keys: tuple[bytes, ...], found: tuple[Any, ...]) -> Begun:
    """A payment, as ALL finds it."""
    txn, reader, card, amount_fen, fee, at_ms, dropped, provider_id = found
    number = decrypt_card(keys, txn, card) if card else ""
    return Begun(
        txn, reader, number or "", amount_fen, fee, at_ms, bool(dropped), provider_id, locked=number is None
    )


_WANT = "INSERT INTO payment (txn, reader, card, amount_fen, fee, seq, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
_DROP = "UPDATE payment SET dropped = 1 WHERE txn = ? AND provider_id = ''"
_TAKE = "UPDATE payment SET provider_id = ?, amount_fen = ?, at_ms = ? WHERE txn = ? AND provider_id = ''"
_LAPSE = "DELETE FROM payment WHERE txn = ? AND provider_id = ''"
_END = "DELETE FROM payment WHERE provider_id = ? AND txn = ?"


def _change(db: Connection, sql: str, values: tuple[Any, ...]) -> None:
    if db.execute(sql, values).rowcount != 1:
        raise Contradiction(f"payment {values[-1]} was not begun, or was told otherwise already")
