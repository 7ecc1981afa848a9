"""A world in which readers pay: an ILS that books money under its number, a central that has it, telephones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from kiosk import config
from kiosk.central_events import OrderArrived
from kiosk.effects import AnyEffect
from kiosk.errand_effects import AskAccount, ErrandQuestion
from kiosk.errand_events import Account, AccountAnswered, ErrandEvent, Fee
from kiosk.errands.paying import Paying
from kiosk.events import AnyEvent, IlsSilent, Touched
from kiosk.payment_effects import AskPayment
from kiosk.payment_events import PaymentAnswered
from tests.journeys.affairs import TAKES, Affairs
from tests.journeys.house import READER, Hands, Kiosk, World
from wire import facts
from wire.faults import number
from wire.orders import Order

OVERPAID = number("overpaid")
CODE_MS = 180_000
TAKING = (facts.PaymentTaken, facts.PaymentSettled, facts.PaymentRefused)


class Fees(Affairs):
    """The account with what is open."""

    def _do(self, asked: ErrandQuestion, world: World) -> ErrandEvent:
        assert isinstance(world, Hall)
        said = super()._do(asked, world)
        if not isinstance(asked, AskAccount) or not isinstance(said, AccountAnswered):
            return said
        fen = world.owes.get(asked.card, 0)
        fees = (Fee("17", fen, "逾期费"),) if fen else ()
        return AccountAnswered(asked.ask, Account(fees=fees, owed_fen=fen))


@dataclass
class Hall(World):
    """The ILS's books, and the provider's."""

    takes: frozenset[str] = TAKES | {"37"}
    affairs: Affairs = field(default_factory=Fees)
    owes: dict[str, int] = field(default_factory=lambda: {READER.card: 1250})
    """card → 分."""
    booked: dict[str, int] = field(default_factory=dict)
    """Number of a payment → 分: what the ILS has."""
    told: Counter[str] = field(default_factory=Counter)
    """How often the ILS was told of each number."""
    paid: dict[str, str] = field(default_factory=dict)
    """txn → number of the money that the provider has."""
    orders: int = 0


class Books(Hands):
    """The ILS's part."""

    world: Hall

    def _act(self, effect: AnyEffect) -> AnyEvent | None:
        world = self.world
        match effect:
            case AskPayment(txn=txn) if world.deaf or isinstance(effect, self.deaf_to):
                return IlsSilent(txn=txn)
            case AskPayment(txn=txn):
                answer = self._book(effect)
                return IlsSilent(txn=txn) if world.silent or isinstance(effect, self.mute_to) else answer
        return super()._act(effect)

    def _book(self, asked: AskPayment) -> PaymentAnswered:
        """Told twice it is one payment, and the same answer."""
        world, name = self.world, asked.provider_id
        world.told[name] += 1
        if name not in world.booked:
            if asked.amount_fen > world.owes.get(asked.card, 0):
                return PaymentAnswered(asked.txn, OVERPAID, asked.card)
            world.owes[asked.card] -= asked.amount_fen
            world.booked[name] = asked.amount_fen
        return PaymentAnswered(asked.txn, None, asked.card)


class Till(Kiosk):
    """The kiosk of that world, and central at the other end of its line."""

    hands_of = Books
    world: Hall

    def __init__(self, folder: Path, world: Hall) -> None:
        super().__init__(folder, world)
        self.rules = self.loop._rules = replace(self.rules, desk=config.Desk(offers=frozenset({"pay"})))

    def touch(self, *touches: str) -> None:
        for one in touches:
            action, _, about = one.partition(" ")
            self.happen(Touched(action, about))  # type: ignore[arg-type]  # one of the actions

    @property
    def paying(self) -> Paying | None:
        return self.loop.kiosk.errand.paying

    def wanted(self) -> str:
        """txn of the last wish."""
        return [fact.txn for fact in self.facts() if isinstance(fact, facts.PaymentWanted)][-1]

    def want(self, fee: str = "") -> str:
        """A reader comes and wants to pay."""
        self.card()
        self.touch("fees", f"pay {fee}".strip())
        return self.wanted()

    def order(self, verb: str, txn: str, **more: object) -> None:
        """Central gives one."""
        world = self.world
        world.orders += 1
        left_ms = CODE_MS if verb == "payment.show" else 86_400_000
        order = Order(world.orders, verb, world.wall_ms, world.wall_ms + left_ms, txn=txn, **more)  # type: ignore[arg-type]
        self.happen(OrderArrived(order))

    def offer(self, code: str = "https://pay.example/1") -> None:
        self.order("payment.show", self.wanted(), code=code)

    def pay(self, txn: str, provider_id: str = "4200001") -> None:
        """A telephone pays; central does not know yet."""
        self.world.paid[txn] = provider_id

    def hear(self) -> None:
        """Central hears of the money, and says so of each that no fact tells of."""
        known = {fact.txn for fact in self.facts() if isinstance(fact, facts.PaymentTaken)}
        wanted = {f.txn: f.amount_fen for f in self.facts() if isinstance(f, facts.PaymentWanted)}
        for txn, provider_id in self.world.paid.items():
            if txn not in known:
                self.order("payment.made", txn, provider_id=provider_id, amount_fen=wanted.get(txn, 1250))


def assert_paid(kiosk: Till) -> None:
    """What the provider has is in the ILS once or told as refused; what it has not is open nowhere but as dropped."""
    told = kiosk.facts()
    taken = {fact.txn: fact for fact in told if isinstance(fact, facts.PaymentTaken)}
    ends = [fact for fact in told if isinstance(fact, facts.PaymentSettled | facts.PaymentRefused)]
    assert {txn: fact.provider_id for txn, fact in taken.items()} == kiosk.world.paid
    assert sorted(fact.txn for fact in ends) == sorted(taken)
    settled = {fact.provider_id: fact.amount_fen for fact in ends if isinstance(fact, facts.PaymentSettled)}
    assert settled == kiosk.world.booked
    left = kiosk.journal.payments()
    assert all(one.dropped and not one.provider_id for one in left), left
    assert {one.txn for one in kiosk.loop.kiosk.payments.open} == {one.txn for one in left}
