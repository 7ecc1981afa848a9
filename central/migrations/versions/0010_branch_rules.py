"""Days of the week on which a branch is closed, and how long it keeps what is held.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "branch_rule",
        sa.Column("branch_id", sa.String(32), nullable=False),
        sa.Column("closed_weekdays", sa.String(6), nullable=True),
        sa.Column("hold_days", sa.Integer(), nullable=True),
        sa.Column("staff", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_branch_rule")),
    )
