"""Orders that were taken: their numbers for ever, and whether a fact says what became of them."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from kiosk.journal.database import Connection
from wire.envelope import UNDECODABLE
from wire.facts import Fact, OrderDone, OrderRefused
from wire.orders import Order

ANSWERS = (OrderDone, OrderRefused)


def take(db: Connection, order: Order) -> None:
    """Keep the order. Its number must be new."""
    body = msgspec.json.encode(order).decode()
    db.execute("INSERT INTO taken_order (number, body) VALUES (?, ?)", (order.number, body))


def answer(db: Connection, fact: Fact) -> None:
    """The order that this fact answers, if it is one that does, waits for nothing more."""
    if isinstance(fact, ANSWERS):
        db.execute("UPDATE taken_order SET answered = 1 WHERE number = ?", (fact.order,))


def unanswered(db: Connection) -> list[Order]:
    """Oldest first. One whose text is damaged is nobody's any more."""
    found = []
    for (body,) in db.execute("SELECT body FROM taken_order WHERE NOT answered ORDER BY number"):
        with suppress(*UNDECODABLE):
            found.append(msgspec.json.decode(body, type=Order))
    return found
