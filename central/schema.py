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

_MIGRATIONS = Path(__file__).parent / "migrations"


def all_tables() -> MetaData:
    """Central's MetaData with every ``models`` module loaded; the vault's tables are not among them."""
    importlib.import_module("central.chains")
    for feature in pkgutil.iter_modules(central.__path__):
        if feature.ispkg and feature.name not in {"vault", "migrations"}:
            _load_models(feature.name)
    return metadata


def _load_models(feature: str) -> None:
    package = importlib.import_module(f"central.{feature}")
    if any(module.name == "models" for module in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"central.{feature}.models")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, in one transaction."""
    with writing(engine) as connection:
        command.upgrade(_configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision; what only the newer shape could hold is lost."""
    with writing(engine) as connection:
        command.downgrade(_configuration(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest migration: what a service asks before it starts."""
    with reading(engine) as connection:
        newest = ScriptDirectory.from_config(_configuration(connection)).get_heads()
        return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)


def drift(engine: Engine) -> list[object]:
    """What differs between the tables in the code and those in the database: nothing, when all is well."""
    with reading(engine) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), all_tables()))


def _configuration(connection: Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_MIGRATIONS))
    configuration.attributes["connection"] = connection
    return configuration
