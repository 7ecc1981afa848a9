"""Staff at the machine, as a table.

              staff card              typed                   right
    +-----+ -------------> +-----+ ---------> +----------+ ----------> +------+  touched   +----------+
    | OFF |                | PIN |            | CHECKING |             | MENU | <--------> | DEVICES  |
    +-----+ <------------- +-----+ <--------- +----------+             +------+            | COUNTERS |
       ^        idle, done             wrong                              |                | TAGS     |
       +------------------------------------------------------------------+                +----------+
                                        done, idle (also from the others)

- It needs no line: the card is known by its pseudonym, the PIN by the configuration.
- Five wrong PINs bring a pause that doubles with each further one, whichever card they were typed for; it is kept
  across a restart.
- Anywhere but in OFF, and while the sign stands, readers are not served and the condition says `service`.
- What a card reader tells while staff are there is theirs: no library system is asked about it.
- Whoever stood at the desk is signed out in the same step.

Every phase × event is a row here or stands in `IGNORED` with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drivers.events import CardShown, DeviceLost, Printed, Spoken, TagEncoded, TagSeen
from kiosk.clock import earliest
from kiosk.events import AnyEvent, ShownInVain, StopAsked, Ticked, Touched, Typed
from kiosk.service import acts, moves, tags
from kiosk.service.state import ACTIVE, Phase, Service
from kiosk.service.surroundings import Stepped, Surroundings
from kiosk.service_events import PinChecked

Move = Callable[[Service, Any, Surroundings], Stepped]

INSIDE: Mapping[type[AnyEvent], Move] = {
    Touched: acts.touch,
    Ticked: moves.tick,
    CardShown: moves.hear_card,
    ShownInVain: moves.hear_nothing,
    TagSeen: moves.hear_tag,
    Printed: acts.printed,
    Spoken: acts.spoken,
    DeviceLost: moves.note_lost,
    StopAsked: moves.stop,
}
"""On every page of the service."""

TABLE: Mapping[Phase, Mapping[type[AnyEvent], Move]] = {
    Phase.OFF: {CardShown: moves.ask_pin, DeviceLost: moves.note_lost},
    Phase.PIN: {
        Typed: moves.look,
        Touched: moves.turn_away,
        Ticked: moves.tick,
        CardShown: moves.ask_pin,
        DeviceLost: moves.note_lost,
    },
    Phase.CHECKING: {PinChecked: moves.judge, DeviceLost: moves.note_lost},
    Phase.MENU: INSIDE,
    Phase.DEVICES: INSIDE,
    Phase.COUNTERS: INSIDE,
    Phase.TAGS: {**INSIDE, CardShown: tags.scan, TagEncoded: tags.written, Ticked: tags.tick},
}

NOBODY = "nobody of the staff is there"
NOT_YET = "nobody is let in yet"
TYPED_BEFORE = "the PIN was typed before"
AWAY = "the page of the tags was left; what was written is on the tag"
AT_WORK: Mapping[type[AnyEvent], str] = {Typed: TYPED_BEFORE, PinChecked: "it was right"}
IGNORED: Mapping[Phase, Mapping[type[AnyEvent], str]] = {
    Phase.OFF: dict.fromkeys(
        (Typed, Touched, Ticked, ShownInVain, TagSeen, Printed, Spoken, StopAsked, PinChecked), NOBODY
    )
    | {TagEncoded: AWAY},
    Phase.PIN: dict.fromkeys((ShownInVain, TagSeen, Printed, Spoken, StopAsked, PinChecked), NOT_YET)
    | {TagEncoded: AWAY},
    Phase.CHECKING: dict.fromkeys(
        (Typed, Touched, Ticked, CardShown, ShownInVain, TagSeen, Printed, Spoken, StopAsked),
        "the PIN is being looked at, which takes no time",
    )
    | {TagEncoded: AWAY},
    **{phase: AT_WORK if phase is Phase.TAGS else {**AT_WORK, TagEncoded: AWAY} for phase in ACTIVE},
}

EVENTS: frozenset[type[AnyEvent]] = frozenset(
    event for rows in (*TABLE.values(), *IGNORED.values()) for event in rows
)
"""All that concerns staff; other events never reach this table."""
THEIRS = frozenset({CardShown, ShownInVain, Touched, Typed})
"""While staff are there nobody else gets these."""


def deadline_ms(service: Service) -> int | None:
    """When time itself will next change anything (monotonic); None: never."""
    tagging = service.tagging
    writes = tagging.item and not tagging.asked
    return earliest(service.end_at_ms, tagging.again_at_ms) if writes else service.end_at_ms


def step(service: Service, event: AnyEvent, around: Surroundings) -> Stepped:
    """The service after `event`, and what is to be done.

    An event that does not concern it, or is ignored in this phase, changes nothing.
    """
    move = TABLE[service.phase].get(type(event))
    return move(service, event, around) if move else (service, ())


def concerns(service: Service, event: AnyEvent) -> bool:
    """Whether there is a row for an event, or it is theirs; all others change nothing."""
    kind = type(event)
    return kind in TABLE[service.phase] or (kind in THEIRS and service.phase is not Phase.OFF)


def takes(service: Service, event: AnyEvent, around: Surroundings) -> bool:
    """The event is theirs: no other table is to see it."""
    if service.phase is Phase.OFF:
        return isinstance(event, CardShown) and around.is_staff(event.number)
    return type(event) in THEIRS
