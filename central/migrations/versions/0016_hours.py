"""Hours of rooms: who is there, pauses, last entry, holidays; closures that shut rooms.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

HOURS = (
    ("staffed", sa.JSON(), "[]"),
    ("staffed_dates", sa.JSON(), "{}"),
    ("reasons", sa.JSON(), "{}"),
    ("pauses", sa.JSON(), "[]"),
    ("last_entry_min", sa.Integer(), "0"),
    ("shown_min", sa.Integer(), "0"),
    ("holidays", sa.JSON(), "{}"),
    ("work_as", sa.Integer(), "0"),
)


def upgrade() -> None:
    with op.batch_alter_table("branch_hours") as batch:
        for name, kind, default in HOURS:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table("branch_hours") as batch:
        for name, kind, _ in HOURS:
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    with op.batch_alter_table("closure") as batch:
        batch.add_column(sa.Column("reason_en", sa.String(100), nullable=False, server_default=sa.text("''")))
        batch.add_column(sa.Column("shuts_rooms", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "holiday_year",
        sa.Column("set", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staff", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("set", "year", name=op.f("pk_holiday_year")),
    )
