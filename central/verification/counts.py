"""What the counters must say, counted again from the facts (design.md §9: they must agree)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from central.accounts.models import accounts
from central.counters.models import Measure, counters
from central.counters.tally import CounterKey, Place, Tally
from central.dates import paris_day
from central.devices.models import devices, offices
from central.enrolments.models import consents, dossiers
from central.intake.models import quarantine, records
from central.ledger.models import ledger_entries
from central.ledger.service import LedgerState
from wire.records import RecordKind

_PLACE = (
    devices.c.channel,
    devices.c.sub_channel,
    offices.c.region,
    offices.c.departement,
    offices.c.office_id,
    devices.c.terminal_id,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that is not what the facts say."""

    key: CounterKey
    counted: int
    facts: int


def differences(connection: Connection) -> list[Difference]:
    """Every counter that disagrees with the facts; none, when all is well. Scans all facts: not for a page."""
    expected, kept = _expected(connection), _kept(connection)
    return [
        Difference(key, kept[key], expected[key])
        for key in sorted(expected.keys() | kept.keys())
        if kept[key] != expected[key]
    ]


def _kept(connection: Connection) -> Counter[CounterKey]:
    key = counters.c.dimension, counters.c.period, counters.c.measure, counters.c.member
    rows = connection.execute(select(*key, func.sum(counters.c.value).label("value")).group_by(*key))
    return Counter({(row.dimension, row.period, row.measure, row.member): int(row.value) for row in rows})


def _expected(connection: Connection) -> Counter[CounterKey]:
    tallies: dict[Place, Tally] = {}

    def count(measure: Measure, day: str, row: Any) -> None:
        place = Place(row.channel, row.sub_channel, row.region, row.departement, row.office_id, row.terminal_id)
        tallies.setdefault(place, Tally(place)).count(measure, day, int(row.value))

    for measure, query in _facts():
        for row in connection.execute(query):
            count(measure, row.day, row)
    for measure, query in _timed_facts():
        for row in connection.execute(query.execution_options(yield_per=1000)):
            count(measure, paris_day(row.at_ms), row)
    return sum((tally.rolled_up() for tally in tallies.values()), Counter())


def _facts() -> Iterator[tuple[Measure, Select[Any]]]:
    """Facts whose day stands in a column, grouped by the database."""
    one = func.count()
    opened = _by_place(dossiers.c.opened_on, one, dossiers.c.terminal_id)
    yield Measure.DOSSIERS_OPENED, opened
    yield (
        Measure.SECOND_ENROLMENTS,
        _by_place(records.c.counted_on, one, records.c.terminal_id)
        .join(consents, consents.c.record_id == records.c.record_id)
        .join(dossiers, dossiers.c.dossier_id == consents.c.dossier_id)
        .where(dossiers.c.record_id != consents.c.record_id),
    )
    yield (
        Measure.REFUSALS,
        _by_place(records.c.counted_on, one, records.c.terminal_id)
        .outerjoin(quarantine, quarantine.c.record_id == records.c.record_id)
        .where(records.c.kind == RecordKind.REFUSAL.value, quarantine.c.record_id.is_(None)),
    )
    yield (
        Measure.ACCOUNTS_ACTIVATED,
        _by_place(accounts.c.activated_on, one, dossiers.c.terminal_id)
        .join(accounts, accounts.c.dossier_id == dossiers.c.dossier_id)
        .where(accounts.c.activated_on.is_not(None)),
    )


def _timed_facts() -> Iterator[tuple[Measure, Select[Any]]]:
    """Facts whose day is that of a time, fact by fact."""
    yield (
        Measure.QUARANTINED,
        _each(quarantine.c.received_ms, literal(1), quarantine.c.terminal_id),
    )
    for measure, state in (
        (Measure.CENTS_ACCRUED, LedgerState.ACCRUED),
        (Measure.CENTS_HELD, LedgerState.HELD),
    ):
        entries = _each(ledger_entries.c.booked_ms, ledger_entries.c.cents, ledger_entries.c.terminal_id)
        yield measure, entries.where(ledger_entries.c.state == state.value)


def _by_place(day: ColumnElement[Any], value: ColumnElement[Any], terminal: ColumnElement[Any]) -> Select[Any]:
    query = select(day.label("day"), value.label("value"), *_PLACE).group_by(day, *_PLACE)
    return _joined(query, terminal)


def _each(at_ms: ColumnElement[Any], value: ColumnElement[Any], terminal: ColumnElement[Any]) -> Select[Any]:
    return _joined(select(at_ms.label("at_ms"), value.label("value"), *_PLACE), terminal)


def _joined(query: Select[Any], terminal: ColumnElement[Any]) -> Select[Any]:
    facts = terminal.table
    return (
        query.select_from(facts)
        .join(devices, devices.c.terminal_id == terminal)
        .join(offices, offices.c.office_id == devices.c.office_id)
    )
