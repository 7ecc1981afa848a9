"""Amnesties of ours at an ILS that has none: the fee of what comes back within them is forgiven there.

- Only where the gateway is told how (`waive_with`), and only what a return itself costs: old debts stay.
- What the ILS says with the return, the reader (AA of the 10) and the cost (BV), is believed. What it does not say is
  asked: before the return whether the item is overdue, with the reader to whom the gateway lent it (63) or by its due
  date (17); after it which fine bears the item's number or title (63). One such fine is its cost; two are nobody's.
- Told as a payment (37) of that type over the forgiven share, under a number of its own, after the return is done:
  a reader does not wait for it. The audit has each, taken or not; what was not taken is for staff.
- An amnesty for one type of reader is not applied: an ILS has types of its own.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from central.circulation.gateway import borrowers
from central.circulation.gateway.journal import Where
from central.circulation.gateway.means import Means, found, new_txn
from central.circulation.gateway.relay import Relay, due_day, last_moment
from central.circulation.gateway.session import Silent, Unreached
from central.circulation.gateway.store import Transaction
from central.circulation.gateway.upstream import Upstream
from central.circulation.ledger import amnesties, audit
from central.circulation.ledger.amnesties import InForce
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.yuan import fen
from central.circulation.server.wording import CURRENCY, moment, yuan
from central.statements import Cursor
from wire.sip2 import messages as m
from wire.sip2.codes import FeeType, Summary
from wire.sip2.declare import Message

NUMBER = "W"
"""Before the number of such a payment (BK)."""
MAX_FEN = 10_000_00
"""A return that costs more than 10,000 yuan is a mistake somewhere."""
ASK_PART = 0.25
"""Of the time for one answer, what a return waits for its amnesty."""
AMOUNT = re.compile(r"(?:(?<![A-Za-z\d.,/-])|(?<=CNY)|(?<=RMB))\d{1,6}[.,]\d{2}(?![\d.,])")
"""An amount within a line of AV, which each system words as it likes; no call number (`I247.57`)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known before a return that an amnesty covers."""

    amnesty: InForce
    overdue: bool
    card: str
    """Of who has the item overdue; empty where the ILS alone may know."""


class Waiving:
    """The amnesties of one gateway's branches."""

    def __init__(self, upstream: Upstream, relay: Relay, means: Means, payment_type: str) -> None:
        """`payment_type` is what forgives a fee at this ILS; empty: nothing does."""
        self._upstream = upstream
        self._relay = relay
        self._means = means
        self._payment_type = payment_type
        self._under_way: set[asyncio.Task[None]] = set()

    def lent(self, cursor: Cursor, row: Transaction, card: str) -> None:
        """Keep who has it now, in the caller's transaction."""
        if self._payment_type and card:
            borrowers.note(cursor, self._means, row, card)

    def returned(self, cursor: Cursor, row: Transaction) -> None:
        """Nobody has it any more, in the caller's transaction."""
        if self._payment_type:
            borrowers.forget(cursor, row.gateway, row.item)

    async def before(self, item: str, where: Where, desk: Desk) -> Expected | None:
        """What is to be known of an item that is about to come back; None where nothing will be forgiven."""
        if not self._payment_type:
            return None
        amnesty, card = await found(self._means.database.ask(partial(self._look, item=item, desk=desk)))
        if amnesty is None:
            return None
        overdue = False
        with suppress(Unreached, Silent, TimeoutError):
            async with asyncio.timeout(self._upstream.timeout_s * ASK_PART):
                overdue = await self._is_overdue(item, card, where, desk)
        return Expected(amnesty, overdue, card if overdue else "")

    def after(self, answer: m.CheckinResponse, expected: Expected | None, where: Where, desk: Desk) -> None:
        """A book came back at `desk`: forgive what it costs, beside whatever goes on."""
        if expected is None or not answer.ok:
            return
        task = asyncio.create_task(self._waive(answer, expected, where, desk))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Wait for what is under way; each ends by the time-outs of its questions."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    # ---------------------------------------------------------------- what it costs
    def _look(self, cursor: Cursor, item: str, desk: Desk) -> tuple[InForce | None, str]:
        amnesty = amnesties.in_force(cursor, desk, "")
        if amnesty is None:
            return None, ""
        return amnesty, borrowers.card_of(cursor, self._means, self._upstream.name, item)

    async def _is_overdue(self, item: str, card: str, where: Where, desk: Desk) -> bool:
        if card and not self._upstream.dialect.lists_titles:
            answer = await self._ask(_listing(card, Summary.OVERDUE, desk), where)
            listed = answer.overdue_items if isinstance(answer, m.PatronInformationResponse) else ()
            return item in {one.strip() for one in listed}
        answer = await self._ask(
            m.ItemInformation(transaction_date=moment(desk), item_identifier=item), where
        )
        told = answer.due_date if isinstance(answer, m.ItemInformationResponse) else ""
        due = due_day(last_moment(told, desk.zone))
        return "" < due < desk.today.isoformat() and due[:1].isdigit()

    async def _cost_fen(self, answer: m.CheckinResponse, card: str, where: Where, desk: Desk) -> int:
        """What the return costs by the reader's list of fines; 0 where that does not tell."""
        fines = await self._ask(_listing(card, Summary.FINE, desk), where)
        if not isinstance(fines, m.PatronInformationResponse):
            return 0
        return fine_of(fines.fine_items, answer.item_identifier, answer.title_identifier)

    async def _waive(self, answer: m.CheckinResponse, expected: Expected, where: Where, desk: Desk) -> None:
        card, fee_fen = answer.patron_identifier.strip() or expected.card, fee_of(answer)
        if card and not fee_fen and expected.overdue:
            with suppress(Unreached, Silent):
                fee_fen = await self._cost_fen(answer, card, where, desk)
        if card and fee_fen:
            await self._pay(card, fee_fen, expected.amnesty, where, desk)

    # ---------------------------------------------------------------- forgiven
    async def _pay(self, card: str, fee_fen: int, amnesty: InForce, where: Where, desk: Desk) -> None:
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
            answer = await self._ask(paid, where)
            taken = isinstance(answer, m.FeePaidResponse) and answer.payment_accepted
        except (Unreached, Silent):
            taken = False
        action = "fee_waived_at_ils" if taken else "fee_not_waived_at_ils"
        subject = f"#{amnesty.id} {number} {share_fen}"
        await self._means.database.change(partial(audit.record, desk=desk, action=action, subject=subject))

    async def _ask(self, question: Message, where: Where) -> Message:
        location = self._relay.location_of(where.branch)
        return await self._upstream.ask(self._relay.outward(question, where), location)


def _listing(card: str, summary: Summary, desk: Desk) -> m.PatronInformation:
    return m.PatronInformation(
        transaction_date=moment(desk), summary=frozenset({summary}), patron_identifier=card
    )


def fee_of(answer: m.CheckinResponse) -> int:
    """What a return costs, in 分; 0 where the ILS does not say, or says what is no amount."""
    return _fen(next((value for code, value in answer.extra if code == "BV"), ""))


def fine_of(lines: tuple[str, ...], item: str, title: str) -> int:
    """The one amount, in 分, of the one fine that names an item by its number or title; else 0.

    By the whole of it: `三体` is not `三体II`, nor `B1` a part of `B12`.
    """
    names = [re.escape(name.strip()) for name in (item, title) if name.strip()]
    named = re.compile(rf"(?<!\w)(?:{'|'.join(names) or '(?!)'})(?!\w)")
    about = [line for line in lines if named.search(line)]
    amounts = AMOUNT.findall(about[0]) if len(about) == 1 else []
    return _fen(amounts[0].replace(",", ".")) if len(amounts) == 1 else 0


def _fen(text: str) -> int:
    try:
        amount_fen = fen(text)
    except ValueError:
        return 0
    return amount_fen if 0 < amount_fen <= MAX_FEN else 0
