"""The gate at the way out: a secured book goes out, is named, is excused, comes back. A part of the room. Pure.

    secured book at the gate ──▶ just lent here, or its tag could not be cleared ──▶ `gate.excused`, and nothing else
                             └─▶ `gate.alarmed`, the fault for a minute ──▶ the library system is asked: `gate.named`
    the same book on the pad, or taken back ──▶ `gate.returned`, the fault is over

The alarm waits for nobody: without a network it knows the number that the tag tells. The way out stays free. A gate
cannot tell a book that is carried out again from one that is brought back: it alarms as before, and only what is
seen inside has come back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from drivers.events import GateAlarmed, TagSeen
from kiosk.effects import AskItem, ClearFault, RaiseFault, Record, Remember, of_kinds
from kiosk.events import AnyEvent, IlsSilent, ItemAnswered, Ticked
from kiosk.fittings import GATE
from kiosk.room.alarm_state import Book, Gate
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.alarm_facts import Excuse, Loan
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk

GATE_ALARM: Final = number("gate_alarm")
ALARM_MS: Final = 60_000
"""How long one alarm stands."""
LENT_MS: Final = 1_800_000
"""Who has borrowed a book leaves with it within half an hour, or its tag was cleared meanwhile."""
MAX_LENT: Final = 100
MAX_AWAY: Final = 20
MAX_ASKED: Final = 20
ASKED_BELOW: Final = -(2**40)
"""Questions of the gate have numbers below it; the desk's are above 0, those of repairs between."""
AWAY: Final = "room.away"
"""Name under which books are remembered that went out with an alarm."""
HEARS: Final[frozenset[type]] = frozenset(
    {
        GateAlarmed,
        TagSeen,
        ItemAnswered,
        IlsSilent,
        Ticked,
        facts.LoanMade,
        facts.LoanGranted,
        facts.ReturnMade,
        facts.ReturnTaken,
    }
)
"""Of events, and of what the desk has told."""
Stepping = tuple[Gate, Effects]


def attend(_came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    before = room.gate
    gate, effects = _stepped(before, kiosk, event, around)
    if told:
        gate, more = _heard(gate, told, around)
        effects += more
    if gate.away != before.away:
        effects += (Remember(AWAY, msgspec.json.encode(gate.away).decode() if gate.away else None),)
    return (room if gate is before else replace(room, gate=gate)), effects


def recall(kiosk: Kiosk, remembered: Callable[[str], str | None]) -> Kiosk:
    """`kiosk.room.rounds.Lasting.recall`: a book may come back after a restart."""
    assert kiosk.room is not None, "parts are recalled where there is a room"
    text = remembered(AWAY)
    try:
        away = msgspec.json.decode(text, type=tuple[Book, ...]) if text else ()
    except (msgspec.DecodeError, UnicodeEncodeError):
        away = ()
    return replace(kiosk, room=replace(kiosk.room, gate=Gate(away=away))) if away else kiosk


def _stepped(gate: Gate, kiosk: Kiosk, event: AnyEvent, around: Surroundings) -> Stepping:
    match event:
        case GateAlarmed():
            return _alarmed(gate, kiosk, event, around)
        case ItemAnswered(ask=ask) if ask < ASKED_BELOW:
            return _named(gate, event)
        case IlsSilent(ask=ask) if ask < ASKED_BELOW:
            return replace(gate, asked=tuple(one for one in gate.asked if one[0] != ask)), ()
        case TagSeen(uid=uid) if gate.away:
            return _returned(gate, lambda book: book.uid == uid)
        case Ticked() if gate.until_ms is not None and around.now.mono_ms >= gate.until_ms:
            return replace(gate, until_ms=None), (ClearFault(GATE_ALARM, GATE),)
    return gate, ()


# ---------------------------------------------------------------- out
def _alarmed(gate: Gate, kiosk: Kiosk, event: GateAlarmed, around: Surroundings) -> Stepping:
    number = event.content.item if event.content else ""
    book = Book(facts.clip(event.uid, 64), facts.clip(number))
    why = _excuse(gate, kiosk, book.item, around)
    if why:
        return gate, (Record(facts.GateExcused(book.uid, book.item, why)),)
    away = tuple(one for one in gate.away if one.uid != book.uid)
    gate = replace(gate, until_ms=around.now.mono_ms + ALARM_MS, away=(*away, book)[-MAX_AWAY:])
    effects: Effects = (
        Record(facts.GateAlarmed(book.uid, book.item)),
        RaiseFault(GATE_ALARM, GATE, book.item or book.uid),
    )
    if not number:
        return gate, effects
    ask = gate.ask + 1
    asked = (*gate.asked, (ASKED_BELOW - ask, book))[-MAX_ASKED:]
    return replace(gate, ask=ask, asked=asked), (*effects, AskItem(ASKED_BELOW - ask, number))


def _excuse(gate: Gate, kiosk: Kiosk, item: str, around: Surroundings) -> Excuse | None:
    """Why this book may go; None: it may not."""
    if not item:
        return None
    if kiosk.memory.wishes.get(item) is False:
        return "tag_not_cleared"
    since_ms = around.now.mono_ms - LENT_MS
    return "lent_here" if any(lent == item and at_ms > since_ms for lent, at_ms in gate.lent) else None


def _named(gate: Gate, event: ItemAnswered) -> Stepping:
    """The library system knows the book, or says that it does not."""
    book = next((book for ask, book in gate.asked if ask == event.ask), None)
    if book is None:
        return gate, ()
    gate = replace(gate, asked=tuple(one for one in gate.asked if one[0] != event.ask))
    loan: Loan = "unknown"
    if event.item is not None:
        loan = "out" if event.item.on_loan else "in"
    title = facts.clip(event.item.title) if event.item else ""
    return gate, (Record(facts.GateNamed(book.uid, book.item, title, loan)),)


# ---------------------------------------------------------------- lent here, and back
def _heard(gate: Gate, told: Effects, around: Surroundings) -> Stepping:
    """What the desk has just done with books."""
    effects: Effects = ()
    for fact in of_kinds(told, HEARS):
        match fact:
            case facts.LoanMade(item=item) | facts.LoanGranted(item=item):
                lent = tuple(each for each in gate.lent if each[0] != item)
                gate = replace(gate, lent=(*lent, (item, around.now.mono_ms))[-MAX_LENT:])
            case facts.ReturnMade(item=item) | facts.ReturnTaken(item=item):
                if any(lent == item for lent, _ in gate.lent):
                    gate = replace(gate, lent=tuple(each for each in gate.lent if each[0] != item))
                gate, more = _returned(gate, _is_item(item))
                effects += more
    return gate, effects


def _is_item(item: str) -> Callable[[Book], bool]:
    return lambda book: bool(item) and book.item == item


def _returned(gate: Gate, is_it: Callable[[Book], bool]) -> Stepping:
    """A book that had alarmed is inside again; with the last of them the alarm is over."""
    back = [book for book in gate.away if is_it(book)]
    if not back:
        return gate, ()
    gate = replace(gate, away=tuple(book for book in gate.away if book not in back))
    effects: Effects = tuple(Record(facts.GateReturned(book.uid, book.item)) for book in back)
    if gate.until_ms is not None and not gate.away:
        gate, effects = replace(gate, until_ms=None), (*effects, ClearFault(GATE_ALARM, GATE))
    return gate, effects
