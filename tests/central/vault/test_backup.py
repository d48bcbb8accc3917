"""The vault is put back, and central tells it again what it lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert

from central.backup.custody import make_identity
from central.backup.errors import BackupError, RefusedBackupError
from central.backup.snapshot import Tools
from central.engine import writing
from central.vault.__main__ import main
from central.vault.backup import back_up, put_back
from central.vault.db import open_engine
from central.vault.models import challenges, dossiers
from tests.central.vault.site import BOTH, VaultSite, new_dossier_id, state_of
from tests.fakes.databases import empty_database_in, is_postgresql
from tests.fakes.postgres import binaries
from wire import homes
from wire.handover import HandOverOutcome


def tools() -> Tools:
    return Tools(binaries() if is_postgresql() else None)


@dataclass
class Burnt:
    """A vault, its backup, and what stands after the fire."""

    site: VaultSite
    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.identity = self.folder / "identity"
        (self.site.home / homes.BACKUP_RECIPIENTS).write_text(make_identity(self.identity))

    def back_up(self) -> None:
        back_up(self.site.settings, self.site.engine, self.folder / "vault.age", now=self.site.clock.now, tools=tools())

    def put_back(self) -> list[str]:
        """From now on the site is the restored one."""
        self.site.close()
        url = empty_database_in(self.folder, "restored")
        engine = open_engine(url)
        try:
            said = put_back(self.site.settings, engine, self.folder / "vault.age", self.identity, tools=tools())
        except BackupError:
            engine.dispose()
            raise
        self.site.changes["database_url"] = url
        self.site.engine = engine
        self.site.restart()
        return said


@pytest.fixture
def burnt(site: VaultSite, tmp_path: Path) -> Burnt:
    return Burnt(site, tmp_path)


def test_after_the_restore_the_slips_of_before_open_and_the_chain_holds(burnt: Burnt) -> None:
    _, enrolment = burnt.site.opened_dossier()
    burnt.back_up()
    assert "audit: 2 entries, chain intact" in burnt.put_back()
    assert state_of(burnt.site.activate_slip(enrolment)) == "activated"


def test_it_says_from_where_central_must_tell_it_again(burnt: Burnt) -> None:
    burnt.site.opened_dossier()
    burnt.back_up()
    said = "\n".join(burnt.put_back())
    assert "hand-over-since 2026-11-22T09:00:00 --events 0" in said


def test_what_is_handed_over_again_is_there_once(burnt: Burnt) -> None:
    site = burnt.site
    first, second = (site.item(site.enrol(), new_dossier_id()) for _ in range(2))
    site.hand_over(first)
    burnt.back_up()
    site.hand_over(second)
    burnt.put_back()
    assert site.count(dossiers) == 1
    assert [result.outcome for result in site.hand_over(first, second)] == [
        HandOverOutcome.ALREADY,
        HandOverOutcome.KEPT,
    ]
    assert site.count(dossiers) == 2


def test_a_refusal_that_came_after_the_backup_is_lost_until_central_tells_it_again(burnt: Burnt) -> None:
    """Invariant 7: a backup brings the wrap back; so nobody may come in before central has told."""
    site = burnt.site
    dossier, _ = site.opened_dossier(BOTH)
    burnt.back_up()
    change = site.change(break_glass=False)
    told = site.change_item(change, dossier, break_glass_refused=True, break_glass_decided_ms=1)
    site.hand_over(told)
    assert "break_glass" not in site.roles(dossier)
    burnt.put_back()
    assert "break_glass" in site.roles(dossier)
    site.hand_over(told)
    assert "break_glass" not in site.roles(dossier)


def test_an_activation_under_way_does_not_live_again(make_site: Callable[..., VaultSite], tmp_path: Path) -> None:
    site = make_site()
    burnt = Burnt(site, tmp_path)
    row = {"challenge": bytes(32), "dossier_id": bytes(16), "record_id": bytes(16), "pending": b"", "made_ms": 1}
    with writing(site.engine) as conn:
        conn.execute(insert(challenges).values(**row, is_required=False, wrong_tries=0))
    burnt.back_up()
    burnt.put_back()
    assert site.count(challenges) == 0


def test_a_backup_of_another_programmes_vault_is_refused(
    burnt: Burnt, make_site: Callable[..., VaultSite], tmp_path: Path
) -> None:
    stranger = Burnt(make_site(), tmp_path / "stranger")
    (stranger.site.home / homes.BACKUP_RECIPIENTS).write_text((burnt.site.home / homes.BACKUP_RECIPIENTS).read_text())
    stranger.folder = burnt.folder
    stranger.back_up()
    with pytest.raises(RefusedBackupError) as caught:
        burnt.put_back()
    assert caught.value.code == "not_ours"


def test_as_the_operator_types_it(
    site: VaultSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site.opened_dossier()
    more = ["--home", str(site.home), *(["--postgresql-bin", str(binaries())] if is_postgresql() else [])]
    monkeypatch.setenv("VAULT_DATABASE", site.settings.database_url)
    assert main(["backup-key", str(tmp_path / "identity"), *more]) == 0
    (site.home / homes.BACKUP_RECIPIENTS).write_text(capsys.readouterr().out)
    assert main(["backup", str(tmp_path / "vault.age"), *more]) == 0
    restoring = ["restore", str(tmp_path / "vault.age"), "--identity", str(tmp_path / "identity"), *more]
    assert main(restoring) == 1
    assert "[not_empty]" in capsys.readouterr().err
    monkeypatch.setenv("VAULT_DATABASE", empty_database_in(tmp_path, "restored"))
    assert main(restoring) == 0
    assert "hand-over-since" in capsys.readouterr().out
    assert main(["verify", "--home", str(site.home)]) == 0
