"""What a terminal tells of itself each minute: its faults, and whether people can enrol. Kept when it changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, select

from central.devices.asking import FRESHNESS_MS
from central.devices.models import conditions
from central.engine import in_transaction, insert_for
from wire.configuration import Condition, ConfigurationQuery
from wire.identifiers import milliseconds

_CODE = re.compile(r"[A-Z]-[0-9]{2}")
_MOST = 20  # more than there can be at once
_HELD = select(conditions.c.faults, conditions.c.enrols, conditions.c.asked_ms).where(
    conditions.c.terminal_id == bindparam("terminal")
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a terminal says of itself: codes between spaces, whether people can enrol, when by its own clock."""

    faults: str
    enrols: bool
    asked_ms: int

    def says(self, other: Told) -> bool:
        """Whether both tell the same of the terminal."""
        return (self.faults, self.enrols) == (other.faults, other.enrols)


def news(connection: Connection, query: ConfigurationQuery, *, now: datetime) -> Told | None:
    """What a terminal says of itself, in a question whose signature held, and that does not stand yet.

    Steps:

    1. it says something, and of today: by a clock that is days off nothing is taken;
    2. it says something else than what stands.

    Codes that are none are dropped: what they mean nobody could tell. Not checked: whether it is true.
    """
    if query.condition is None or abs(milliseconds(now) - query.asked_ms) > FRESHNESS_MS:  # 1
        return None
    told = Told(_faults(query.condition), query.condition.enrols, query.asked_ms)
    held = _held(connection, query.terminal)
    return None if held is not None and held.says(told) else told  # 2


def note_condition(engine: Engine, terminal_id: str, told: Told, *, now: datetime) -> None:
    """Keep it, when it was said later than what stands: an older question, replayed, changes nothing."""
    in_transaction(engine, lambda connection: _write(connection, terminal_id, told, milliseconds(now)))


def read_faults(text: str) -> tuple[str, ...]:
    """The codes as they were told."""
    return tuple(text.split())


def _faults(condition: Condition) -> str:
    return " ".join(code for code in condition.faults[:_MOST] if _CODE.fullmatch(code))


def _held(connection: Connection, terminal_id: str) -> Told | None:
    row = connection.execute(_HELD, {"terminal": terminal_id}).one_or_none()
    return None if row is None else Told(*row)


def _write(connection: Connection, terminal_id: str, told: Told, now_ms: int) -> None:
    held = _held(connection, terminal_id)
    if held is not None and held.asked_ms >= told.asked_ms:
        return
    values = {"faults": told.faults, "enrols": told.enrols, "asked_ms": told.asked_ms, "changed_ms": now_ms}
    insert = insert_for(connection.dialect.name, conditions).values(terminal_id=terminal_id, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=["terminal_id"], set_=values))
