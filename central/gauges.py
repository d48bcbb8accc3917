"""What central tells monitoring about its work to be done: sizes of short tables, nothing by office or terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from central.backup.gauge import last_backup
from central.devices.models import devices
from central.devices.registry import DeviceState
from central.engine import reading
from central.handover.models import outbox
from central.handover.outbox import DEAD, WAITING
from central.intake.models import chain_incidents, quarantine
from central.observing.metrics import Gauge, ReadGauges
from wire.identifiers import milliseconds

_MS = 1000


def gauges(engine: Engine, home: Path, clock: Callable[[], datetime]) -> ReadGauges:
    """Reads them all, in one transaction."""

    def read() -> Iterator[Gauge]:
        yield from last_backup(home)
        with reading(engine) as connection:
            yield from _handovers(connection, milliseconds(clock()))
            yield from _for_a_person(connection)
            yield from _fleet(connection)

    return read


def _handovers(connection: Connection, now_ms: int) -> Iterator[Gauge]:
    rows = connection.execute(
        select(outbox.c.state, func.count().label("number"), func.min(outbox.c.queued_ms).label("first")).group_by(
            outbox.c.state
        )
    ).all()
    found = {row.state: row for row in rows}
    for state in (WAITING, DEAD):
        number = found[state].number if state in found else 0
        yield Gauge("handovers", "Parts that wait for the vault, or that it refused.", number, {"state": state})
    age = max(0, now_ms - found[WAITING].first) / _MS if WAITING in found else 0
    yield Gauge("oldest_handover_seconds", "Age of the oldest part that waits for the vault.", age)


def _for_a_person(connection: Connection) -> Iterator[Gauge]:
    aside = select(func.count()).select_from(quarantine).where(quarantine.c.settled_ms.is_(None))
    odd = select(func.count()).select_from(chain_incidents).where(chain_incidents.c.closed_ms.is_(None))
    yield Gauge("records_set_aside", "Records that wait for a person.", connection.scalar(aside) or 0)
    yield Gauge("chain_incidents", "Incidents of chains that wait for a person.", connection.scalar(odd) or 0)


def _fleet(connection: Connection) -> Iterator[Gauge]:
    rows = connection.execute(select(devices.c.state, func.count().label("number")).group_by(devices.c.state))
    found = {row.state: row.number for row in rows}
    for state in DeviceState:
        yield Gauge("terminals", "Terminals by state.", found.get(state.value, 0), {"state": state.value})
