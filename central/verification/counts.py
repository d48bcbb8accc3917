"""What the counters must say, counted again from the facts (design.md §9: they must agree)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from central.accounts.models import accounts
from central.automatic.models import oppositions
from central.counters.models import Measure, counters
from central.counters.tally import CounterKey, Place, Tally
from central.dates import paris_day
from central.devices.models import devices, offices
from central.enrolments.models import changes, consents, dossiers, pending_ins
from central.enrolments.standing import Effect
from central.intake.models import quarantine, records
from central.ledger.models import ledger_entries
from wire.records import RecordKind

OPENING_KINDS = (RecordKind.ENROLMENT.value, RecordKind.PENDING_INS.value)
"""Kinds that open a dossier, or are the second enrolment of one."""

# Where a dossier opened, by its own row: one that opened by itself has a channel and no place.
_PLACE_OF_DOSSIER = (
    dossiers.c.channel,
    dossiers.c.sub_channel,
    func.coalesce(offices.c.region, "").label("region"),
    func.coalesce(offices.c.departement, "").label("departement"),
    dossiers.c.office_id,
    dossiers.c.terminal_id,
)
_COUNTED_CHANGES = {
    Measure.REACTIVATIONS: RecordKind.REACTIVATION,
    Measure.CODE_REISSUES: RecordKind.CODE_REISSUE,
    Measure.CONSENT_CHANGES: RecordKind.CONSENT_CHANGE,
    Measure.CONTACT_CHANGES: RecordKind.CONTACT_CHANGE,
    Measure.CLOSURES: RecordKind.CLOSURE_REQUEST,
}
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
    expected: Counter[CounterKey] = Counter()
    for tally in tallies.values():
        expected.update(tally.rolled_up())  # not +, which drops what is less than nothing: a day of reversals
    return expected


def _facts() -> Iterator[tuple[Measure, Select[Any]]]:
    """Facts whose day stands in a column, grouped by the database."""
    one = func.count()
    told = _by_place(records.c.counted_on, one, records.c.terminal_id)
    yield Measure.DOSSIERS_OPENED, _by_dossier(dossiers.c.opened_on, one)
    yield (
        Measure.SECOND_ENROLMENTS,
        told.join(consents, consents.c.record_id == records.c.record_id)
        .join(dossiers, dossiers.c.dossier_id == consents.c.dossier_id)
        .where(dossiers.c.record_id != consents.c.record_id, records.c.kind.in_(OPENING_KINDS)),
    )
    yield (
        Measure.REFUSALS,
        told.outerjoin(quarantine, quarantine.c.record_id == records.c.record_id).where(
            records.c.kind == RecordKind.REFUSAL.value, quarantine.c.record_id.is_(None)
        ),
    )
    for measure, kind in _COUNTED_CHANGES.items():
        done = (changes.c.kind == kind.value) & (changes.c.effect == Effect.DONE.value)
        yield measure, told.join(changes, changes.c.record_id == records.c.record_id).where(done)
    yield (
        Measure.OPPOSITIONS,
        told.join(oppositions, oppositions.c.record_id == records.c.record_id).where(
            oppositions.c.effect == Effect.DONE.value
        ),
    )
    yield Measure.PENDING_INS, told.join(pending_ins, pending_ins.c.record_id == records.c.record_id)
    yield (
        Measure.ACCOUNTS_ACTIVATED,
        _by_dossier(accounts.c.activated_on, one)
        .join(accounts, accounts.c.dossier_id == dossiers.c.dossier_id)
        .where(accounts.c.activated_on.is_not(None)),
    )


def _timed_facts() -> Iterator[tuple[Measure, Select[Any]]]:
    """Facts whose day is that of a time, fact by fact."""
    yield (
        Measure.QUARANTINED,
        _each(quarantine.c.received_ms, literal(1), quarantine.c.terminal_id),
    )
    for measure, cents in (
        (Measure.CENTS_ACCRUED, ledger_entries.c.owed),
        (Measure.CENTS_HELD, ledger_entries.c.cents - ledger_entries.c.owed),
    ):
        yield measure, _each(ledger_entries.c.booked_ms, cents, ledger_entries.c.terminal_id).where(cents != 0)


def _by_dossier(day: ColumnElement[Any], value: ColumnElement[Any]) -> Select[Any]:
    query = select(day.label("day"), value.label("value"), *_PLACE_OF_DOSSIER).group_by(day, *_PLACE_OF_DOSSIER)
    return query.select_from(dossiers).outerjoin(offices, offices.c.office_id == dossiers.c.office_id)


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
