"""Statements: shown as PDF and CSV, contested, settled."""

from __future__ import annotations

import argparse
from pathlib import Path

from central.commands.desk import Desk, Parsers, offer, offer_group
from central.engine import in_transaction, reading
from central.ledger.amounts import euros
from central.statements import closing
from central.statements.document import read_statement
from central.statements.page import statement_pdf
from central.statements.spreadsheet import write_csv
from wire.identifiers import milliseconds


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    group = offer_group(parsers, "statement", help="what a month or a year owes an office")
    shown = offer(group, "show", _show, help="the sums; with --pdf or --csv as a file")
    shown.add_argument("office")
    shown.add_argument("period", help="2018-11, or 2018")
    shown.add_argument("--pdf", type=Path, metavar="FILE")
    shown.add_argument("--csv", type=Path, metavar="FILE")
    for word, help_text in (("contest", "an office disputes a statement"), ("settle", "the dispute is over")):
        one = offer(group, word, _contest if word == "contest" else _settle, help=help_text)
        one.add_argument("office")
        one.add_argument("month")
        one.add_argument("--because", required=True, metavar="WORD")
        one.add_argument("--by", required=True, metavar="NAME")


def _show(desk: Desk, options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        statement = read_statement(connection, options.office, options.period)
    for row in statement.months:
        state = "open" if row.state is None else row.state.value
        desk.say(f"{row.month}  {row.sums.openings} openings  {euros(row.sums.owed)} EUR to pay  {state}")
    desk.say(f"{statement.office_id}, {statement.period}: {euros(statement.owed)} EUR to pay")
    if options.pdf is not None:
        options.pdf.write_bytes(statement_pdf(statement))
    if options.csv is not None:
        with options.csv.open("w", encoding="utf-8-sig", newline="") as out:
            write_csv(statement, out)
    return 0


def _contest(desk: Desk, options: argparse.Namespace) -> int:
    return _dispute(desk, options, closing.contest, "contested: in no payment until it is settled")


def _settle(desk: Desk, options: argparse.Namespace) -> int:
    return _dispute(desk, options, closing.settle, "settled; what it changed is booked in the open month")


def _dispute(desk: Desk, options: argparse.Namespace, act: closing.Dispute, done: str) -> int:
    who = closing.Disputed(options.office, options.month, options.because, options.by)
    now_ms, shards = milliseconds(desk.clock()), desk.settings.shards
    in_transaction(desk.engine, lambda connection: act(connection, who, shards=shards, at_ms=now_ms))
    desk.say(done)
    return 0
