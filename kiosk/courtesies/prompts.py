"""Which prompt is spoken when: what is the case at each place, and from which level of voice on it is said. Pure.

    off       alarms alone: leave the room, a book has not been lent
    prompts   what somebody has to do something about
    guide     every step, for a reader who does not see the screen

A prompt is said when what is the case becomes so, or becomes so anew; chimes of the screen sound besides. Who is guided
also hears what each control is called that they come to by keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from kiosk.clock import Now
from kiosk.courtesies.state import Courtesies, Moment
from kiosk.courtesy_effects import Say
from kiosk.effects import Place
from kiosk.events import Focused
from kiosk.receipt import LENT, RETURNED
from kiosk.room.state import Phase as DoorPhase
from kiosk.room.state import Room
from kiosk.session.state import Phase, Session, Step
from wire.faults import number

Voice = Literal["off", "prompts", "guide"]
LEVELS: tuple[Voice, ...] = get_args(Voice)
GATE_ALARM = number("gate_alarm")

STUCK = frozenset({Step.REFUSED, Step.OWED})
AT_WORK = frozenset({Step.CHECKING, Step.SENSING, Step.MENDING, Step.LENDING, Step.RETURNING})


class Case(StrEnum):
    """What can be the case at a place; the first that fits counts."""

    FIRE = "fire"
    GATE_ALARMED = "gate_alarmed"
    OUT_OF_ORDER = "out_of_order"
    STARTING = "starting"
    CARD_REFUSED = "card_refused"
    ENDS_SOON = "ends_soon"
    HELP_CALLED = "help_called"
    QUIET = "quiet"
    TOUCHED = "touched"
    SLIP_READY = "slip_ready"
    GOODBYE = "goodbye"
    ASKING = "asking"
    NO_BOOKS = "no_books"
    WORKING = "working"
    SET_INCOMPLETE = "set_incomplete"
    BOOK_STUCK = "book_stuck"
    CARD_WANTED = "card_wanted"
    BOOK_LENT = "book_lent"
    BOOK_RETURNED = "book_returned"
    ENDING = "ending"
    LET_IN = "let_in"
    KEPT_OUT = "kept_out"
    DOOR_OPEN = "door_open"
    DOOR_WAITS = "door_waits"


SPOKEN: Mapping[Case, tuple[str, Voice] | None] = {
    Case.FIRE: ("leave_now", "off"),
    Case.GATE_ALARMED: ("book_not_lent", "off"),
    Case.OUT_OF_ORDER: None,
    Case.STARTING: None,
    Case.CARD_REFUSED: ("card_refused", "prompts"),
    Case.ENDS_SOON: ("still_there", "prompts"),
    Case.HELP_CALLED: ("help_called", "prompts"),
    Case.QUIET: None,
    Case.TOUCHED: ("welcome", "guide"),
    Case.SLIP_READY: ("take_slip", "prompts"),
    Case.GOODBYE: ("goodbye", "guide"),
    Case.ASKING: None,
    Case.NO_BOOKS: ("lay_books", "guide"),
    Case.WORKING: ("at_work", "guide"),
    Case.SET_INCOMPLETE: ("set_incomplete", "prompts"),
    Case.BOOK_STUCK: ("look_at_screen", "prompts"),
    Case.CARD_WANTED: ("show_card", "guide"),
    Case.BOOK_LENT: ("lent", "guide"),
    Case.BOOK_RETURNED: ("returned", "guide"),
    Case.ENDING: ("at_work", "guide"),
    Case.LET_IN: ("come_in", "prompts"),
    Case.KEPT_OUT: ("entry_refused", "prompts"),
    Case.DOOR_OPEN: ("close_door", "guide"),
    Case.DOOR_WAITS: None,
}
"""The prompt (`drivers/voice/prompts.toml`) and the least level at which it is said; None: nothing is."""


class Seen(Struct, frozen=True):
    """What the cases are told from."""

    now: Now
    held: Courtesies
    session: Session | None
    room: Room | None
    gate_alarmed_ms: int
    """Since when the gate alarms, since 1970 UTC; 0: it does not."""
    warn_ms: int
    """How long before its end a session is warned of it."""
    touched: bool
    """Somebody has just touched a screen that serves nobody."""


def says(level: Voice, case: Case) -> str:
    """The prompt of a case at this level; empty where nothing is said."""
    prompt, least = SPOKEN[case] or ("", "guide")
    return prompt if LEVELS.index(level) >= LEVELS.index(least) else ""


def name(event: Focused, voices: Mapping[Place, tuple[Voice, str]]) -> tuple[Say, ...]:
    """Say what somebody has come to, where they are guided; it ends what is being said there."""
    level, language = voices.get(event.place, ("off", ""))
    prompt = f"button_{event.control}"
    return (Say(prompt, event.place, language, event.words),) if level == "guide" else ()


def step(
    held: Courtesies, seen: Seen, voices: Mapping[Place, tuple[Voice, str]]
) -> tuple[Courtesies, tuple[Say, ...]]:
    """What is newly the case, and what is said of it.

    Args:
        held: with what was the case before.
        seen: the kiosk now.
        voices: the level and the language at each place that has a voice.
    """
    moments = {place: _moment(place, seen) for place in voices}
    if moments == held.moments:
        return held, ()
    said: list[Say] = []
    for place, (level, language) in voices.items():
        case, _ = moments[place]
        prompt = says(level, Case(case))
        if moments[place] != held.moments.get(place) and prompt:
            said.append(Say(prompt, place, language))
    return replace(held, moments=moments), tuple(said)


def _moment(place: Place, seen: Seen) -> Moment:
    cases = _at_door(seen.room) if place == "door" and seen.room else _at_desk(seen)
    case, number = next(cases)
    return case.value, number


def _at_desk(seen: Seen) -> Iterator[tuple[Case, int]]:
    """By importance; the last is always the case."""
    session, held = seen.session, seen.held
    if seen.room and seen.room.contacts and seen.room.contacts.fire:
        yield Case.FIRE, 0
    if seen.gate_alarmed_ms:
        yield Case.GATE_ALARMED, seen.gate_alarmed_ms
    if session is None:
        yield Case.QUIET, 0
        return
    if session.phase is Phase.OUT_OF_ORDER:
        yield (Case.OUT_OF_ORDER if not session.serving else Case.STARTING), 0
    if session.notice:
        yield Case.CARD_REFUSED, session.notice.until_ms
    if _ends_soon(session, seen):
        yield Case.ENDS_SOON, session.end_at_ms or 0
    if held.call and not held.call.said and not held.call.over and held.call.place == "desk":
        yield Case.HELP_CALLED, held.call.number
    yield from _BY_PHASE[session.phase](session, seen)


def _ends_soon(session: Session, seen: Seen) -> bool:
    if session.phase not in {Phase.OPEN, Phase.IDENTIFIED} or session.end_at_ms is None:
        return False
    there = session.phase is Phase.IDENTIFIED or any(line.present() for line in session.lines)
    return there and seen.now.mono_ms >= session.end_at_ms - seen.warn_ms


def _idle(_session: Session, seen: Seen) -> Iterator[tuple[Case, int]]:
    parting = seen.held.parting
    if parting.until_ms is not None:
        if parting.slip == "printed":
            yield Case.SLIP_READY, 0
        yield Case.GOODBYE, 0
    elif seen.touched:
        yield Case.TOUCHED, seen.now.mono_ms
    yield Case.QUIET, 0


def _served(session: Session, _seen: Seen) -> Iterator[tuple[Case, int]]:
    """Books lie there, or are awaited."""
    steps = [line.step for line in session.lines]
    counted = [sum(step in of for step in steps) for of in (STUCK, LENT, RETURNED)]
    stuck, lent, returned = counted
    if any(step in AT_WORK for step in steps):
        yield Case.WORKING, 0
    if Step.INCOMPLETE in steps:
        yield Case.SET_INCOMPLETE, steps.count(Step.INCOMPLETE)
    if stuck:
        yield Case.BOOK_STUCK, stuck
    if Step.WAITING in steps and session.phase is Phase.OPEN:
        yield Case.CARD_WANTED, 0
    if lent:
        yield Case.BOOK_LENT, lent
    if returned:
        yield Case.BOOK_RETURNED, returned
    yield Case.NO_BOOKS, session.opened_ms


def _asking(_session: Session, _seen: Seen) -> Iterator[tuple[Case, int]]:
    yield Case.ASKING, 0


def _ending(_session: Session, _seen: Seen) -> Iterator[tuple[Case, int]]:
    yield Case.ENDING, 0


_BY_PHASE = {
    Phase.IDLE: _idle,
    Phase.OPEN: _served,
    Phase.IDENTIFYING: _asking,
    Phase.IDENTIFIED: _served,
    Phase.ENDING: _ending,
    Phase.OUT_OF_ORDER: _asking,
}


def _at_door(room: Room) -> Iterator[tuple[Case, int]]:
    if room.contacts and room.contacts.fire:
        yield Case.FIRE, 0
    if room.notice:
        yield (Case.LET_IN if room.notice.fault is None else Case.KEPT_OUT), room.notice.until_ms
    if room.phase is DoorPhase.OPEN:
        yield Case.DOOR_OPEN, 0
    yield Case.DOOR_WAITS, 0
