"""Files that only one user may read: written whole or not at all, never over an existing key, checked when read.

Folders have mode 0700 and files 0600, both of one owner. Whatever instant the power fails, a name stands for the
whole content or does not exist.
"""

from __future__ import annotations

import os
import pwd
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioning.errors import KeyFileError

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_OPEN_TO_OTHERS = 0o077
SIZE_LIMIT = 256 * 1024  # bytes; the longest file of ours is a configuration


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a file is: the user under whom the service runs."""

    uid: int
    gid: int

    @classmethod
    def current(cls) -> Owner:
        """The user who runs this command."""
        return cls(os.geteuid(), os.getegid())

    @classmethod
    def named(cls, user: str) -> Owner:
        """The user of that name.

        Raises:
            KeyFileError: ``owner_unknown``.
        """
        try:
            entry = pwd.getpwnam(user)
        except KeyError as error:
            raise KeyFileError(
                f"there is no user {user} on this machine: create it first", code="owner_unknown"
            ) from error
        return cls(entry.pw_uid, entry.pw_gid)


def private_folder(path: Path, owner: Owner) -> None:
    """Make the folder with mode 0700, or check the one that is there.

    Raises:
        KeyFileError: ``folder``, ``owner`` or ``mode``.
    """
    if not path.exists() and not path.is_symlink():
        path.mkdir(mode=FOLDER_MODE, parents=True)
        _give_to(path, owner)
        _sync_folder(path.parent)  # a key in a folder that a power cut takes away is a key lost
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise KeyFileError(f"{path} is not a folder: move it away or name another place", code="folder")
    _check_closed(path, status, owner, FOLDER_MODE)


def write_new(path: Path, content: bytes, owner: Owner) -> None:
    """Write a file that must not exist yet: this is how keys are kept from being overwritten.

    Raises:
        KeyFileError: ``exists``.
    """
    with _written_beside(path, content, owner) as draft:
        try:
            os.link(draft, path)  # fails where os.replace would overwrite
        except FileExistsError as error:
            raise KeyFileError(f"{path} exists and is not overwritten: move it away first", code="exists") from error
        finally:
            draft.unlink()
    _sync_folder(path.parent)


def write_atomically(path: Path, content: bytes, owner: Owner) -> None:
    """Write or replace a document (never a key): the old one or the new one stands there, never a half."""
    with _written_beside(path, content, owner) as draft:
        draft.replace(path)
    _sync_folder(path.parent)


def read_private(path: Path, owner: Owner) -> bytes:
    """The content of a file that nobody else could read or replace.

    Raises:
        KeyFileError: ``missing``, ``not_a_file``, ``owner``, ``mode`` or ``too_long``.
    """
    try:
        status = path.lstat()
    except FileNotFoundError as error:
        raise KeyFileError(f"{path} is missing", code="missing") from error
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError(f"{path} is not a plain file: put the file itself there", code="not_a_file")
    _check_closed(path, status, owner, FILE_MODE)
    if status.st_size > SIZE_LIMIT:
        raise KeyFileError(f"{path} is longer than any file of ours: put the right one there", code="too_long")
    return path.read_bytes()


def _check_closed(path: Path, status: os.stat_result, owner: Owner, mode: int) -> None:
    if status.st_uid != owner.uid:
        raise KeyFileError(
            f"{path} belongs to user {status.st_uid}, not to {owner.uid}: "
            f"run this as its owner, or: chown {owner.uid}:{owner.gid} {path}",
            code="owner",
        )
    if status.st_mode & _OPEN_TO_OTHERS:
        raise KeyFileError(
            f"{path} is open to other users (mode {stat.S_IMODE(status.st_mode):04o}): chmod {mode:04o} {path}; "
            "if others may have read a key there, make new keys instead",
            code="mode",
        )


@contextmanager
def _written_beside(path: Path, content: bytes, owner: Owner) -> Iterator[Path]:
    """A draft in the same folder, complete and on disk; gone again if what follows fails."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _give_to(draft, owner)
        yield draft
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}", code="unwritable") from error
    finally:
        draft.unlink(missing_ok=True)


def _give_to(path: Path, owner: Owner) -> None:
    if owner == Owner.current():
        return
    try:
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
    except PermissionError as error:
        raise KeyFileError(f"only root may give {path} to another user: run this as root", code="owner") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
