from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from central.engine import reading, writing
from central.vault.audit import _Entry, _hash, verify_chain
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


def forge(told: VaultSite, number: int, **changes: object) -> None:
    """Rewrite an entry with a hash that fits its new content."""
    (row,) = (row for row in told.rows(audit) if row["number"] == number)
    fields = {name: value for name, value in row.items() if name != "hash"} | changes
    entry = _Entry(**fields)  # type: ignore[arg-type]
    with writing(told.engine) as conn:
        conn.execute(update(audit).where(audit.c.number == number).values(fields | {"hash": _hash(entry)}))


def test_an_entry_forged_with_a_hash_that_fits_breaks_the_chain_after_it(told: VaultSite) -> None:
    forge(told, 2, tag="account:activated")
    with reading(told.engine) as conn, pytest.raises(AuditError, match="at entry 3"):
        verify_chain(conn)


def test_a_gap_that_was_closed_by_forging_the_next_entry_shows_in_its_number(told: VaultSite) -> None:
    first = next(row["hash"] for row in told.rows(audit) if row["number"] == 1)
    with writing(told.engine) as conn:
        conn.execute(delete(audit).where(audit.c.number.in_((2, 4))))
    forge(told, 3, previous_hash=first)
    with reading(told.engine) as conn, pytest.raises(AuditError, match="at entry 3"):
        verify_chain(conn)


def test_entries_renumbered_over_a_gap_break_the_chain(told: VaultSite) -> None:
    with writing(told.engine) as conn:
        conn.execute(delete(audit).where(audit.c.number == 2))
        for number in (3, 4):
            conn.execute(update(audit).where(audit.c.number == number).values(number=number - 1))
        with pytest.raises(AuditError, match="at entry 2"):
            verify_chain(conn)
