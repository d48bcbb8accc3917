"""Which facts are counted under which measure, on which day and where: the one place that says so for every recount.

Each table of facts is walked by the first column of its key, so that any range of it can be asked for alone. A fact is
written once and what counts of it never changes (an account's first activation is written once too): so a range that
holds as many facts as before holds the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from central.accounts.models import accounts
from central.automatic.models import oppositions
from central.counters.models import Measure
from central.counters.tally import Place
from central.dates import QUARTER_MS, paris_day
from central.devices.models import devices, offices
from central.enrolments.models import changes, consents, dossiers, pending_ins
from central.enrolments.standing import Effect
from central.intake.models import quarantine, records
from central.ledger.models import ledger_entries
from wire.records import RecordKind

OPENING_KINDS = (RecordKind.ENROLMENT.value, RecordKind.PENDING_INS.value)
"""Kinds that open a dossier, or are the second enrolment of one."""

COUNTED_CHANGES = {
    Measure.REACTIVATIONS: RecordKind.REACTIVATION,
    Measure.CODE_REISSUES: RecordKind.CODE_REISSUE,
    Measure.CONSENT_CHANGES: RecordKind.CONSENT_CHANGE,
    Measure.CONTACT_CHANGES: RecordKind.CONTACT_CHANGE,
    Measure.CLOSURES: RecordKind.CLOSURE_REQUEST,
}

# Where a dossier opened, by its own row: one that opened by itself has a channel and no place.
_PLACE_OF_DOSSIER = (
    dossiers.c.channel,
    dossiers.c.sub_channel,
    func.coalesce(offices.c.region, "").label("region"),
    func.coalesce(offices.c.departement, "").label("departement"),
    dossiers.c.office_id,
    dossiers.c.terminal_id,
)
_PLACE = (
    devices.c.channel,
    devices.c.sub_channel,
    offices.c.region,
    offices.c.departement,
    offices.c.office_id,
    devices.c.terminal_id,
)


_PLACE_COLUMNS = ("channel", "sub_channel", "region", "departement", "office_id", "terminal_id")
_FACTS: ColumnElement[int] = func.count()


@dataclass(frozen=True, slots=True)
class Range:
    """Keys after ``after`` up to ``upto``; both open where they are None."""

    after: bytes | None = None
    upto: bytes | None = None

    def holds(self, key: ColumnElement[bytes]) -> list[ColumnElement[bool]]:
        """The conditions on a key."""
        lower = [] if self.after is None else [key > self.after]
        upper = [] if self.upto is None else [key <= self.upto]
        return [*lower, *upper]


EVERYTHING = Range()


@dataclass(frozen=True, slots=True)
class Sum:
    """So many facts (or cents) of a measure, on a day, at a place."""

    measure: Measure
    day: str
    place: Place
    value: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A table of facts: the key it is walked by, what is counted of it, and how many facts a range holds.

    A query gives ``value``, the columns of a place, and ``day``, or ``at_ms`` in the quarter of an hour of the fact.
    """

    key: ColumnElement[bytes]
    counted: tuple[tuple[Measure, Select[Any]], ...]
    present: ColumnElement[int] = _FACTS

    @property
    def name(self) -> str:
        """The table's."""
        return str(self.key.table.name)

    def sums(self, connection: Connection, within: Range = EVERYTHING) -> Iterator[Sum]:
        """All sums of a range, added up by the database."""
        for measure, query in self.counted:
            for row in connection.execute(query.where(*within.holds(self.key))).mappings():
                day = row["day"] if "day" in row else paris_day(int(row["at_ms"]))
                yield Sum(measure, day, Place(*(row[column] for column in _PLACE_COLUMNS)), int(row["value"]))

    def facts(self, connection: Connection, within: Range) -> int:
        """How many facts a range holds: what tells whether it is as it was."""
        table = self.key.table
        return int(connection.scalar(select(self.present).select_from(table).where(*within.holds(self.key))) or 0)


def _of_dossier(day: ColumnElement[Any]) -> Select[Any]:
    query = select(day.label("day"), func.count().label("value"), *_PLACE_OF_DOSSIER)
    return query.group_by(day, *_PLACE_OF_DOSSIER)


def _with_office(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(offices, offices.c.office_id == dossiers.c.office_id)


def _told() -> Select[Any]:
    """Facts that a record tells, at the place of its terminal; record, terminal and office are still to be joined."""
    query = select(records.c.counted_on.label("day"), func.count().label("value"), *_PLACE)
    return query.group_by(records.c.counted_on, *_PLACE)


def _at_terminal(query: Select[Any], terminal: ColumnElement[str]) -> Select[Any]:
    return query.join(devices, devices.c.terminal_id == terminal).join(
        offices, offices.c.office_id == devices.c.office_id
    )


def _timed(at_ms: ColumnElement[int], value: ColumnElement[Any], terminal: ColumnElement[str]) -> Select[Any]:
    quarter = at_ms - at_ms % literal(QUARTER_MS, literal_execute=True)
    query = select(quarter.label("at_ms"), value.label("value"), *_PLACE).group_by(quarter, *_PLACE)
    return _at_terminal(query.select_from(terminal.table), terminal)


def _second_enrolments() -> Select[Any]:
    query = (
        _told()
        .select_from(consents)
        .join(dossiers, dossiers.c.dossier_id == consents.c.dossier_id)
        .join(records, records.c.record_id == consents.c.record_id)
        .where(dossiers.c.record_id != consents.c.record_id, records.c.kind.in_(OPENING_KINDS))
    )
    return _at_terminal(query, records.c.terminal_id)


def _refusals() -> Select[Any]:
    set_aside = quarantine.c.record_id == records.c.record_id
    query = _told().select_from(records).outerjoin(quarantine, set_aside)
    refused = records.c.kind == RecordKind.REFUSAL.value
    return _at_terminal(query.where(refused, quarantine.c.record_id.is_(None)), records.c.terminal_id)


def _told_in(table: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    query = _told().select_from(table).join(records, records.c.record_id == table.c.record_id)
    return _at_terminal(query.where(*conditions), records.c.terminal_id)


def _cents(cents: ColumnElement[int]) -> Select[Any]:
    return _timed(ledger_entries.c.booked_ms, func.sum(cents), ledger_entries.c.terminal_id).where(cents != 0)


WALKS = (
    Walk(
        dossiers.c.dossier_id,
        ((Measure.DOSSIERS_OPENED, _with_office(_of_dossier(dossiers.c.opened_on).select_from(dossiers))),),
    ),
    Walk(
        accounts.c.dossier_id,
        (
            (
                Measure.ACCOUNTS_ACTIVATED,
                _with_office(
                    _of_dossier(accounts.c.activated_on)
                    .select_from(accounts)
                    .join(dossiers, dossiers.c.dossier_id == accounts.c.dossier_id)
                ).where(accounts.c.activated_on.is_not(None)),
            ),
        ),
        present=func.count(accounts.c.activated_on),
    ),
    Walk(consents.c.dossier_id, ((Measure.SECOND_ENROLMENTS, _second_enrolments()),)),
    Walk(records.c.record_id, ((Measure.REFUSALS, _refusals()),)),
    Walk(
        changes.c.dossier_id,
        tuple(
            (measure, _told_in(changes, changes.c.kind == kind.value, changes.c.effect == Effect.DONE.value))
            for measure, kind in COUNTED_CHANGES.items()
        ),
    ),
    Walk(
        oppositions.c.fingerprint,
        ((Measure.OPPOSITIONS, _told_in(oppositions, oppositions.c.effect == Effect.DONE.value)),),
    ),
    Walk(pending_ins.c.record_id, ((Measure.PENDING_INS, _told_in(pending_ins)),)),
    Walk(
        quarantine.c.record_id,
        ((Measure.QUARANTINED, _timed(quarantine.c.received_ms, func.count(), quarantine.c.terminal_id)),),
    ),
    Walk(
        ledger_entries.c.dossier_id,
        (
            (Measure.CENTS_ACCRUED, _cents(ledger_entries.c.owed)),
            (Measure.CENTS_HELD, _cents(ledger_entries.c.cents - ledger_entries.c.owed)),
        ),
    ),
)
"""Every table of facts that is counted. A measure stands in one of them."""
