"""Whom the room lets in: reasons against it, whose cards always open, what is odd about an entry. Pure; asks nobody.

| what stands against it                       | the refusal                                              |
| -------------------------------------------- | -------------------------------------------------------- |
| the hours                                    | `SHUT`, by how the room stands                           |
| as many are inside as may be                 | `room_full`                                              |
| the deny list                                | `card_blocked` (`kiosk.rule`)                            |
| a ban from this room                         | `banned_here`, with its last day                         |
| what the room asks of a reader (list `room`) | `REASONS`: the first that applies                        |
| the PIN                                      | `pin_wrong`, `pin_paused`                                |
| more companions than the room takes          | `too_many_with_you`                                      |
| we cannot tell                               | `cannot_check_card`, `door_lost`: our fault, and said so |

What nobody has told of a reader keeps them out of nothing: the entry is marked `unchecked`. Library systems differ in
what they tell (docs/rooms.md), and while they are silent a list and the kiosk's memory know less than they do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from kiosk import rule
from kiosk.effects import Remember
from kiosk.events import Reader
from kiosk.registering.state import age
from kiosk.room import occupancy
from kiosk.room.admission_state import Admission, KeptOut, Wrong
from kiosk.room.hours import State
from kiosk.room.state import Room
from kiosk.room.surroundings import Surroundings
from wire.admission import Admission as Asked
from wire.admission import Mark, Role
from wire.faults import number

ROOM_FULL = number("room_full")
BANNED_HERE = number("banned_here")
TOO_MANY_WITH_YOU = number("too_many_with_you")
SHUT: Mapping[State, int] = {**rule.SHUT, State.LAST_ENTRY: number("last_entry_over")}
"""How the room stands → why nobody is admitted."""
AGAIN_MS = 3_000
"""A card that is still being waved this long after the door opened for it has not come a second time."""
MAX_CAME = 64
"""More are hardly inside one room; who came before them is no longer compared."""
MAX_WRONG = 64
WRONG_MS = 86_400_000
"""Wrong PINs are forgotten a day after the wait that they have earned."""
LONGEST_PAUSE_S = 3600.0
MAX_KEPT_OUT = 256
KEPT_OUT = "room.kept_out"
"""Name under which they are remembered, as JSON: the ILS may be silent when they come again."""


class Reason(NamedTuple):
    """One thing that a room may ask of a reader."""

    fault: int
    about: Literal["type", "age", "fees_fen", "terms"]
    """Field of a reader."""
    asked: Callable[[Asked], bool]
    told: Callable[[Reader], bool]
    """Somebody has said how it is with this reader."""
    bars: Callable[[Reader, Asked], bool]
    """Only asked where it was told."""


REASONS: tuple[Reason, ...] = (
    Reason(
        number("category_not_admitted"),
        about="type",
        asked=lambda room: bool(room.types),
        told=lambda reader: bool(reader.type),
        bars=lambda reader, room: reader.type not in room.types,
    ),
    Reason(
        number("too_young"),
        about="age",
        asked=lambda room: room.min_age > 0,
        told=lambda reader: reader.age is not None,
        bars=lambda reader, room: (reader.age or 0) < room.min_age,
    ),
    Reason(
        number("too_old"),
        about="age",
        asked=lambda room: room.max_age < Asked().max_age,
        told=lambda reader: reader.age is not None,
        bars=lambda reader, room: (reader.age or 0) > room.max_age,
    ),
    Reason(
        number("debts_too_high"),
        about="fees_fen",
        asked=lambda room: room.max_fees_fen is not None,
        told=lambda reader: reader.fees_fen is not None,
        bars=lambda reader, room: (reader.fees_fen or 0) > (room.max_fees_fen or 0),
    ),
    Reason(
        number("room_terms_wanted"),
        about="terms",
        asked=lambda room: bool(room.terms),
        told=lambda reader: reader.terms is not None,
        bars=lambda reader, room: reader.terms not in {room.terms, *room.terms_after},
    ),
)
"""What the list `room` may ask of a reader, in the order in which they are told."""


class Verdict(NamedTuple):
    """What the room says to a good card."""

    fault: int | None = None
    until: str = ""
    """Last day of a ban, ISO 8601."""
    unchecked: bool = False
    """The room asks for something that nobody has told."""


def role(card: str, around: Surroundings) -> Role | None:
    """Whose card it is where it always opens; None: a reader's. The deny list wins."""
    lists = around.rule.lists
    if lists.denies_reader(card):
        return None
    own = next((role for role, cards in around.rules.admission.cards.items() if card in cards), None)
    return own or lists.role(card, around.rule.today())


def shut(room: Room, shown: str, around: Surroundings) -> int | None:
    """Why no reader comes in at this moment; `shown`: pseudonym of what this one has shown."""
    moment = around.rule.moment()
    if moment is not None and not moment.admits:
        return SHUT[moment.state]
    return ROOM_FULL if places(room, shown, around) == 0 else None


def places(room: Room, shown: str, around: Surroundings) -> int | None:
    """How many more may come in with `shown`; None: there is no limit.

    Whoever the door stands released for has a place, and whoever is in the doorway.
    """
    limit, now_ms = occupancy.limit(around), around.now.mono_ms
    if limit is None:
        return None
    granted = room.counting.grants if now_ms < room.expected_until_ms else ()
    coming = sum(one.persons for one in granted if one.shown != shown)
    return max(limit - occupancy.passing(room.counting, around) - coming, 0)


def judge(reader: Reader, around: Surroundings) -> Verdict:
    """What this room has against a reader whose card is good."""
    today = around.rule.today()
    until = around.rule.lists.banned(reader.card, today)
    if until is not None:
        return Verdict(BANNED_HERE, until)
    asked = around.rule.lists.admission
    wanted = [reason for reason in REASONS if reason.asked(asked)]
    told = [reason for reason in wanted if reason.told(reader)]
    fault = next((reason.fault for reason in told if reason.bars(reader, asked)), None)
    return Verdict(fault, unchecked=len(told) < len(wanted))


def age_of(reader: Reader, today: date) -> int | None:
    """Full years: as the ILS told them, else by the number of the identity card that was shown (GB 11643)."""
    if reader.age is not None or len(reader.shown) != 18:  # noqa: PLR2004 - characters of such a number
        return reader.age
    try:
        return age(date.fromisoformat(reader.shown[6:14]), today)
    except ValueError:
        return None


# ---------------------------------------------------------------- what the ILS told last
def judge_alone(room: Room, reader: Reader, around: Surroundings) -> Verdict:
    """The same while the ILS is silent: what it told last of age, debts and terms still keeps a reader out."""
    verdict, kept = judge(reader, around), room.admission.kept_out.get(reader.pseudonym)
    reason = _reason(kept.fault) if kept else None
    if verdict.fault is not None or kept is None or reason is None or reason.told(reader):
        return verdict
    asked = around.rule.lists.admission
    last: dict[str, Any] = {reason.about: kept.told}
    barred = kept.told is None or reason.bars(replace(reader, **last), asked)
    return Verdict(reason.fault) if reason.asked(asked) and barred else verdict


def _reason(fault: int | None) -> Reason | None:
    """The thing asked whose refusal this is; None: it is another one, or none."""
    return next((reason for reason in REASONS if reason.fault == fault), None)


def note(room: Room, reader: Reader, fault: int | None) -> tuple[Room, tuple[Remember, ...]]:
    """Keep by which word of the ILS the room has just kept this reader out; None: it lets them in."""
    known, who = room.admission.kept_out, reader.pseudonym
    reason = _reason(fault)
    kept = KeptOut(reason.fault, getattr(reader, reason.about)) if reason else None
    if known.get(who) == kept or (fault is not None and kept is None):
        return room, ()
    others = {name: why for name, why in known.items() if name != who}
    kept_out = dict([*others.items(), *(() if kept is None else ((who, kept),))][-MAX_KEPT_OUT:])
    told = Remember(KEPT_OUT, msgspec.json.encode(kept_out).decode())
    return replace(room, admission=replace(room.admission, kept_out=kept_out)), (told,)


def recall(room: Room, text: str | None) -> Room:
    """The room with those whom it kept out; as it was where there are none, or none that can be read.

    Of each an older version has remembered the fault alone.
    """
    try:
        found = msgspec.json.decode(text or "{}", type=dict[str, KeptOut | int])
    except (msgspec.DecodeError, UnicodeEncodeError):
        return room
    kept = {who: KeptOut(one) if isinstance(one, int) else one for who, one in found.items()}
    return replace(room, admission=replace(room.admission, kept_out=kept))


# ---------------------------------------------------------------- who came in last
def is_waved(room: Room, shown: str, around: Surroundings) -> bool:
    """Whether this card is shown once more for an entry that it has been granted already."""
    admission = room.admission
    if admission.released is not None and around.now.mono_ms < room.expected_until_ms:
        return admission.released.shown == shown
    last = admission.came[-1] if admission.came else None
    return last is not None and last.shown == shown and around.now.mono_ms - last.at_ms < AGAIN_MS


def marks(room: Room, reader: Reader, around: Surroundings) -> tuple[Mark, ...]:
    """What is odd about letting this reader in now."""
    last = next((one for one in reversed(room.admission.came) if one.reader == reader.pseudonym), None)
    if last is None:
        return ()
    stayed = last.left is not None and last.left == room.counting.left
    present = any(one.reader == reader.pseudonym for one in room.counting.present)
    odd: dict[Mark, bool] = {
        "shared": around.now.mono_ms - last.at_ms < int(around.rules.admission.shared_s * 1000),
        "inside": stayed or (present and bool(around.rules.counting.exit_readers)),
    }
    return tuple(mark for mark, applies in odd.items() if applies)


def came_in(room: Room, around: Surroundings) -> Admission:
    """The door has opened: whoever it was released for has come in."""
    admission = room.admission
    if admission.released is None:
        return admission
    if around.now.mono_ms >= room.expected_until_ms:
        return replace(admission, released=None)
    came = replace(admission.released, at_ms=around.now.mono_ms, left=room.counting.left)
    return replace(admission, released=None, came=(*admission.came, came)[-MAX_CAME:])


def wronged(admission: Admission, who: str, around: Surroundings) -> Admission:
    """With one wrong PIN more of this reader, who waits twice as long with each from `pin_tries` on."""
    now_ms, rules = around.now.mono_ms, around.rules.admission
    known = [one for one in admission.wrong if now_ms < one.until_ms + WRONG_MS]
    times = 1 + sum(one.times for one in known if one.reader == who)
    longer = 1 << min(max(times - rules.pin_tries, 0), 10)
    wrong = Wrong(who, times, around.after_ms(min(rules.pin_pause_s * longer, LONGEST_PAUSE_S)))
    others = [one for one in known if one.reader != who]
    return replace(admission, wrong=(*others, wrong)[-MAX_WRONG:])


def righted(admission: Admission, who: str) -> Admission:
    """This reader's PIN was right: those before it are forgotten."""
    others = tuple(one for one in admission.wrong if one.reader != who)
    return admission if len(others) == len(admission.wrong) else replace(admission, wrong=others)


def is_paused(admission: Admission, who: str, around: Surroundings) -> bool:
    """Whether this reader has typed wrong PINs until they have to wait."""
    tries, now_ms = around.rules.admission.pin_tries, around.now.mono_ms
    return any(one.reader == who and one.times >= tries and now_ms < one.until_ms for one in admission.wrong)
