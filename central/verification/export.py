"""All that an auditor needs to add the ledger up alone: CSV files, no program of ours to read them, nobody named.

``scripts/audit-ledger-export`` reads them and imports nothing of ours. Bytes are hexadecimal, amounts whole cents,
times milliseconds since 1970, an empty cell is no value.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, select

from central.chains import ChainName, chain_heads
from central.enrolments.models import dossiers
from central.ledger.models import closed_months, ledger_entries
from central.ledger.rules import Rules
from central.payments.models import payment_lines, payments
from central.recount.pricing import unpaid
from central.statements.models import statement_steps

_ENTRIES = select(ledger_entries).order_by(ledger_entries.c.shard, ledger_entries.c.number)
_STEPS = select(statement_steps).order_by(statement_steps.c.shard, statement_steps.c.number)
_HEADS = select(chain_heads).where(chain_heads.c.chain.in_([ChainName.LEDGER.value, ChainName.STATEMENTS.value]))
_LINES = (
    select(payments.c.payment_id, payments.c.made_ms, payment_lines.c.office_id, payment_lines.c.cents)
    .join(payments, payments.c.payment_id == payment_lines.c.payment_id)
    .order_by(payments.c.payment_id, payment_lines.c.office_id)
)


def write_export(connection: Connection, folder: Path, rules: Rules) -> list[str]:
    """Write the files; their names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] = {
        "entries.csv": _of(connection, _ENTRIES),
        "statements.csv": _of(connection, _STEPS),
        "heads.csv": _of(connection, _HEADS),
        "payments.csv": _of(connection, _LINES),
        "closed_months.csv": _of(connection, select(closed_months.c.month).order_by(closed_months.c.month)),
        "openings.csv": _openings(connection),
        "rules.csv": _rules(rules),
    }
    for name, (columns, content) in rows.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_cell(value) for value in row] for row in content)
    return list(rows)


def _of(connection: Connection, query: Select[Any]) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    result = connection.execute(query.execution_options(yield_per=1000))
    return tuple(result.keys()), result


def _openings(connection: Connection) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    """Every opening with what decides about its price, and whether something written elsewhere makes it unpaid."""
    not_paid = unpaid(connection)
    query = select(dossiers.c.dossier_id, dossiers.c.record_id, dossiers.c.channel, dossiers.c.opened_on)
    columns, rows = _of(connection, query.order_by(dossiers.c.dossier_id))
    return (*columns, "unpaid"), ((*row, int(row[0] in not_paid)) for row in rows)


def _rules(rules: Rules) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    rows = ((rule.channel, rule.cents, rule.first, rule.until) for rule in rules.rules)
    return ("channel", "cents", "from", "until"), rows


def _cell(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes | memoryview) else value
