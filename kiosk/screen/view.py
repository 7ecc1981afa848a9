"""The screen as a pure function: a snapshot of the kiosk becomes a page, in one language.

    snapshot ── session ──▶ desk   welcome · visit (who, how many, the books) · sign
             └─ room ─────▶ door   sign

A kiosk with both roles has two screens; one with a single role shows it on either.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.effects import Place
from kiosk.room.state import Phase as RoomPhase
from kiosk.room.state import Room
from kiosk.screen.desk import desk
from kiosk.screen.door import door
from kiosk.screen.page import Page
from kiosk.screen.settings import Settings
from kiosk.screen.words import Texts
from kiosk.session.state import Phase, Session
from kiosk.snapshot import Snapshot


def view(place: Place, snapshot: Snapshot | None, texts: Texts, settings: Settings) -> Page:
    """What the screen at `place` shows; before the first snapshot, that the kiosk starts."""
    session, room = _at(place, snapshot)
    if snapshot is not None and session is not None:
        return replace(desk(session, snapshot, texts, settings), place=place)
    if snapshot is not None and room is not None:
        return replace(door(room, snapshot, texts), place=place)
    return Page(
        place=place,
        scene="starting",
        layout="sign",
        tone="busy",
        icon="work",
        language=texts.code,
        heading=texts.shell.starting,
    )


def _at(place: Place, snapshot: Snapshot | None) -> tuple[Session | None, Room | None]:
    """Whose page `place` shows: one of the two, or neither before the first snapshot."""
    if snapshot is None:
        return None, None
    if snapshot.room is None or (place == "desk" and snapshot.session is not None):
        return snapshot.session, None
    return None, snapshot.room


def engaged(place: Place, snapshot: Snapshot | None) -> bool:
    """Somebody is being served at `place`."""
    session, room = _at(place, snapshot)
    if session is not None:
        return session.phase not in {Phase.IDLE, Phase.OUT_OF_ORDER}
    return room is not None and (room.phase is RoomPhase.ASKING or room.notice is not None)


def left(place: Place, before: Snapshot | None, after: Snapshot) -> bool:
    """Between these two snapshots whoever was served at `place` went away, or somebody else came."""
    if before is None or not engaged(place, before):
        return False
    if not engaged(place, after):
        return True
    was, now = _at(place, before)[0], _at(place, after)[0]
    if was is None or now is None:
        return False
    ended = was.phase is Phase.ENDING and now.phase is not Phase.ENDING
    return ended or (was.reader is not None and was.reader != now.reader)
