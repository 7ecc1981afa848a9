"""What a start finds in the journal, and what it makes of it. Pure.

| found                                        | made of it                                             |
| -------------------------------------------- | ------------------------------------------------------ |
| an intent without outcome                    | owed; asked about as soon as the ILS is there          |
| a loan or return made, its tag not reported  | `tag.unchanged`: for staff and the gate's tolerance    |
| a book that was the reader's already, same   | the same                                               |
| an order taken, not answered                 | refused: whoever gave it sees that it was not done     |
"""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.effects import Record
from kiosk.journal import Intent
from kiosk.owed import Debt, Owed
from kiosk.session import tags
from wire import facts
from wire.envelope import UnknownFact
from wire.faults import number
from wire.orders import Order

ORDER_NOT_POSSIBLE = number("order_not_possible")
LOOK_BACK = 256
"""Facts read at a start: more than a session can have left behind."""


def debts(intents: Iterable[Intent]) -> Owed:
    """Everything that is owed, oldest first."""
    return Owed(
        tuple(
            Debt(intent.txn, intent.kind, intent.item, intent.reader, intent.card, told=intent.owed)
            for intent in intents
        )
    )


def untold_tags(tail: Iterable[facts.AnyFact | UnknownFact]) -> list[Record]:
    """Facts for the tags that were to be written when the power went.

    Args:
        tail: the journal's last facts, oldest first.
    """
    waiting: dict[str, bool] = {}
    for fact in tail:
        match fact:
            case facts.LoanMade(settled=False) | facts.LoanRefused(fault=tags.ALREADY_YOURS):
                waiting[fact.item] = False
            case facts.ReturnMade(settled=False):
                waiting[fact.item] = True
            case facts.TagChanged() | facts.TagUnchanged():
                waiting.pop(fact.item, None)
    return [
        Record(
            facts.TagUnchanged("", item, secured, tags.TAG_NOT_SECURED if secured else tags.TAG_NOT_CLEARED)
        )
        for item, secured in waiting.items()
    ]


def unanswered(orders: Iterable[Order]) -> list[Record]:
    """A refusal for each order that was taken and never answered."""
    return [Record(facts.OrderRefused(o.number, o.verb, ORDER_NOT_POSSIBLE)) for o in orders]
