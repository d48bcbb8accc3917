"""Looking at the ledger, and recounting everything that can be recounted."""

from __future__ import annotations

import argparse

from sqlalchemy import select

from central.commands.desk import Desk, Parsers, offer
from central.engine import reading
from central.ledger.models import ledger_entries
from central.ledger.rules import load_rules
from central.verification.service import verify_all

_CENTS = 100


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    ledger = offer(parsers, "ledger", _ledger, help="the last entries of the ledger; no entry names a person")
    ledger.add_argument("--last", type=int, default=1, metavar="N")
    offer(parsers, "verify", _verify, help="count everything again; exit code 1 when anything disagrees")


def _ledger(desk: Desk, options: argparse.Namespace) -> int:
    query = select(ledger_entries).order_by(
        ledger_entries.c.booked_ms.desc(), ledger_entries.c.shard, ledger_entries.c.number.desc()
    )
    with reading(desk.engine) as connection:
        rows = connection.execute(query.limit(options.last)).all()
    for row in reversed(rows):
        amount = f"{row.cents // _CENTS}.{row.cents % _CENTS:02d} EUR"
        desk.say(
            f"{row.opened_on}  {row.entry}  {row.state}{f' ({row.reason})' if row.reason else ''}  {amount}  "
            f"{row.office_id}  {row.terminal_id}  record {row.record_id.hex()}  rule {row.rule}"
        )
    if not rows:
        desk.say("the ledger is empty")
    return 0


def _verify(desk: Desk, _options: argparse.Namespace) -> int:
    report = verify_all(desk.engine, shards=desk.settings.shards, rules=load_rules())
    for line in report.lines():
        desk.say(line)
    desk.say("everything agrees" if report.agrees else "SOMETHING DISAGREES: keep the database as it is and look")
    return 0 if report.agrees else 1
