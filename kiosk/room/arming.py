"""After closing: is everybody out, and does nothing move? A part of the room. Pure.

    closed, somebody inside after overstay_min     `overstay`, until they are out, the room opens or staff come
    closed, empty, the door shut, and still        armed
    the same, and still for very long              armed: whoever is counted inside is a mistake of the counter's
    closed, and not armed after late_min           `not_armed`
    armed, and something moves                     `moved_while_armed`, and what other parts say of it
    opening, a pause, a card of staff              disarmed

**Arming shuts nothing.** The handle, the exit button and the fire contact open the door as at any hour; an armed room
differs in nothing but in what is an alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from drivers.events import DeviceBack, PadSettled
from kiosk.effects import AnyEffect, ClearFault, RaiseFault, Record, Remember
from kiosk.events import AnyEvent
from kiosk.room import counting, stirring
from kiosk.room.closing_state import Arming
from kiosk.room.hours import MINUTE_MS, State
from kiosk.room.state import Room
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from kiosk.service.state import Phase as Service
from wire import facts
from wire.admission import STAFF
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk

OVERSTAY = number("overstay")
MOVED_WHILE_ARMED = number("moved_while_armed")
NOT_ARMED = number("not_armed")
ARMED = "room.armed"
"""Name under which it is remembered that the room is armed."""
PAD_TELLS = (DeviceBack, PadSettled)
ENDS: dict[State, Literal["opening", "cleaning", "self_test"]] = {
    State.OPEN: "opening",
    State.LAST_ENTRY: "opening",
    State.CLEANING: "cleaning",
    State.SELF_TEST: "self_test",
}


# ---------------------------------------------------------------- the part
def attend(came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    if isinstance(event, PAD_TELLS) and kiosk.station.fittings.is_a(event.device, "pad"):
        laid = isinstance(event, DeviceBack)
        room = replace(room, arming=replace(room.arming, laid=laid))
    moment, arming = room.closing.moment, room.arming
    if moment is None:
        return room, ()  # a start: the lists are not read yet, or the time is not known
    if moment.state is not State.CLOSED:
        if arming.closed_ms is None and not arming.armed:
            return room, ()
        return replace(room, arming=Arming()), (*_disarmed(arming, ENDS[moment.state]), *_all_clear())
    if arming.closed_ms is None:
        arming = replace(arming, closed_ms=around.now.mono_ms, moved_ms=around.now.mono_ms)
    if _staff_came(kiosk, arming, told):
        disarmed = _disarmed(arming, "staff")
        arming = Arming(False, arming.closed_ms, around.now.mono_ms, attended=True)
        return replace(room, arming=arming), (*disarmed, *_all_clear())
    effects: Effects = ()
    if stirring.stirs(came, kiosk, event):
        arming, effects = _moved(arming, event, around)
    arming, more = _judged(arming, room, around, deaf=stirring.is_deaf(kiosk))
    return (room, ()) if arming is room.arming else (replace(room, arming=arming), effects + more)


def deadline_ms(kiosk: Kiosk, around: Surroundings) -> int | None:
    """`kiosk.room.rounds.Timed.deadline_ms`."""
    assert kiosk.room is not None, "parts are asked where there is a room"
    arming, rules = kiosk.room.arming, around.rules.arming
    if arming.closed_ms is None or arming.armed:
        return None
    moments = (
        arming.moved_ms + rules.quiet_min * MINUTE_MS,
        arming.moved_ms + around.rules.counting.still_min * MINUTE_MS,
        arming.closed_ms + rules.overstay_min * MINUTE_MS,
        arming.closed_ms + rules.late_min * MINUTE_MS,
    )
    return min((ms for ms in moments if ms > around.now.mono_ms), default=None)


def recall(kiosk: Kiosk, remembered: Callable[[str], str | None]) -> Kiosk:
    """`kiosk.room.rounds.Lasting.recall`: a room that was armed is armed still."""
    assert kiosk.room is not None, "parts are recalled where there is a room"
    armed = remembered(ARMED) is not None
    return replace(kiosk, room=replace(kiosk.room, arming=Arming(armed))) if armed else kiosk


# ---------------------------------------------------------------- what happens in a closed room
def _staff_came(kiosk: Kiosk, arming: Arming, told: Effects) -> bool:
    """A card of theirs was taken at the door, or they are at the machine."""
    if kiosk.service.phase is not Service.OFF and not arming.attended:
        return True
    return any(map(_is_staff, told))


def _is_staff(told: AnyEffect) -> bool:
    return type(told) is Record and type(told.fact) is facts.EntryGranted and told.fact.role in STAFF


def _moved(arming: Arming, event: AnyEvent, around: Surroundings) -> tuple[Arming, Effects]:
    """Quiet begins anew; in an armed room it is an alarm, and one alarm is enough."""
    first = arming.armed and not arming.moved
    arming = replace(arming, moved_ms=around.now.mono_ms, moved=arming.moved or first)
    return arming, (
        RaiseFault(MOVED_WHILE_ARMED, cause=str(getattr(event, "device", "screen"))),
    ) if first else ()


def _judged(arming: Arming, room: Room, around: Surroundings, *, deaf: bool) -> tuple[Arming, Effects]:
    """Overstay and arming, as time and the count have it."""
    inside, rules, now_ms = counting.inside(room), around.rules.arming, around.now.mono_ms
    assert arming.closed_ms is not None, "the caller looked"
    closed_ms, still_ms = now_ms - arming.closed_ms, now_ms - arming.moved_ms
    deserted = still_ms >= around.rules.counting.still_min * MINUTE_MS and stirring.is_shut(room)
    empty = inside <= rules.tolerance or (deserted and not deaf)
    effects: list[AnyEffect] = []
    stays = not empty and not arming.attended and closed_ms >= rules.overstay_min * MINUTE_MS
    if stays != arming.overstayed:
        arming = replace(arming, overstayed=stays)
        effects.append(RaiseFault(OVERSTAY, cause=f"{inside} inside") if stays else ClearFault(OVERSTAY))
    still = still_ms >= rules.quiet_min * MINUTE_MS
    if not arming.armed and empty and still and stirring.is_shut(room):
        arming = replace(arming, armed=True, attended=False, late=False)
        effects += [Record(facts.RoomArmed(inside)), Remember(ARMED, "1"), ClearFault(NOT_ARMED)]
    if not arming.armed and not arming.late and closed_ms >= rules.late_min * MINUTE_MS:
        arming = replace(arming, late=True)
        effects.append(RaiseFault(NOT_ARMED, cause=_why_not(room, empty=empty, inside=inside)))
    return arming, tuple(effects)


def _why_not(room: Room, *, empty: bool, inside: int) -> str:
    if not empty:
        return f"{inside} inside by the counter"
    return "something moves" if stirring.is_shut(room) else "the door is open, or not heard"


def _disarmed(arming: Arming, why: Literal["opening", "cleaning", "self_test", "staff"]) -> Effects:
    return (Record(facts.RoomDisarmed(why)), Remember(ARMED, None)) if arming.armed else ()


def _all_clear() -> Effects:
    return ClearFault(OVERSTAY), ClearFault(MOVED_WHILE_ARMED), ClearFault(NOT_ARMED)
