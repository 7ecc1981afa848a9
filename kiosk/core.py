"""The whole kiosk as one value and one pure step: (state, event, now) → (state, effects).

No clock, no thread, no disk: what runs here runs the same in a simulation.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import (
    IdCardShown,
)
from kiosk import debts, ease, memory, owed, payments, repairs, station, whose
from kiosk.central_events import NewsCame, WatermarkMoved
from kiosk.clock import Now, earliest
from kiosk.courtesies import step as courtesies
from kiosk.ease import ALL_NOBODYS, CHOICES, at_pace
from kiosk.effects import AnyEffect, ClearFault, RaiseFault, Record, kinds
from kiosk.errands import moves_payment
from kiosk.errands import table as errand_table
from kiosk.errands.surroundings import Surroundings as ErrandSurroundings
from kiosk.events import AnyEvent, IlsChanged, ReaderAnswered, ServingChanged, Touched
from kiosk.knowledge import Lists
from kiosk.lists import standing
from kiosk.registering import entering
from kiosk.registering import table as registering_table
from kiosk.registering.moves import deadline_ms as registering_deadline_ms
from kiosk.registering.surroundings import SignIn
from kiosk.registering.surroundings import Surroundings as RegisteringSurroundings
from kiosk.room import rounds
from kiosk.room import table as room_table
from kiosk.room.moves import deadline_ms as room_deadline_ms
from kiosk.room.surroundings import Surroundings as RoomSurroundings
from kiosk.rule import Rule
from kiosk.service import attending, counting
from kiosk.service import table as service_table
from kiosk.session import table as session_table
from kiosk.session.moves import deadline_ms as session_deadline_ms
from kiosk.session.state import Phase
from kiosk.session.surroundings import Surroundings as DeskSurroundings
from kiosk.whole import Effects, Kiosk, Rules, Stepped
from wire import facts
from wire.faults import number

__all__ = ["Effects", "Kiosk", "Rules", "Stepped", "break_down", "deadline_ms", "step", "tell"]

ORDER_NOT_POSSIBLE = number("order_not_possible")
NO_LISTS = Lists()
DEBTS = frozenset(
    {
        *debts.LEAVE_OWED,
        facts.LoanMade,
        facts.LoanRefused,
        facts.LoanRenewed,
        facts.ReturnMade,
    }
)
"""Facts that leave the ILS an answer owed, or tell what became of an earlier one."""
STAYING = (Phase.OPEN, Phase.IDENTIFIED)
REMEMBERED = frozenset({Touched, ReaderAnswered, WatermarkMoved})
"""Events that tell something of readers, or of the time."""


def step(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    """The kiosk after `event`, and what is to be done, in order."""
    if type(event) is NewsCame:
        return replace(kiosk, news=event.news), ()
    if type(event) in whose.FROM_PAGES and whose.is_late(kiosk, event):
        return kiosk, ()
    told, shown = event, whose.shown(event, kiosk.station.fittings)
    came = kiosk
    kiosk, event, attended = attending.attend(kiosk, shown, now, rules)
    kiosk, learnt = _learn(kiosk, event, now, rules)
    kiosk, more = _tables(kiosk, event, told if event is shown else event, now, rules)
    kiosk, effects = _faults(kiosk, attended + learnt + more, now)
    if kiosk.session and kiosk.station is not came.station:
        kiosk, more = _served(came, kiosk, now, rules)
        effects += more
    kiosk, more = _payments(came, kiosk, event, effects, now, rules)
    effects += more
    if kiosk.session is not came.session or type(event) in courtesies.EVENTS:
        kiosk, more = _attended(came, kiosk, event, now, rules)
        effects += more
    if kiosk.room:
        kiosk, more = _room(came, kiosk, event, effects, now, rules)
        effects += more
    by_card = rules.reader_types and kiosk.session is not came.session
    if by_card or kiosk.eases != ALL_NOBODYS or type(event) in CHOICES:
        kiosk = _eased(kiosk, event, came, now, rules)
    if kiosk.station.fittings.names("voice"):
        kiosk, more = _spoken(came, kiosk, event, now, rules)
        effects += more
    if effects or type(event) in counting.HEARS:
        kiosk, effects = _noted(kiosk, event, effects, now)
    return kiosk, effects


def deadline_ms(kiosk: Kiosk, now: Now, rules: Rules) -> int | None:
    """When time itself will next change anything (monotonic); None: never."""
    moments = [station.deadline_ms(kiosk.station), courtesies.deadline_ms(kiosk.courtesies)]
    if kiosk.owed.debts:
        moments.append(owed.deadline_ms(kiosk.owed, rules.alarm_ms))
    if kiosk.payments.open:
        moments.append(payments.deadline_ms(kiosk.payments, rules.alarm_ms))
    if kiosk.eases != ALL_NOBODYS:
        moments.append(ease.deadline_ms(kiosk.eases, kiosk))
    if kiosk.session:
        moments.append(service_table.deadline_ms(kiosk.service))
        moments.append(session_deadline_ms(kiosk.session, now, at_pace(rules.desk, kiosk.eases.desk)))
        if kiosk.errand.reader or kiosk.errand.wish:
            moments.append(errand_table.deadline_ms(kiosk.errand))
    if kiosk.registering and kiosk.registering.end_at_ms is not None and rules.registration:
        warn_ms = int(at_pace(rules.registration, kiosk.eases.desk).warn_s * 1000)
        moments.append(registering_deadline_ms(kiosk.registering, now.mono_ms, warn_ms))
    if kiosk.room:
        moments.append(room_deadline_ms(kiosk.room))
        moments.append(rounds.deadline_ms(kiosk, _at_room(kiosk, now, rules)))
    if kiosk.lists:
        time_ms = kiosk.memory.time_ms(now)
        moments.append(standing.deadline_ms(kiosk.lists, now, time_ms=time_ms))
    return earliest(*moments)


def tell(kiosk: Kiosk, effects: Effects, now: Now) -> Stepped:
    """Faults that something beside the tables wants raised or cleared; all else stays as it is."""
    return _faults(kiosk, effects, now)


def break_down(kiosk: Kiosk, fault: int, cause: str, now: Now) -> Stepped:
    """The kiosk is Broken from now on: it takes nothing new until it is started again.

    Asks no table: one of them may be what failed.
    """
    health, effects = station.raise_fault(kiosk.station, RaiseFault(fault, cause=cause), now)
    session = kiosk.session and replace(kiosk.session, phase=Phase.OUT_OF_ORDER, serving=False)
    gone = kiosk.registering and entering.emptied(kiosk.registering)
    kiosk = replace(kiosk, station=health, session=session, errand=kiosk.errand.emptied(), registering=gone)
    return kiosk, effects


def _learn(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    """What the kiosk knows of itself, of readers and the time, of what is owed, and of its lists."""
    effects: Effects = ()
    if type(event) in station.HEARD:
        health, effects = station.step(kiosk.station, event, now)
        if health is not kiosk.station:
            kiosk = replace(kiosk, station=health)
    if type(event) in REMEMBERED:
        known, more = _remember(kiosk, event, now, rules)
        kiosk, effects = replace(kiosk, memory=known), effects + more
    time_ms = kiosk.memory.time_ms(now)
    if kiosk.owed.debts or kiosk.owed.late or type(event) is IlsChanged:
        settled, more = owed.step(kiosk.owed, event, now, time_ms=time_ms, alarm_ms=rules.alarm_ms)
        kiosk, effects = replace(kiosk, owed=settled), effects + more
    if kiosk.lists and standing.concerns(kiosk.lists, event, time_ms):
        lists, more = standing.step(kiosk.lists, event, now, time_ms=time_ms)
        kiosk, effects = replace(kiosk, lists=lists), effects + more
    return kiosk, effects


def _remember(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> memory.Stepped:
    """What the ILS says of readers, in which way they take a slip, and what central says of the time."""
    known, served = kiosk.memory, kiosk.session and kiosk.session.reader
    match event:
        case Touched(action="print" | "scan" as slip) if served:
            return memory.prefer(known, served.pseudonym, slip)
        case ReaderAnswered(reader=None, card=card, enters=True) if card:
            return memory.bar(known, rules.named(card))
        case ReaderAnswered(reader=None, card=card) if card:
            return memory.part_with(known, rules.named(card))
        case ReaderAnswered(reader=reader) if reader:
            return memory.meet(known, reader, now, rules.offline.known_days)
        case WatermarkMoved(ahead_ms=ahead_ms):
            return known.timed(ahead_ms), ()
    return known, ()


def _tables(kiosk: Kiosk, event: AnyEvent, told: AnyEvent, now: Now, rules: Rules) -> Stepped:
    """All tables in turn; `told` is the event as its device told it."""
    effects: Effects = ()
    if kiosk.session:
        kiosk, effects = _desks(kiosk, event, told, now, rules)
    room, fittings = kiosk.room, kiosk.station.fittings
    if room and room_table.hears(room, event) and whose.at_door(fittings, event):
        stepped, more = room_table.step(room, event, _at_room(kiosk, now, rules))
        if stepped is not room:
            kiosk = replace(kiosk, room=stepped)
        effects += more
    return kiosk, effects


def _desks(kiosk: Kiosk, event: AnyEvent, told: AnyEvent, now: Now, rules: Rules) -> Stepped:
    """The tables of the desk in turn."""
    assert kiosk.session is not None, "the caller looked"
    effects: Effects = ()
    held = type(event) in registering_table.ITS_OWN and (
        registering_table.holds(kiosk.registering, event) or whose.is_doors(event)
    )
    heard = not held and session_table.hears(kiosk.session, event)
    if heard and whose.at_desk(kiosk.station.fittings, event):
        kiosk, effects = _desk(kiosk, event, now, rules)
    nobodys = kiosk.session.stale if kiosk.session else frozenset()
    if not held:
        kiosk, more = _errand(kiosk, event, now, rules)
        effects += more
    kiosk, more = _registering(kiosk, told if type(told) is IdCardShown else event, now, rules)
    effects += more
    if type(event) in repairs.EVENTS:
        mended, more = repairs.step(kiosk.repairs, event, kiosk.memory.wishes, nobodys)
        if mended is not kiosk.repairs:
            kiosk = replace(kiosk, repairs=mended)
        effects += more
    return kiosk, effects


def _served(came: Kiosk, kiosk: Kiosk, now: Now, rules: Rules) -> Stepped:
    """Where the station lets the desk serve since this event, or no longer does, the desk's tables hear of it."""
    effects: Effects = ()
    if kiosk.station.serving is not came.station.serving:
        served = ServingChanged(kiosk.station.serving)
        for table in (_desk, _errand, _registering):
            kiosk, more = table(kiosk, served, now, rules)
            effects += more
    return kiosk, effects


def _desk(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    assert kiosk.session is not None, "the caller looked"
    around = DeskSurroundings(now, at_pace(rules.desk, kiosk.eases.desk), _rule(kiosk, now, rules))
    session, effects = session_table.step(kiosk.session, event, around)
    return (kiosk if session is kiosk.session else replace(kiosk, session=session)), effects


def _errand(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    assert kiosk.session is not None, "the caller looked"
    if not errand_table.concerns(kiosk.errand, event, kiosk.session):
        return kiosk, ()
    desk, health = at_pace(rules.desk, kiosk.eases.desk), kiosk.station
    online = health.broker and health.central
    around = ErrandSurroundings(
        now, desk, kiosk.session, health.takes, online=online, payments=kiosk.payments
    )
    errand, effects = errand_table.step(kiosk.errand, event, around)
    session = moves_payment.stay(kiosk.session, kiosk.errand, errand)
    if errand is kiosk.errand and session is kiosk.session:
        return kiosk, effects
    return replace(kiosk, errand=errand, session=session), effects


def _payments(
    came: Kiosk, kiosk: Kiosk, event: AnyEvent, effects: Effects, now: Now, rules: Rules
) -> Stepped:
    """Money: what has just been wished for, which is an errand, and what becomes of the rest."""
    begun = kiosk.payments
    if kiosk.errand is not came.errand:
        begun = payments.begin(begun, effects, now)
    if not payments.concerns(begun, event):
        return kiosk, ()
    attended = moves_payment.attended(kiosk.errand)
    paid, more = payments.step(begun, event, attended, now, alarm_ms=rules.alarm_ms)
    if paid is kiosk.payments and not more:
        return kiosk, ()
    return _faults(replace(kiosk, payments=paid), more, now)


def _spoken(came: Kiosk, kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    """What the screens' own voice says."""
    held, said = courtesies.speak(came, kiosk, event, now, rules)
    return (kiosk if held is kiosk.courtesies else replace(kiosk, courtesies=held)), said


def _eased(kiosk: Kiosk, event: AnyEvent, came: Kiosk, now: Now, rules: Rules) -> Kiosk:
    """The kiosk with what was chosen. Whoever chooses at the desk is there: their time begins anew, at their pace."""
    eases = ease.step(kiosk.eases, event, came, kiosk, now, rules.reader_types)
    if eases is kiosk.eases:
        return kiosk
    chosen = eases.desk not in (kiosk.eases.desk, ease.NOBODYS)
    kiosk = replace(kiosk, eases=eases)
    if chosen and kiosk.session and kiosk.session.phase in STAYING:
        kiosk, _ = _desk(kiosk, Touched("more_time"), now, rules)
    return kiosk


def _registering(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    """Somebody becomes a reader; a card that ends it is the session's from there on."""
    if kiosk.registering is None or not registering_table.hears(kiosk.registering, event):
        return kiosk, ()
    if not (kiosk.session and rules.registration and whose.at_desk(kiosk.station.fittings, event)):
        return kiosk, ()
    settings = at_pace(rules.registration, kiosk.eases.desk)
    around = RegisteringSurroundings(settings, _rule(kiosk, now, rules), kiosk.session, kiosk.station.takes)
    registering, effects = registering_table.step(kiosk.registering, event, around)
    if registering is not kiosk.registering:
        kiosk = replace(kiosk, registering=registering)
    done: Effects = ()
    for effect in effects:
        kiosk, more = (
            _desk(kiosk, effect.card, now, rules) if isinstance(effect, SignIn) else (kiosk, (effect,))
        )
        done += more
    return kiosk, done


def _attended(came: Kiosk, kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> Stepped:
    """Slips, the goodbye and a call for help; they see the session that has just closed as it was."""
    last = None
    if came.session and kiosk.session and courtesies.has_closed(came.session, kiosk.session):
        around = DeskSurroundings(now, at_pace(rules.desk, came.eases.desk), _rule(came, now, rules))
        last = session_table.closing(came.session, event, around)
    held, effects = courtesies.attend(came, kiosk, event, now, rules, last)
    if held is kiosk.courtesies:
        return kiosk, effects
    return _faults(replace(kiosk, courtesies=held), effects, now)


def _room(came: Kiosk, kiosk: Kiosk, event: AnyEvent, effects: Effects, now: Now, rules: Rules) -> Stepped:
    """What goes on in the room beside its door."""
    around = _at_room(kiosk, now, rules)
    return _faults(*rounds.attend(came, kiosk, event, effects, around), now)


def _at_room(kiosk: Kiosk, now: Now, rules: Rules) -> RoomSurroundings:
    return RoomSurroundings(now, at_pace(rules.room, kiosk.eases.door), _rule(kiosk, now, rules))


def _rule(kiosk: Kiosk, now: Now, rules: Rules) -> Rule:
    """All that the kiosk judges by at this moment."""
    return Rule(
        now,
        rules.offline,
        rules.named,
        kiosk.lists.lists if kiosk.lists else NO_LISTS,
        kiosk.memory,
        kiosk.owed,
        kiosk.station,
        rules.desk_stops_ms if kiosk.room else None,
    )


def _faults(kiosk: Kiosk, effects: Effects, now: Now) -> Stepped:
    """The tables' wishes become the station's faults, each with its fact in the wish's place."""
    if not effects:
        return kiosk, effects
    health = kiosk.station
    told: list[AnyEffect] = []
    for effect in effects:
        if type(effect) is not RaiseFault and type(effect) is not ClearFault:
            told.append(effect)
        elif station.is_new(health, effect):
            health, records = station.apply(health, effect, now)
            told += records
    if health is not kiosk.station:
        kiosk = replace(kiosk, station=health)
    return kiosk, tuple(told)


def _noted(kiosk: Kiosk, event: AnyEvent, effects: Effects, now: Now) -> Stepped:
    """What has happened leaves or ends debts, is counted, and is remembered of tags."""
    happened = kinds(event, *effects)
    if not happened.isdisjoint(DEBTS):
        kiosk, effects = _debts(kiosk, effects, now)
        happened = kinds(event, *effects)
    if not happened.isdisjoint(counting.HEARS):
        kiosk, more = attending.note(kiosk, event, effects)
        effects += more
    if not happened.isdisjoint(memory.TAGS):
        noted, more = memory.note(kiosk.memory, effects)
        kiosk, effects = replace(kiosk, memory=noted), effects + more
    return kiosk, effects


def _debts(kiosk: Kiosk, effects: Effects, now: Now) -> Stepped:
    """What the desk has just owed is remembered where it will be asked about; what it has made ends older debts.

    Their outcomes stand before it: whoever reads the facts in order finds the book where it is.
    """
    after = kiosk.owed
    ended: Effects = ()
    for effect in effects:
        if type(effect) is not Record or type(effect.fact) not in DEBTS:
            continue
        match effect:
            case Record(
                fact=facts.LoanMade(settled=False)
                | facts.ReturnMade(settled=False)
                | facts.LoanRenewed(by_name=False)
                | facts.LoanRefused(fault=owed.ALREADY_YOURS, granted=False, settled=False) as fact
            ):
                after, more = owed.overtaken(after, fact)
                ended += more
            case Record() if debt := debts.debt_of(effect, now):
                after = owed.owe(after, debt)
    return replace(kiosk, owed=after), ended + effects
