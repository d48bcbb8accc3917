"""The rules were changed for days that had passed: what differs is booked in the open month, opening by opening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, exists, select

from central.enrolments.models import changes, dossiers
from central.handover.outbox import REFUSED_OPENINGS
from central.ledger.amending import amend, book_late
from central.ledger.models import ledger_entries
from central.ledger.reasons import VAULT_REFUSED
from central.ledger.rules import Rule, Rules
from central.ledger.service import Booking, Saying
from central.ledger.standing import Word, correction_reason, fold_rows
from wire.handover import ANNULMENT

NO_RULE = "none"
"""Stands where a rule's name would: by the rules of that version the day is not paid on that channel."""

_ACTOR = "command"
_AT_ONCE = 500  # dossiers a portion
_annulled = exists().where(changes.c.dossier_id == dossiers.c.dossier_id, changes.c.kind == ANNULMENT)


def reprice(
    connection: Connection, rules: Rules, *, shards: int, now_ms: int, after: bytes = b""
) -> tuple[int, bytes | None]:
    """Correct one portion of dossiers; how many entries that made, and where to go on: None at the end.

    An opening that was not paid and is by these rules is booked as if it had arrived now; who attested it is not asked
    again. Whether an amount is held, or taken back, stays as it is.
    """
    ids = list(
        connection.execute(
            select(dossiers.c.dossier_id)
            .where(dossiers.c.dossier_id > after)
            .order_by(dossiers.c.dossier_id)
            .limit(_AT_ONCE)
        ).scalars()
    )
    if not ids:
        return 0, None
    sayings: list[Saying] = []
    bookings: list[Booking] = []
    for opened, entries in _openings(connection, ids[0], ids[-1]):
        rule = rules.for_opening(opened["channel"], opened["day"])
        if entries and fold_rows(entries).amount != (0 if rule is None else rule.cents):
            sayings.append(_correction(opened["opened"], rule, rules))
        elif not entries and rule is not None and opened["opened_at"] and not opened["annulled"]:
            bookings.append(_booking(opened, rule, rules))
    said = amend(connection, sayings, actor=_ACTOR, shards=shards, now_ms=now_ms)
    book_late(connection, bookings, actor=_ACTOR, shards=shards, now_ms=now_ms)
    late = {booking.dossier_id for booking in bookings}
    refused = [one for one in connection.execute(REFUSED_OPENINGS).scalars() if one in late]
    taken = [Saying(one, Word.REVERSED, VAULT_REFUSED) for one in refused]
    amend(connection, taken, actor=_ACTOR, shards=shards, now_ms=now_ms)
    return len(said) + len(bookings), ids[-1]


def _openings(
    connection: Connection, first: bytes, last: bytes
) -> list[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]:
    rows = connection.execute(
        select(
            dossiers.c.dossier_id.label("opened"),
            dossiers.c.record_id.label("opened_by"),
            dossiers.c.terminal_id.label("opened_at"),
            dossiers.c.office_id.label("opened_in"),
            dossiers.c.opened_on.label("day"),
            dossiers.c.channel,
            _annulled.label("annulled"),
            ledger_entries.c.step,
            ledger_entries.c.entry,
            ledger_entries.c.reason,
            ledger_entries.c.cents,
        )
        .outerjoin(ledger_entries, ledger_entries.c.dossier_id == dossiers.c.dossier_id)
        .where(dossiers.c.dossier_id.between(first, last))
        .order_by(dossiers.c.dossier_id, ledger_entries.c.step)
    ).mappings()
    found: list[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]] = []
    for _, group in groupby(rows, key=lambda row: row["opened"]):
        entries = [dict(row) for row in group]
        found.append((entries[0], [entry for entry in entries if entry["step"] is not None]))
    return found


def _correction(dossier_id: bytes, rule: Rule | None, rules: Rules) -> Saying:
    worth, name = (0, NO_RULE) if rule is None else (rule.cents, rule.rule)
    return Saying(dossier_id, Word.CORRECTED, correction_reason(worth), (name, rules.version))


def _booking(opened: Mapping[str, Any], rule: Rule, rules: Rules) -> Booking:
    return Booking(
        dossier_id=opened["opened"],
        record_id=opened["opened_by"],
        terminal_id=opened["opened_at"],
        office_id=opened["opened_in"],
        cents=rule.cents,
        opened_on=opened["day"],
        rule=rule.rule,
        rules_version=rules.version,
    )
