"""Whether the ledger is what the openings are worth, to the cent (invariant 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from central.chains import ChainName, ChainReport, Content, head_of, verify_entries
from central.enrolments.models import dossiers
from central.ledger.models import ledger_entries
from central.ledger.rules import Rules
from central.ledger.service import OPENING, content_of


@dataclass(frozen=True, slots=True)
class MoneyReport:
    """Openings that earn, what they earn, what stands in the ledger, and the dossiers where the two differ."""

    eligible: int
    cents_expected: int
    cents_booked: int
    differing: tuple[bytes, ...]

    @property
    def agrees(self) -> bool:
        """Whether every cent is owed and every owed cent is there."""
        return not self.differing and self.cents_expected == self.cents_booked


def recount(connection: Connection, rules: Rules) -> MoneyReport:
    """Price every opening again by the rule in force on its day, and compare entry by entry.

    Held amounts count: they are booked, only not yet owed. Not checked: whether an opening was rightly clamped to its
    day (invariant 12 has its own test).
    """
    eligible = expected = booked = 0
    differing = []
    for row in _openings(connection):
        rule = rules.for_opening(row.channel, row.opened_on)
        worth = 0 if rule is None else rule.cents
        eligible, expected, booked = eligible + (rule is not None), expected + worth, booked + (row.cents or 0)
        names_its_record = row.cents is None or row.booked_record == row.record_id
        if worth != (row.cents or 0) or not names_its_record:
            differing.append(row.dossier_id)
    strays = _strays(connection)
    return MoneyReport(eligible, expected, booked + sum(strays.values()), (*differing, *strays))


def verify_ledger(connection: Connection, shard: int) -> ChainReport:
    """Walk one shard of the ledger's chain (steps: :func:`central.chains.verify_entries`)."""
    walk = (
        select(ledger_entries)
        .where(ledger_entries.c.shard == shard)
        .order_by(ledger_entries.c.number)
        .execution_options(yield_per=1000)
    )
    head = head_of(connection, ChainName.LEDGER, shard)
    with connection.execute(walk) as rows:
        return verify_entries(ChainName.LEDGER, shard, _contents(rows.mappings()), head)


def _contents(rows: Any) -> Iterator[tuple[Content, bytes]]:
    for row in rows:
        yield content_of(row), row["entry_hash"]


def _openings(connection: Connection) -> Any:
    return connection.execute(
        select(
            dossiers.c.dossier_id,
            dossiers.c.record_id,
            dossiers.c.channel,
            dossiers.c.opened_on,
            ledger_entries.c.cents,
            ledger_entries.c.record_id.label("booked_record"),
        )
        .outerjoin(
            ledger_entries,
            and_(ledger_entries.c.dossier_id == dossiers.c.dossier_id, ledger_entries.c.entry == OPENING),
        )
        .execution_options(yield_per=1000)
    )


def _strays(connection: Connection) -> dict[bytes, int]:
    """Entries for a dossier that does not exist: a foreign key forbids them, a damaged file may hold them."""
    rows = connection.execute(
        select(ledger_entries.c.dossier_id, ledger_entries.c.cents)
        .outerjoin(dossiers, dossiers.c.dossier_id == ledger_entries.c.dossier_id)
        .where(dossiers.c.dossier_id.is_(None))
    )
    return {row.dossier_id: row.cents for row in rows}
