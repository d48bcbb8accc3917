"""The file is in open formats: any age and any tar can take it apart."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pyrage
import pytest

from central.backup.archive import read_archive, write_archive
from central.backup.custody import make_identity, read_identities, read_recipients
from central.backup.errors import RefusedBackupError


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    public = make_identity(tmp_path / "identity")
    (tmp_path / "recipients").write_text(public)
    return tmp_path / "identity"


def written(folder: Path, database: bytes) -> Path:
    (folder / "plain").write_bytes(database)
    write_archive(folder / "backup.age", b"manifest", folder / "plain", read_recipients(folder / "recipients"))
    return folder / "backup.age"


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 3 * (1 << 20) + 7])
def test_what_went_in_comes_out(tmp_path: Path, identity: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    file = written(tmp_path, content[:size])
    manifest, _ = read_archive(file, read_identities(identity), tmp_path / "back")
    assert (manifest, (tmp_path / "back").read_bytes()) == (b"manifest", content[:size])


def test_python_and_its_tar_alone_take_it_apart(tmp_path: Path, identity: Path) -> None:
    plain = pyrage.decrypt(written(tmp_path, b"database").read_bytes(), list(read_identities(identity)))
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        found = [(entry.name, entry.size, entry.mode) for entry in tar]
    assert found == [("manifest", 8, 0o600), ("database", 8, 0o600)]


@pytest.mark.parametrize("name", ["../../database", "other"])
def test_a_tar_with_something_else_in_it_writes_nothing(tmp_path: Path, identity: Path, name: str) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for entry in ("manifest", name):
            tar.addfile(tarfile.TarInfo(entry))
    (tmp_path / "odd.age").write_bytes(pyrage.encrypt(plain.getvalue(), list(read_recipients(tmp_path / "recipients"))))
    with pytest.raises(RefusedBackupError):
        read_archive(tmp_path / "odd.age", read_identities(identity), tmp_path / "back")
    assert not (tmp_path / "back").exists()
