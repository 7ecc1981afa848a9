"""A start: the state that the journal remembers, and the facts that a start makes."""

from __future__ import annotations

from kiosk import recovery
from kiosk.clock import Clock, stamp
from kiosk.config import Config
from kiosk.core import Kiosk
from kiosk.effects import Record
from kiosk.journal import Journal
from kiosk.lists import standing
from kiosk.room import moves as room_moves
from kiosk.room.state import Room
from kiosk.session.state import Phase, Session
from kiosk.station import Station
from wire.envelope import decode_fact
from wire.facts import KioskStarted


def restore(config: Config, journal: Journal, devices: frozenset[str], run: str) -> Kiosk:
    """The state in which the loop begins: out of order until the pad answers, owing what was owed.

    Args:
        config: tells the roles.
        journal: what was remembered.
        devices: names of those that will be heard of.
        run: eight random hexadecimal digits, the head of every transaction of this run.
    """
    session = Session(phase=Phase.OUT_OF_ORDER, serving=False, run=run) if config.desk else None
    room = room_moves.recall(Room(), journal.recall(room_moves.COUNTS)) if config.room else None
    lists = standing.recall(journal.recall) if config.central.url else None
    return Kiosk(Station(expected=devices), recovery.debts(journal.intents()), session, room, lists)


def record(journal: Journal, clock: Clock, version: str) -> None:
    """`kiosk.started`, and a fact for everything that the last run could not tell any more.

    Raises:
        JournalFailed: the disk does not take them.
    """
    found = [Record(KioskStarted(version, journal.id, journal.unclean))]
    found += recovery.unanswered(journal.orders_unanswered())
    rows = journal.since(max(journal.head - recovery.LOOK_BACK, 0), recovery.LOOK_BACK)
    found += recovery.untold_tags(decode_fact(row.fact) for row in rows)
    journal.append(found, stamp(clock, clock.now()))
