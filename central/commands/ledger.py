"""The ledger: its last entries, why a record paid or not, closing months, what is held by hand, rules that changed."""

from __future__ import annotations

import argparse
import uuid
from pathlib import Path

from sqlalchemy import Connection, select

from central.app import intake_parts
from central.commands.desk import Desk, Parsers, offer
from central.engine import in_transaction, reading
from central.enrolments.persons import dossier_of
from central.errors import NotFoundError
from central.intake.second import dossier_of_second
from central.keys import load_keys
from central.ledger import reasons
from central.ledger.amending import amend
from central.ledger.amounts import euros
from central.ledger.explain import explain, state_of
from central.ledger.models import ledger_entries
from central.ledger.repricing import reprice
from central.ledger.rule_book import note
from central.ledger.rules import load_rules
from central.ledger.service import Saying
from central.ledger.standing import Word
from central.statements.closing import close_upto
from central.verification.export import write_export
from wire.identifiers import milliseconds


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands: ``ledger`` alone shows the last entries, ``ledger WORD …`` does more."""
    ledger = offer(parsers, "ledger", _last, help="the last entries of the ledger, and more; no entry names a person")
    ledger.add_argument("--last", type=int, default=1, metavar="N")
    more = ledger.add_subparsers(metavar="WORD")

    asked = offer(more, "explain", _explain, help="why a record paid, or did not; for what each cent was")
    asked.add_argument("record", type=uuid.UUID)

    closed = offer(
        more, "close", _close, help="close all months up to the end of a period and state what each office gets"
    )
    closed.add_argument("period", help="2018-11, or 2018")
    closed.add_argument("--by", required=True, metavar="NAME")

    for word, command, help_text in (
        ("hold", _hold, "keep an amount back"),
        ("release", _release, "an amount that was kept back is to be paid"),
    ):
        one = offer(more, word, command, help=help_text)
        one.add_argument("record", type=uuid.UUID)
        one.add_argument("--because", required=True, metavar="WORD", help="the same word holds and releases")
        one.add_argument("--by", required=True, metavar="NAME")

    offer(more, "correct", _correct, help="book what changed rules make of openings that were booked before")

    exported = offer(more, "export", _export, help="everything an auditor needs to add up alone, as CSV; names nobody")
    exported.add_argument("folder", type=Path)


def _last(desk: Desk, options: argparse.Namespace) -> int:
    query = select(ledger_entries).order_by(
        ledger_entries.c.booked_ms.desc(), ledger_entries.c.shard, ledger_entries.c.number.desc()
    )
    with reading(desk.engine) as connection:
        rows = connection.execute(query.limit(options.last)).all()
    for row in reversed(rows):
        desk.say(
            f"{row.opened_on}  {row.entry}  {row.state}{f' ({row.reason})' if row.reason else ''}  "
            f"{euros(row.cents)} EUR  {row.office_id}  {row.terminal_id}  record {row.record_id.hex()}  rule {row.rule}"
        )
    if not rows:
        desk.say("the ledger is empty")
    return 0


def _explain(desk: Desk, options: argparse.Namespace) -> int:
    keys = load_keys(desk.settings.home, now=desk.clock())
    parts = intake_parts(desk.settings, keys, desk.engine)
    with reading(desk.engine) as connection:
        found = explain(
            connection,
            options.record.bytes,
            load_rules(),
            person_of=lambda row: dossier_of_second(connection, parts, row),
        )
        if found is None:
            raise NotFoundError("central has no such record")
        for line in found.lines():
            desk.say(line)
        if found.entries and found.dossier_id is not None:
            desk.say(f"now       {state_of(connection, found.dossier_id)}")
    return 0


def _close(desk: Desk, options: argparse.Namespace) -> int:
    now_ms = milliseconds(desk.clock())
    months, stated = close_upto(desk.engine, options.period, by=options.by, shards=desk.settings.shards, now_ms=now_ms)
    desk.say(f"closed: {', '.join(months) or 'nothing, all was closed'}; {stated} statements")
    return 0


def _hold(desk: Desk, options: argparse.Namespace) -> int:
    return _say(desk, options, Word.HELD, reasons.of_person(options.because))


def _release(desk: Desk, options: argparse.Namespace) -> int:
    """Of a hold by hand, or of the one that intake made for an operator that nobody knew."""
    known = options.because == reasons.OPERATOR_UNKNOWN
    return _say(desk, options, Word.RELEASED, options.because if known else reasons.of_person(options.because))


def _say(desk: Desk, options: argparse.Namespace, word: Word, reason: str) -> int:
    saying = Saying(dossier_of(options.record.bytes), word, reason)
    now_ms, shards = milliseconds(desk.clock()), desk.settings.shards
    said = in_transaction(
        desk.engine,
        lambda connection: amend(connection, [saying], actor=f"person:{options.by}", shards=shards, now_ms=now_ms),
    )
    if not said:
        raise NotFoundError("nothing would change: this record earned nothing, or it is so already")
    desk.say(f"{said[0].state.value}: {euros(said[0].owed)} EUR to pay")
    return 0


def _correct(desk: Desk, _options: argparse.Namespace) -> int:
    rules, shards, now_ms = load_rules(), desk.settings.shards, milliseconds(desk.clock())
    in_transaction(desk.engine, lambda connection: note(connection, rules, now_ms=now_ms))
    entries, after = 0, b""

    def portion(connection: Connection) -> tuple[int, bytes | None]:
        return reprice(connection, rules, shards=shards, now_ms=now_ms, after=after)

    while True:
        made, more = in_transaction(desk.engine, portion)
        entries += made
        if more is None:
            break
        after = more
    desk.say(f"{entries} entries by rules version {rules.version}")
    return 0


def _export(desk: Desk, options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        files = write_export(connection, options.folder, load_rules())
    desk.say(f"written to {options.folder}: {', '.join(files)}")
    return 0
