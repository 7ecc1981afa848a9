"""What a start finds in the journal, and what it makes of it. Pure.

| found                                        | made of it                                             |
| -------------------------------------------- | ------------------------------------------------------ |
| an intent without outcome                    | owed; asked about when the ILS is there, and not       |
|                                              | sooner than `owed.SILENCE_MS` after it was asked       |
| a loan or return made, its tag not reported  | `tag.unchanged`: for staff and the gate's tolerance    |
| a book that was the reader's already, same   | the same                                               |
| a payment without money                      | dropped: nobody waits for it; its money is still taken |
| money taken, not booked                      | the ILS is asked with its number, not sooner than that |
| an order taken, not answered                 | refused: whoever gave it sees that it was not done     |
| the order to which this journal owes its file | done                                                  |
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from kiosk.clock import RELEASE_MS, Now
from kiosk.debts import SILENCE_MS, Debt
from kiosk.effects import Record
from kiosk.journal import Intent
from kiosk.journal.payments import Begun
from kiosk.owed import SECOND_MS, Owed
from kiosk.payments import Payment, Payments, Stage
from kiosk.session import tags
from wire import facts
from wire.envelope import UnknownFact
from wire.faults import number
from wire.orders import Order

ORDER_NOT_POSSIBLE = number("order_not_possible")
OF_TAGS = frozenset(
    {
        facts.LoanMade,
        facts.LoanRenewed,
        facts.LoanGranted,
        facts.LoanRefused,
        facts.ReturnMade,
        facts.ReturnTaken,
        facts.TagChanged,
        facts.TagUnchanged,
    }
)
"""After these a tag is to be written, or was: few of the many that a start looks back at."""
RUNS_ON_MS = 30 * 86_400_000
"""So long, at most, a board has gone on with a clock that nobody sets. The next one that is not set may begin elsewhere: in
1970, or on the day on which the system was built.
"""


def debts(intents: Iterable[Intent], now: Now, boot: str) -> Owed:
    """Everything that is owed, in the order in which it happened.

    What happened in this boot its monotonic clock dates. What happened before it central's clock dates, where central was
    heard in that boot; else the wall clock, which is taken to be as wrong as it was. What nobody can date happened before
    what came after it: the ILS is told of one second no more than one thing.

    Args:
        intents: oldest first.
        now: of this start.
        boot: the one of this start.
    """
    found: list[Debt] = []
    next_ms, next_wall_ms = now.mono_ms + SECOND_MS, None
    for intent in reversed(list(intents)):
        debt = _debt(intent, now, boot)
        if intent.boot != boot and not _is_dated(_at_ms(intent), now):
            debt = replace(debt, since_ms=min(debt.since_ms, next_ms - SECOND_MS))
        if next_wall_ms is not None and intent.boot != boot and _at_ms(intent) < RELEASE_MS:
            debt = replace(debt, wall_ms=next_wall_ms - SECOND_MS)
        next_ms, next_wall_ms = debt.since_ms, debt.wall_ms
        found.append(debt)
    return Owed(tuple(reversed(found)))


def _debt(intent: Intent, now: Now, boot: str) -> Debt:
    at_ms, counts = _at_ms(intent), intent.boot == boot
    age_ms = now.mono_ms - intent.mono_ms if counts else _age_ms(at_ms, now)
    stands = intent.central_ms is not None or (at_ms >= RELEASE_MS and at_ms > now.wall_ms)
    by_rule = intent.granted or intent.taken
    return Debt(
        intent.txn,
        intent.kind,
        intent.item,
        intent.reader,
        intent.card,
        told=intent.owed or by_rule,
        by_rule=by_rule,
        was_lent=intent.was_lent,
        locked=intent.locked,
        due=intent.due,
        reader_type=intent.reader_type,
        title=intent.title,
        call_number=intent.call_number,
        since_ms=now.mono_ms - age_ms,
        wall_ms=at_ms if stands and not counts else None,
        not_before_ms=now.mono_ms + max(SILENCE_MS - age_ms, 0),
    )


def payments(begun: Iterable[Begun], now: Now) -> Payments:
    """Money and wishes of earlier runs; whoever stood there has gone."""
    return Payments(tuple(_payment(one, now) for one in begun))


def _payment(one: Begun, now: Now) -> Payment:
    return Payment(
        one.txn,
        one.reader,
        one.card,
        one.amount_fen,
        one.fee,
        Stage.TAKEN if one.provider_id else Stage.DROPPED,
        one.provider_id,
        since_ms=now.mono_ms - _age_ms(one.at_ms, now),
        not_before_ms=now.mono_ms + SILENCE_MS,
        told=True,
        locked=one.locked,
    )


def left_alone(begun: Iterable[Begun]) -> list[Record]:
    """A fact for each payment whose reader the last run left standing."""
    return [
        Record(facts.PaymentDropped(one.txn, "left"))
        for one in begun
        if not one.provider_id and not one.dropped
    ]


def _at_ms(intent: Intent) -> int:
    """When it was, since 1970, as well as its boot ever knew."""
    return intent.at_ms if intent.central_ms is None else intent.central_ms


def _age_ms(at_ms: int, now: Now) -> int:
    """How old something is; what nobody can date is taken for as old as this run."""
    return max(now.wall_ms - at_ms, 0) if _is_dated(at_ms, now) else 0


def _is_dated(at_ms: int, now: Now) -> bool:
    """The clock was set then, or is the same that runs on since then, unset."""
    runs_on = now.wall_ms < RELEASE_MS and now.wall_ms - at_ms <= RUNS_ON_MS
    return at_ms >= RELEASE_MS or runs_on


def untold_tags(tail: Iterable[facts.AnyFact | UnknownFact]) -> list[Record]:
    """Facts for the tags that were to be written when the power went.

    Args:
        tail: the journal's last facts, oldest first.
    """
    waiting: dict[str, bool] = {}
    for fact in tail:
        if type(fact) not in OF_TAGS:
            continue
        match fact:
            case facts.LoanMade(settled=False):
                waiting[fact.item] = fact.read_here
            case (
                facts.LoanRenewed(by_name=False)
                | facts.LoanGranted()
                | facts.LoanRefused(fault=tags.ALREADY_YOURS, settled=False)
            ):
                waiting[fact.item] = False
            case facts.ReturnMade(settled=False) | facts.ReturnTaken():
                waiting[fact.item] = True
            case facts.TagChanged() | facts.TagUnchanged():
                waiting.pop(fact.item, None)
    return [
        Record(
            facts.TagUnchanged("", item, secured, tags.TAG_NOT_SECURED if secured else tags.TAG_NOT_CLEARED)
        )
        for item, secured in waiting.items()
    ]


def staff_gone(tail: Iterable[facts.AnyFact | UnknownFact]) -> list[Record]:
    """A fact that staff have left, where the power went while they were there.

    Args:
        tail: the journal's last facts, oldest first.
    """
    inside = ""
    for fact in tail:
        match fact:
            case facts.ServiceEntered() | facts.ServiceActed() | facts.TagEncoded():
                inside = fact.reader
            case facts.ServiceLeft():
                inside = ""
    return [Record(facts.ServiceLeft(inside, "stopped"))] if inside else []


def unanswered(orders: Iterable[Order], *, renewed: bool = False) -> list[Record]:
    """An answer for each order that was taken and never answered.

    Args:
        orders: those.
        renewed: the journal is a new one because an order wanted it so: that one is done, all others are not.
    """
    return [
        Record(facts.OrderDone(order.number, order.verb))
        if renewed and order.verb == "journal.renew"
        else Record(facts.OrderRefused(order.number, order.verb, ORDER_NOT_POSSIBLE))
        for order in orders
    ]
