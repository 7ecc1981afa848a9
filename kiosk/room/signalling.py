"""Light, siren and voice in the room while something is wrong. A part of the room. Pure.

    a fault begins to stand   its light on, its siren for `siren_s`, its prompt spoken (`kiosk.room.speaking`)
    the last one is over      the light off, the siren off
    quiet hours               no siren and no voice, but for what is about people and fire

**No signal touches the lock.** Its outputs are those of `[room.alarms]` alone, which the configuration refuses where
they are not a board's, or where the lock hangs on them. The board ends the siren by itself, though the kiosk has died.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from drivers.events import DeviceBack, DeviceLost, OutputSwitched
from kiosk.effects import ClearFault, RaiseFault
from kiosk.events import AnyEvent
from kiosk.room.alarm_settings import Alarms, Output
from kiosk.room.alarm_state import Pair, Signalling
from kiosk.room.hours import MINUTE_MS, civil_minute
from kiosk.room.surroundings import Effects, Stepped, Surroundings
from kiosk.room_effects import Switch
from wire import facts
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.core import Kiosk

SIGNAL_FAILED: Final = number("signal_failed")
WISHES: Final = frozenset({RaiseFault, ClearFault})
"""What other parts of the room have decided in this step; the station's faults stand already."""
HEARS: Final[frozenset[type]] = WISHES | {
    OutputSwitched,
    DeviceBack,
    DeviceLost,
    facts.FaultRaised,
    facts.FaultCleared,
}
HOME: Final = "Asia/Shanghai"
"""Where no list of hours says which zone it is."""


class Signal(NamedTuple):
    """How one alarm is shown and heard on site."""

    prompt: str = ""
    """As the voice's file of prompts names it; empty: nothing is said, or the screen's own voice says it."""
    light: bool = True
    siren: bool = False
    always: bool = False
    """In quiet hours too."""


SIGNALS: Mapping[int, Signal] = {
    number(name): signal
    for name, signal in {
        "fire_active": Signal(siren=True, always=True),
        "smoke_sensed": Signal("leave_now", siren=True, always=True),
        "sos_pressed": Signal("help_called", always=True),
        "help_called": Signal(light=False, always=True),
        "door_forced": Signal("alarm_told", siren=True),
        "tampered": Signal("alarm_told", siren=True),
        "entry_while_closed": Signal("alarm_told", siren=True),
        "moved_while_armed": Signal("alarm_told", siren=True),
        "tailgated": Signal("one_card_each"),
        "overstay": Signal("room_closed"),
        "over_capacity": Signal(),
        "door_left_open": Signal("close_door"),
        "door_held_open": Signal("close_door", light=False),
        "gate_alarm": Signal(),
        "lock_not_released": Signal("door_by_hand"),
        "water_sensed": Signal("alarm_told"),
        "climate_off": Signal("alarm_told"),
        "mains_lost": Signal("power_out"),
        "battery_low": Signal(),
        "door_lost": Signal(),
    }.items()
}
"""What has a signal; all other alarms are central's alone. `fire_active` and `gate_alarm` are spoken by the screen's
own voice, `help_called` is answered by its screen."""


def attend(came: Kiosk, kiosk: Kiosk, event: AnyEvent, told: Effects, around: Surroundings) -> Stepped:
    """`kiosk.room.rounds.Part.attend`."""
    room = kiosk.room
    assert room is not None, "parts are stepped where there is a room"
    before, rules = room.signalling, around.rules.alarms
    answered = _answered(event, rules)
    same = kiosk.station.troubles is came.station.troubles and type(event) not in {DeviceBack, DeviceLost}
    if same and not before.prompts and not any(type(one) in WISHES for one in told):
        return room, answered
    stand = _standing(kiosk, told)
    lit = None if isinstance(event, DeviceLost) and _is_of(rules.light, event.device) else before.lit
    new = [fault for fault, _ in sorted(stand - before.shown)]
    signals = [SIGNALS[fault] for fault in dict.fromkeys(new)] if _sounds(kiosk, around) else []
    prompts, effects = _heard(signals, around)
    lit, more = _lit(lit, stand, kiosk, around)
    effects += more
    if before.shown and not _sirens(stand) and _sirens(before.shown) and rules.siren:
        effects += (Switch(rules.siren.device, rules.siren.output, on=False),)
    after = Signalling(stand, lit, prompts)
    return (room if after == before else replace(room, signalling=after)), answered + effects


def _standing(kiosk: Kiosk, told: Effects) -> frozenset[Pair]:
    """Faults with a signal that stand once this step is done: the station's, and what other parts wish."""
    stand = {pair for pair in kiosk.station.troubles if pair[0] in SIGNALS}
    for one in told:
        if type(one) is RaiseFault and one.fault in SIGNALS:
            stand.add((one.fault, one.device))
        elif type(one) is ClearFault:
            stand.discard((one.fault, one.device))
    return frozenset(stand)


def _sirens(stand: frozenset[Pair]) -> bool:
    return any(SIGNALS[fault].siren for fault, _ in stand)


def _sounds(kiosk: Kiosk, around: Surroundings) -> bool:
    """A drill is heard where the room's settings say so."""
    assert kiosk.room is not None, "the caller looked"
    return around.rules.alarms.drill or kiosk.room.drilling.drill is None


def _heard(signals: list[Signal], around: Surroundings) -> tuple[tuple[str, ...], Effects]:
    """What is said and sounded of what has just begun."""
    rules = around.rules.alarms
    loud = [one for one in signals if one.always] if signals and _is_quiet(around) else signals
    prompts = tuple(dict.fromkeys(one.prompt for one in loud if one.prompt)) if rules.voice else ()
    if rules.siren is None or not any(one.siren for one in loud):
        return prompts, ()
    limit_ms = int(rules.siren_s * 1000)
    return prompts, (Switch(rules.siren.device, rules.siren.output, on=True, limit_ms=limit_ms),)


def _lit(
    lit: bool | None, stand: frozenset[Pair], kiosk: Kiosk, around: Surroundings
) -> tuple[bool | None, Effects]:
    """The light as it should be, asked for where its board is there."""
    light = around.rules.alarms.light
    if light is None or light.device not in kiosk.station.identities:
        return lit, ()
    wanted = any(SIGNALS[fault].light for fault, _ in stand) and _sounds(kiosk, around)
    if wanted is lit:
        return lit, ()
    return wanted, (Switch(light.device, light.output, wanted),)


def _is_quiet(around: Surroundings) -> bool:
    quiet = around.rules.alarms.quiet
    if quiet is None:
        return False
    hours = around.rule.lists.hours
    minute = around.rule.memory.time_ms(around.now) // MINUTE_MS
    clock = f"{civil_minute(hours.zone if hours else HOME, minute):%H:%M}"
    if quiet.begin <= quiet.end:
        return quiet.begin <= clock < quiet.end
    return clock >= quiet.begin or clock < quiet.end


def _is_of(output: Output | None, device: str) -> bool:
    return output is not None and output.device == device


def _answered(event: AnyEvent, rules: Alarms) -> Effects:
    """Whether a light or siren did what it was asked for."""
    if not isinstance(event, OutputSwitched):
        return ()
    ours = {(one.device, one.output) for one in (rules.light, rules.siren) if one}
    if (event.device, event.output) not in ours:
        return ()
    if event.error is None:
        return (ClearFault(SIGNAL_FAILED, event.device),)
    return (RaiseFault(SIGNAL_FAILED, event.device, f"{event.output}: {event.error.text}"),)
