"""How many were inside a room at most.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tally_peak",
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("branch_id", sa.String(32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("span", sa.String(8), nullable=False),
        sa.Column("inside", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "device_id", "branch_id", "month", "first", "span", "inside", name=op.f("pk_tally_peak")
        ),
    )
    op.create_index("ix_tally_peak_span", "tally_peak", ["span", "first", "branch_id", "device_id", "inside"])
