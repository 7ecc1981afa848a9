"""What the card devices show whoever stands there: their lamps and buzzers, as the state has it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.device import Signal
from kiosk.core import Kiosk
from kiosk.effects import Place
from kiosk.room.state import Phase as DoorPhase
from kiosk.room.state import Room
from kiosk.session.state import Phase, Session

Shown = tuple[Signal, int]
"""What is shown, and since when or until when it holds (monotonic): a second refusal is shown anew."""


def signals(kiosk: Kiosk) -> Mapping[Place, Shown]:
    """What is to be shown at each place that the kiosk has."""
    shown: dict[Place, Shown] = {}
    if kiosk.session:
        shown["desk"] = _desk(kiosk.session)
    if kiosk.room:
        shown["door"] = _door(kiosk.room)
    return shown


def _desk(session: Session) -> Shown:
    if session.phase in {Phase.OUT_OF_ORDER, Phase.IDENTIFYING, Phase.ENDING}:
        return "busy", 0
    if session.notice:
        return "refused", session.notice.until_ms
    return ("granted", session.opened_ms) if session.phase is Phase.IDENTIFIED else ("ready", 0)


def _door(room: Room) -> Shown:
    if room.notice:
        return "granted" if room.notice.fault is None else "refused", room.notice.until_ms
    return ("busy", 0) if room.phase in {DoorPhase.UNKNOWN, DoorPhase.ASKING} else ("ready", 0)
