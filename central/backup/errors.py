"""Why a backup was not made, or not put back.

BackupError                base: a stable code and a sentence
├── TargetError            exists (the file to be made), not_empty (the database to be filled)
├── CustodyError           recipient (nobody could ever open it), identity (this key opens nothing)
├── ToolError              tool: pg_dump or pg_restore is missing, or failed
└── RefusedBackupError     damaged, not_ours, other_service, other_database, newer

No message contains a key or a word of what the database holds.
"""

from __future__ import annotations


class BackupError(Exception):
    """Base of the tree; ``code`` is stable, the message is for the operator."""

    code = "backup"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class TargetError(BackupError):
    """What would be written over is there already: nothing is ever overwritten."""

    code = "exists"


class CustodyError(BackupError):
    """The key a backup is sealed to, or opened with, is none."""

    code = "recipient"


class ToolError(BackupError):
    """A program of PostgreSQL is missing, or failed."""

    code = "tool"


class RefusedBackupError(BackupError):
    """The file is not a whole backup of this service that this release can read."""

    code = "damaged"
