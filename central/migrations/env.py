"""Run by alembic: the steps go over the connection that `migrate` opened."""

from alembic import context

from central.migrations import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=tables(), render_as_batch=connection.dialect.name == "sqlite"
)
with context.begin_transaction():
    context.run_migrations()
