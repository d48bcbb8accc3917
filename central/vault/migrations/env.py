"""Alembic's entry: runs on the connection that central.vault.db hands in, never opens one of its own."""

from alembic import context

from central.vault.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters by copying
    transaction_per_migration=False,
)
context.run_migrations()
