"""Make the first tables.

Branches and devices, their conditions and orders; facts, journals and tallies; the built-in ledger;
staff and audit.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "branch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.String(length=32), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["branch.id"], name=op.f("fk_branch_parent_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
    )
    op.create_table(
        "reader_type",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_type")),
    )
    op.create_table(
        "refused_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_message")),
        sa.UniqueConstraint("device_id", "leaf", "why", name=op.f("uq_refused_message_device_id")),
    )
    op.create_table(
        "staff",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_staff")),
    )
    op.create_table(
        "tally_day",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "branch_id", "day", "measure", name=op.f("pk_tally_day")),
    )
    op.create_index("ix_tally_day_measure_day", "tally_day", ["measure", "day"], unique=False)
    op.create_table(
        "tally_hour",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "branch_id", "hour", "measure", name=op.f("pk_tally_hour")),
    )
    op.create_table(
        "tally_month",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "branch_id", "month", "measure", name=op.f("pk_tally_month")),
    )
    op.create_table(
        "tally_share",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "device_id", "branch_id", "month", "measure", "dimension", "value", name=op.f("pk_tally_share")
        ),
    )
    op.create_table(
        "title",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("publisher", sa.String(length=100), nullable=False),
        sa.Column("year", sa.String(length=8), nullable=False),
        sa.Column("isbn", sa.String(length=20), nullable=False),
        sa.Column("clc", sa.String(length=40), nullable=False),
        sa.Column("call_number", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("setting", sa.String(length=16), nullable=False),
        sa.Column("commissioned_on", sa.Date(), nullable=True),
        sa.Column("last_order", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_device_branch_id_branch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_table(
        "item",
        sa.Column("barcode", sa.String(length=64), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("home_branch_id", sa.String(length=32), nullable=False),
        sa.Column("place_branch_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_branch_id"], ["branch.id"], name=op.f("fk_item_home_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["place_branch_id"], ["branch.id"], name=op.f("fk_item_place_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(["title_id"], ["title.id"], name=op.f("fk_item_title_id_title")),
        sa.PrimaryKeyConstraint("barcode", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_title_id"), "item", ["title_id"], unique=False)
    op.create_table(
        "lending_rule",
        sa.Column("reader_type_id", sa.String(length=16), nullable=False),
        sa.Column("item_type", sa.String(length=16), nullable=False),
        sa.Column("max_loans", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("max_fees_fen", sa.Integer(), nullable=False),
        sa.Column("max_renewals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_type_id"], ["reader_type.id"], name=op.f("fk_lending_rule_reader_type_id_reader_type")
        ),
        sa.PrimaryKeyConstraint("reader_type_id", "item_type", name=op.f("pk_lending_rule")),
    )
    op.create_table(
        "reader",
        sa.Column("card", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type_id", sa.String(length=16), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("fees_fen", sa.Integer(), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_reader_branch_id_branch")),
        sa.ForeignKeyConstraint(["type_id"], ["reader_type.id"], name=op.f("fk_reader_type_id_reader_type")),
        sa.PrimaryKeyConstraint("card", name=op.f("pk_reader")),
    )
    op.create_table(
        "sip_account",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("dialect", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_sip_account_branch_id_branch")),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_sip_account")),
    )
    op.create_table(
        "condition_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_condition_span_device_id_device")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_span")),
    )
    op.create_index(
        "ix_condition_span_device_id_from_ms", "condition_span", ["device_id", "from_ms"], unique=False
    )
    op.create_table(
        "device_condition",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("session", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_condition_device_id_device")
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_condition")),
    )
    op.create_table(
        "device_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("boot", sa.String(length=32), nullable=True),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("deadline_ms", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fault", sa.Integer(), nullable=True),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_order_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_order")),
        sa.UniqueConstraint("device_id", "number", name=op.f("uq_device_order_device_id")),
    )
    op.create_index("ix_device_order_state", "device_order", ["state"], unique=False)
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("journal", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("mono_ms", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.String(length=32), nullable=False),
        sa.Column("clock_set", sa.Boolean(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_fact_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index("ix_fact_device_id_at_ms", "fact", ["device_id", "at_ms"], unique=False)
    op.create_index("uq_fact_name", "fact", ["device_id", "journal", "seq"], unique=True)
    op.create_table(
        "fact_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("journal", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_fact_aside_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_aside")),
    )
    op.create_index("ix_fact_aside_name", "fact_aside", ["device_id", "journal", "seq"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("reader_card", sa.String(length=64), nullable=False),
        sa.Column("pickup_branch_id", sa.String(length=32), nullable=False),
        sa.Column("placed_ms", sa.BigInteger(), nullable=False),
        sa.Column("filled_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pickup_branch_id"], ["branch.id"], name=op.f("fk_hold_pickup_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(["reader_card"], ["reader.card"], name=op.f("fk_hold_reader_card_reader")),
        sa.ForeignKeyConstraint(["title_id"], ["title.id"], name=op.f("fk_hold_title_id_title")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_reader_card"), "hold", ["reader_card"], unique=False)
    op.create_index(op.f("ix_hold_title_id"), "hold", ["title_id"], unique=False)
    op.create_table(
        "journal",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("journal", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("forked", sa.Boolean(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_journal_device_id_device")),
        sa.PrimaryKeyConstraint("device_id", "journal", name=op.f("pk_journal")),
    )
    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_barcode", sa.String(length=64), nullable=False),
        sa.Column("reader_card", sa.String(length=64), nullable=False),
        sa.Column("lent_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("lent_account", sa.String(length=64), nullable=False),
        sa.Column("returned_ms", sa.BigInteger(), nullable=True),
        sa.Column("returned_account", sa.String(length=64), nullable=True),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("overridden", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_barcode"], ["item.barcode"], name=op.f("fk_loan_item_barcode_item")),
        sa.ForeignKeyConstraint(["reader_card"], ["reader.card"], name=op.f("fk_loan_reader_card_reader")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
    )
    op.create_index("ix_loan_reader_card_returned_ms", "loan", ["reader_card", "returned_ms"], unique=False)
    op.create_index(
        "uq_loan_open_item",
        "loan",
        ["item_barcode"],
        unique=True,
        sqlite_where=sa.text("returned_ms IS NULL"),
        postgresql_where=sa.text("returned_ms IS NULL"),
    )
    op.create_table(
        "sip_answer",
        sa.Column("item_barcode", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["sip_account.username"], name=op.f("fk_sip_answer_account_sip_account")
        ),
        sa.PrimaryKeyConstraint("item_barcode", name=op.f("pk_sip_answer")),
    )
