"""A branch counts what its staff lend at their desk apart from what machines of other makers lend.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The primary key grows, which SQLite does not do in place; there is a row a branch."""
    rows = op.get_bind().execute(sa.text("SELECT branch_id, device_id FROM gateway_site")).all()
    op.drop_table("gateway_site")
    table = op.create_table(
        "gateway_site",
        sa.Column("branch_id", sa.String(32), nullable=False),
        sa.Column("counts", sa.String(8), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_gateway_site_branch_id_branch")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_gateway_site_device_id_device")),
        sa.PrimaryKeyConstraint("branch_id", "counts", name=op.f("pk_gateway_site")),
        sa.UniqueConstraint("device_id", name=op.f("uq_gateway_site_device_id")),
    )
    kept = [{"branch_id": branch, "counts": "machines", "device_id": device} for branch, device in rows]
    op.bulk_insert(table, kept)
