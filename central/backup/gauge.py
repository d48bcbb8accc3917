"""When the last backup was made, as a number for monitoring: the alarm that matters is the one about its age."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from central.backup.service import STAMP
from central.observing.metrics import Gauge


def last_backup(home: Path) -> Iterator[Gauge]:
    """By the machine's clock, in seconds since 1970; nothing when there never was one."""
    stamp = home / STAMP
    if stamp.exists():
        yield Gauge("last_backup_timestamp_seconds", "When the last backup was made.", stamp.stat().st_mtime)
