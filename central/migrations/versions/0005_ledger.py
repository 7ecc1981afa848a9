"""Grow the ledger: readers' particulars, catalogue records, holds, transits, money, rules by branch.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make()
    _grow()
    _forget_defaults()
    _make_rules()
    _carry_over()


def _make() -> None:
    op.create_table('collection',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('name_zh', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collection'))
    )
    op.create_table('item_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_set'))
    )
    op.create_table('terms',
    sa.Column('version', sa.String(length=16), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_terms'))
    )
    op.create_table('amnesty',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.String(length=32), nullable=True),
    sa.Column('reader_type_id', sa.String(length=16), nullable=True),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=100), nullable=False),
    sa.Column('staff', sa.String(length=64), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('ended_ms', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_amnesty_branch_id_branch')),
    sa.ForeignKeyConstraint(['reader_type_id'], ['reader_type.id'], name=op.f('fk_amnesty_reader_type_id_reader_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_amnesty'))
    )
    op.create_table('closure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.String(length=32), nullable=True),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=100), nullable=False),
    sa.Column('staff', sa.String(length=64), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_closure_branch_id_branch')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closure'))
    )
    op.create_table('payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reader_card', sa.String(length=64), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('provider_id', sa.String(length=64), nullable=True),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('branch_id', sa.String(length=32), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_payment_branch_id_branch')),
    sa.ForeignKeyConstraint(['reader_card'], ['reader.card'], name=op.f('fk_payment_reader_card_reader')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment'))
    )
    op.create_index(op.f('ix_payment_reader_card'), 'payment', ['reader_card'], unique=False)
    op.create_index('uq_payment_provider_id', 'payment', ['provider_id'], unique=True, sqlite_where=sa.text('provider_id IS NOT NULL'), postgresql_where=sa.text('provider_id IS NOT NULL'))
    op.create_table('transit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_barcode', sa.String(length=64), nullable=False),
    sa.Column('from_branch_id', sa.String(length=32), nullable=False),
    sa.Column('to_branch_id', sa.String(length=32), nullable=False),
    sa.Column('why', sa.String(length=8), nullable=False),
    sa.Column('sent_ms', sa.BigInteger(), nullable=False),
    sa.Column('ended_ms', sa.BigInteger(), nullable=True),
    sa.Column('ended_branch_id', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['ended_branch_id'], ['branch.id'], name=op.f('fk_transit_ended_branch_id_branch')),
    sa.ForeignKeyConstraint(['from_branch_id'], ['branch.id'], name=op.f('fk_transit_from_branch_id_branch')),
    sa.ForeignKeyConstraint(['item_barcode'], ['item.barcode'], name=op.f('fk_transit_item_barcode_item')),
    sa.ForeignKeyConstraint(['to_branch_id'], ['branch.id'], name=op.f('fk_transit_to_branch_id_branch')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transit'))
    )
    op.create_index('ix_transit_to_branch_id_ended_ms', 'transit', ['to_branch_id', 'ended_ms'], unique=False)
    op.create_index('uq_transit_open_item', 'transit', ['item_barcode'], unique=True, sqlite_where=sa.text('ended_ms IS NULL'), postgresql_where=sa.text('ended_ms IS NULL'))
    op.create_table('fee',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reader_card', sa.String(length=64), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('open_fen', sa.Integer(), nullable=False),
    sa.Column('loan_id', sa.Integer(), nullable=True),
    sa.Column('item_barcode', sa.String(length=64), nullable=False),
    sa.Column('branch_id', sa.String(length=32), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_fee_branch_id_branch')),
    sa.ForeignKeyConstraint(['loan_id'], ['loan.id'], name=op.f('fk_fee_loan_id_loan')),
    sa.ForeignKeyConstraint(['reader_card'], ['reader.card'], name=op.f('fk_fee_reader_card_reader')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fee'))
    )
    op.create_index('ix_fee_reader_card_open_fen', 'fee', ['reader_card', 'open_fen'], unique=False)
    op.create_index('uq_fee_loan_id_kind', 'fee', ['loan_id', 'kind'], unique=True, sqlite_where=sa.text('loan_id IS NOT NULL'), postgresql_where=sa.text('loan_id IS NOT NULL'))
    op.create_table('locker',
    sa.Column('branch_id', sa.String(length=32), nullable=False),
    sa.Column('label', sa.String(length=16), nullable=False),
    sa.Column('hold_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_locker_branch_id_branch')),
    sa.ForeignKeyConstraint(['hold_id'], ['hold.id'], name=op.f('fk_locker_hold_id_hold')),
    sa.PrimaryKeyConstraint('branch_id', 'label', name=op.f('pk_locker')),
    sa.UniqueConstraint('hold_id', name=op.f('uq_locker_hold_id'))
    )
    op.create_table('payment_share',
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('fee_id', sa.Integer(), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['fee_id'], ['fee.id'], name=op.f('fk_payment_share_fee_id_fee')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_share_payment_id_payment')),
    sa.PrimaryKeyConstraint('payment_id', 'fee_id', name=op.f('pk_payment_share'))
    )
    op.create_index(op.f('ix_payment_share_fee_id'), 'payment_share', ['fee_id'], unique=False)
    op.create_table('waiver',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fee_id', sa.Integer(), nullable=False),
    sa.Column('amnesty_id', sa.Integer(), nullable=True),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=100), nullable=False),
    sa.Column('staff', sa.String(length=64), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['amnesty_id'], ['amnesty.id'], name=op.f('fk_waiver_amnesty_id_amnesty')),
    sa.ForeignKeyConstraint(['fee_id'], ['fee.id'], name=op.f('fk_waiver_fee_id_fee')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiver'))
    )
    op.create_index(op.f('ix_waiver_fee_id'), 'waiver', ['fee_id'], unique=False)


def _grow() -> None:
    """New columns, with a default for the rows that are there."""
    with op.batch_alter_table('hold') as batch:
        batch.add_column(sa.Column('cancelled_ms', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('cancelled_why', sa.String(length=16), nullable=False, server_default=""))
        batch.add_column(sa.Column('until_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('item_barcode', sa.String(length=64), nullable=True))
        batch.add_column(sa.Column('ready_ms', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('pickup_by', sa.Date(), nullable=True))
        batch.create_index(batch.f('ix_hold_item_barcode'), ['item_barcode'], unique=False)
        batch.create_foreign_key(batch.f('fk_hold_item_barcode_item'), 'item', ['item_barcode'], ['barcode'])
    with op.batch_alter_table('item') as batch:
        batch.add_column(sa.Column('collection_id', sa.String(length=16), nullable=True))
        batch.add_column(sa.Column('shelf', sa.String(length=40), nullable=False, server_default=""))
        batch.add_column(sa.Column('call_number', sa.String(length=64), nullable=False, server_default=""))
        batch.add_column(sa.Column('price_fen', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('parts', sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column('parts_note', sa.String(length=100), nullable=False, server_default=""))
        batch.add_column(sa.Column('set_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('lender', sa.String(length=100), nullable=False, server_default=""))
        batch.add_column(sa.Column('properties', sa.String(length=255), nullable=False, server_default=""))
        batch.add_column(sa.Column('added_on', sa.Date(), nullable=True))
        batch.create_index(batch.f('ix_item_set_id'), ['set_id'], unique=False)
        batch.create_foreign_key(batch.f('fk_item_set_id_item_set'), 'item_set', ['set_id'], ['id'])
        batch.create_foreign_key(batch.f('fk_item_collection_id_collection'), 'collection', ['collection_id'], ['id'])
    with op.batch_alter_table('loan') as batch:
        batch.add_column(sa.Column('lent_branch_id', sa.String(length=32), nullable=True))
        batch.add_column(sa.Column('reader_type_id', sa.String(length=16), nullable=False, server_default=""))
        batch.add_column(sa.Column('claimed_returned_ms', sa.BigInteger(), nullable=True))
        batch.alter_column('reader_card', existing_type=sa.String(length=64), nullable=True)
        batch.create_foreign_key(batch.f('fk_loan_lent_branch_id_branch'), 'branch', ['lent_branch_id'], ['id'])
    with op.batch_alter_table('reader') as batch:
        batch.add_column(sa.Column('blocked_why', sa.String(length=16), nullable=False, server_default=""))
        batch.add_column(sa.Column('blocked_until', sa.Date(), nullable=True))
        batch.add_column(sa.Column('deposit_fen', sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column('id_digest', sa.String(length=64), nullable=True))
        batch.add_column(sa.Column('id_last4', sa.String(length=4), nullable=False, server_default=""))
        batch.add_column(sa.Column('born_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('sex', sa.String(length=1), nullable=False, server_default=""))
        batch.add_column(sa.Column('nation', sa.String(length=20), nullable=False, server_default=""))
        batch.add_column(sa.Column('phone', sa.String(length=32), nullable=False, server_default=""))
        batch.add_column(sa.Column('email', sa.String(length=100), nullable=False, server_default=""))
        batch.add_column(sa.Column('address', sa.String(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column('remark', sa.String(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column('guardian_card', sa.String(length=64), nullable=True))
        batch.add_column(sa.Column('terms_version', sa.String(length=16), nullable=False, server_default=""))
        batch.add_column(sa.Column('terms_ms', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('registered_ms', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('registered_account', sa.String(length=64), nullable=False, server_default=""))
        batch.add_column(sa.Column('keeps_history', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_index('ix_reader_guardian_card', ['guardian_card'], unique=False)
        batch.create_index('ix_reader_name', ['name'], unique=False)
        batch.create_index('ix_reader_phone', ['phone'], unique=False)
        batch.create_index('uq_reader_id_digest', ['id_digest'], unique=True, sqlite_where=sa.text('id_digest IS NOT NULL'), postgresql_where=sa.text('id_digest IS NOT NULL'))
        batch.create_foreign_key(batch.f('fk_reader_guardian_card_reader'), 'reader', ['guardian_card'], ['card'])
    with op.batch_alter_table('reader_type') as batch:
        batch.add_column(sa.Column('institution', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column('max_loans', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('max_overdue', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('max_holds', sa.Integer(), nullable=False, server_default="5"))
        batch.add_column(sa.Column('card_months', sa.Integer(), nullable=False, server_default="60"))
        batch.add_column(sa.Column('deposit_fen', sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column('guardian_below', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('self_service', sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table('title') as batch:
        batch.add_column(sa.Column('language', sa.String(length=3), nullable=False, server_default=""))
        batch.add_column(sa.Column('pages', sa.String(length=40), nullable=False, server_default=""))
        batch.add_column(sa.Column('price_fen', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('control_number', sa.String(length=64), nullable=True))
        batch.add_column(sa.Column('record', sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column('record_format', sa.String(length=8), nullable=False, server_default=""))
        batch.create_index('ix_title_isbn', ['isbn'], unique=False)
        batch.create_index('uq_title_control_number', ['control_number'], unique=True, sqlite_where=sa.text('control_number IS NOT NULL'), postgresql_where=sa.text('control_number IS NOT NULL'))



_NO_DEFAULT = {
    'hold': ('cancelled_why',),
    'item': ('shelf', 'call_number', 'parts', 'parts_note', 'lender', 'properties',),
    'loan': ('reader_type_id',),
    'reader': ('blocked_why', 'deposit_fen', 'id_last4', 'sex', 'nation', 'phone', 'email', 'address', 'remark', 'terms_version', 'registered_account', 'keeps_history',),
    'reader_type': ('institution', 'max_holds', 'card_months', 'deposit_fen', 'self_service',),
    'title': ('language', 'pages', 'record_format',),
}
"""Columns whose values the models give."""


def _forget_defaults() -> None:
    for table, columns in _NO_DEFAULT.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.alter_column(column, server_default=None)


def _make_rules() -> None:
    """Rules by branch: the branch joins the primary key."""
    old = op.f("pk_lending_rule")
    op.rename_table("lending_rule", "lending_rule_0004")
    if op.get_context().dialect.name == "postgresql":
        op.execute(f'ALTER TABLE lending_rule_0004 RENAME CONSTRAINT "{old}" TO "{old}_0004"')
    op.create_table(
        "lending_rule",
        sa.Column("reader_type_id", sa.String(length=16), nullable=False),
        sa.Column("item_type", sa.String(length=16), nullable=False),
        sa.Column("branch_id", sa.String(length=32), nullable=False),
        sa.Column("max_loans", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("max_fees_fen", sa.Integer(), nullable=False),
        sa.Column("max_renewals", sa.Integer(), nullable=False),
        sa.Column("renew_days", sa.Integer(), nullable=False),
        sa.Column("renew_overdue", sa.Boolean(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("fine_fen", sa.Integer(), nullable=False),
        sa.Column("max_fine_fen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_type_id"], ["reader_type.id"], name=op.f("fk_lending_rule_reader_type_id_reader_type")
        ),
        sa.PrimaryKeyConstraint("reader_type_id", "item_type", "branch_id", name=old),
    )
    op.execute(
        "INSERT INTO lending_rule (reader_type_id, item_type, branch_id, max_loans, days, max_fees_fen,"
        " max_renewals, renew_days, renew_overdue, grace_days, fine_fen, max_fine_fen)"
        " SELECT reader_type_id, item_type, '', max_loans, days, max_fees_fen, max_renewals, 0, false, 0, 0, 0"
        " FROM lending_rule_0004"
    )
    op.drop_table("lending_rule_0004")


def _carry_over() -> None:
    """What is known of old loans, and a fee for what readers owe already."""
    op.execute(
        "UPDATE loan SET reader_type_id = (SELECT type_id FROM reader WHERE reader.card = loan.reader_card)"
    )
    op.execute(
        "INSERT INTO fee (reader_card, kind, amount_fen, open_fen, item_barcode, branch_id, at_ms, note)"
        " SELECT card, 'other', fees_fen, fees_fen, '', branch_id, 0, '' FROM reader WHERE fees_fen > 0"
    )
