"""Whether the things an address names lie in the region of who asks. Asked before every closed page, of every argument.

A page cannot forget it: an argument in a route that has no line here is refused to whoever has a region.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection, select

from central.abuse.models import abuse_cases
from central.devices.departements import DEPARTEMENTS
from central.devices.models import devices, offices
from central.intake.models import records


def lies_within(
    connection: Connection, region: str | None, route: Mapping[str, object], asked: Iterable[tuple[str, str]]
) -> bool:
    """Whether all that is named lies within ``region``; None is the whole country, where everything does.

    ``route`` are the arguments in the path, ``asked`` those of the query and the form. Steps:

    1. each argument of the path is one we know how to place (else refused), and lies in the region;
    2. so does each argument of query and form that bears one of those names.

    What does not exist lies in no region: another region's office and one of nowhere are answered alike.
    Not checked: names hidden in other arguments; the queries take the region as well.
    """
    if region is None:
        return True
    if not route.keys() <= _PLACES.keys():  # 1
        return False
    named = [*((name, str(value)) for name, value in route.items()), *asked]
    return all(_PLACES[name](connection, value) == region for name, value in named if name in _PLACES)  # 2


def _of_office(connection: Connection, office_id: str) -> str | None:
    return connection.execute(select(offices.c.region).where(offices.c.office_id == office_id)).scalar()


def _of_terminal(connection: Connection, terminal_id: str) -> str | None:
    query = select(offices.c.region).join(devices, devices.c.office_id == offices.c.office_id)
    return connection.execute(query.where(devices.c.terminal_id == terminal_id)).scalar()


def _of_departement(connection: Connection, departement: str) -> str | None:
    known = DEPARTEMENTS.get(departement)
    if known is not None:
        return known.region
    return connection.execute(select(offices.c.region).where(offices.c.departement == departement).limit(1)).scalar()


def _of_record(connection: Connection, record: str) -> str | None:
    try:
        record_id = uuid.UUID(record).bytes
    except ValueError:
        return None
    terminal = connection.execute(select(records.c.terminal_id).where(records.c.record_id == record_id)).scalar()
    return None if terminal is None else _of_terminal(connection, terminal)


def _of_case(connection: Connection, case: str) -> str | None:
    try:
        case_id = uuid.UUID(case).bytes
    except ValueError:
        return None
    office = connection.execute(select(abuse_cases.c.office_id).where(abuse_cases.c.case_id == case_id)).scalar()
    return None if office is None else _of_office(connection, office)


_PLACES: Mapping[str, Callable[[Connection, str], str | None]] = {
    "office_id": _of_office,
    "terminal_id": _of_terminal,
    "departement": _of_departement,
    "region": lambda _connection, region: region,
    "record": _of_record,
    "case_id": _of_case,
}
