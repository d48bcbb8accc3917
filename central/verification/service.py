"""Everything that can be counted again, in one report: what ``python -m central verify`` prints."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, Table, func, select

from central.accounts.models import accounts
from central.anchors.service import faults as anchor_faults
from central.audit import service as audit
from central.chains import ChainReport
from central.engine import reading
from central.enrolments.models import consents, dossiers, persons
from central.ledger.rules import Rules
from central.recount.comparing import Difference
from central.statements.book import verify_statements
from central.verification import counts, money, statements, trail, words
from central.verification.money import MoneyReport
from central.verification.trail import TrailFault


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    ``misstated`` are statements (office, month) that are not the entries booked in their month; ``broken_anchors`` the
    numbers of anchors that do not hold. ``dossiers_without`` counts dossiers that lack what none may lack, by what it
    is; ``contradictions`` those that stand otherwise than the words about them.
    """

    chains: tuple[ChainReport, ...]
    money: MoneyReport
    misstated: tuple[tuple[str, str], ...]
    broken_anchors: tuple[int, ...]
    counters: tuple[Difference, ...]
    trail: tuple[TrailFault, ...]
    untold_accounts: int
    dossiers_without: dict[str, int]
    contradictions: dict[str, int]

    @property
    def agrees(self) -> bool:
        """Whether nothing is wrong."""
        return (
            all(chain.broken_at is None for chain in self.chains)
            and self.money.agrees
            and not self.misstated
            and not self.broken_anchors
            and not self.counters
            and not self.trail
            and not self.untold_accounts
            and not any(self.dossiers_without.values())
            and not any(self.contradictions.values())
        )

    def lines(self) -> list[str]:
        """The report for people: a line a finding, nothing of a person."""
        chains = [
            f"{chain.chain.value} chain {chain.shard}: {chain.entries} entries, "
            + ("whole" if chain.broken_at is None else f"BROKEN at {chain.broken_at}")
            for chain in self.chains
        ]
        owed = self.money
        differing = f", {len(owed.differing)} DIFFER" if owed.differing else ""
        return [
            *chains,
            f"ledger: {owed.eligible} earn {owed.cents_expected} cents, {owed.cents_booked} are booked{differing}",
            *(f"statement {month} of {office}: NOT what was booked" for office, month in self.misstated),
            *(f"anchor {number}: the chains are not what it says" for number in self.broken_anchors),
            f"counters: {len(self.counters)} differ from the facts" if self.counters else "counters: as the facts say",
            *(
                f"audit {fault.tag.value}: {fault.untold} untold, {fault.invented} invented, {fault.twice} twice"
                for fault in self.trail
            ),
            *([f"accounts whose state no entry tells: {self.untold_accounts}"] if self.untold_accounts else []),
            *(f"dossiers without {what}: {number}" for what, number in self.dossiers_without.items() if number),
            *(f"{what}: {number}" for what, number in self.contradictions.items() if number),
        ]


def verify_all(engine: Engine, *, shards: int, rules: Rules) -> Report:
    """Walk every chain, price every opening, recount every counter; in one reading transaction."""
    with reading(engine) as connection:
        return Report(
            chains=tuple(
                verify(connection, shard)
                for shard in range(shards)
                for verify in (audit.verify_chain, money.verify_ledger, verify_statements)
            ),
            money=money.recount(connection, rules),
            misstated=tuple(statements.misstated(connection)),
            broken_anchors=tuple(anchor_faults(connection)),
            counters=tuple(counts.differences(connection)),
            trail=tuple(trail.faults(connection)),
            untold_accounts=trail.untold_accounts(connection),
            dossiers_without=_dossiers_without(connection),
            contradictions=words.contradictions(connection),
        )


def _dossiers_without(connection: Connection) -> dict[str, int]:
    """Counted from the other side, by the dossier's key: no scan within a scan."""
    total = connection.scalar(select(func.count()).select_from(dossiers)) or 0
    opening = (consents.c.dossier_id == dossiers.c.dossier_id) & (consents.c.record_id == dossiers.c.record_id)
    records_named = connection.scalar(select(func.count(dossiers.c.record_id.distinct()))) or 0
    return {
        "a record of their own": total - records_named,
        "consent evidence": total - _count(connection, consents, opening),
        "a person": total - _count(connection, persons, persons.c.dossier_id == dossiers.c.dossier_id),
        "an account": total - _count(connection, accounts, accounts.c.dossier_id == dossiers.c.dossier_id),
    }


def _count(connection: Connection, table: Table, belongs: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).join(dossiers, belongs)) or 0
