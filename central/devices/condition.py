"""What a terminal tells of itself each minute: its faults, and whether people can enrol. Kept when it changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from central.devices.asking import FRESHNESS_MS
from central.devices.models import conditions
from central.engine import in_transaction, insert_for, reading
from wire.configuration import Condition, ConfigurationQuery
from wire.identifiers import milliseconds

_CODE = re.compile(r"[A-Z]-[0-9]{2}")
_MOST = 20  # more than there can be at once


@dataclass(frozen=True, slots=True)
class _Told:
    faults: str
    enrols: bool
    asked_ms: int

    def says(self, other: _Told) -> bool:
        """Whether both tell the same of the terminal."""
        return (self.faults, self.enrols) == (other.faults, other.enrols)


def note_condition(engine: Engine, query: ConfigurationQuery, *, now: datetime) -> None:
    """Keep what a terminal says of itself, in a question whose signature held.

    Steps:

    1. it says something, and of today: by a clock that is days off nothing is taken;
    2. it says something else than what stands;
    3. it was said later than that: an older question, replayed, changes nothing.

    Codes that are none are dropped: what they mean nobody could tell. Not checked: whether it is true.
    """
    if query.condition is None or abs(milliseconds(now) - query.asked_ms) > FRESHNESS_MS:  # 1
        return
    told = _Told(_faults(query.condition), query.condition.enrols, query.asked_ms)
    with reading(engine) as connection:
        held = _held(connection, query.terminal)
    if held is None or not held.says(told):  # 2
        in_transaction(engine, lambda connection: _write(connection, query.terminal, told, milliseconds(now)))


def read_faults(text: str) -> tuple[str, ...]:
    """The codes as they were told."""
    return tuple(text.split())


def _faults(condition: Condition) -> str:
    return " ".join(code for code in condition.faults[:_MOST] if _CODE.fullmatch(code))


def _held(connection: Connection, terminal_id: str) -> _Told | None:
    columns = (conditions.c.faults, conditions.c.enrols, conditions.c.asked_ms)
    row = connection.execute(select(*columns).where(conditions.c.terminal_id == terminal_id)).one_or_none()
    return None if row is None else _Told(*row)


def _write(connection: Connection, terminal_id: str, told: _Told, now_ms: int) -> None:
    held = _held(connection, terminal_id)
    if held is not None and held.asked_ms >= told.asked_ms:  # 3
        return
    values = {"faults": told.faults, "enrols": told.enrols, "asked_ms": told.asked_ms, "changed_ms": now_ms}
    insert = insert_for(connection.dialect.name, conditions).values(terminal_id=terminal_id, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=["terminal_id"], set_=values))
