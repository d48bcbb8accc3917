from __future__ import annotations

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from central.engine import out_of_line, reading, writing
from central.vault.db import drift, migrate
from central.vault.models import attempts, decisions, dossiers, generations, owed, slips, wraps
from tests.central.vault.site import VaultSite, state_of
from wire.handover import HandOverAction


def test_the_migrated_schema_is_the_one_the_code_knows(site: VaultSite) -> None:
    assert drift(site.engine) == []


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


def at_0001(site: VaultSite) -> None:
    """The first version's schema with one dossier active, one with a refusal due, and a second enrolment waiting."""
    migrate(site.engine, "0001")
    with writing(out_of_line(site.engine)) as conn:
        for number, due in ((1, 0), (2, 1)):
            conn.execute(
                text(
                    "INSERT INTO dossiers (dossier_id, record_id, terminal, dossier_public, generation, "
                    "generation_due, account, opened_ms) VALUES (:d, :r, 'HALL-1', :k, 0, :due, 'active', 5)"
                ),
                {"d": bytes([number] * 16), "r": RECORDS[number], "k": bytes([number] * 32), "due": due},
            )
        conn.execute(
            text("INSERT INTO refusals (dossier_id, role, noted_ms) VALUES (:d, 'break_glass', 7)"),
            {"d": bytes([2] * 16)},
        )
        for locator, number, state in (("AAAAAAAA", 1, "used"), ("BBBBBBBB", 3, "waiting_guard")):
            conn.execute(
                text(
                    "INSERT INTO slips (locator, record_id, dossier_id, code_public, state, wrong_tries, received_ms) "
                    "VALUES (:l, :r, :d, :k, :s, 0, 9)"
                ),
                {"l": locator, "r": RECORDS[number], "d": bytes([1] * 16), "k": bytes(32), "s": state},
            )
        conn.execute(text("INSERT INTO attempts (subject, at_ms, number) VALUES (:s, 1000, 0)"), {"s": bytes(32)})


RECORDS = {number: bytes.fromhex(f"0000000000{number:02x}70008000000000000000") for number in (1, 2, 3)}


def test_the_second_version_keeps_what_the_first_had_and_knows_what_it_needs_of_it(site: VaultSite) -> None:
    at_0001(site)
    migrate(site.engine)
    kept = {row["dossier_id"][0]: row["dossier_public"] for row in site.rows(generations)}
    assert kept == {1: bytes([1] * 32), 2: bytes([2] * 32)}
    assert [(row["role"], row["refused"], row["decided_ms"]) for row in site.rows(decisions)] == [
        ("break_glass", True, 0)
    ]
    assert [(row["dossier_id"][0], row["what"]) for row in site.rows(owed)] == [(2, "generation")]
    found = {
        row["locator"]: tuple(row[name] for name in ("terminal", "place", "live_ms", "due_ms"))
        for row in site.rows(slips)
    }
    assert found == {"AAAAAAAA": ("HALL-1", 1, 9, None), "BBBBBBBB": ("HALL-1", 2, None, 9)}
    assert [row["until_ms"] for row in site.rows(attempts)] == [1000 + 15 * 60 * 1000]


def test_a_generation_that_the_first_version_left_due_is_made_by_the_guard(site: VaultSite) -> None:
    at_0001(site)
    migrate(site.engine)
    site.guard()
    assert {row["dossier_id"][0]: row["generation"] for row in site.rows(dossiers)} == {1: 0, 2: 1}


def test_down_to_the_first_version_and_up_again_keeps_refusals_slips_and_accounts(site: VaultSite) -> None:
    at_0001(site)
    migrate(site.engine)
    migrate(site.engine, "0001")
    with reading(site.engine) as conn:
        assert conn.execute(text("SELECT role, noted_ms FROM refusals")).all() == [("break_glass", 7)]
        states = conn.execute(text("SELECT locator, state FROM slips ORDER BY locator")).all()
    assert states == [("AAAAAAAA", "used"), ("BBBBBBBB", "waiting_guard")]
    migrate(site.engine)
    assert (site.count(decisions), site.count(generations), site.count(slips)) == (1, 2, 2)


def test_a_slip_of_the_first_version_that_waited_for_ever_becomes_good(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.clock.pass_by(minutes=1)
    second = site.enrol()
    site.hand_over(site.item(second, dossier, HandOverAction.CODE_REQUEST))
    migrate(site.engine, "0001")
    migrate(site.engine)
    site.guard()
    assert state_of(site.activate_slip(second)) == "activated"


def test_what_only_the_second_version_knows_is_locked_in_the_first(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, is_closed=True)
    migrate(site.engine, "0001")
    with reading(site.engine) as conn:
        assert conn.execute(text("SELECT state FROM slips")).scalars().all() == ["locked"]
        assert conn.execute(text("SELECT account FROM dossiers")).scalars().all() == ["locked"]


def test_a_dossier_that_was_closed_before_dossiers_ended_is_kept_for_ten_years(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, is_closed=True)
    migrate(site.engine, "0003")
    with writing(out_of_line(site.engine)) as conn:
        conn.execute(text("UPDATE dossiers SET destroy_due_ms = NULL"))
    migrate(site.engine)
    (row,) = site.rows(dossiers)
    assert 3653 < (row["destroy_due_ms"] - row["closed_ms"]) / 86_400_000 < 3660


def test_a_migration_that_fails_leaves_the_schema_as_it_was(site: VaultSite) -> None:
    migrate(site.engine, "base")
    with writing(out_of_line(site.engine)) as conn:
        conn.execute(text("CREATE TABLE audit (in_the_way INTEGER)"))
    with pytest.raises((OperationalError, ProgrammingError), match="audit"):
        migrate(site.engine)
    assert set(inspect(site.engine).get_table_names()) <= {"alembic_version", "audit"}


@pytest.mark.only_on("sqlite")
def test_the_database_is_durable_and_overwrites_what_is_deleted(site: VaultSite) -> None:
    with reading(site.engine) as conn:
        found = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
