"""What counts as a visit, by the counter (method A) and by cards (method B). Pure.

    a visit      one person who passes the entry line into the room while it is open; coming again counts again
    method A     what the counter's total of those who came has grown by
    method B     a card was granted and the door opened within ten seconds, or stood open: the reader, and who came along
    no visit     whoever was refused; staff, cleaners and emergency cards; the same card once more before the door
                 opened; while staff have the machine in service; while the room is closed, which is an alarm
    again        by method B: the same reader came or went less than ten minutes before. It counts, and is shown apart

By method A, those who pass next after a card of staff has opened the door are the staff. Who came while nobody looked
is taken for a visit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from drivers.events import CardShown
from kiosk.effects import RaiseFault, Record
from kiosk.fittings import DOOR
from kiosk.room.counting_state import Counting, Grant, Present
from kiosk.room.hours import State
from kiosk.room.occupancy import ENTRY_WHILE_CLOSED, Counted, counts
from kiosk.room.surroundings import Effects, Surroundings
from kiosk.service.state import ACTIVE
from wire import facts

if TYPE_CHECKING:
    from kiosk.core import Kiosk

OPENED_WITHIN_MS = 10_000
"""From the card to the door: the definition of method B."""
AGAIN_MS = 600_000
"""From the last coming or going of the same reader."""
PASSING_MS = 30_000
"""So long after a door has opened for somebody the counter may still count them."""
MAX_GRANTS = 16
MAX_PRESENT = 500
"""Cards that were never shown on the way out, persons whom the counter never saw leave; the first have long gone."""
MAX_RECENT = 500
Why = Literal["staff", "closed", "service"]


def by(counting: Counting, kiosk: Kiosk, around: Surroundings) -> Literal["counter", "card"]:
    """Whose number is the visits of this room."""
    counted = counts(counting, kiosk.station.fittings)
    return around.rules.counting.visits or ("counter" if counted else "card")


# ---------------------------------------------------------------- method A
def crossed_in(
    counting: Counting, persons: int, kiosk: Kiosk, around: Surroundings, *, seen: bool
) -> Counted:
    """The counter counted `persons` who came; `seen`: now, not while nobody looked."""
    now_ms = around.now.mono_ms
    mine = by(counting, kiosk, around) == "counter"
    staff = min(persons, counting.staff_due) if now_ms < counting.due_until_ms else 0
    why = _apart(counting, kiosk, around) if seen else None
    counting = replace(
        counting,
        by_counter=counting.by_counter + persons,
        came_ms=(*counting.came_ms, *(now_ms,) * persons)[-MAX_PRESENT:] if seen else (),
        due=max(counting.due - persons, 0),
        staff_due=counting.staff_due - staff,
    )
    effects: Effects = (Record(facts.EntryApart(staff, "counter", "staff")),) if staff and mine else ()
    others = persons - staff
    if not others:
        return counting, effects
    if why == "closed" and now_ms >= counting.ordered_until_ms:
        effects += (RaiseFault(ENTRY_WHILE_CLOSED, DOOR, f"{others} by the counter"),)
    if why:
        return counting, (*effects, Record(facts.EntryApart(others, "counter", why))) if mine else effects
    return counting, (*effects, Record(facts.VisitEntered(others, "counter", not mine, **_hour(around))))


def crossed_out(counting: Counting, persons: int, kiosk: Kiosk, around: Surroundings) -> Counted:
    """The counter counted `persons` who went: the first to come are taken to be the first to go.

    Over all who went, how long they stayed is the same whoever went first.
    """
    known = counting.came_ms
    unknown = max(counting.by_counter - len(known), 0)
    stays = max(min(persons - unknown, len(known)), 0)
    stayed_ms = sum(around.now.mono_ms - came_ms for came_ms in known[:stays])
    check = by(counting, kiosk, around) == "card" and bool(around.rules.counting.exit_readers)
    inside = max(counting.by_counter - persons, 0)
    left = facts.VisitLeft(persons, "counter", check, stays, stayed_ms // 1000)
    return replace(counting, by_counter=inside, came_ms=known[stays:]), (Record(left),)


def _apart(counting: Counting, kiosk: Kiosk, around: Surroundings) -> Why | None:
    """Why whoever comes in now is no visit; None: they are one."""
    if kiosk.service.phase in ACTIVE:
        return "service"
    moment = around.rule.moment()
    is_open = moment is None or moment.state in {State.OPEN, State.LAST_ENTRY}
    in_time = around.now.mono_ms < counting.due_until_ms and counting.due > counting.staff_due
    return None if is_open or in_time else "closed"


# ---------------------------------------------------------------- method B
def granted(counting: Counting, fact: facts.EntryGranted, shown: str, around: Surroundings) -> Counting:
    """The door is released for a card. The same card once more is the same coming."""
    staff, persons = fact.role != "reader", 1 + fact.companions
    until_ms = around.now.mono_ms + OPENED_WITHIN_MS
    grant = Grant(fact.reader, shown, persons, until_ms, staff=staff, shared="shared" in fact.marks)
    others = tuple(one for one in counting.grants if one.reader != fact.reader)
    return replace(counting, grants=(*others, grant)[-MAX_GRANTS:])


def opened(counting: Counting, kiosk: Kiosk, around: Surroundings, *, anew: bool) -> Counted:
    """The door has opened, `anew`, or stands open: whoever it was released for has come in."""
    now_ms, effects = around.now.mono_ms, Effects()
    if anew and counting.through:
        counting = replace(counting, through=())
    for grant in counting.grants:
        if now_ms < grant.until_ms and (grant.shared or grant.reader not in counting.through):
            counting, more = _came_in(counting, grant, kiosk, around)
            effects += more
    return replace(counting, grants=()), effects


def _came_in(counting: Counting, grant: Grant, kiosk: Kiosk, around: Surroundings) -> Counted:
    now_ms, mine = around.now.mono_ms, by(counting, kiosk, around) == "card"
    again = any(reader == grant.reader and now_ms - at < AGAIN_MS for reader, at in counting.recent)
    due, staff_due = (counting.due, counting.staff_due) if now_ms < counting.due_until_ms else (0, 0)
    counting = replace(
        _met(counting, grant.reader, now_ms),
        through=(*counting.through, grant.reader),
        due_until_ms=now_ms + PASSING_MS,
        due=due + grant.persons,
        staff_due=staff_due + grant.staff * grant.persons,
    )
    if around.rules.counting.exit_readers:
        since_ms = around.rule.memory.time_ms(around.now)
        here = Present(grant.reader, grant.shown, grant.persons, since_ms)
        others = tuple(one for one in counting.present if one.reader != grant.reader)
        counting = replace(counting, present=(*others, here)[-MAX_PRESENT:])
    if grant.staff:
        return counting, (Record(facts.EntryApart(grant.persons, "card", "staff")),) if mine else ()
    visit = facts.VisitEntered(grant.persons, "card", not mine, grant.persons - 1, again, **_hour(around))
    return counting, (Record(visit),)


def shown_out(counting: Counting, event: CardShown, kiosk: Kiosk, around: Surroundings) -> Counted:
    """A card was shown beside the way out: its reader leaves, with who came along. Others change nothing."""
    shown = around.rule.named(event.number)
    gone = next((one for one in counting.present if shown in {one.reader, one.shown}), None)
    if gone is None:
        return counting, ()
    stayed_s = max(around.rule.memory.time_ms(around.now) - gone.since_ms, 0) // 1000
    left = facts.VisitLeft(
        gone.persons, "card", by(counting, kiosk, around) != "card", gone.persons, stayed_s * gone.persons
    )
    present = tuple(one for one in counting.present if one is not gone)
    return replace(_met(counting, gone.reader, around.now.mono_ms), present=present), (Record(left),)


def _met(counting: Counting, reader: str, now_ms: int) -> Counting:
    """With when this reader came or went last; those of more than ten minutes ago are forgotten."""
    others = [(name, at) for name, at in counting.recent if name != reader and now_ms - at < AGAIN_MS]
    return replace(counting, recent=(*others, (reader, now_ms))[-MAX_RECENT:])


def _hour(around: Surroundings) -> dict[str, bool]:
    moment = around.rule.moment()
    return {"unattended": moment is not None and not moment.staffed}
