"""A start: the state that the journal remembers, and the facts that a start makes."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk import memory, recovery
from kiosk.clock import Clock, Now, stamp
from kiosk.config import Config
from kiosk.core import Kiosk
from kiosk.effects import Record, Remember
from kiosk.errands import moves_pin
from kiosk.errands.state import Errand
from kiosk.fittings import Fittings
from kiosk.journal import LOOK_BACK, Journal
from kiosk.lists import standing
from kiosk.memory import Memory
from kiosk.registering.state import Registering
from kiosk.room import moves as room_moves
from kiosk.room import rounds
from kiosk.room.state import Room
from kiosk.service import attending
from kiosk.session.state import Phase, Session
from kiosk.station import Station
from wire.envelope import decode_fact
from wire.facts import KioskStarted


def untold(journal: Journal) -> list[Record]:
    """Facts that the last run could not tell any more, by those that it told last: of tags, and of staff who were there."""
    last = [decode_fact(row.fact) for row in journal.tail(LOOK_BACK)]
    return [*recovery.untold_tags(last), *recovery.staff_gone(last)]


def restore(
    config: Config,
    journal: Journal,
    untold: Sequence[Record],
    fittings: Fittings,
    run: str,
    now: Now,
    boot: str,
) -> Kiosk:
    """The state in which the loop begins: out of order until the pad answers, where there is one, owing what was owed.

    Args:
        config: tells the roles.
        journal: what was remembered.
        untold: as above; they are recorded when the program begins.
        fittings: the devices that will be heard of.
        run: eight random hexadecimal digits, the head of every transaction of this run.
        now: from when on what is owed is asked about.
        boot: in which its monotonic time counts.
    """
    room = room_moves.recall(Room(), journal.recall) if config.room else None
    lists = standing.recall(journal.recall) if config.central.url else None
    known = memory.recall(journal.recall_all(memory.READERS), journal.recall_all(memory.WISHES))
    known, _ = memory.note(known, untold)
    debts = recovery.debts(journal.intents(), now, boot)
    service = attending.recall(journal.recall, now)
    health = Station(fittings, service=service.sign)
    phase = Phase.IDLE if health.serving else Phase.OUT_OF_ORDER
    session = Session(phase=phase, serving=health.serving, run=run) if config.desk else None
    kiosk = Kiosk(
        health,
        debts,
        session=session,
        room=room,
        lists=lists,
        memory=known,
        registering=Registering(run=run) if session and config.registration else None,
        service=service,
        payments=recovery.payments(journal.payments(), now),
        errand=Errand(tries=moves_pin.recall(journal.recall_all(moves_pin.TRIES), now.mono_ms)),
    )
    return rounds.recall(kiosk, journal.recall) if room else kiosk


def record(journal: Journal, untold: Sequence[Record], clock: Clock, version: str) -> None:
    """`kiosk.started`, and a fact for everything that the last run could not tell any more.

    Raises:
        JournalFailed: the disk does not take them.
    """
    found: list[Record | Remember] = [Record(_started(journal, version))]
    found += recovery.unanswered(journal.orders_unanswered(), renewed=journal.why == "forked")
    found += recovery.left_alone(journal.payments())
    found += untold
    found += [effect for effect in memory.note(Memory(), untold)[1] if isinstance(effect, Remember)]
    journal.append(found, stamp(clock, clock.now()))


def _started(journal: Journal, version: str) -> KioskStarted:
    """In the first run on a new file with what was before it."""
    if journal.head:
        return KioskStarted(version, journal.id, journal.unclean)
    return KioskStarted(version, journal.id, journal.unclean, journal.before or None, journal.why)
