"""Afterwards: what central's database holds, against what the terminals hold acknowledgements for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from bench.opening.terminal import LoadTerminal
from central.engine import reading
from central.enrolments.models import dossiers, persons
from central.intake.models import records
from central.ledger.models import ledger_entries
from central.ledger.rules import load_rules
from central.verification.service import verify_all
from tests.fakes.terminal import hash_of, id_of

_PAYS = "pharmacy"


@dataclass(frozen=True, slots=True)
class Recount:
    """Records by where they are.

    ``lost``: acknowledged, and not in the database under their id with their hash. ``waiting``: never acknowledged.
    ``doubled``: rows, dossiers and amounts beyond one for each record, person and opening that pays.
    ``strangers``: rows that no terminal made. ``findings``: what central's own recount found, empty when all agrees.
    """

    made: int
    sent: int
    acknowledged: int
    kept: int
    lost: int
    waiting: int
    doubled: int
    strangers: int
    dossiers: int
    people: int
    findings: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Nothing lost, nothing doubled, nothing left behind, every dossier there."""
        wrong = self.lost, self.waiting, self.doubled, self.strangers, self.people - self.dossiers, len(self.findings)
        return not any(wrong)


def recount(engine: Engine, terminals: Sequence[LoadTerminal], *, people: int, shards: int) -> Recount:
    """Count. ``people``: how many enrolled, each of them once."""
    made = {id_of(raw): hash_of(raw) for terminal in terminals for raw in terminal.made.made}
    acknowledged = {
        id_of(terminal.made.made[sequence - 1]) for terminal in terminals for sequence in terminal.acknowledged
    }
    with reading(engine) as connection:
        kept = {row.record_id: row.record_hash for row in connection.execute(_KEPT)}
        rows, hashes = connection.execute(_ROWS).one()
        opened = connection.scalar(select(func.count()).select_from(dossiers)) or 0
        doubled = rows - hashes + _doubled(connection, opened)
    return Recount(
        made=len(made),
        sent=sum(len(terminal.sent) for terminal in terminals),
        acknowledged=len(acknowledged),
        kept=rows,
        lost=sum(kept.get(one) != made[one] for one in acknowledged),
        waiting=len(made) - len(acknowledged),
        doubled=doubled,
        strangers=len(kept.keys() - made.keys()),
        dossiers=opened,
        people=people,
        findings=_findings(engine, shards),
    )


_KEPT = select(records.c.record_id, records.c.record_hash)
_ROWS = select(func.count(), func.count(records.c.record_hash.distinct()))


def _doubled(connection: Connection, opened: int) -> int:
    """Dossiers beyond one a person, first entries of the ledger beyond one a dossier that pays."""
    people = connection.scalar(select(func.count(persons.c.dossier_id.distinct()))) or 0
    paying = connection.scalar(select(func.count()).where(dossiers.c.channel == _PAYS)) or 0
    booked = connection.scalar(select(func.count()).where(ledger_entries.c.step == 0)) or 0
    return (opened - people) + (booked - paying)


def _findings(engine: Engine, shards: int) -> tuple[str, ...]:
    report = verify_all(engine, shards=shards, rules=load_rules())
    return () if report.agrees else tuple(report.lines())
