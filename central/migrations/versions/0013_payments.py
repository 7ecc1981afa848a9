"""Payments begun at kiosks, the money that a provider has, and what else an order says.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_order", sa.Column("more", sa.JSON(), nullable=True))
    op.create_table(
        "desk_payment",
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("txn", sa.String(16), nullable=False),
        sa.Column("journal", sa.String(32), nullable=False),
        sa.Column("branch_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reference", sa.String(32), nullable=False),
        sa.Column("reader", sa.String(33), nullable=False),
        sa.Column("sealed", sa.String(200), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("fee", sa.String(64), nullable=False),
        sa.Column("wanted_ms", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.String(16), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("fault", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(512), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("look_ms", sa.BigInteger(), nullable=True),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("paid_ms", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.String(16), nullable=False),
        sa.Column("resolved_by", sa.String(64), nullable=False),
        sa.Column("resolved_ms", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_desk_payment_device_id_device")),
        sa.PrimaryKeyConstraint("device_id", "txn", name=op.f("pk_desk_payment")),
        sa.UniqueConstraint("reference", name=op.f("uq_desk_payment_reference")),
    )
    op.create_index("ix_desk_payment_state", "desk_payment", ["state", "resolution"])
    op.create_index("ix_desk_payment_look_ms", "desk_payment", ["look_ms"])
    op.create_index("ix_desk_payment_wanted_ms", "desk_payment", ["wanted_ms"])
    op.create_table(
        "provider_payment",
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("paid_ms", sa.BigInteger(), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("use", sa.String(16), nullable=False),
        sa.Column("resolution", sa.String(16), nullable=False),
        sa.Column("resolved_by", sa.String(64), nullable=False),
        sa.Column("resolved_ms", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_provider_payment")),
    )
    op.create_index("ix_provider_payment_reference", "provider_payment", ["reference"])
    op.create_index("ix_provider_payment_paid_ms", "provider_payment", ["paid_ms"])
    op.create_index("ix_provider_payment_use", "provider_payment", ["use", "resolution"])
