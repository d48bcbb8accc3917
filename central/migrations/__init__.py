"""Alembic migrations of central, in order."""
