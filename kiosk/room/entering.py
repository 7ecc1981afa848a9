"""Coming in: what a card, the ILS, a PIN and a touch do to the door. Pure functions, as `kiosk.room.moves`.

    a card ──▶ the house's own? ──▶ hours, places ──▶ the ILS, else the kiosk itself ──▶ what the room asks of readers
                    │                                                                              │
                    ▼                                                                              ▼
                 release  ◀────────── how many come along? ◀────────── the PIN? ◀──────────── nothing against it

Each way out of it is one release with one `entry.granted`, or one `entry.refused` with its reason.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import ID_CARD, CardShown, KeysEntered
from kiosk.effects import AskReader, Medium, Record, ReleaseDoor
from kiosk.events import IlsSilent, Reader, ReaderAnswered, ShownInVain, Touched, Typed
from kiosk.room import admission
from kiosk.room.admission import Verdict
from kiosk.room.admission_state import Came, Entrant, Question, Wanted
from kiosk.room.state import Notice, Phase, Room
from kiosk.room.surroundings import Stepped, Surroundings
from kiosk.rule import CANNOT_CHECK_CARD, CARD_BLOCKED, Vouched
from wire import facts
from wire.faults import number

DOOR_LOST = number("door_lost")
KEYS_NOT_TAKEN = number("keys_not_taken")
NO_ANSWER_GIVEN = number("no_answer_given")
PIN_PAUSED = number("pin_paused")
PIN_WRONG = number("pin_wrong")


# ---------------------------------------------------------------- a card
def ask_in(room: Room, event: CardShown, around: Surroundings) -> Stepped:
    """Ask who stands outside; where the line to the ILS is down, only what the kiosk does not know itself."""
    shown = around.rule.named(event.number)
    if room.card == event.number or admission.is_waved(room, shown, around):
        return room, ()
    room = _nobody_asked(room)
    role = admission.role(event.number, around)
    if role is not None:
        return _admit(room, Entrant(Reader(event.number, shown, "", ""), "list", role), 0, around)
    fault = admission.shut(room, shown, around)
    if fault is not None:
        return refuse(room, fault, around)
    if not around.rule.ils_up:
        vouched = around.rule.vouch(event.number, "door")
        if vouched.fault != CANNOT_CHECK_CARD:
            return _consider(room, vouched, around)
    return _ask(room, event.number, "id_card" if event.medium == ID_CARD else "card")


def _ask(room: Room, card: str, by: Medium = "card", pin: str = "") -> Stepped:
    ask = room.ask + 2
    phase = Phase.ASKING if room.phase in {Phase.SECURED, Phase.QUESTIONED} else room.phase
    return replace(room, phase=phase, ask=ask, card=card, notice=None), (
        AskReader(ask, card, "door", by, pin),
    )


def shown_in_vain(room: Room, event: ShownInVain, around: Surroundings) -> Stepped:
    """Nobody is asked about; whoever stands outside is told what to show."""
    return refuse(_nobody_asked(room), event.fault, around)


def turn_away(room: Room, _event: CardShown | ShownInVain | KeysEntered, around: Surroundings) -> Stepped:
    """The door cannot be moved by us now; nobody is asked about."""
    return refuse(room, DOOR_LOST, around)


# ---------------------------------------------------------------- the ILS
def decide(room: Room, event: ReaderAnswered, around: Surroundings) -> Stepped:
    """The ILS has said who it is, or whether the PIN is right. Who is denied stays out, whatever it says."""
    if event.ask != room.ask or not room.card:
        return room, ()
    question, card, room = room.admission.question, room.card, _nobody_asked(room)
    reader, fault = event.reader, event.fault or CANNOT_CHECK_CARD
    if reader is not None and around.rule.lists.denies_reader(card, reader.card):
        reader, fault = None, CARD_BLOCKED
    if question is None:
        return _consider(room, Vouched(reader, None if reader else fault, "ils"), around)
    who = question.entrant.reader.pseudonym
    if reader is not None:
        room = replace(room, admission=admission.righted(room.admission, who))
        return _ask_companions(room, question.entrant, around)
    if fault == PIN_WRONG:
        room = replace(room, admission=admission.wronged(room.admission, who, around))
    return refuse(room, fault, around, who)


def decide_alone(room: Room, event: IlsSilent, around: Surroundings) -> Stepped:
    """The ILS is silent: the kiosk may know the reader itself."""
    if event.ask != room.ask or not room.card:
        return room, ()
    question, card = room.admission.question, room.card
    room = _nobody_asked(room)
    if question is None:
        return _consider(room, around.rule.vouch(card, "door"), around)
    return _without_pin(room, question.entrant, around)


def drop_question(room: Room, event: ReaderAnswered | IlsSilent, _around: Surroundings) -> Stepped:
    """The door is open to all: the answer changes nothing."""
    return (_nobody_asked(room) if event.ask == room.ask else room), ()


def _consider(room: Room, vouched: Vouched, around: Surroundings) -> Stepped:
    """A card that is good, or not: what this room has against its reader, and what it asks them."""
    reader = vouched.reader
    if reader is None:
        return refuse(room, vouched.fault or CANNOT_CHECK_CARD, around)
    reader = replace(reader, age=admission.age_of(reader, around.rule.today()))
    if vouched.by == "ils":
        verdict = admission.judge(reader, around)
        room, noted = admission.note(room, reader, verdict.fault)
    else:
        verdict, noted = admission.judge_alone(room, reader, around), ()
    if verdict.fault is not None:
        room, effects = refuse(room, verdict.fault, around, reader.pseudonym, verdict.until)
    else:
        marks = admission.marks(room, reader, around)
        entrant = Entrant(reader, vouched.by, marks=marks)
        room, effects = _ask_pin(room, _unchecked(entrant) if verdict.unchecked else entrant, around)
    return room, (*effects, *noted)


def _ask_pin(room: Room, entrant: Entrant, around: Surroundings) -> Stepped:
    """Where the room wants one."""
    who = entrant.reader.pseudonym
    if around.rule.lists.admission.pin == "no":
        return _ask_companions(room, entrant, around)
    if entrant.by != "ils":
        return _without_pin(room, entrant, around)
    if admission.is_paused(room.admission, who, around):
        return refuse(room, PIN_PAUSED, around, who)
    return _question(room, entrant, "pin", around)


# ---------------------------------------------------------------- questions at the door
def touch(room: Room, event: Touched, around: Surroundings) -> Stepped:
    """A key of the screen: so many come along."""
    return _count_companions(room, event.about, around)


def typed(room: Room, event: Typed, around: Surroundings) -> Stepped:
    """A PIN, typed on the screen."""
    return _check_pin(room, event.text, around)


def keyed(room: Room, event: KeysEntered, around: Surroundings) -> Stepped:
    """The same on the keypad of a reader. Keys alone never open."""
    question, keys = room.admission.question, event.keys.strip("*#")
    if question is None or room.card:
        return refuse(room, KEYS_NOT_TAKEN, around)
    answer = _check_pin if question.wants == "pin" else _count_companions
    return answer(room, keys, around)


def lapse(room: Room, around: Surroundings) -> Stepped:
    """Nobody has answered."""
    question = room.admission.question
    who = question.entrant.reader.pseudonym if question else None
    return refuse(_nobody_asked(room), NO_ANSWER_GIVEN, around, who)


def _question(room: Room, entrant: Entrant, wants: Wanted, around: Surroundings, most: int = 0) -> Stepped:
    question = Question(entrant, wants, around.after_ms(around.rules.answer_s), most)
    phase = Phase.QUESTIONED if room.phase is Phase.SECURED else room.phase
    asked = replace(room.admission, question=question)
    return replace(room, phase=phase, notice=None, admission=asked), ()


def _check_pin(room: Room, pin: str, _around: Surroundings) -> Stepped:
    question = room.admission.question
    if question is None or question.wants != "pin" or room.card or not pin:
        return room, ()
    return _ask(room, question.entrant.reader.card, pin=pin)


def _without_pin(room: Room, entrant: Entrant, around: Surroundings) -> Stepped:
    """Nobody can check a PIN at this moment. Where none may come in without one it is our fault, and we say so."""
    if around.rule.lists.admission.pin == "always":
        return refuse(room, CANNOT_CHECK_CARD, around, entrant.reader.pseudonym)
    return _ask_companions(room, _unchecked(entrant), around)


def _unchecked(entrant: Entrant) -> Entrant:
    known = entrant.marks if "unchecked" in entrant.marks else (*entrant.marks, "unchecked")
    return replace(entrant, marks=known)


def _ask_companions(room: Room, entrant: Entrant, around: Surroundings) -> Stepped:
    most = _most(room, entrant, around)
    return _question(room, entrant, "companions", around, most) if most else _admit(room, entrant, 0, around)


def _most(room: Room, entrant: Entrant, around: Surroundings) -> int:
    """How many may come along now."""
    most = around.rule.lists.admission.companions
    places = admission.places(room, _shown(entrant, around), around)
    return most if places is None else min(most, max(places - 1, 0))


def _count_companions(room: Room, said: str, around: Surroundings) -> Stepped:
    question = room.admission.question
    if question is None or question.wants != "companions" or not said.isdecimal():
        return room, ()
    room, companions = _nobody_asked(room), int(said)
    if companions > _most(room, question.entrant, around):
        return refuse(room, admission.TOO_MANY_WITH_YOU, around, question.entrant.reader.pseudonym)
    return _admit(room, question.entrant, companions, around)


def _nobody_asked(room: Room) -> Room:
    """The question that stands is over, whoever was asked."""
    if not room.card and room.admission.question is None:
        return room
    phase = Phase.SECURED if room.phase in {Phase.ASKING, Phase.QUESTIONED} else room.phase
    return replace(room, phase=phase, card="", admission=replace(room.admission, question=None))


# ---------------------------------------------------------------- the end of it
def _admit(room: Room, entrant: Entrant, companions: int, around: Surroundings) -> Stepped:
    """Release at once, tell the disk after; but not where something has changed since its reader was asked."""
    reader, until, shown = entrant.reader, around.after_ms(around.rules.release_s), _shown(entrant, around)
    now = _judge_again(room, entrant, around)
    if now.fault is not None:
        return refuse(room, now.fault, around, reader.pseudonym, now.until)
    granted = facts.EntryGranted(
        reader.pseudonym, facts.clip(reader.type, 64), entrant.by, entrant.role, companions, entrant.marks
    )
    released = Came(reader.pseudonym, shown, persons=1 + companions)
    room = replace(
        room,
        notice=Notice(until),
        expected_until_ms=until,
        releases=(*room.releases, 0),
        admission=replace(room.admission, released=released),
    )
    return room, (
        ReleaseDoor(int(around.rules.release_s * 1000)),
        Record(granted),
        Record(facts.DoorReleased("card")),
    )


def _judge_again(room: Room, entrant: Entrant, around: Surroundings) -> Verdict:
    """What keeps out who might come in when the question was put: the hour, the others inside, a list that came since."""
    reader = entrant.reader
    if around.rule.lists.denies_reader(reader.shown or reader.card, reader.card):
        return Verdict(CARD_BLOCKED)
    if entrant.role != "reader":
        return Verdict()
    closed = admission.shut(room, _shown(entrant, around), around)
    return admission.judge(reader, around) if closed is None else Verdict(closed)


def _shown(entrant: Entrant, around: Surroundings) -> str:
    """Pseudonym of what was shown."""
    return around.rule.named(entrant.reader.shown or entrant.reader.card)


def refuse(room: Room, fault: int, around: Surroundings, who: str | None = None, until: str = "") -> Stepped:
    """Say why the door stays shut.

    Args:
        room: the door.
        fault: the reason, as the catalogue numbers it.
        around: the time, the room's settings.
        who: the reader's pseudonym, where the card told who it is.
        until: last day of a ban.
    """
    notice = Notice(around.after_ms(around.rules.refuse_s), fault, until)
    return replace(room, notice=notice), (Record(facts.EntryRefused(fault, who)),)
