"""When a terminal was last heard of, written at most once a minute: asking for the configuration costs no commit."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from central.devices.models import devices
from central.devices.registry import touch
from central.engine import in_transaction, reading
from wire.identifiers import milliseconds

_FRESH = timedelta(minutes=1)


def note_heard(engine: Engine, terminal_id: str, *, now: datetime) -> None:
    """Note that a terminal whose signature held was heard of, unless that stands already."""
    with reading(engine) as connection:
        last = connection.execute(select(devices.c.last_seen_ms).where(devices.c.terminal_id == terminal_id)).scalar()
    if last is None or last < milliseconds(now - _FRESH):
        in_transaction(engine, lambda connection: touch(connection, terminal_id, seen_ms=milliseconds(now)))
