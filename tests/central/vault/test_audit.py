from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from central.engine import reading, writing
from central.vault.audit import verify_chain
from central.vault.errors import AuditError
from central.vault.models import audit
from tests.central.vault.site import VaultSite


@pytest.fixture
def told(site: VaultSite) -> VaultSite:
    site.opened_dossier()
    site.opened_dossier()
    return site


def test_a_chain_that_nobody_touched_holds(told: VaultSite) -> None:
    with reading(told.engine) as conn:
        assert verify_chain(conn) == 4


def test_an_empty_chain_holds(site: VaultSite) -> None:
    with reading(site.engine) as conn:
        assert verify_chain(conn) == 0


@pytest.mark.parametrize(
    "column", [audit.c.at_ms, audit.c.tag, audit.c.dossier_id, audit.c.record_id, audit.c.previous_hash, audit.c.hash]
)
def test_an_entry_altered_breaks_the_chain_there(told: VaultSite, column: object) -> None:
    forged: object = {"at_ms": 1, "tag": "account:activated"}.get(column.name, bytes(16))  # type: ignore[attr-defined]
    with writing(told.engine) as conn:
        conn.execute(update(audit).where(audit.c.number == 2).values({column: forged}))
        with pytest.raises(AuditError, match="at entry 2"):
            verify_chain(conn)


def test_an_entry_taken_out_breaks_the_chain(told: VaultSite) -> None:
    with writing(told.engine) as conn:
        conn.execute(delete(audit).where(audit.c.number == 2))
        with pytest.raises(AuditError, match="at entry 3"):
            verify_chain(conn)


def test_entries_renumbered_over_a_gap_break_the_chain(told: VaultSite) -> None:
    with writing(told.engine) as conn:
        conn.execute(delete(audit).where(audit.c.number == 2))
        conn.execute(update(audit).where(audit.c.number > 2).values(number=audit.c.number - 1))
        with pytest.raises(AuditError, match="at entry 2"):
            verify_chain(conn)
