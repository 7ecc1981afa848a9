"""A provider in memory, a cashier on a settled database, and a kiosk's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select

from central.db import open_sessions
from central.mqtt import Message
from central.payments.cashier import Cashier
from central.payments.models import DeskPayment, ProviderPayment
from central.payments.provider import Away, Declined, Forged, Money
from central.payments.states import reference
from tests.central.ingest import world as ingest
from tests.central.ingest.world import JOURNAL, NOW, READER, ROOM, batch
from wire import facts
from wire.orders import Order
from wire.signing import unseal

TXN, OTHER = "0a" * 8, "0b" * 8
WANTED = facts.PaymentWanted(TXN, READER, 1250, "17", "c2VhbGVk")
REFERENCE = reference(ROOM, TXN)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CODE_MS = 180_000


@dataclass
class Shop:
    """A `central.payments.provider.Provider` that does what the test says."""

    away: bool = False
    declines: bool = False
    codes: dict[str, int] = field(default_factory=dict)
    """By reference, the amount."""
    cancelled: list[str] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    asked: int = 0

    def create(self, amount_fen: int, reference: str, expires_ms: int) -> str:
        self._answer()
        if self.declines:
            raise Declined("no such merchant")
        self.codes[reference] = amount_fen
        return f"wx://{reference}"

    def status(self, reference: str) -> Sequence[Money]:
        self._answer()
        return [one for one in self.money if one.reference == reference]

    def cancel(self, reference: str) -> None:
        self._answer()
        self.cancelled.append(reference)

    def verify(self, headers: Mapping[str, str], body: bytes) -> Money:
        if headers.get("X-Sign") != "ours":
            raise Forged("no signature")
        return msgspec.json.decode(body, type=Money)

    def listing(self, first_ms: int, last_ms: int) -> Sequence[Money]:
        self._answer()
        return [one for one in self.money if first_ms <= one.paid_ms < last_ms]

    def _answer(self) -> None:
        self.asked += 1
        if self.away:
            raise Away

    def pay(self, number: str = "4200001", fen: int = 1250, about: str = REFERENCE, at_ms: int = NOW) -> None:
        self.money.append(Money(number, about, fen, at_ms))


@dataclass
class Till:
    """A cashier at a time that the test moves."""

    engine: Engine
    shop: Shop = field(default_factory=Shop)
    now_ms: int = NOW
    sent: list[Message] = field(default_factory=list)
    seq: int = 1

    def __post_init__(self) -> None:
        self.cashier = Cashier(self.engine, self.shop, KEY, self.sent.append, CODE_MS)

    def tell(self, *of: facts.Fact, journal: str = JOURNAL, first: int | None = None) -> None:
        """A kiosk's facts arrive."""
        begin = self.seq if first is None else first
        ingest.take(
            self.engine,
            ROOM,
            batch(begin, of, wall_ms=self.now_ms - 1000 * begin, journal=journal),
            now_ms=self.now_ms,
        )
        self.seq = begin + len(of) if journal == JOURNAL else self.seq

    def tick(self, after_ms: int = 0) -> list[Order]:
        """The orders that a turn gives."""
        self.now_ms += after_ms
        self.sent.clear()
        self.cashier.tick(self.now_ms)
        return [unseal(KEY.public_key(), one.topic, one.payload, Order) for one in self.sent]

    def answer(self, order: Order, fault: int | None = None) -> None:
        fact = (
            facts.OrderRefused(order.number, order.verb, fault)
            if fault
            else facts.OrderDone(order.number, order.verb)
        )
        self.tell(fact)

    def payment(self) -> DeskPayment:
        with open_sessions(self.engine, readonly=True)() as session:
            return session.scalars(select(DeskPayment)).one()

    def money(self) -> dict[str, str]:
        """By the provider's number, what it is for."""
        with open_sessions(self.engine, readonly=True)() as session:
            return {one.provider_id: one.use for one in session.scalars(select(ProviderPayment))}
