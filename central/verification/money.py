"""Whether the ledger is what the openings are worth, to the cent (invariant 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, CursorResult, select

from central.chains import ChainName, ChainReport, Content, head_of, verify_entries
from central.enrolments.models import dossiers
from central.ledger.models import ledger_entries
from central.ledger.rules import Rules
from central.ledger.service import content_of
from central.ledger.standing import Standing, Word
from central.recount.pricing import unpaid


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
    """Price every opening again by the rule in force on its day, and compare with all that was booked for it.

    Steps, for each dossier:

    1. it is worth the rate of its channel and day, unless something says that it is not
       (:func:`central.recount.pricing.unpaid`);
    2. the sum of its entries is that worth, and every entry names the record that opened it;
    3. what each entry adds and what it leaves to be paid follow from the words before it.

    Held amounts count: they are booked, only not yet to be paid. Not checked: whether an opening was rightly clamped to
    its day (invariant 12 has its own test).
    """
    eligible = expected = booked = 0
    differing = []
    not_paid = unpaid(connection)
    for dossier_id, found in groupby(_openings(connection), key=lambda row: row.dossier_id):
        rows = list(found)
        rule = None if dossier_id in not_paid else rules.for_opening(rows[0].channel, rows[0].opened_on)
        worth = 0 if rule is None else rule.cents
        entries = [row for row in rows if row.cents is not None]
        cents = sum(row.cents for row in entries)
        eligible, expected, booked = eligible + (rule is not None), expected + worth, booked + cents
        names_its_record = all(row.booked_record == row.record_id for row in entries)
        if worth != cents or not names_its_record or not _follows(entries):
            differing.append(dossier_id)
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
    with connection.execute(walk) as rows:  # a walk that stops at a break leaves no cursor open at the server
        return verify_entries(ChainName.LEDGER, shard, _contents(rows.mappings()), head)


def _contents(rows: Any) -> Iterator[tuple[Content, bytes]]:
    for row in rows:
        yield content_of(row), row["entry_hash"]


def _follows(entries: list[Any]) -> bool:
    """Whether steps are counted from 0, the first one opens and no other does, and each difference is the fold's."""
    before = Standing()
    for step, row in enumerate(entries):
        try:
            after = before.after(Word(row.entry), row.reason, amount=row.cents)
        except (ValueError, AssertionError):
            return False  # a word that nobody of ours wrote, or one without its reason
        made = after.earned - before.earned, after.owed - before.owed, after.state.value
        opens = row.entry == Word.OPENING.value
        if (row.cents, row.owed, row.state) != made or row.step != step or opens is not (step == 0):
            return False
        before = after
    return True


def _openings(connection: Connection) -> CursorResult[Any]:
    return connection.execute(
        select(
            dossiers.c.dossier_id,
            dossiers.c.record_id,
            dossiers.c.channel,
            dossiers.c.opened_on,
            ledger_entries.c.step,
            ledger_entries.c.entry,
            ledger_entries.c.state,
            ledger_entries.c.reason,
            ledger_entries.c.cents,
            ledger_entries.c.owed,
            ledger_entries.c.record_id.label("booked_record"),
        )
        .outerjoin(ledger_entries, ledger_entries.c.dossier_id == dossiers.c.dossier_id)
        .order_by(dossiers.c.dossier_id, ledger_entries.c.step)
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
