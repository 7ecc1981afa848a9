"""One open hold a reader and title, one a copy; found without those that are over.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OPEN = sa.text("filled_ms IS NULL AND cancelled_ms IS NULL")
KEPT = sa.text(f"{OPEN} AND item_barcode IS NOT NULL")


def upgrade() -> None:
    _end_doubles()
    for name in ("ix_hold_title_id", "ix_hold_item_barcode"):
        op.drop_index(op.f(name), "hold")
    for name, columns, where in (
        ("uq_hold_open_title", ["title_id", "reader_card"], OPEN),
        ("uq_hold_open_item", ["item_barcode"], KEPT),
    ):
        op.create_index(name, "hold", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _end_doubles() -> None:
    """Of several open holds of one reader on one title the oldest stays."""
    op.execute(
        "UPDATE hold SET cancelled_ms = placed_ms, cancelled_why = 'staff'"
        " WHERE filled_ms IS NULL AND cancelled_ms IS NULL AND EXISTS (SELECT 1 FROM hold AS older"
        " WHERE older.title_id = hold.title_id AND older.reader_card = hold.reader_card"
        " AND older.filled_ms IS NULL AND older.cancelled_ms IS NULL"
        " AND (older.placed_ms, older.id) < (hold.placed_ms, hold.id))"
    )
