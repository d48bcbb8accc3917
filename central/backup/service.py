"""A service's database is backed up, and put back: the two commands, as steps.

In a backup: one database, in one state. Not in it: keys, trust bundle, settings; without them it says little
(identities, contacts and wraps are sealed), and a copy of it opens nothing. Who may want it all the same, and why it is
sealed as a whole: docs/decisions/0031.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Engine

from central.backup.archive import read_archive, write_archive
from central.backup.custody import read_identities, read_recipients
from central.backup.errors import RefusedBackupError
from central.backup.manifest import ChainEnd, Manifest, read_manifest, write_manifest
from central.backup.snapshot import Tools, check_empty, copy_in, copy_out
from wire.identifiers import milliseconds

STAMP = "backup.made"
"""An empty file in the home: when it was last changed is when the last backup was made."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose database: ``ends`` reads where its chains end, ``revisions`` are the schema's that this release knows."""

    service: str
    home: Path
    engine: Engine
    ends: Callable[[Connection], tuple[ChainEnd, ...]]
    revisions: frozenset[str]


def make_backup(
    subject: Subject, key: Ed25519PrivateKey, recipients: Path, target: Path, *, now: datetime, tools: Tools
) -> Manifest:
    """Write one backup into the new file ``target`` (:func:`file_for` names one in a folder).

    Steps:

    1. somebody can open it: the recipients' file is read first;
    2. one state of the database is copied into the home, where the database itself may be: nothing leaves it unsealed;
    3. the manifest is made of that very copy, and signed;
    4. both are sealed into ``target``, which appears whole or not at all; the copy is removed;
    5. the stamp that monitoring watches is renewed.

    Not checked: that the file can be opened; only a restore on another machine shows that (docs/operations.md).

    Raises:
        CustodyError: 1. ToolError: 2. TargetError: 4. OSError: the disk.
    """
    sealed_to = read_recipients(recipients)  # 1
    with _workplace(subject.home) as folder:
        copy = folder / "database"
        revision, ends = copy_out(
            subject.engine, copy, lambda connection: (_revision(connection), subject.ends(connection)), tools
        )  # 2
        with copy.open("rb") as file:
            digest = file_digest(file, "sha256").digest()
        manifest = Manifest(  # 3
            service=subject.service,
            database=subject.engine.dialect.name,
            revision=revision,
            made_ms=milliseconds(now),
            size=copy.stat().st_size,
            digest=digest,
            ends=ends,
        )
        write_archive(target, write_manifest(manifest, key), copy, sealed_to)  # 4
    (subject.home / STAMP).touch(mode=0o600)  # 5
    return manifest


def file_for(service: str, given: Path, *, now: datetime) -> Path:
    """The file that was named, or, in a folder, one of the service and the time."""
    return given / f"{service}-{now:%Y-%m-%dT%H%M%SZ}.age" if given.is_dir() else given


def restore_backup(
    subject: Subject, keys: Sequence[Ed25519PublicKey], identity: Path, source: Path, *, tools: Tools
) -> Manifest:
    """Make the database that ``source`` holds the service's own.

    Steps:

    1. there is no database yet;
    2. the seal opens with ``identity``, and holds to its last byte;
    3. the manifest is signed by one of ``keys``, the service's own;
    4. it is of this service and this kind of database, of a schema this release knows, and the digest is right;
    5. the database holds together, its chains end where the manifest says; only then it takes its place.

    Not checked: that it is the newest backup, and what happened since (docs/operations.md §5); the chains' entries
    (``verify`` walks them).

    Raises:
        TargetError: 1. CustodyError: 2. RefusedBackupError: 2 to 5. ToolError: pg_restore.
    """
    check_empty(subject.engine)  # 1
    identities = read_identities(identity)
    with _workplace(_beside(subject)) as folder:
        copy = folder / "database"
        document, digest = read_archive(source, identities, copy)  # 2
        manifest = read_manifest(document, keys)  # 3
        _check(subject, manifest, digest, copy.stat().st_size)  # 4

        def is_that_one(connection: Connection) -> None:
            if (_revision(connection), subject.ends(connection)) != (manifest.revision, manifest.ends):
                raise RefusedBackupError("the chains do not end where the manifest says")

        copy_in(subject.engine, copy, is_that_one, tools)  # 5
    return manifest


def _beside(subject: Subject) -> Path:
    """Where a file can become the database by a change of name alone."""
    is_file = subject.engine.dialect.name == "sqlite"
    return Path(str(subject.engine.url.database)).resolve().parent if is_file else subject.home


def _check(subject: Subject, manifest: Manifest, digest: bytes, size: int) -> None:
    if manifest.service != subject.service:
        raise RefusedBackupError(f"this is a backup of {manifest.service}", code="other_service")
    if manifest.database != subject.engine.dialect.name:
        raise RefusedBackupError(f"this is a backup of a {manifest.database} database", code="other_database")
    if manifest.revision not in subject.revisions:
        raise RefusedBackupError("this backup is of a newer release: install that one first", code="newer")
    if (manifest.size, manifest.digest) != (size, digest):
        raise RefusedBackupError("the database in the backup is not the one its manifest names")


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


@contextmanager
def _workplace(home: Path) -> Iterator[Path]:
    """A folder in the home, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="backup-", dir=home) as folder:
        yield Path(folder)
