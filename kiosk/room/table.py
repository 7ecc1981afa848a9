"""**Leaving never depends on software.**

The lock is fail-safe: without power it is open. Fire contact and exit button cut its power in hardware,
in the door unit, whatever any program says. This table only watches and reports, and asks the unit for
two things: Release (cut the power for a limited time, the limit kept in the unit) and Secure (end a
release early). No Secure is ever issued while fire or exit is active, unlatched or unknown; `UNKNOWN`
is where the table stands whenever the unit has not been heard.

                             DoorSensed
        +---------+ ------------------------------+
        | UNKNOWN |                               v
        +---------+      CardShown          +---------+   unit released   +----------+
             ^      +---------+ <---------- | SECURED | ----------------> | RELEASED |
             |      | ASKING  | ----------> |         | <---------------- |          |
    DeviceLost      +---------+  answered   +---------+   limit, Secure   +----------+
        from any         |                    ^     |                       ^    |
                         | granted: Release   |     | opened                |    | opened
                         v                    |     v                       |    v
                    (RELEASED)              shut  +------+ <----------------+----+
                                              +-- | OPEN |
                                                  +------+
        any  -- fire or exit active in the unit -->  FREE  -- both reset in the unit --> as sensed

Between a good card and the release stands QUESTIONED where the room asks for the PIN, or how many come along:

    ASKING  -- the card is good -->  QUESTIONED  -- how many: Release -->  (RELEASED)
                ASKING  <-- the PIN --'      '-- nobody answers -->  SECURED

The physical phases follow the unit's own snapshot; the table never assumes that what it asked for happened.
Every phase × event is a row here or stands in `IGNORED` with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drivers.events import CardShown, DeviceLost, DoorAnswered, DoorSensed, KeysEntered
from kiosk.central_events import ReleaseOrdered
from kiosk.events import AnyEvent, IlsSilent, ReaderAnswered, ShownInVain, Ticked, Touched, Typed
from kiosk.room import entering, moves
from kiosk.room.state import Phase, Room
from kiosk.room.surroundings import Stepped, Surroundings

Move = Callable[[Room, Any, Surroundings], Stepped]

HEARD: Mapping[type[AnyEvent], Move] = {
    CardShown: entering.ask_in,
    ShownInVain: entering.shown_in_vain,
    KeysEntered: entering.keyed,
    Touched: entering.touch,
    Typed: entering.typed,
    ReaderAnswered: entering.decide,
    IlsSilent: entering.decide_alone,
    DoorSensed: moves.sense,
    DoorAnswered: moves.hear_answer,
    ReleaseOrdered: moves.release_for_order,
    DeviceLost: moves.lose_sight,
    Ticked: moves.tick,
}
"""What holds in every phase in which the unit is heard. Where a phase differs, its row stands below."""


def _without(*events: type[AnyEvent]) -> Mapping[type[AnyEvent], Move]:
    return {event: move for event, move in HEARD.items() if event not in events}


TABLE: Mapping[Phase, Mapping[type[AnyEvent], Move]] = {
    Phase.UNKNOWN: {
        **_without(ReaderAnswered, IlsSilent, Touched, Typed),
        CardShown: entering.turn_away,
        ShownInVain: entering.turn_away,
        KeysEntered: entering.turn_away,
        ReleaseOrdered: moves.refuse_order,
    },
    Phase.SECURED: _without(Touched, Typed),
    Phase.ASKING: _without(CardShown, ShownInVain, KeysEntered, Touched, Typed),
    Phase.QUESTIONED: {**HEARD},
    Phase.RELEASED: {**HEARD},
    Phase.OPEN: {**HEARD},
    Phase.FREE: {
        **_without(CardShown, ShownInVain, KeysEntered, Touched, Typed),
        ReaderAnswered: entering.drop_question,
        IlsSilent: entering.drop_question,
    },
}

IGNORED: Mapping[Phase, Mapping[type[AnyEvent], str]] = {
    Phase.UNKNOWN: {
        ReaderAnswered: "what was asked before the unit was lost is over",
        IlsSilent: "what was asked before the unit was lost is over",
        Touched: "nobody is asked anything",
        Typed: "nobody is asked anything",
    },
    Phase.SECURED: {
        Touched: "nobody is asked anything",
        Typed: "nobody is asked anything",
    },
    Phase.ASKING: {
        CardShown: "one card at a time: the first is being asked about",
        ShownInVain: "the card that was shown before is being asked about",
        KeysEntered: "what was typed before is being asked about",
        Touched: "what was typed before is being asked about",
        Typed: "what was typed before is being asked about",
    },
    Phase.QUESTIONED: {},
    Phase.RELEASED: {},
    Phase.OPEN: {},
    Phase.FREE: {
        CardShown: "the lock has no power: a card decides nothing, and grants nothing",
        ShownInVain: "the lock has no power: nobody needs to show anything",
        KeysEntered: "the lock has no power: nobody needs to type anything",
        Touched: "the lock has no power: nobody needs to say anything",
        Typed: "the lock has no power: nobody needs to type anything",
    },
}

EVENTS: frozenset[type[AnyEvent]] = frozenset(HEARD)
"""All that concerns the door; other events never reach this table."""


def hears(room: Room, event: AnyEvent) -> bool:
    """Whether there is a row for an event; all others change nothing."""
    return type(event) in TABLE[room.phase]


def step(room: Room, event: AnyEvent, around: Surroundings) -> Stepped:
    """The room after `event`, and what is to be done.

    An event that does not concern the door, or is ignored in this phase, changes nothing.
    """
    move = TABLE[room.phase].get(type(event))
    return move(room, event, around) if move else (room, ())
