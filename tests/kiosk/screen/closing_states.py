"""The screens of a room that closes, as literal snapshots by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kiosk.room.closing_state import Closing
from kiosk.room.hours import moment
from kiosk.room.state import Phase, Room
from kiosk.session.state import Phase as Desk
from kiosk.snapshot import Snapshot
from tests.kiosk.screen.states import desk, entrance
from wire.hours import Hours, Pause, Reason

LIBRARY = Hours(
    "Asia/Shanghai",
    (((480, 780), (790, 1320)),) * 7,
    {"2026-10-01": ((600, 960),)},
    reasons={"2026-10-01": Reason("holiday", "国庆节", "National Day")},
    pauses=(Pause("self_test", 780, 790),),
    last_entry_min=15,
)


def _at(clock: str, seen: Snapshot, hours: Hours = LIBRARY, day: str = "2026-09-30") -> Snapshot:
    """The same at a time of that day in Beijing."""
    time_ms = int(datetime.fromisoformat(f"{day}T{clock}+08:00").timestamp()) * 1000
    room = seen.room or Room(phase=Phase.SECURED)
    room = Room(phase=room.phase, closing=Closing(moment(hours, time_ms)))
    return replace(seen, room=room, hours=hours, time_ms=time_ms)


IDLE, GATE = desk(Desk.IDLE, end_at_ms=None), entrance(Phase.SECURED)
CLOSING: Mapping[str, Snapshot] = {
    "minutes_left": _at("21:48", IDLE),
    "desk_closing": _at("21:56", IDLE),
    "desk_closed": _at("22:10", IDLE),
    "desk_self_test": _at("13:02", IDLE),
}
"""At the desk."""
SHUT: Mapping[str, Snapshot] = {
    "last_entry": _at("21:50", GATE),
    "door_closed": _at("09:00", GATE, day="2026-10-01"),
    "door_closed_xinjiang": _at("23:00", GATE, Hours("Asia/Shanghai", (((600, 1200),),) * 7, shown_min=-120)),
}
"""At the door."""
