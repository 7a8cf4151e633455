"""How does Alembic reach the database? By the connection, and in the transaction, of who upgrades."""

from alembic import context

from milter.quarantine.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot change a column; Alembic then copies the table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
