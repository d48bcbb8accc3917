from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from central.engine import reading, writing
from central.vault.db import migrate
from central.vault.models import metadata, wraps
from tests.central.vault.site import VaultSite, state_of


def test_the_migrated_schema_is_the_one_the_code_knows(site: VaultSite) -> None:
    with reading(site.engine) as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    migrate(site.engine)
    assert state_of(site.activate_slip(enrolment)) == "activated"


def test_down_takes_every_table_with_its_data_and_up_makes_them_again(site: VaultSite) -> None:
    site.opened_dossier()
    migrate(site.engine, "base")
    assert set(inspect(site.engine).get_table_names()) <= {"alembic_version"}
    migrate(site.engine)
    assert site.count(wraps) == 0
    _, enrolment = site.opened_dossier()
    assert state_of(site.activate_slip(enrolment)) == "activated"


def test_a_migration_that_fails_leaves_the_schema_as_it_was(site: VaultSite) -> None:
    migrate(site.engine, "base")
    with writing(site.engine) as conn:
        conn.execute(text("CREATE TABLE audit (in_the_way INTEGER)"))
    with pytest.raises(OperationalError, match="audit"):
        migrate(site.engine)
    assert set(inspect(site.engine).get_table_names()) <= {"alembic_version", "audit"}


def test_the_database_is_durable_and_overwrites_what_is_deleted(site: VaultSite) -> None:
    with reading(site.engine) as conn:
        found = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
