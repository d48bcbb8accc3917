"""When a terminal was last heard of: written seldom, so that asking for the configuration costs no commit."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from central.devices.registry import touch
from central.engine import in_transaction
from wire.identifiers import milliseconds

FRESH = timedelta(minutes=10)
"""A terminal asks each minute, and silent is who was not heard of for days. Written each minute, 25,000 terminals would
make more commits than all enrolments (docs/opening-hours.md)."""


def note_heard(engine: Engine, terminal_id: str, *, last_ms: int | None, now: datetime) -> None:
    """Note that a terminal whose signature held was heard of, unless ``last_ms`` is fresh enough to stand."""
    if last_ms is None or last_ms < milliseconds(now - FRESH):
        in_transaction(engine, lambda connection: touch(connection, terminal_id, seen_ms=milliseconds(now)))
