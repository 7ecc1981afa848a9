"""What the small library has besides, where a test wants it."""

from msgspec.structs import replace

from central.circulation.ledger import models
from central.fleet.models import Branch
from tests.central.circulation.world import DAY_MS


def later(desk, days=1, ms=0):
    """The same desk, so much later."""
    return replace(desk, now_ms=desk.now_ms + days * DAY_MS + ms)


def add_branch(session, branch, parent="xian"):
    session.add(
        Branch(
            id=branch,
            parent_id=parent,
            tier="town",
            name_zh=branch,
            name_en=branch,
            zone="Asia/Shanghai",
        )
    )
    session.flush()


def add_rule(session, branch, reader_type="adult", item_type="book", **more):
    fields = {"max_loans": 2, "days": 30, "max_fees_fen": 500, "max_renewals": 1} | more
    session.add(
        models.LendingRule(reader_type_id=reader_type, item_type=item_type, branch_id=branch, **fields)
    )
    session.flush()


def change(session, table, key, **fields):
    """Set fields of one row."""
    row = session.get(table, key)
    for name, value in fields.items():
        setattr(row, name, value)
    session.flush()
