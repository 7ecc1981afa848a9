"""Money that readers pay and get back. See `central.circulation.ledger.models.money` for how the books balance.

- A reader's row is locked first, then the fees: two terminals with one card pay one after the other.
- A provider's number is booked once, whoever tells it, and told again it is the same answer.
"""

from __future__ import annotations

from typing import Final

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Paid, Refused
from central.statements import Cursor

METHODS: Final = ("cash", "wechat", "alipay", "card", "other")
CURRENCIES: Final = frozenset({"CNY", "RMB"})
"""One currency under the two names that terminals use (BH)."""


def pay(
    cursor: Cursor,
    desk: Desk,
    card: str,
    amount_fen: int,
    *,
    method: str,
    provider_id: str | None = None,
    fee_id: int | None = None,
) -> Paid | Refused:
    """Pay fees (37): one fee, or the oldest first; in part too.

    Refused with `card_unknown`, `fee_unknown` (no such fee of this reader), `overpaid` (nothing above what is
    open is taken; nothing at all where the amount is not above 0), `paid_already` (the provider's number is in
    the books as another payment).
    """
    raise NotImplementedError


def pay_deposit(
    cursor: Cursor, desk: Desk, card: str, amount_fen: int, *, method: str, provider_id: str | None = None
) -> Paid | Refused:
    """Take a deposit (押金)."""
    raise NotImplementedError


def return_deposit(cursor: Cursor, desk: Desk, card: str, *, method: str) -> Paid | Refused:
    """Give the whole deposit back. Refused with `loans_open` or `fees_owed` while there are any."""
    raise NotImplementedError
