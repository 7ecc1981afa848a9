"""What a judged order does (`kiosk.orders` judges it). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from kiosk import memory, owed, payments
from kiosk.central_events import CountOrdered, DrillOrdered, ReleaseOrdered
from kiosk.clock import Now
from kiosk.core import Kiosk, Rules, Stepped, step
from kiosk.courtesies import calls
from kiosk.effects import EndProgram, Record, TakeOrder
from kiosk.events import AnyEvent, StopAsked
from kiosk.orders import Replayed
from wire import facts
from wire.faults import number
from wire.orders import Order

ORDER_NOT_POSSIBLE = number("order_not_possible")
ROOM: Mapping[str, Callable[[Order], AnyEvent]] = {
    "door.release": lambda order: ReleaseOrdered(order.number, order.seconds),
    "room.count": lambda order: CountOrdered(order.number, order.persons),
    "room.drill": lambda order: DrillOrdered(order.number, order.drill),
}
"""Orders to the room → the event that each is there; whoever carries it out answers it."""


def obey(kiosk: Kiosk, order: Order, verdict: int | Replayed | None, now: Now, rules: Rules) -> Stepped:
    """What the order does. Its number is kept with its answer, or before it."""
    if isinstance(verdict, Replayed):
        return kiosk, ()
    taken = TakeOrder(replace(order, text="") if order.text else order)
    if verdict is None and order.verb == "kiosk.restart":
        kiosk, effects = step(kiosk, StopAsked("order"), now, rules)
        done = Record(facts.OrderDone(order.number, order.verb))
        return kiosk, (taken, *effects, done, EndProgram(restart=True))
    if verdict is None and order.verb == "journal.renew" and kiosk.station.forked:  # the start does it
        kiosk, effects = step(kiosk, StopAsked("order"), now, rules)
        return kiosk, (taken, *effects, EndProgram(restart=True))
    if verdict is None and kiosk.room and (ordered := ROOM.get(order.verb)):
        kiosk, effects = step(kiosk, ordered(order), now, rules)
        return kiosk, (taken, *effects)
    if verdict is None and order.verb == "debt.settle" and order.txn and order.verdict:
        settled = owed.end_by_staff(kiosk.owed, order.txn, done=order.verdict == "done")
        if settled:
            noted, more = memory.note(kiosk.memory, settled[1])
            done = Record(facts.OrderDone(order.number, order.verb))
            return replace(kiosk, owed=settled[0], memory=noted), (taken, *settled[1], *more, done)
    if verdict is None and order.verb in payments.VERBS and order.txn:
        event = payments.told(kiosk.payments, order, now, time_ms=kiosk.memory.time_ms(now))
        if not isinstance(event, int):
            kiosk, effects = step(kiosk, event, now, rules) if event else (kiosk, ())
            return kiosk, (taken, *effects, Record(facts.OrderDone(order.number, order.verb)))
        verdict = event
    if verdict is None and (said := calls.told(kiosk.courtesies, order)):
        kiosk, effects = step(kiosk, said, now, rules)
        return kiosk, (taken, *effects, Record(facts.OrderDone(order.number, order.verb)))
    fault = ORDER_NOT_POSSIBLE if verdict is None else verdict
    return kiosk, (taken, Record(facts.OrderRefused(order.number, order.verb, fault)))
