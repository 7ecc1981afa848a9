"""Admission to rooms: what branches ask, cards that always open, who is banned.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_admission",
        sa.Column("branch_id", sa.String(32), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("staff", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_room_admission_branch_id_branch")
        ),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_room_admission")),
    )
    op.create_table(
        "room_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("why", sa.String(100), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("staff", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_room_card_branch_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_card")),
        sa.UniqueConstraint("branch_id", "number", name="uq_room_card_branch_id_number"),
    )
