from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from provisioning import private_files
from provisioning.errors import KeyFileError
from provisioning.private_files import Owner, private_folder, read_private, write_atomically, write_new


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_new_folder_and_a_new_file_are_closed_to_everyone_else_whatever_the_umask(
    tmp_path: Path, owner: Owner
) -> None:
    before = os.umask(0)
    try:
        private_folder(tmp_path / "home", owner)
        write_new(tmp_path / "home" / "a.key", b"secret", owner)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "home"), mode(tmp_path / "home" / "a.key")) == (0o700, 0o600)


def test_a_folder_open_to_others_is_refused_with_the_command_that_closes_it(tmp_path: Path, owner: Owner) -> None:
    tmp_path.chmod(0o750)
    with pytest.raises(KeyFileError, match=f"chmod 0700 {tmp_path}") as refusal:
        private_folder(tmp_path, owner)
    assert refusal.value.code == "mode"


def test_a_folder_of_another_user_is_refused_with_both_users_named(tmp_path: Path, owner: Owner) -> None:
    other = Owner(owner.uid + 1, owner.gid + 1)
    with pytest.raises(KeyFileError, match=f"belongs to user {owner.uid}, not to {other.uid}") as refusal:
        private_folder(tmp_path, other)
    assert refusal.value.code == "owner"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path, owner: Owner) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(KeyFileError) as refusal:
        private_folder(tmp_path / "home", owner)
    assert refusal.value.code == "folder"


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path, owner: Owner) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "home").symlink_to(tmp_path / "real")
    with pytest.raises(KeyFileError) as refusal:
        private_folder(tmp_path / "home", owner)
    assert refusal.value.code == "folder"


def test_an_existing_file_is_not_overwritten(tmp_path: Path, owner: Owner) -> None:
    write_new(tmp_path / "a.key", b"first", owner)
    with pytest.raises(KeyFileError) as refusal:
        write_new(tmp_path / "a.key", b"second", owner)
    assert refusal.value.code == "exists"
    assert (tmp_path / "a.key").read_bytes() == b"first"


def test_a_refused_overwrite_leaves_no_draft_with_the_key_in_it(tmp_path: Path, owner: Owner) -> None:
    write_new(tmp_path / "a.key", b"first", owner)
    with pytest.raises(KeyFileError):
        write_new(tmp_path / "a.key", b"second", owner)
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


def test_a_full_disk_leaves_the_old_document_whole(
    tmp_path: Path, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomically(tmp_path / "trust.bundle", b"old", owner)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "fsync", full)
    with pytest.raises(KeyFileError, match="No space left"):
        write_atomically(tmp_path / "trust.bundle", b"new", owner)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"trust.bundle": b"old"}


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, owner: Owner, bits: int) -> None:
    write_new(tmp_path / "a.key", b"secret", owner)
    (tmp_path / "a.key").chmod(bits)
    with pytest.raises(KeyFileError, match="make new keys") as refusal:
        read_private(tmp_path / "a.key", owner)
    assert refusal.value.code == "mode"


def test_a_link_in_place_of_a_key_is_refused(tmp_path: Path, owner: Owner) -> None:
    write_new(tmp_path / "a.key", b"secret", owner)
    (tmp_path / "b.key").symlink_to(tmp_path / "a.key")
    with pytest.raises(KeyFileError) as refusal:
        read_private(tmp_path / "b.key", owner)
    assert refusal.value.code == "not_a_file"


def test_a_missing_file_is_named(tmp_path: Path, owner: Owner) -> None:
    with pytest.raises(KeyFileError, match=r"a\.key is missing"):
        read_private(tmp_path / "a.key", owner)


def test_a_file_far_too_long_is_refused_unread(tmp_path: Path, owner: Owner) -> None:
    write_new(tmp_path / "a.key", bytes(private_files.SIZE_LIMIT + 1), owner)
    with pytest.raises(KeyFileError) as refusal:
        read_private(tmp_path / "a.key", owner)
    assert refusal.value.code == "too_long"


def test_a_user_who_does_not_exist_is_said_so() -> None:
    with pytest.raises(KeyFileError) as refusal:
        Owner.named("no-such-user-of-ours")
    assert refusal.value.code == "owner_unknown"


def test_files_are_given_to_the_user_under_whom_the_service_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(private_files.os, "chown", lambda _path, uid, gid, **_: given.append((uid, gid)))
    other = Owner(os.geteuid() + 1, os.getegid() + 1)
    write_new(tmp_path / "a.key", b"secret", other)
    assert given == [(other.uid, other.gid)]


def test_who_is_not_root_is_told_so_and_leaves_no_file_of_the_wrong_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(private_files.os, "chown", refuse)
    with pytest.raises(KeyFileError, match="run this as root"):
        write_new(tmp_path / "a.key", b"secret", Owner(os.geteuid() + 1, os.getegid() + 1))
    assert list(tmp_path.iterdir()) == []
