from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from central.errors import SetupError
from central.keys import load_keys
from provisioning.authority import Home, Programme, make_keys
from provisioning.private_files import Owner
from wire import homes
from wire.errors import TrustError

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programme")
    programme = Programme(*(Home(folder / name, Owner.current()) for name in ("root", "central", "vault")))
    make_keys(programme, now=NOW, days=30)
    return folder / "central"


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "central")
    return tmp_path / "central"


def test_what_provisioning_made_is_read(home: Path) -> None:
    keys = load_keys(home, now=NOW)
    assert len(keys.person_index) == 32
    assert keys.trust.verifying_key is not None


def test_keys_are_silent_in_print(home: Path) -> None:
    keys = load_keys(home, now=NOW)
    assert keys.person_index.hex() not in repr(keys)
    assert repr(keys) == "CentralKeys(…)"


@pytest.mark.parametrize("name", [homes.INTAKE_KEY, homes.ANSWER_KEY, homes.HAND_OVER_KEY, homes.PERSON_INDEX_KEY])
def test_a_secret_that_others_may_read_is_refused(home: Path, name: str) -> None:
    (home / name).chmod(0o640)
    with pytest.raises(SetupError) as refused:
        load_keys(home, now=NOW)
    assert refused.value.code == "key_mode"


@pytest.mark.parametrize("name", [homes.INTAKE_KEY, homes.PERSON_INDEX_KEY, homes.ROOT_PUBLIC, homes.TRUST_BUNDLE])
def test_a_missing_file_is_named(home: Path, name: str) -> None:
    (home / name).unlink()
    with pytest.raises(SetupError, match=name) as refused:
        load_keys(home, now=NOW)
    assert refused.value.code == "key_missing"


def test_a_key_for_another_use_is_refused(home: Path) -> None:
    shutil.copy(home / homes.ANSWER_KEY, home / homes.INTAKE_KEY)
    with pytest.raises(SetupError, match="another use"):
        load_keys(home, now=NOW)


@pytest.mark.parametrize("name", [homes.ANSWER_KEY, homes.PERSON_INDEX_KEY])
def test_rubbish_is_refused_without_being_repeated(home: Path, name: str) -> None:
    (home / name).write_text("not a key at all")
    with pytest.raises(SetupError) as refused:
        load_keys(home, now=NOW)
    assert refused.value.code == "key_form"
    assert "not a key at all" not in str(refused.value)


def test_a_bundle_of_another_root_is_refused(home: Path, made: Path) -> None:
    (home / homes.ROOT_PUBLIC).write_text("ab" * 32)
    with pytest.raises(TrustError):
        load_keys(home, now=NOW)


def test_a_bundle_that_has_run_out_is_refused(home: Path) -> None:
    with pytest.raises(TrustError):
        load_keys(home, now=NOW + timedelta(days=60))
