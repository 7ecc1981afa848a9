"""Revision 0010 with data: a network that said nothing so far closes on no weekday, and keeps holds a week."""

from datetime import date

from central.circulation.ledger import branch_rules, calendar
from central.migrations import migrate
from central.statements import Cursor

BRANCH = {
    "id": "zhen", "tier": "town", "name_zh": "镇", "name_en": "Town", "zone": "Asia/Shanghai", "position": 0
}  # fmt: skip
CLOSURE = {
    "id": 1, "branch_id": "zhen", "first_on": date(2026, 3, 2), "last_on": date(2026, 3, 3), "reason": "盘点",
    "staff": "x", "at_ms": 1,
}  # fmt: skip


def test_a_branch_that_stood_before_is_bound_by_the_house_and_its_closures(older):
    engine = older("0009", [("branch", BRANCH), ("closure", CLOSURE)])
    migrate(engine)
    with engine.begin() as connection:
        cursor = Cursor(connection)
        assert branch_rules.binding(cursor, "zhen") == branch_rules.HOUSE
        assert calendar.next_open(cursor, "zhen", date(2026, 3, 2)) == date(2026, 3, 4)
