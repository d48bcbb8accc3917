"""Whose dossier a second enrolment is about: only by opening the record, for nothing else names the person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from central.enrolments.models import persons
from central.intake.opening import Opener
from central.intake.service import IntakeParts
from wire.batch import read_item


def dossier_of_second(connection: Connection, parts: IntakeParts, row: Row[Any]) -> bytes | None:
    """The dossier of the person whom a record names; None when it cannot be opened, or they have none."""
    opened = Opener(parts.keys, parts.authority).open(read_item(row.raw), row.terminal_id, received_ms=row.received_ms)
    if opened.person is None:
        return None
    found: bytes | None = connection.scalar(select(persons.c.dossier_id).where(persons.c.fingerprint == opened.person))
    return found
