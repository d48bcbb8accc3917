"""Runs a migration on the connection that central.schema hands in."""

from __future__ import annotations

from alembic import context

from central.schema import all_tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=all_tables(), render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
