"""Make titles searchable.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from central.circulation.ledger.sought import sought

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    with op.batch_alter_table("title") as batch:
        batch.add_column(sa.Column("sought", sa.Text(), nullable=False, server_default=""))
    _fill(op.get_bind())
    with op.batch_alter_table("title") as batch:
        batch.alter_column("sought", server_default=None)


def _fill(connection: sa.Connection) -> None:
    texts = ("title", "author", "isbn", "call_number")
    title = sa.table("title", *(sa.column(name) for name in ("id", "sought", *texts)))
    after = 0
    while True:
        query = sa.select(title.c.id, *(title.c[name] for name in texts)).where(title.c.id > after)
        rows = connection.execute(query.order_by(title.c.id).limit(AT_ONCE)).all()
        if not rows:
            return
        change = sa.update(title).where(title.c.id == sa.bindparam("number")).values(sought=sa.bindparam("text"))
        connection.execute(change, [{"number": row.id, "text": sought(*row[1:])} for row in rows])
        after = rows[-1].id
