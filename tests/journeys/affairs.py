"""What the library system of a journey holds of readers besides loans: due dates, holds, PINs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk import ils_account
from kiosk.errand_effects import (
    AskAccount,
    AskAllRenewed,
    AskCopy,
    AskHold,
    AskPinChange,
    AskRenewal,
    ErrandQuestion,
)
from kiosk.errand_events import (
    Account,
    AccountAnswered,
    AllRenewed,
    Charge,
    CopyAnswered,
    ErrandEvent,
    Hold,
    HoldAnswered,
    PinChanged,
    RenewalAnswered,
)
from wire.faults import number

if TYPE_CHECKING:
    from tests.journeys.house import World

TAKES = frozenset({"63", "17", "29", "65", "15", "81"})
RENEWAL_LIMIT, NOT_ON_LOAN = number("renewal_limit"), number("not_on_loan")
ALREADY_HELD, NOT_HELD = number("already_held"), number("not_held")
PIN_WRONG = number("pin_wrong")


@dataclass
class Affairs:
    renewed: dict[str, int] = field(default_factory=dict)
    """item → how often; more than once is refused."""
    held: dict[str, str] = field(default_factory=dict)
    """item → card."""
    pins: dict[str, str] = field(default_factory=dict)
    """card → PIN."""

    def due(self, item: str) -> str:
        return f"2026-12-{10 + 10 * self.renewed.get(item, 0)}"

    def answer(self, asked: ErrandQuestion, world: World) -> ErrandEvent:
        """What the library system does and says; it hears nothing where it is deaf, and is not heard where silent."""
        if world.deaf or world.late:
            return ils_account.silence(asked)
        said = self._do(asked, world)
        return ils_account.silence(asked) if world.silent else said

    def _do(self, asked: ErrandQuestion, world: World) -> ErrandEvent:
        match asked:
            case AskAccount(ask=ask, card=card):
                charges = tuple(Charge(item) for item, who in world.lent.items() if who == card)
                holds = tuple(
                    Hold(f"《{item}》", False, item) for item, who in self.held.items() if who == card
                )
                return AccountAnswered(ask, Account(charges, holds))
            case AskCopy(ask=ask, item=item):
                return CopyAnswered(ask, item, f"《{item}》", self.due(item) if item in world.lent else "")
            case AskRenewal(txn=txn, card=card, item=item):
                fault = self._renew(item, card, world)
                return RenewalAnswered(txn, fault, f"《{item}》", "", "" if fault else self.due(item))
            case AskAllRenewed(txn=txn, card=card):
                mine = [item for item, who in world.lent.items() if who == card]
                refused = {item: self._renew(item, card, world) for item in mine}
                renewed = tuple(item for item in mine if refused[item] is None)
                return AllRenewed(txn, None, renewed, tuple(item for item in mine if refused[item]))
            case AskHold(txn=txn, card=card, item=item, cancel=cancel):
                return HoldAnswered(txn, self._hold(item, card, cancel=cancel), f"《{item}》", position=1)
            case AskPinChange(txn=txn, card=card, old=old, new=new):
                right = self.pins.get(card, "111111") == old
                if right:
                    self.pins[card] = new
                return PinChanged(txn, None if right else PIN_WRONG)

    def _renew(self, item: str, card: str, world: World) -> int | None:
        if world.lent.get(item) != card:
            return NOT_ON_LOAN
        if self.renewed.get(item):
            return RENEWAL_LIMIT
        self.renewed[item] = 1
        return None

    def _hold(self, item: str, card: str, *, cancel: bool) -> int | None:
        if cancel:
            return None if self.held.pop(item, None) else NOT_HELD
        if item in self.held:
            return ALREADY_HELD
        self.held[item] = card
        return None
