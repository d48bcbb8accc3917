"""The vault's database: made and raised by Alembic, never used when it is of another version than the code."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from central.engine import make_engine, out_of_line, reading, writing
from central.partitions import PARTS, comparing
from central.vault.errors import DatabaseError
from central.vault.models import metadata, queue

_MIGRATIONS = Path(__file__).with_name("migrations")


def open_engine(url: str) -> Engine:
    """The engine of the vault's database. Writers stand in line; on SQLite a deleted wrap is overwritten with zeros.

    Not promised: older pages live on in the write-ahead log until its next checkpoint, and in backups for ever; on
    PostgreSQL a deleted row lies in its page until vacuum has passed and the place is used again.
    """
    engine = make_engine(url, queue=queue.name)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _overwrite_deleted)
    return engine


def _overwrite_deleted(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def migrate(engine: Engine, revision: str = "head", *, parts: int = PARTS) -> None:
    """Raise the schema to ``revision``, or lower it to one that came before, in one transaction.

    ``parts``: into how many a large table is split on PostgreSQL (:mod:`central.partitions`); heard only by the first
    migration of a database.
    """
    with writing(out_of_line(engine)) as conn:
        config = _config()
        config.attributes |= {"connection": conn, "parts": parts}
        if _is_older(revision, MigrationContext.configure(conn).get_current_revision()):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def check_revision(engine: Engine) -> None:
    """Return when the schema is the one this code was written for.

    Raises:
        DatabaseError: says which command to run.
    """
    if not is_current(engine):
        raise DatabaseError(
            "the vault's database is not of this version: run `python -m central.vault migrate`", code="revision"
        )


def revisions() -> frozenset[str]:
    """Every revision that this release can raise to its own: a backup of any of them can be put back."""
    return frozenset(step.revision for step in ScriptDirectory(str(_MIGRATIONS)).walk_revisions())


def is_current(engine: Engine) -> bool:
    """Whether the schema is the one this code was written for."""
    with reading(engine) as conn:
        found = MigrationContext.configure(conn).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()


def drift(engine: Engine) -> list[object]:
    """What differs between the tables in the code and those in the database: nothing, when all is well."""
    with reading(engine) as conn:
        return list(compare_metadata(MigrationContext.configure(conn, opts=comparing(conn)), metadata))


def _is_older(wanted: str, current: str | None) -> bool:
    if wanted == "head" or current is None:
        return False
    if wanted == "base":
        return True
    script = ScriptDirectory.from_config(_config())
    return wanted in {step.revision for step in script.walk_revisions("base", current)} - {current}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
