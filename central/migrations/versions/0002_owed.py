"""Make room for owed transactions and their settling by staff, and for loans that are told afterwards.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owed_transaction",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("txn", sa.String(length=16), nullable=False),
        sa.Column("journal", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reader", sa.String(length=33), nullable=False),
        sa.Column("sealed", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.String(length=8), nullable=False),
        sa.Column("due", sa.String(length=64), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.Integer(), nullable=True),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(length=8), nullable=False),
        sa.Column("resolution", sa.String(length=16), nullable=False),
        sa.Column("resolved_by", sa.String(length=64), nullable=False),
        sa.Column("resolved_ms", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("contacted_by", sa.String(length=64), nullable=False),
        sa.Column("contacted_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_owed_transaction_device_id_device")
        ),
        sa.PrimaryKeyConstraint("device_id", "txn", name=op.f("pk_owed_transaction")),
    )
    op.create_index("ix_owed_transaction_item", "owed_transaction", ["item"], unique=False)
    op.create_index(
        "ix_owed_transaction_state_begun_ms", "owed_transaction", ["state", "begun_ms"], unique=False
    )
    op.create_index(
        "ix_owed_transaction_work",
        "owed_transaction",
        ["resolution", "state", "begun_ms"],
        unique=False,
    )
    op.create_table(
        "item_return",
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item", "device_id", name=op.f("pk_item_return")),
    )
    op.add_column("device_order", sa.Column("txn", sa.String(length=16), nullable=True))
    op.add_column("device_order", sa.Column("verdict", sa.String(length=8), nullable=True))
    op.add_column("item", sa.Column("returned_ms", sa.BigInteger(), nullable=True))
    op.add_column("loan", sa.Column("entered_ms", sa.BigInteger(), nullable=True))
    op.add_column("fact_aside", sa.Column("boot", sa.String(length=32), nullable=True))
