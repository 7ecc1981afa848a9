"""Amnesties of ours at an ILS that has none: the fee of what comes back within them is forgiven there.

- Only where the gateway is told how (`waive_with`), and only what the ILS says with the return itself: the reader
  (AA of the 10) and what this return costs (BV). What was owed before stays, and so does what an ILS does not tell.
- Told as a payment (37) of that type over the forgiven share, under a number of its own, after the return is done:
  a reader does not wait for it. The audit has each, taken or not; what was not taken is for staff.
- An amnesty for one type of reader is not applied: an ILS has types of its own.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal, InvalidOperation
from functools import partial

from central.circulation.gateway.journal import Where
from central.circulation.gateway.means import Means, found, new_txn
from central.circulation.gateway.relay import Relay
from central.circulation.gateway.session import Silent, Unreached
from central.circulation.gateway.upstream import Upstream
from central.circulation.ledger import amnesties, audit
from central.circulation.ledger.desk import Desk
from central.circulation.server.wording import CURRENCY, moment, yuan
from wire.sip2 import messages as m
from wire.sip2.codes import FeeType

NUMBER = "W"
"""Before the number of such a payment (BK)."""
MAX_FEN = 10_000_00
"""A return that costs more than 10,000 yuan is a mistake somewhere."""


class Waiving:
    """The amnesties of one gateway's branches."""

    def __init__(self, upstream: Upstream, relay: Relay, means: Means, payment_type: str) -> None:
        """`payment_type` is what forgives a fee at this ILS; empty: nothing does."""
        self._upstream = upstream
        self._relay = relay
        self._means = means
        self._payment_type = payment_type
        self._under_way: set[asyncio.Task[None]] = set()

    def after(self, answer: m.CheckinResponse, where: Where, desk: Desk) -> None:
        """A book came back at `desk`: forgive what it costs, beside whatever goes on."""
        card, fee_fen = answer.patron_identifier.strip(), fee_of(answer)
        if not (self._payment_type and card and fee_fen and answer.ok):
            return
        task = asyncio.create_task(self._waive(card, fee_fen, where, desk))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Wait for what is under way; each ends by the time-out of its question."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _waive(self, card: str, fee_fen: int, where: Where, desk: Desk) -> None:
        amnesty = await found(
            self._means.database.ask(partial(amnesties.in_force, desk=desk, reader_type=""))
        )
        if amnesty is None:
            return
        share_fen, number = amnesty.share(fee_fen), NUMBER + new_txn()
        paid = m.FeePaid(
            transaction_date=moment(desk),
            fee_type=FeeType.OVERDUE,
            payment_type=self._payment_type,
            currency_type=CURRENCY,
            fee_amount=yuan(share_fen),
            patron_identifier=card,
            transaction_id=number,
        )
        try:
            location = self._relay.location_of(where.branch)
            answer = await self._upstream.ask(self._relay.outward(paid, where), location)
            taken = isinstance(answer, m.FeePaidResponse) and answer.payment_accepted
        except (Unreached, Silent):
            taken = False
        action = "fee_waived_at_ils" if taken else "fee_not_waived_at_ils"
        subject = f"#{amnesty.id} {number} {share_fen}"
        await self._means.database.change(partial(audit.record, desk=desk, action=action, subject=subject))


def fee_of(answer: m.CheckinResponse) -> int:
    """What a return costs, in 分; 0 where the ILS does not say, or says what is no amount."""
    text = next((value for code, value in answer.extra if code == "BV"), "")
    try:
        fen = int(Decimal(text.strip()) * 100) if text.strip() else 0
    except (InvalidOperation, OverflowError, ValueError):
        return 0
    return fen if 0 < fen <= MAX_FEN else 0
