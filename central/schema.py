"""The database's shape: every table of central, and the Alembic migrations that lead there and back."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData

import central
from central.db import metadata
from central.engine import reading, writing
from central.partitions import PARTS, comparing

_MIGRATIONS = Path(__file__).parent / "migrations"


def all_tables() -> MetaData:
    """Central's MetaData with every ``models`` module loaded; the vault's tables are not among them."""
    importlib.import_module("central.chains")
    importlib.import_module("central.turns")
    for feature in pkgutil.iter_modules(central.__path__):
        if feature.ispkg and feature.name not in {"vault", "migrations"}:
            _load_models(feature.name)
    return metadata


def _load_models(feature: str) -> None:
    package = importlib.import_module(f"central.{feature}")
    if any(module.name == "models" for module in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"central.{feature}.models")


def upgrade(engine: Engine, revision: str = "head", *, parts: int = PARTS) -> None:
    """Bring the database to a revision, in one transaction.

    ``parts``: into how many a large table is split on PostgreSQL (:mod:`central.partitions`); heard only by the first
    migration of a database, later ones follow what is there.
    """
    with writing(engine) as connection:
        configuration = _configuration(connection)
        configuration.attributes["parts"] = parts
        command.upgrade(configuration, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision; what only the newer shape could hold is lost."""
    with writing(engine) as connection:
        command.downgrade(_configuration(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest migration: what a service asks before it starts."""
    with reading(engine) as connection:
        newest = ScriptDirectory.from_config(_configuration(connection)).get_heads()
        return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)


def revisions() -> frozenset[str]:
    """Every revision that this release can raise to its own: a backup of any of them can be put back."""
    return frozenset(step.revision for step in ScriptDirectory(str(_MIGRATIONS)).walk_revisions())


def drift(engine: Engine) -> list[object]:
    """What differs between the tables in the code and those in the database: nothing, when all is well."""
    with reading(engine) as connection:
        found = MigrationContext.configure(connection, opts=comparing(connection))
        return list(compare_metadata(found, all_tables()))


def _configuration(connection: Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_MIGRATIONS))
    configuration.attributes["connection"] = connection
    return configuration
