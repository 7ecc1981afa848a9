"""What the provider for trying remembers: bills and the money that somebody pretended to pay. In memory alone.

A request and a notification are JSON with an HMAC-SHA-256 of its octets in the header `SIGNATURE`.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from msgspec import Struct

from central.payments.provider import Money
from wire.learn import learn

SIGNATURE = "X-Shuwu-Signature"


class Asked(Struct, frozen=True, omit_defaults=True):
    """One question of central's."""

    verb: Literal["create", "status", "cancel", "listing"]
    reference: str = ""
    amount_fen: int = 0
    expires_ms: int = 0
    first_ms: int = 0
    last_ms: int = 0


class Answer(Struct, frozen=True, omit_defaults=True):
    code: str = ""
    money: list[Money] = []


learn(Asked, Answer)


def sign(key: bytes, body: bytes) -> str:
    """64 hexadecimal digits."""
    return hmac.new(key, body, "sha256").hexdigest()


@dataclass(slots=True)
class Bill:
    amount_fen: int
    expires_ms: int
    cancelled: bool = False
    paid: list[Money] = field(default_factory=list)

    def is_open(self, now_ms: int) -> bool:
        """Whether an honest wallet takes money by it."""
        return not (self.cancelled or self.paid) and now_ms < self.expires_ms


class Bills:
    """All of them, for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._bills: dict[str, Bill] = {}

    def answer(self, asked: Asked, address: str) -> Answer:
        """What the provider says; `address` is where its pages are."""
        with self._lock:
            bill = self._bills.get(asked.reference)
            match asked.verb:
                case "create":
                    self._bills.setdefault(asked.reference, Bill(asked.amount_fen, asked.expires_ms))
                    return Answer(f"{address}/pay/{asked.reference}")
                case "status":
                    return Answer(money=list(bill.paid) if bill else [])
                case "cancel":
                    if bill:
                        bill.cancelled = True
                    return Answer()
                case "listing":
                    paid = [money for one in self._bills.values() for money in one.paid]
                    return Answer(
                        money=[one for one in paid if asked.first_ms <= one.paid_ms < asked.last_ms]
                    )

    def find(self, reference: str) -> Bill | None:
        with self._lock:
            return self._bills.get(reference)

    def newest(self) -> list[tuple[str, Bill]]:
        """The last ones, the newest first."""
        with self._lock:
            return list(self._bills.items())[:-21:-1]

    def pay(self, reference: str, now_ms: int) -> Money | None:
        """Somebody pays, whether the bill is open or not: a wallet may be late. None: there is no such bill."""
        with self._lock:
            bill = self._bills.get(reference)
            if bill is None:
                return None
            money = Money(f"LOCAL{secrets.token_hex(8).upper()}", reference, bill.amount_fen, now_ms)
            bill.paid.append(money)
            return money
