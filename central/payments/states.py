"""How far a payment is, by what kiosk, provider and staff say of it. Pure.

    wanted ── offered ─┬─ dropped ── lapsed         no money: the kiosk waits no more, then has given it up
                       └─ paid ── taken ─┬─ settled   the ILS has booked it
                                         └─ refused   the ILS will not: for staff
    paid, taken → orphaned   the kiosk that should book it cannot any more: for staff

- The kiosk's word comes in facts, maybe again, maybe after a restored backup; the provider's when it is asked, or
  by itself. Each raises the state by `NEXT` and never lowers it, so that their order makes no difference.
- Money beats everything that says there is none: what was dropped or lapsed is paid all the same.
- An end that the kiosk tells stands, also over what central had taken for orphaned. Where staff had given that money
  back meanwhile, both are shown as a contradiction until somebody has put it right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, Literal

from wire import facts
from wire.facts import Fact

State = Literal["wanted", "offered", "dropped", "lapsed", "paid", "taken", "orphaned", "settled", "refused"]
Use = Literal["payment", "surplus", "odd", "unknown"]

STATES: Final = (
    "wanted", "offered", "dropped", "lapsed", "paid", "orphaned", "taken", "refused", "settled",
)  # fmt: skip
WITHOUT_MONEY: Final = ("wanted", "offered", "dropped", "lapsed")
FOR_STAFF: Final = ("refused", "orphaned")
UNDER_WAY: Final = ("paid", "taken")
"""Money that the kiosk is still to book."""
OPEN: Final = ("wanted", "offered", *UNDER_WAY)
"""Somebody waits for it."""
USES: Final = ("payment", "surplus", "odd", "unknown")
"""What money is for: a payment; more than was wanted once; another amount; nobody knows what."""

NEXT: Mapping[str, frozenset[str]] = {
    "wanted": frozenset({"offered", "dropped", "lapsed", "paid", "taken", "settled", "refused"}),
    "offered": frozenset({"dropped", "lapsed", "paid", "taken", "settled", "refused"}),
    "dropped": frozenset({"lapsed", "paid", "taken", "settled", "refused"}),
    "lapsed": frozenset({"orphaned", "taken", "settled", "refused"}),
    "paid": frozenset({"taken", "orphaned", "settled", "refused"}),
    "orphaned": frozenset({"taken", "settled", "refused"}),
    "taken": frozenset({"orphaned", "settled", "refused"}),
    "refused": frozenset(),
    "settled": frozenset(),
}
"""State → those that may follow it. Money for what the kiosk has given up is orphaned at once."""

SAYS: Mapping[type[Fact], State] = {
    facts.PaymentWanted: "wanted",
    facts.PaymentDropped: "dropped",
    facts.PaymentLapsed: "lapsed",
    facts.PaymentTaken: "taken",
    facts.PaymentSettled: "settled",
    facts.PaymentRefused: "refused",
}
CONCERNED: frozenset[type[Fact]] = frozenset(SAYS)
"""Kinds of facts that tell of payments."""


def after(state: str, says: str) -> str:
    """The state when something says this."""
    return says if says in NEXT[state] else state


def with_money(state: str) -> str:
    """The state when money has come."""
    return "orphaned" if state == "lapsed" else after(state, "paid")


def reference(device: str, txn: str) -> str:
    """A payment's name at the provider: 32 hexadecimal digits, the same whenever they are made."""
    return hashlib.sha256(f"shuwu payment {device} {txn}".encode()).hexdigest()[:32]
