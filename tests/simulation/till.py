"""Money: a provider whose notifications are late, doubled or lost, readers' telephones, and central's real cashier.

The provider keeps its books for ever. Telephones pay when they like: before a code's time is over, after it, twice, or when
their reader has long gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import select

from central.payments.cashier import Cashier, receive
from central.payments.models import DeskPayment, ProviderPayment
from central.payments.provider import Away, Forged, Money
from central.payments.states import FOR_STAFF
from tests.simulation.lists import SIGNING
from tests.simulation.timeline import HOUR, MINUTE, SECOND, Timeline

if TYPE_CHECKING:  # central has its till
    from tests.simulation.central import Central

AWAY = 0.05
"""Of the questions to the provider."""
UNHEARD, DOUBLED = 0.3, 0.2
"""Of its notifications."""
CODE_MS = 180_000
PACE = ((HOUR, 50 * MINUTE), (26 * HOUR, 13 * HOUR))
"""Central asks less often than it does elsewhere: each look costs the simulation time."""
UNTOLD_MS = 3 * MINUTE
"""Between two turns that tell a kiosk of its money: one that is away for hours is told often enough."""
COMPANY_MS = 20 * MINUTE
"""So long a look that nobody waits for is put off, to be made with the next ones."""
NEVER_MS = 2**52
_WAITING = (
    "SELECT min(look_ms), (SELECT txn FROM desk_payment WHERE state = 'paid' LIMIT 1) FROM desk_payment"
)
"""By the driver alone: asked after each group that central stores."""


@dataclass
class Shop:
    """A `central.payments.provider.Provider`."""

    timeline: Timeline
    chance: Random
    calm: bool = False
    codes: dict[str, int] = field(default_factory=dict)
    """By code, the amount; a code is its reference."""
    money: list[Money] = field(default_factory=list)
    paid: Counter[str] = field(default_factory=Counter)
    """By reference."""

    def create(self, amount_fen: int, reference: str, expires_ms: int) -> str:
        self._answer()
        self.codes[reference] = amount_fen
        return reference

    def status(self, reference: str) -> Sequence[Money]:
        self._answer()
        return [one for one in self.money if one.reference == reference]

    def cancel(self, reference: str) -> None:
        self._answer()

    def verify(self, headers: Mapping[str, str], body: bytes) -> Money:
        raise Forged("nobody sends one")

    def listing(self, first_ms: int, last_ms: int) -> Sequence[Money]:
        return [one for one in self.money if first_ms <= one.paid_ms < last_ms]

    def take(self, code: str) -> Money:
        """A telephone pays."""
        money = Money(f"P{len(self.money):06}", code, self.codes[code], self.timeline.wall_ms)
        self.money.append(money)
        self.paid[code] += 1
        self.timeline.note("provider", f"{money.amount_fen} by {code[:8]} ({money.provider_id})")
        return money

    def _answer(self) -> None:
        if not self.calm and self.chance.random() < AWAY:
            raise Away


class Till:
    """The process that deals with payments; it lives and dies with central's."""

    def __init__(self, central: Central, timeline: Timeline, chance: Random) -> None:
        self._central = central
        self._timeline = timeline
        self._chance = chance
        self.shop = Shop(timeline, chance)
        self._planned: int | None = None
        self._cashier = Cashier(central.engine, self.shop, SIGNING, central.tell, CODE_MS, PACE)

    # ------------------------------------------------------------ readers
    def pay(self, code: str) -> None:
        """A telephone pays, and central hears of it, or not; in the quiet nobody does."""
        if self.shop.calm:
            self._timeline.after(MINUTE, partial(self.pay, code))
            return
        money = self.shop.take(code)
        for _ in range(2 if self._chance.random() < DOUBLED else 1):
            if self._chance.random() > UNHEARD:
                self._timeline.after(self._chance.uniform(0, 90) * SECOND, partial(self._notified, money))

    def _notified(self, money: Money) -> None:
        if self._central.up:
            with self._central.sessions.begin() as session:
                receive(session, money, self._central.now_ms)
            self.look()

    # ------------------------------------------------------------ central
    def look(self) -> None:
        """Something is new: a turn comes soon."""
        self._plan(self._chance.uniform(0.2, 2) * SECOND)

    def reconcile(self) -> None:
        """Staff lay the provider's list beside ours, and take over what is missing."""
        with self._central.sessions.begin() as session:
            for money in self.shop.listing(0, NEVER_MS):
                receive(session, money, self._central.now_ms)
        self.look()

    def _plan(self, wait_ms: float) -> None:
        at = self._timeline.now_ms + int(wait_ms)
        if self._planned is None or at < self._planned:
            self._planned = at
            self._timeline.after(wait_ms, partial(self._turn, at))

    def _turn(self, at: int) -> None:
        if at != self._planned:
            return
        self._planned = None
        central = self._central
        if not central.up:
            return
        with central.readonly.connect() as connection:
            due, untold = connection.connection.cursor().execute(_WAITING).fetchone()
        if untold is not None or (due is not None and due <= central.now_ms):
            self._cashier.tick(central.now_ms)
        if untold is not None:
            self._plan(UNTOLD_MS)
        elif due is not None:
            left_ms = due - central.now_ms
            self._plan(max(left_ms, 2 * SECOND) if left_ms < MINUTE else left_ms + COMPANY_MS)

    # ------------------------------------------------------------ the audit
    def settled(self) -> dict[str, str]:
        """Numbers of money that a kiosk has booked, by central's word; and its state."""
        row = DeskPayment
        with self._central.reading() as session:
            return {
                number: state
                for number, state in session.execute(select(row.provider_id, row.state))
                if number
            }

    def for_staff(self) -> set[str]:
        """Numbers of money on the staff's list."""
        row, money = DeskPayment, ProviderPayment
        with self._central.reading() as session:
            mine = session.scalars(select(row.provider_id).where(row.state.in_(FOR_STAFF)))
            rest = session.scalars(select(money.provider_id).where(money.use != "payment"))
            return {*mine, *rest}
