"""A backup is one state of the database, whole, of this service, and put back nowhere but into an empty place."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from central.app import create_app
from central.backup.custody import make_identity
from central.backup.errors import CustodyError, RefusedBackupError, TargetError, ToolError
from central.backup.service import STAMP
from central.backup.snapshot import Tools
from central.engine import make_engine, reading
from central.intake.models import chain_incidents, records
from central.ledger.rules import load_rules
from central.settings import CentralSettings
from central.verification.service import verify_all
from provisioning.authority import rotate_signing_key
from tests.central.backup_rig import Safe
from tests.central.web_site import PHARMACY, CentralSite
from tests.fakes.databases import written_by
from tests.fakes.terminal import FakeTerminal
from tests.waiting import wait_for
from wire.trust import KeyUse


@pytest.fixture
def terminal(site: CentralSite) -> FakeTerminal:
    """A counter whose three enrolments central has."""
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    for person in range(3):
        terminal.enrol(person)
    assert site.send(terminal).status_code == 200
    return terminal


def kept(database: str) -> int:
    engine = make_engine(database)
    with reading(engine) as connection:
        number = connection.scalar(select(func.count()).select_from(records)) or 0
    engine.dispose()
    return number


def recounted(database: str) -> tuple[bool, list[str]]:
    engine = make_engine(database)
    report = verify_all(engine, shards=1, rules=load_rules())
    engine.dispose()
    return report.agrees, report.lines()


@pytest.mark.usefixtures("terminal")
def test_what_was_put_back_counts_as_what_was_there(safe: Safe, site: CentralSite) -> None:
    before = recounted(site.settings.database)
    safe.make()
    after = recounted(safe.put_back().database)
    assert before[0]
    assert after == before


def test_while_a_backup_is_made_terminals_go_on_and_it_holds_one_state(
    safe: Safe, site: CentralSite, terminal: FakeTerminal
) -> None:
    taken: list[int] = []
    enough = threading.Event()

    def hand_in() -> None:
        while not enough.is_set():
            before = len(terminal.made)
            terminal.enrol(100 + before)
            site.app.test_client().post("/v1/batches", data=terminal.batch(terminal.made[before:]))
            taken.append(before)

    counter = threading.Thread(target=hand_in)
    counter.start()
    try:
        wait_for("the counter works", lambda: len(taken) > 2)
        files = [safe.make(safe.folder / f"{number}.age") for number in range(3)]
    finally:
        enough.set()
        counter.join()
    for number, file in enumerate(files):
        database = safe.put_back(file, name=f"restored_{number}").database
        agrees, lines = recounted(database)
        assert agrees, lines
    assert 3 <= kept(database) <= len(terminal.made)


@pytest.mark.usefixtures("terminal")
def test_nothing_of_the_database_can_be_read_in_the_file(safe: Safe, site: CentralSite) -> None:
    sealed = safe.make().read_bytes()
    assert b"Pharmacie du Piton" in written_by(site.engine)  # the search can find
    assert [word for word in (b"Pharmacie du Piton", b"argon2id", b"PHARM-974", b"sqlite") if word in sealed] == []


def test_nothing_unsealed_is_left_behind(safe: Safe, site: CentralSite) -> None:
    site.audit_tags()  # SQLite's own files are there from the first look on
    before = {path.name for path in site.home.iterdir()}
    safe.make()
    assert {path.name for path in site.home.iterdir()} - before == {STAMP}
    assert (safe.file.stat().st_mode & 0o777) == 0o600


def test_without_somebody_who_could_open_it_none_is_made(safe: Safe, site: CentralSite) -> None:
    (site.home / "backup.recipients").write_text("# nobody\n")
    with pytest.raises(CustodyError, match="names nobody"):
        safe.make()
    assert not safe.file.exists()


def test_a_file_that_is_there_is_never_written_over(safe: Safe) -> None:
    safe.file.write_bytes(b"the backup of yesterday")
    with pytest.raises(TargetError):
        safe.make()
    assert safe.file.read_bytes() == b"the backup of yesterday"


def test_it_is_put_back_into_an_empty_place_only(safe: Safe) -> None:
    safe.make()
    safe.put_back()
    with pytest.raises(TargetError) as caught:
        safe.put_back()
    assert caught.value.code == "not_empty"


@pytest.mark.parametrize("place", [0.02, 0.5, 0.9, 0.999])
def test_a_file_with_one_flipped_bit_is_refused_and_nothing_is_put_back(safe: Safe, place: float) -> None:
    content = bytearray(safe.make().read_bytes())
    content[int(len(content) * place)] ^= 1
    safe.file.write_bytes(content)
    with pytest.raises((RefusedBackupError, CustodyError)):
        safe.put_back()
    assert safe.put_back(safe.make(safe.folder / "another.age"))


@pytest.mark.parametrize("left", [0.0, 0.3, 0.99])
def test_a_file_that_was_cut_off_is_refused(safe: Safe, left: float) -> None:
    content = safe.make().read_bytes()
    safe.file.write_bytes(content[: int(len(content) * left)])
    with pytest.raises(RefusedBackupError):
        safe.put_back()


def test_another_custodians_key_opens_nothing(safe: Safe) -> None:
    safe.make()
    safe.identity = safe.folder / "stranger"
    make_identity(safe.identity)
    with pytest.raises(CustodyError) as caught:
        safe.put_back()
    assert caught.value.code == "identity"


def test_a_backup_that_somebody_else_made_is_refused_though_it_opens(safe: Safe, tmp_path: Path) -> None:
    """Whoever has the public half of the seal can make a file; only the service can sign its manifest."""
    other = CentralSite(tmp_path / "other")
    (other.home / "backup.recipients").write_text((safe.site.home / "backup.recipients").read_text())
    forged = Safe.__new__(Safe)
    forged.site, forged.folder, forged.file = other, tmp_path, tmp_path / "forged.age"
    with pytest.raises(RefusedBackupError) as caught:
        safe.put_back(forged.make())
    other.close()
    assert caught.value.code == "not_ours"


def test_an_older_backup_is_still_ours_after_the_answer_key_was_rotated(safe: Safe, site: CentralSite) -> None:
    safe.make()
    rotate_signing_key(site.programme, KeyUse.ANSWER, now=site.clock.now, days=365)
    assert kept(safe.put_back().database) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"service": "vault"}, "other_service"), ({"revisions": frozenset({"0001"})}, "newer")],
    ids=["another service", "a newer release"],
)
def test_what_is_not_for_this_service_and_release_is_refused(safe: Safe, changes: dict[str, object], code: str) -> None:
    safe.make()
    with pytest.raises(RefusedBackupError) as caught:
        safe.put_back(**changes)
    assert caught.value.code == code


@pytest.mark.usefixtures("terminal")
def test_chains_that_end_elsewhere_than_the_manifest_says_are_refused(safe: Safe) -> None:
    safe.make()
    with pytest.raises(RefusedBackupError, match="chains do not end"):
        safe.put_back(ends=lambda _connection: ())


def test_a_restored_central_recognises_what_it_had_and_takes_what_comes_next(
    safe: Safe, site: CentralSite, terminal: FakeTerminal
) -> None:
    safe.make()
    settings = safe.put_back()
    terminal.enrol(7)
    assert handed_in(site, settings, terminal, terminal.made) == 200
    assert kept(settings.database) == 4
    assert recounted(settings.database)[0]


def test_what_came_after_the_backup_is_lost_and_stands_as_a_gap(
    safe: Safe, site: CentralSite, terminal: FakeTerminal
) -> None:
    """docs/operations.md §5: a terminal has forgotten what was durable; nobody must believe that nothing is missing."""
    safe.make()
    terminal.enrol(7)
    site.send(terminal)
    settings = safe.put_back()
    terminal.enrol(8)
    assert handed_in(site, settings, terminal, terminal.made[-1:]) == 200
    engine = make_engine(settings.database)
    with reading(engine) as connection:
        gap = connection.execute(select(chain_incidents.c.kind, chain_incidents.c.missing)).one()
    engine.dispose()
    assert tuple(gap) == ("gap", 1)
    assert recounted(settings.database)[0]


def handed_in(site: CentralSite, settings: CentralSettings, terminal: FakeTerminal, made: list[bytes]) -> int:
    app = create_app(settings, clock=site.clock)
    answer = app.test_client().post("/v1/batches", data=terminal.batch(made))
    app.extensions["central"].dispose()
    return answer.status_code


@pytest.mark.only_on("postgresql")
def test_the_password_of_the_database_stands_on_no_command_line(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    run = subprocess.run

    def noting(command: list[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return run(command, **how)

    monkeypatch.setattr(subprocess, "run", noting)
    url = safe.site.engine.url.set(password="ge:heim")
    safe.site.engine.dispose()
    safe.site.engine = make_engine(url.render_as_string(hide_password=False))
    safe.make()
    (command,) = commands
    assert [word for word in command if "heim" in word] == []
    assert any("passfile=" in word for word in command)
    assert kept(safe.put_back().database) == 0


def test_without_the_programs_of_postgresql_it_says_which_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="pg_dump is not there"):
        Tools(tmp_path).run("pg_dump")
