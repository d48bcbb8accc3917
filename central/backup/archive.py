"""One file: a tar of manifest and database, sealed as it is written and opened as it is read, never whole in memory.

``age --decrypt --identity KEY FILE | tar --extract`` takes it apart on a machine that has none of our code.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import pyrage
from pyrage.x25519 import Identity, Recipient

from central.backup.errors import CustodyError, RefusedBackupError, TargetError
from central.backup.manifest import MANIFEST_LIMIT

_MANIFEST = "manifest"
_DATABASE = "database"
_CHUNK = 1 << 20
_MODE = 0o600
_BLOCK = tarfile.BLOCKSIZE


def write_archive(target: Path, manifest: bytes, database: Path, recipients: Sequence[Recipient]) -> None:
    """Seal both into ``target``: whole and on the disk, or not there at all.

    Raises:
        TargetError: ``exists``. OSError: the disk.
    """
    part = target.with_name(target.name + ".part")
    if target.exists():
        raise TargetError(f"{target} is there already: nothing was changed")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    try:
        with os.fdopen(handle, "wb") as sealed:
            pyrage.encrypt_io(io.BufferedReader(_Joined(_tar(manifest, database)), _CHUNK), sealed, list(recipients))
            sealed.flush()
            os.fsync(sealed.fileno())
        os.link(part, target)  # not rename: somebody else's file of that name must not be lost
    except FileExistsError as error:
        raise TargetError(f"{target} is there already: nothing was changed") from error
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def read_archive(source: Path, identities: Sequence[Identity], database: Path) -> tuple[bytes, bytes]:
    """Open ``source`` into the new file ``database``; the manifest's bytes and the database's SHA-256.

    Nothing is verified but the seal: every byte is as it was sealed, and none is missing at the end.

    Raises:
        CustodyError: ``identity``: sealed to others. RefusedBackupError: ``damaged``. OSError: the disk.
    """
    received, sent = os.pipe()
    opener = _Opener(source, identities, os.fdopen(sent, "wb"))
    opener.start()
    with os.fdopen(received, "rb") as opened:
        try:
            found = _extract(opened, database)
            while opened.read(_CHUNK):  # to the seal's end: what was cut off there must be noticed
                pass
        except (tarfile.TarError, RefusedBackupError) as error:
            opened.close()  # whoever writes is told
            opener.join()
            raise _why(opener.failure) from error
    opener.join()
    if opener.failure is not None:
        raise _why(opener.failure)
    return found


class _Opener(threading.Thread):
    """Opens the seal on one side of a pipe while the other side reads."""

    def __init__(self, source: Path, identities: Sequence[Identity], opened: IO[bytes]) -> None:
        super().__init__(name="backup-opener", daemon=True)
        self._source, self._identities, self._opened = source, identities, opened
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            with self._opened, self._source.open("rb") as sealed:
                pyrage.decrypt_io(sealed, self._opened, list(self._identities))
        except Exception as error:  # noqa: BLE001 - told on the other side of the pipe
            self.failure = error


def _why(failure: Exception | None) -> CustodyError | RefusedBackupError:
    if failure is not None and "No matching keys" in str(failure):
        return CustodyError("this backup is sealed to other keys", code="identity")
    return RefusedBackupError("the file is not a whole backup: it is damaged, cut off, or something else")


def _extract(opened: IO[bytes], database: Path) -> tuple[bytes, bytes]:
    with tarfile.open(fileobj=opened, mode="r|") as tar:
        manifest = _next(tar, _MANIFEST).read(MANIFEST_LIMIT + 1)
        content, digest = _next(tar, _DATABASE), hashlib.sha256()
        with os.fdopen(os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as file:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    return manifest, digest.digest()


def _next(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    entry = tar.next()
    content = None if entry is None or entry.name != name else tar.extractfile(entry)
    if content is None:
        raise RefusedBackupError("the file holds something else than a backup")
    return content


def _tar(manifest: bytes, database: Path) -> Iterator[bytes]:
    yield _head(_MANIFEST, len(manifest))
    yield manifest + _padding(len(manifest))
    size = database.stat().st_size
    yield _head(_DATABASE, size)
    with database.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
    yield _padding(size) + bytes(2 * _BLOCK)


def _head(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, _MODE
    return entry.tobuf(tarfile.GNU_FORMAT)  # GNU: sizes beyond 8 GiB


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


class _Joined(io.RawIOBase):
    """Byte strings one after the other, as a file that can be read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
