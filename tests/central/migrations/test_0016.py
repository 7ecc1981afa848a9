"""Revision 0016 with data: hours that were kept say what they said, and no closure shuts a room."""

from datetime import date

from sqlalchemy import select

from central.circulation.ledger.models import Closure
from central.db import open_sessions
from central.fleet import tree
from central.migrations import migrate
from central.rooms.hours import operations
from wire.hours import NOBODY

BRANCH = {
    "id": "zhen", "tier": "town", "name_zh": "镇", "name_en": "Town", "zone": "Asia/Shanghai", "position": 0
}  # fmt: skip
HOURS = {
    "branch_id": "zhen", "week": [[[480, 1200]]] * 7, "dates": {"2026-10-01": []}, "staff": "wu", "at_ms": 1
}  # fmt: skip
CLOSURE = {
    "id": 1, "branch_id": "zhen", "first_on": date(2026, 9, 20), "last_on": date(2026, 9, 21), "reason": "x",
    "staff": "wu", "at_ms": 1,
}  # fmt: skip


def test_hours_and_closures_hold_as_before(older):
    engine = older("0015", [("branch", BRANCH), ("branch_hours", HOURS), ("closure", CLOSURE)])
    migrate(engine)
    with open_sessions(engine)() as session:
        hours = operations.composed(session, tree.read(session), date(2026, 9, 15))["zhen"]
        assert not session.scalars(select(Closure)).one().shuts_rooms
    assert hours.week == (((480, 1200),),) * 7
    assert (hours.dates, hours.staffed, hours.pauses) == ({"2026-10-01": ()}, NOBODY, ())
