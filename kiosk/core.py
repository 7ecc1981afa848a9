"""The whole kiosk as one value and one pure step: (state, event, now) → (state, effects).

No clock, no thread, no disk: what runs here runs the same in a simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from drivers.events import CardShown
from kiosk import config, owed, station
from kiosk.clock import Now
from kiosk.effects import AnyEffect, ClearFault, EndProgram, RaiseFault, Record, TakeOrder
from kiosk.events import AnyEvent, ReleaseOrdered, ServingChanged, StopAsked
from kiosk.lists import standing
from kiosk.lists.standing import Standing
from kiosk.orders import Replayed
from kiosk.owed import Debt, Owed
from kiosk.room import table as room_table
from kiosk.room.moves import Surroundings as RoomSurroundings
from kiosk.room.moves import deadline_ms as room_deadline_ms
from kiosk.room.state import Room
from kiosk.session import table as session_table
from kiosk.session.moves import deadline_ms as session_deadline_ms
from kiosk.session.state import Phase, Session
from kiosk.session.surroundings import Surroundings as DeskSurroundings
from kiosk.station import Station
from wire import facts
from wire.faults import number
from wire.orders import Order

ORDER_NOT_POSSIBLE = number("order_not_possible")
DOOR_SCANNER = "door_scanner"


@dataclass(frozen=True, slots=True)
class Rules:
    """The part of the configuration that the tables know."""

    desk: config.Desk
    room: config.Room


@dataclass(frozen=True, slots=True)
class Kiosk:
    """Everything that the kiosk knows, at one moment."""

    station: Station
    owed: Owed = field(default_factory=Owed)
    session: Session | None = None
    """None: no desk."""
    room: Room | None = None
    """None: no door."""
    lists: Standing | None = None
    """None: this kiosk takes no lists."""


Effects = tuple[AnyEffect, ...]
Stepped = tuple[Kiosk, Effects]


def step(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    """The kiosk after `event`, and what is to be done, in order."""
    served = kiosk.station.serving
    health, effects = station.step(kiosk.station, event, now)
    kiosk = replace(kiosk, station=health)
    settled, more = owed.step(kiosk.owed, event, now)
    kiosk, effects = replace(kiosk, owed=settled), effects + more
    if kiosk.lists:
        lists, more = standing.step(kiosk.lists, event, now)
        kiosk, effects = replace(kiosk, lists=lists), effects + more
    kiosk, more = _tables(kiosk, event, now, rules)
    kiosk, effects = _faults(kiosk, effects + more, now)
    if kiosk.station.serving is not served and kiosk.session:
        kiosk, more = _desk(kiosk, ServingChanged(kiosk.station.serving), now, rules)
        effects += more
    return _debts(kiosk, effects)


def deadline_ms(kiosk: Kiosk, now: Now, rules: Rules) -> int | None:
    """When time itself will next change anything (monotonic); None: never."""
    moments = [kiosk.owed.again_at_ms, kiosk.station.tell_refused_at_ms]
    if kiosk.session:
        moments.append(session_deadline_ms(kiosk.session, DeskSurroundings(now, rules.desk)))
    if kiosk.room:
        moments.append(room_deadline_ms(kiosk.room))
    if kiosk.lists:
        moments.append(standing.deadline_ms(kiosk.lists, now))
    return min((ms for ms in moments if ms is not None), default=None)


def carry_out(kiosk: Kiosk, order: Order, verdict: int | Replayed | None, now: Now, rules: Rules) -> Stepped:
    """What a judged order does. Its number is kept with its answer, or before it."""
    if isinstance(verdict, Replayed):
        return kiosk, ()
    taken = TakeOrder(order)
    if verdict is None and order.verb == "kiosk.restart":
        kiosk, effects = step(kiosk, StopAsked("order"), now, rules)
        done = Record(facts.OrderDone(order.number, order.verb))
        return kiosk, (taken, *effects, done, EndProgram(restart=True))
    if verdict is None and order.verb == "door.release" and kiosk.room:
        kiosk, effects = step(kiosk, ReleaseOrdered(order.number, order.seconds), now, rules)
        return kiosk, (taken, *effects)
    fault = ORDER_NOT_POSSIBLE if verdict is None else verdict
    return kiosk, (taken, Record(facts.OrderRefused(order.number, order.verb, fault)))


def break_down(kiosk: Kiosk, fault: int, cause: str, now: Now) -> Stepped:
    """The kiosk is Broken from now on: it takes nothing new until it is started again.

    Asks no table: one of them may be what failed.
    """
    health, effects = station.raise_fault(kiosk.station, RaiseFault(fault, cause=cause), now)
    session = kiosk.session and replace(kiosk.session, phase=Phase.OUT_OF_ORDER, serving=False)
    return replace(kiosk, station=health, session=session), effects


def _tables(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    effects: Effects = ()
    outside = isinstance(event, CardShown) and event.device == DOOR_SCANNER
    if kiosk.session and type(event) in session_table.EVENTS and not outside:
        kiosk, effects = _desk(kiosk, event, now, rules)
    inside = isinstance(event, CardShown) and not outside
    if kiosk.room and type(event) in room_table.EVENTS and not inside:
        room, more = room_table.step(kiosk.room, event, RoomSurroundings(now, rules.room))
        kiosk, effects = replace(kiosk, room=room), effects + more
    return kiosk, effects


def _desk(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    assert kiosk.session is not None, "the caller looked"
    session, effects = session_table.step(kiosk.session, event, DeskSurroundings(now, rules.desk))
    return replace(kiosk, session=session), effects


def _faults(kiosk: Kiosk, effects: Effects, now: Now) -> Stepped:
    """The tables' wishes become the station's faults, each with its fact in the wish's place."""
    told: list[AnyEffect] = []
    for effect in effects:
        if isinstance(effect, RaiseFault | ClearFault):
            health, records = station.apply(kiosk.station, effect, now)
            kiosk = replace(kiosk, station=health)
            told += records
        else:
            told.append(effect)
    return kiosk, tuple(told)


def _debts(kiosk: Kiosk, effects: Effects) -> Stepped:
    """What the desk has just owed is remembered where it will be asked about; what it has made ends older debts.

    Their outcomes stand before it: whoever reads the facts in order finds the book where it is.
    """
    debts = kiosk.owed
    ended: Effects = ()
    for effect in effects:
        match effect:
            case Record(fact=facts.LoanOwed() as fact, card=card):
                debts = owed.owe(debts, Debt(fact.txn, "loan", fact.item, fact.reader, card))
            case Record(fact=facts.ReturnOwed() as fact):
                debts = owed.owe(debts, Debt(fact.txn, "return", fact.item))
            case Record(fact=facts.LoanMade(settled=False) | facts.ReturnMade(settled=False) as fact):
                debts, more = owed.overtaken(debts, fact)
                ended += more
    return replace(kiosk, owed=debts), ended + effects
