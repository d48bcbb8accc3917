"""Backup, restore and telling the vault again, as the operator types it; central and the vault together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from central.audit.models import audit_entries
from central.devices.models import devices
from central.engine import make_engine, reading, writing
from central.handover.models import outbox, vault_cursor
from central.staff.models import staff_sessions
from central.vault.models import dossiers as at_vault
from central.vault.models import slips
from tests.central.vault.pair import Pair
from tests.central.vault.site import VaultSite
from tests.central.web_site import PHARMACY, CentralSite
from tests.fakes.databases import empty_database_in, is_postgresql
from tests.fakes.postgres import binaries
from wire import homes
from wire.canonical import encode
from wire.vault_parts import VaultChange

Run = Callable[..., tuple[int, str, str]]


def tools() -> list[str]:
    return ["--postgresql-bin", str(binaries())] if is_postgresql() else []


def keep_safe(run: Run, site: CentralSite, folder: Path) -> Path:
    """A backup whose key lies beside it."""
    _, public, _ = run("backup-key", str(folder / "identity"))
    (site.home / homes.BACKUP_RECIPIENTS).write_text(public)
    assert run("backup", str(folder / "central.age"), *tools())[0] == 0
    return folder / "central.age"


def test_backup_to_a_folder_is_named_by_the_time(run: Run, site: CentralSite, tmp_path: Path) -> None:
    keep_safe(run, site, tmp_path)
    (tmp_path / "backups").mkdir()
    code, out, _ = run("backup", str(tmp_path / "backups"), *tools())
    (made,) = (tmp_path / "backups").iterdir()
    assert code == 0
    assert made.name.startswith("central-20")
    assert made.suffix == ".age"
    assert str(made) in out


def test_restore_counts_again_and_says_what_is_left_to_do(run: Run, site: CentralSite, tmp_path: Path) -> None:
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    terminal.enrol(1)
    site.send(terminal)
    file = keep_safe(run, site, tmp_path)
    restored = empty_database_in(tmp_path, "restored")
    code, out, err = run("restore", str(file), "--identity", str(tmp_path / "identity"), *tools(), database=restored)
    assert code == 0, err
    assert "counters: as the facts say" in out
    assert "revoke again the terminals" in out
    assert run("verify", database=restored)[0] == 0


def test_restore_ends_every_session_and_is_in_the_audit(run: Run, site: CentralSite, tmp_path: Path) -> None:
    site.manager("NATIONAL")
    site.browser().sign_in("NATIONAL")
    file = keep_safe(run, site, tmp_path)
    restored = empty_database_in(tmp_path, "restored")
    run("restore", str(file), "--identity", str(tmp_path / "identity"), *tools(), database=restored)
    engine = make_engine(restored)
    with reading(engine) as connection:
        left = connection.scalar(select(func.count()).select_from(staff_sessions))
        tags = connection.execute(select(audit_entries.c.tag)).scalars().all()
    engine.dispose()
    assert left == 0
    assert tags.count("database:restored") == 1


def test_a_second_restore_is_refused_in_one_line(run: Run, site: CentralSite, tmp_path: Path) -> None:
    file = keep_safe(run, site, tmp_path)
    code, _, err = run("restore", str(file), "--identity", str(tmp_path / "identity"), *tools())
    assert (code, err.count("\n")) == (1, 1)
    assert "[not_empty]" in err


def burn(vault: VaultSite) -> None:
    """The vault is put back to the day when it was empty."""
    with writing(vault.engine) as conn:
        for table in reversed(at_vault.metadata.sorted_tables):
            if table.name != "queue":
                conn.execute(delete(table))


def test_central_tells_a_restored_vault_all_that_came_since(run: Run, pair: Pair) -> None:
    pair.enrol(1)
    pair.enrol(2)
    pair.site.clock.pass_by(minutes=5)
    closing = encode(VaultChange(is_closed=True, delete_now=False))
    pair.terminal.come_back("closure_request", 1, at=pair.site.clock.now, vault_part=closing)
    pair.site.send(pair.terminal)
    pair.hand_over()
    assert pair.vault.count(slips) == 2
    burn(pair.vault)
    since = (pair.site.clock.now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    code, out, err = run("hand-over-since", since, "--events", "0")
    assert code == 0, err
    assert "3 will be handed over again" in out
    pair.hand_over()
    assert pair.vault.count(at_vault) == 2
    with reading(pair.site.engine) as connection:
        left = connection.execute(select(outbox.c.action, outbox.c.code)).all()
    assert left == []
    assert [row["closed_ms"] is None for row in pair.vault.rows(at_vault)].count(False) == 1


def test_only_what_came_since_is_told_again(run: Run, pair: Pair) -> None:
    pair.enrol(1)
    since = (pair.site.clock.now + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")
    pair.enrol(2)
    pair.hand_over()
    assert "1 will be handed over again" in run("hand-over-since", since, "--events", "0")[1]


def test_what_the_vault_has_it_recognises(run: Run, pair: Pair) -> None:
    pair.enrol(1)
    pair.hand_over()
    run("hand-over-since", "2026-01-01", "--events", "0")
    pair.hand_over()
    assert (pair.vault.count(at_vault), pair.vault.count(slips)) == (1, 1)
    with reading(pair.site.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(outbox)) == 0


def test_the_events_of_a_vault_that_counts_on_from_before_are_heard_again(run: Run, pair: Pair) -> None:
    with writing(pair.site.engine) as connection:
        connection.execute(vault_cursor.insert().values(name="events", number=41))
    run("hand-over-since", "2026-01-01", "--events", "17")
    run("hand-over-since", "2026-01-01", "--events", "30")
    with reading(pair.site.engine) as connection:
        assert connection.scalar(select(vault_cursor.c.number)) == 17


@pytest.mark.parametrize("given", [("2099-01-01", "--events", "0"), ("2026-01-01", "--events", "-1")])
def test_a_time_to_come_or_no_number_changes_nothing(run: Run, site: CentralSite, given: tuple[str, ...]) -> None:
    assert run("hand-over-since", *given)[0] == 1
    assert "handover:repeated" not in site.audit_tags()


def test_who_was_revoked_after_the_backup_must_be_revoked_again(run: Run, site: CentralSite, tmp_path: Path) -> None:
    """The restore says so, because nothing can know it: this test keeps the sentence true."""
    site.fleet(PHARMACY)
    site.enrolling_terminal()
    file = keep_safe(run, site, tmp_path)
    with writing(site.engine) as connection:
        connection.execute(update(devices).values(state="revoked", revoked_ms=1))
    restored = empty_database_in(tmp_path, "restored")
    run("restore", str(file), "--identity", str(tmp_path / "identity"), *tools(), database=restored)
    engine = make_engine(restored)
    with reading(engine) as connection:
        assert connection.scalar(select(devices.c.state)) == "registered"
    engine.dispose()
