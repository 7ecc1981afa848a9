"""Somebody becomes a reader at the desk, as a table. Read `kiosk.session.table` first, then this.

    IDLE ── register ──▶ AWAITING ── card ──▶ LOOKING_UP ──┬─ a reader's ──▶ KNOWN ──▶ signed in
     │ ▲                                        ▲          │
    card └── anybody's, silence            card │          ├─ nobody's, too young ──▶ GUARDIAN
     ▼ │                                        └──────────┼──────────────────────────────┘
    SHOWN ── nobody's ──▶ OFFERED ── register ─────────────┤
                                                           ▼ nobody's, of age; or the guardian's
           ┌─────────────────────────────────────────── TERMS
           └─ agree ──▶ PHONE ──▶ PIN ──▶ PIN_AGAIN ── RegisterAsked, 81 ──▶ ENTERING
                                                                                │
                   signed in ◀── DONE ◀── yes ──────────────────────────────────┤
                   signed in ◀── KNOWN ◀── a reader by now (121) ───────────────┤
                                 PIN ◀── too weak (125) ────────────────────────┤
                                 FAILED ◀── any other no ───────────────────────┤
                                 UNSURE ◀── silence ────────────────────────────┘
                                    ├─ 85 knows the card ──────▶ DONE
                                    ├─ 85 does not know it ────▶ ENTERING once more, then FAILED
                                    └─ 85 cannot tell in time ─▶ FAILED

    a page that waits for a person ── done, silence, out of order ──▶ IDLE
                                   ── somebody else's card ─────────▶ IDLE, and the session has the card

While it has the desk (every phase but IDLE and SHOWN) cards, keys and touches are its own, and the session sees
neither. **Books are not cards**: what is laid on the pad meanwhile is returned as without a card, what is in stock
waits, and the page says how many were returned. A card that belongs to somebody else ends it, as it ends a session.

- Of an identity card only a keyed hash comes to the disk in the clear; the number comes there encrypted, from
  `register.asked` to its end, so that what became of it can be found out after a power cut.
- The ILS is asked to register somebody once. After a silence it is asked by the identity card, before anything is sent
  again; what stays unclear is told to the reader, is owed (`kiosk.owed`) and stands on the staff's list.
- No phase waits for ever: those that wait for a person end by themselves, those that ask are answered.

Every phase × event is a row here or stands in `IGNORED` with its reason; what a touch does stands in `TOUCHES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drivers.events import CardShown, IdCardShown
from kiosk.events import (
    Action,
    AnyEvent,
    IlsSilent,
    ReaderAnswered,
    ServingChanged,
    Settled,
    ShownInVain,
    Ticked,
    Touched,
    Typed,
)
from kiosk.register_events import BearerAnswered, RegistrationAnswered
from kiosk.registering import entering, moves
from kiosk.registering.state import Phase, Registering
from kiosk.registering.surroundings import Stepped, Surroundings

Move = Callable[[Registering, Any, Surroundings], Stepped]
Rows = Mapping[type[AnyEvent], Move]
Reasons = Mapping[type[AnyEvent], str]

TOUCHES: Mapping[Phase, Mapping[Action, Move]] = {
    Phase.IDLE: {"register": moves.begin},
    Phase.SHOWN: {},
    Phase.OFFERED: {"register": moves.accept_offer, "more_time": moves.more_time, "done": moves.leave},
    Phase.AWAITING: {"more_time": moves.more_time, "done": moves.leave},
    Phase.LOOKING_UP: {"done": moves.leave},
    Phase.GUARDIAN: {"more_time": moves.more_time, "done": moves.leave},
    Phase.TERMS: {"agree": moves.agree, "more_time": moves.more_time, "done": moves.leave},
    Phase.PHONE: {"back": moves.back, "more_time": moves.more_time, "done": moves.leave},
    Phase.PIN: {"back": moves.back, "more_time": moves.more_time, "done": moves.leave},
    Phase.PIN_AGAIN: {"back": moves.back, "more_time": moves.more_time, "done": moves.leave},
    Phase.ENTERING: {},
    Phase.UNSURE: {"done": moves.give_up},
    Phase.KNOWN: {"go_on": moves.sign_in, "done": moves.leave},
    Phase.DONE: {"go_on": moves.sign_in, "more_time": moves.more_time, "done": moves.leave},
    Phase.FAILED: {"register": moves.begin, "more_time": moves.more_time, "done": moves.leave},
}
"""What each button does; a touch that stands in no row came too late to mean anything."""


def touched(now: Registering, event: Touched, around: Surroundings) -> Stepped:
    """As `TOUCHES` has it."""
    move = TOUCHES[now.phase].get(event.action)
    return move(now, event, around) if move else (now, ())


AT_WILL: Rows = {
    Touched: touched,
    IdCardShown: moves.other_id_card,
    CardShown: moves.other_card,
    Ticked: moves.tick,
    ServingChanged: moves.leave,
}
"""Of every phase in which a person is waited for."""

TABLE: Mapping[Phase, Rows] = {
    Phase.IDLE: {
        Touched: touched,
        IdCardShown: moves.watch,
    },
    Phase.SHOWN: {
        IdCardShown: moves.watch,
        CardShown: moves.overtaken,
        ReaderAnswered: moves.offer,
        IlsSilent: moves.unseen,
        Ticked: moves.tick,
        ServingChanged: moves.leave,
    },
    Phase.OFFERED: AT_WILL,
    Phase.AWAITING: {
        **AT_WILL,
        IdCardShown: moves.identify,
        ShownInVain: moves.unreadable,
    },
    Phase.LOOKING_UP: {
        **AT_WILL,
        BearerAnswered: moves.found,
        IlsSilent: moves.not_found_out,
    },
    Phase.GUARDIAN: {
        **AT_WILL,
        IdCardShown: moves.vouch,
        ShownInVain: moves.unreadable,
    },
    Phase.TERMS: AT_WILL,
    Phase.PHONE: {**AT_WILL, Typed: moves.typed},
    Phase.PIN: {**AT_WILL, Typed: moves.typed},
    Phase.PIN_AGAIN: {**AT_WILL, Typed: moves.typed},
    Phase.ENTERING: {
        RegistrationAnswered: entering.entered,
        IlsSilent: entering.unanswered,
    },
    Phase.UNSURE: {
        Touched: touched,
        Settled: entering.settled,
        Ticked: moves.tick,
    },
    Phase.KNOWN: {**AT_WILL, IdCardShown: moves.own_card_signs_in},
    Phase.DONE: {**AT_WILL, IdCardShown: moves.own_card_signs_in},
    Phase.FAILED: AT_WILL,
}

UNASKED: Reasons = {
    BearerAnswered: "asked in LOOKING_UP; whoever asked has gone",
    RegistrationAnswered: "asked in ENTERING, which waits for the answer",
    IlsSilent: "nothing of a registration is being asked; the rest is the session's matter",
    ReaderAnswered: "the session asked, and nobody here waits for it",
    Settled: "what is owed of others is `kiosk.owed`'s matter",
}
UNTYPED: Reasons = {Typed: "nothing is to be typed on this page; it was meant for another"}
UNSEEN: Reasons = {ShownInVain: "no card is wanted; whoever showed one shows it again when it is"}
IN_FLIGHT: Reasons = {
    IdCardShown: "the desk is theirs until it is known what became of the registration",
    CardShown: "the same of a reader's card",
    ServingChanged: "the answer is owed to them, and the page says meanwhile that the machine is out of order",
}


def _reasons(phase: Phase, *groups: Reasons) -> Reasons:
    """Those of the groups that are no rows of the phase."""
    return {event: why for group in groups for event, why in group.items() if event not in TABLE[phase]}


IGNORED: Mapping[Phase, Reasons] = {
    Phase.IDLE: {
        CardShown: "the session's matter",
        ShownInVain: "the session's matter",
        Typed: "the errands' matter",
        Ticked: "nothing here has a time",
        ServingChanged: "there is nothing to end",
        **_reasons(Phase.IDLE, UNASKED),
    },
    Phase.SHOWN: {
        Touched: "the session's matter",
        ShownInVain: "the session's matter",
        Typed: "the errands' matter",
        **_reasons(Phase.SHOWN, UNASKED),
    },
    Phase.ENTERING: {
        Touched: "the answer comes, or the silence about it",
        Ticked: "the answer comes, or the silence about it",
        **_reasons(Phase.ENTERING, IN_FLIGHT, UNASKED, UNTYPED, UNSEEN),
    },
    Phase.UNSURE: _reasons(Phase.UNSURE, IN_FLIGHT, UNASKED, UNTYPED, UNSEEN),
} | {
    phase: _reasons(phase, UNASKED, UNTYPED, UNSEEN)
    for phase in Phase
    if phase not in {Phase.IDLE, Phase.SHOWN, Phase.ENTERING, Phase.UNSURE}
}

EVENTS: frozenset[type[AnyEvent]] = frozenset(
    event for rows in (*TABLE.values(), *IGNORED.values()) for event in rows
)
"""All that concerns a registration; other events never reach this table."""

ITS_OWN: frozenset[type[AnyEvent]] = frozenset({CardShown, IdCardShown, ShownInVain, Touched, Typed})
"""What the session and the errands do not see while a registration has the desk."""


def hears(now: Registering, event: AnyEvent) -> bool:
    """Whether there is a row for an event; all others change nothing."""
    return type(event) in TABLE[now.phase]


def step(now: Registering, event: AnyEvent, around: Surroundings) -> Stepped:
    """The registration after `event`, and what is to be done.

    An event that does not concern it, or is ignored in this phase, changes nothing.
    """
    move = TABLE[now.phase].get(type(event))
    return move(now, event, around) if move else (now, ())


def holds(now: Registering | None, event: AnyEvent) -> bool:
    """Whether an event is the registration's alone."""
    return now is not None and now.has_desk and type(event) in ITS_OWN
