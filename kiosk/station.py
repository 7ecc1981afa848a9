"""The kiosk's own health: its devices, the faults that stand, and the state that follows from them.

    boot      not every device has been heard of yet
    ready     nothing is wrong
    degraded  something is, and the kiosk works on
    broken    a required device is away (mends itself when it is back), or the kiosk is Broken:
              the journal or the program failed. Broken is announced once, keeps its first cause
              and leaves by a restart only.

Drivers' errors become faults of the catalogue here and nowhere else. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from drivers.errors import DriverError, Gone, Misbehaved, Unsupported
from drivers.events import DeviceBack, DeviceLost, InputSensed, Measured, PaperSensed
from drivers.kit import Kind
from kiosk import points
from kiosk.central_events import MessageRefused, UplinkChanged
from kiosk.clock import Now, earliest
from kiosk.effects import AnyEffect, ClearFault, RaiseFault, Record
from kiosk.events import AnyEvent, IlsChanged, JournalStands, Ticked
from kiosk.fittings import Fittings
from kiosk.restless import Restless
from wire import facts
from wire.condition import Reading, State, Trouble
from wire.faults import number

LOST: Mapping[Kind, int] = {
    "pad": number("pad_lost"),
    "card": number("card_reader_lost"),
    "door": number("door_lost"),
    "gate": number("gate_lost"),
    "counter": number("counter_lost"),
    "sensors": number("sensors_lost"),
    "outputs": number("outputs_lost"),
    "printer": number("printer_lost"),
    "voice": number("voice_lost"),
}
"""The fault that a lost device is, by its kind."""
DEVICE_MISBEHAVED = number("device_misbehaved")
ILS_SILENT = number("ils_silent")
LOANS_CLOSED = number("loans_closed")
RETURNS_CLOSED = number("returns_closed")
CENTRAL_AWAY = number("central_away")
MESSAGE_FORGED = number("message_forged")
MESSAGE_MALFORMED = number("message_malformed")
DISK_FAILED = number("disk_failed")
JOURNAL_FILLING = number("journal_filling")
JOURNAL_FULL = number("journal_full")
JOURNAL_FORKED = number("journal_forked")
JOURNAL_DAMAGED = number("journal_damaged")
FACTS_LOST = number("facts_lost")
CARD_KEY_LOCKED = number("card_key_locked")
SOS_PRESSED = number("sos_pressed")
STICKY = frozenset(number(n) for n in ("journal_forked", "disk_failed", "program_failed"))
"""Any of these makes the kiosk Broken until it is started anew."""
IDENTITY_CHARACTERS = 100
"""Of as many devices as a kiosk may have, a condition still fits its bound."""
TELL_REFUSED_MS = 60_000
"""Refused messages become one fact a minute, however many come."""


class Station(Struct, frozen=True):
    fittings: Fittings = field(default_factory=Fittings)
    """Devices that the configuration names."""
    identities: Mapping[str, str] = {}
    """What each device that answers says of itself."""
    readings: Mapping[str, Reading] = {}
    """The last value of each point that is measured or watched."""
    troubles: Mapping[tuple[int, str], Trouble] = {}
    """Faults that stand, by number and device."""
    ils_up: bool = False
    takes: frozenset[str] = frozenset()
    """Identifiers of the requests that the ILS answers, as it said last."""
    broker: bool = False
    central: bool = False
    refused: int = 0
    """Messages refused since start."""
    refused_untold: int = 0
    last_refused: tuple[str, str] = ("", "")
    tell_refused_at_ms: int | None = None
    restless: Restless = Restless()
    """Faults of devices, lines and contacts that come and go."""
    facts_lost: int = 0
    """Facts that the journal has dropped and not told yet."""

    service: bool = False
    """Staff are at the machine, or have put up the sign: readers are not served."""

    @property
    def state(self) -> State:
        if self.service:
            return "service"
        fitted = self.fittings.by_name
        lost = {
            name
            for name, fitting in fitted.items()
            if (LOST[fitting.kind], name) in self.troubles and name not in self.identities
        }
        if any(number in STICKY for number, _ in self.troubles) or any(
            fitted[name].required for name in lost
        ):
            return "broken"
        if fitted.keys() - self.identities.keys() - lost:
            return "boot"
        return "degraded" if self.troubles else "ready"

    @property
    def serving(self) -> bool:
        """Whether the desk takes new work: all that it cannot do without answers."""
        away = self.fittings.needed_at_desk() - self.identities.keys()
        return not self.service and not away and not any(number in STICKY for number, _ in self.troubles)

    @property
    def lending(self) -> bool:
        """Whether there is room for what a new session would have to tell."""
        return (JOURNAL_FULL, "") not in self.troubles

    @property
    def loans(self) -> bool:
        """Whether the ILS takes loans from here, as it said last."""
        return (LOANS_CLOSED, "") not in self.troubles

    @property
    def returns(self) -> bool:
        """The same of returns."""
        return (RETURNS_CLOSED, "") not in self.troubles

    @property
    def forked(self) -> bool:
        """Another machine writes this journal too: it is not to go on."""
        return (JOURNAL_FORKED, "") in self.troubles


Stepped = tuple[Station, tuple[AnyEffect, ...]]


def step(station: Station, event: AnyEvent, now: Now) -> Stepped:
    """The station after `event`; the effects are facts alone."""
    look = HEARD.get(type(event))
    return look(station, event, now) if look else (station, ())


def deadline_ms(station: Station) -> int | None:
    """When time itself will next change it (monotonic); None: never."""
    told_ms, restless = station.tell_refused_at_ms, station.restless
    return earliest(told_ms, restless.deadline_ms()) if restless.over else told_ms


def is_new(station: Station, effect: RaiseFault | ClearFault) -> bool:
    """Whether a wish changes anything: what stands is raised in vain, and what does not is cleared in vain."""
    stands = (effect.fault, effect.device) in station.troubles
    return stands is (type(effect) is ClearFault)


def apply(station: Station, effect: RaiseFault | ClearFault, now: Now) -> Stepped:
    """A table's wish to raise or clear a fault; raising one that stands, or clearing none, is nothing."""
    if isinstance(effect, RaiseFault):
        return raise_fault(station, effect, now)
    return _clear(station, effect.fault, effect.device)


def raise_fault(station: Station, effect: RaiseFault, now: Now) -> Stepped:
    """A fault stands from now on, with its first cause."""
    key = (effect.fault, effect.device)
    if key in station.troubles:
        return station, ()
    cause = facts.clip(effect.cause)
    trouble = Trouble(effect.fault, effect.device, max(now.wall_ms, 0), cause)
    raised = Record(facts.FaultRaised(effect.fault, effect.device, cause))
    return replace(station, troubles={**station.troubles, key: trouble}), (raised,)


def worded(cause: DriverError) -> str:
    """Whose fault it is, and the driver's words: what a technician reads first."""
    whose = {Gone: "gone", Misbehaved: "misbehaved", Unsupported: "unsupported"}.get(type(cause), "misuse")
    return f"{whose}: {cause.text}"


def _set(station: Station, effect: RaiseFault, now: Now, *, stands: bool) -> Stepped:
    return raise_fault(station, effect, now) if stands else _clear(station, effect.fault, effect.device)


def _sense(station: Station, effect: RaiseFault, now: Now, *, stands: bool) -> Stepped:
    """The same for what a device, a line or a contact tells: one that comes and goes is left standing for a while."""
    key, restless = (effect.fault, effect.device), station.restless
    told_of, over = key in station.troubles, key in restless.over
    if stands:
        if told_of and not over:
            return station, ()
        return raise_fault(replace(station, restless=restless.begin(key, now.mono_ms)), effect, now)
    if over or not told_of:
        return station, ()
    if restless.is_restless(key, now.mono_ms):
        return replace(station, restless=restless.leave(key, now.mono_ms)), ()
    return _clear(station, *key)


def _clear(station: Station, fault: int, device: str) -> Stepped:
    if (fault, device) not in station.troubles:
        return station, ()
    left = {key: trouble for key, trouble in station.troubles.items() if key != (fault, device)}
    return replace(station, troubles=left), (Record(facts.FaultCleared(fault, device)),)


def _look_at_device(station: Station, event: DeviceBack | DeviceLost, now: Now) -> Stepped:
    device = event.device
    if device not in station.fittings.by_name:
        return station, ()
    lost = LOST[station.fittings.by_name[device].kind]
    known = {name: text for name, text in station.identities.items() if name != device}
    if isinstance(event, DeviceBack):
        known[device] = facts.clip(event.identity, IDENTITY_CHARACTERS)
        return _sense(replace(station, identities=known), RaiseFault(lost, device), now, stands=False)
    cause = worded(event.cause)
    return _sense(replace(station, identities=known), RaiseFault(lost, device, cause), now, stands=True)


def _look_at_points(station: Station, event: Measured | InputSensed | PaperSensed, now: Now) -> Stepped:
    """A value is kept for the vitals; the faults that a contact or the paper means stand as it says.

    Whoever presses for help is heard each time.
    """
    called, read = points.called(event, station.fittings), points.reading(event)
    if read is not None:
        station = replace(station, readings={**station.readings, called: read})
    told: tuple[AnyEffect, ...] = ()
    for fault, stands in points.meanings(event):
        look = _set if fault == SOS_PRESSED else _sense
        station, more = look(station, RaiseFault(fault, called), now, stands=stands)
        told += more
    return station, told


def _look_at_line(station: Station, event: UplinkChanged, now: Now) -> Stepped:
    there = event.broker and event.central
    away = RaiseFault(CENTRAL_AWAY, cause="central" if event.broker else "broker")
    return _sense(replace(station, broker=event.broker, central=event.central), away, now, stands=not there)


def _look_at_ils(station: Station, event: IlsChanged, now: Now) -> Stepped:
    """What it takes is what it said last, also while it says nothing."""
    silence = RaiseFault(ILS_SILENT, cause=event.cause)
    takes = event.takes if event.up else station.takes
    station, told = _sense(replace(station, ils_up=event.up, takes=takes), silence, now, stands=not event.up)
    for fault, taken in ((LOANS_CLOSED, event.loans), (RETURNS_CLOSED, event.returns)):
        if event.up:
            station, more = _set(station, RaiseFault(fault), now, stands=not taken)
            told += more
    return station, told


def _look_at_journal(station: Station, event: JournalStands, now: Now) -> Stepped:
    """Dropped facts are an alarm once they are told, and stay one: who looks must look at doors and alarms."""
    causes = {
        JOURNAL_FILLING: "80 % of the facts that may wait" if event.filling else "",
        JOURNAL_FULL: "95 % of the facts that may wait" if event.scarce else "",
        JOURNAL_FORKED: "another machine writes it too" if event.forked else "",
        JOURNAL_DAMAGED: event.damaged,
        DISK_FAILED: event.failed,
        CARD_KEY_LOCKED: event.locked,
    }
    told: tuple[AnyEffect, ...] = ()
    for fault, cause in causes.items():
        stands = bool(cause) or fault in STICKY & {key for key, _ in station.troubles}
        station, more = _set(station, RaiseFault(fault, cause=cause), now, stands=stands)
        told += more
    if station.facts_lost and not event.lost:
        station, more = raise_fault(station, RaiseFault(FACTS_LOST, cause=f"{station.facts_lost} facts"), now)
        told += more
    return replace(station, facts_lost=event.lost), told


def _refuse(station: Station, event: MessageRefused, now: Now) -> Stepped:
    station = replace(
        station,
        refused=station.refused + 1,
        refused_untold=station.refused_untold + 1,
        last_refused=(facts.clip(event.topic), facts.clip(event.why)),
    )
    fault = MESSAGE_FORGED if event.forged else MESSAGE_MALFORMED
    station, effects = raise_fault(station, RaiseFault(fault, cause=event.why), now)
    if station.tell_refused_at_ms is None:
        station, told = _tell(station, now)
        effects += told
    return station, effects


def _look_at_time(station: Station, _event: Ticked, now: Now) -> Stepped:
    station, told = _tell_refused(station, now)
    for key in station.restless.calmed(now.mono_ms):
        station, cleared = _clear(replace(station, restless=station.restless.end(key)), *key)
        told += cleared
    return station, told


def _tell_refused(station: Station, now: Now) -> Stepped:
    if station.tell_refused_at_ms is None or now.mono_ms < station.tell_refused_at_ms:
        return station, ()
    if station.refused_untold:
        return _tell(station, now)
    station, forged = _clear(replace(station, tell_refused_at_ms=None), MESSAGE_FORGED, "")
    station, malformed = _clear(station, MESSAGE_MALFORMED, "")
    return station, forged + malformed


def _tell(station: Station, now: Now) -> Stepped:
    topic, why = station.last_refused
    told = Record(facts.MessagesRefused(station.refused_untold, topic, why))
    due = now.mono_ms + TELL_REFUSED_MS
    return replace(station, refused_untold=0, tell_refused_at_ms=due), (told,)


HEARD: Mapping[type[AnyEvent], Callable[[Station, Any, Now], Stepped]] = {
    DeviceBack: _look_at_device,
    DeviceLost: _look_at_device,
    Measured: _look_at_points,
    InputSensed: _look_at_points,
    PaperSensed: _look_at_points,
    IlsChanged: _look_at_ils,
    UplinkChanged: _look_at_line,
    JournalStands: _look_at_journal,
    MessageRefused: _refuse,
    Ticked: _look_at_time,
}
"""All that tells of the kiosk's own health."""
