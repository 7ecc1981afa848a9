"""Make room for the gateway.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_site",
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_gateway_site_branch_id_branch")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_gateway_site_device_id_device")),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_gateway_site")),
        sa.UniqueConstraint("device_id", name=op.f("uq_gateway_site_device_id")),
    )
    op.create_table(
        "gateway_transaction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("txn", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("message", sa.String(length=2), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.String(length=200), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("heard", sa.Boolean(), nullable=False),
        sa.Column("due", sa.String(length=64), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_transaction")),
        sa.UniqueConstraint("txn", name=op.f("uq_gateway_transaction_txn")),
    )
    op.create_index(
        "ix_gateway_transaction_subject", "gateway_transaction", ["gateway", "subject", "id"], unique=False
    )
    op.create_index(
        "ix_gateway_transaction_work", "gateway_transaction", ["gateway", "ended_ms", "id"], unique=False
    )
    op.create_index("ix_gateway_transaction_ended_ms", "gateway_transaction", ["ended_ms"], unique=False)
    op.create_table(
        "gateway_reader",
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("good_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "reader", name=op.f("pk_gateway_reader")),
    )
    op.create_index("ix_gateway_reader_good_ms", "gateway_reader", ["good_ms"], unique=False)
