"""What the vault tells monitoring about its work to be done: sizes of short tables, nothing of a holder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, Table, func, select

from central.backup.gauge import last_backup
from central.engine import reading
from central.observing.metrics import Gauge, ReadGauges
from central.vault.models import awaited, notices, owed, quarantine

_WORK: dict[str, tuple[Table, str]] = {
    "guard_work": (owed, "Work that waits for the guard."),
    "notices": (notices, "Notices that have not left."),
    "changes_awaiting_dossier": (awaited, "Changes whose dossier has not arrived."),
    "items_set_aside": (quarantine, "Items of hand-overs that wait for a person."),
}


def gauges(engine: Engine, home: Path) -> ReadGauges:
    """Reads them all, in one transaction."""

    def read() -> Iterator[Gauge]:
        yield from last_backup(home)
        with reading(engine) as conn:
            for name, (table, text) in _WORK.items():
                yield Gauge(name, text, conn.scalar(select(func.count()).select_from(table)) or 0)

    return read
