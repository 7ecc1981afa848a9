"""Bind terminals' accounts to a certificate, an address and a dialect of their own; keep answers by subject.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = (
    ("kind", sa.String(length=8), "kiosk"),
    ("overrides", sa.Text(), ""),
    ("certificate", sa.String(length=128), ""),
    ("addresses", sa.String(length=400), ""),
    ("max_connections", sa.Integer(), "16"),
    ("no_block", sa.Boolean(), sa.true()),
)
"""What a terminal that is there already gets."""


def upgrade() -> None:
    with op.batch_alter_table("sip_account") as batch:
        for name, kind, default in COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table("sip_account") as batch:
        for name, kind, _ in COLUMNS:
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    with op.batch_alter_table("sip_answer") as batch:
        batch.alter_column(
            "item_barcode",
            new_column_name="subject",
            existing_type=sa.String(length=64),
            type_=sa.String(length=80),
            existing_nullable=False,
        )
    op.execute("UPDATE sip_answer SET subject = 'item ' || subject")
