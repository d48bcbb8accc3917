"""Scores of abuse: the scan, the work list of the bonus officer, decisions."""

from __future__ import annotations

import argparse
import uuid

from sqlalchemy import Connection, select

from central.abuse import desk as case_desk
from central.abuse.scan import forget, read_new, window
from central.abuse.scores import suspicions
from central.abuse.verdicts import Verdict
from central.abuse.wording import in_english
from central.commands.desk import Desk, Parsers, offer, offer_group
from central.engine import in_transaction, reading
from central.enrolments.models import dossiers
from central.keys import load_keys
from central.ledger.amounts import euros
from wire.identifiers import milliseconds, moment


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    group = offer_group(parsers, "abuse", help="openings that look made for the euro")
    offer(group, "scan", _scan, help="read what is new, score it, file cases, hold amounts back; run before closing")
    offer(group, "list", _list, help="the cases that wait for a decision, the strongest first")
    evidence = offer(group, "evidence", _evidence, help="the records that a case rests on: ledger explain says more")
    evidence.add_argument("case", type=uuid.UUID)
    decided = offer(group, "decide", _decide, help="somebody has looked")
    decided.add_argument("case", type=uuid.UUID)
    decided.add_argument("verdict", choices=[Verdict.CLEARED.value, Verdict.CONFIRMED.value])
    decided.add_argument("--because", required=True, metavar="WORD")
    decided.add_argument("--by", required=True, metavar="NAME")


def _scan(desk: Desk, _options: argparse.Namespace) -> int:
    now_ms, shards = milliseconds(desk.clock()), desk.settings.shards
    keys, authority = load_keys(desk.settings.home, now=desk.clock()), desk.settings.ins_authority
    read, after = 0, b""

    def portion(connection: Connection) -> tuple[int, bytes | None]:
        return read_new(connection, keys, authority, now_ms=now_ms, after=after)

    while True:
        some, more = in_transaction(desk.engine, portion)
        read += some
        if more is None:
            break
        after = more
    with reading(desk.engine) as connection:
        found = suspicions(window(connection, now_ms=now_ms))
    filed = in_transaction(
        desk.engine, lambda connection: case_desk.file_cases(connection, found, shards=shards, now_ms=now_ms)
    )
    in_transaction(desk.engine, lambda connection: forget(connection, now_ms=now_ms))
    desk.say(f"{read} enrolments read, {filed.cases} new cases, {euros(filed.held_cents)} EUR held back")
    return 0


def _list(desk: Desk, _options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        rows = case_desk.open_cases(connection)
    for row in rows:
        desk.say(
            f"{moment(row.found_ms):%Y-%m-%d}  {row.percent} %  {row.score}  {row.office_id}  {row.subject}  "
            f"{in_english(row.score, row.figures)}  {row.openings} openings  case {uuid.UUID(bytes=row.case_id)}"
        )
    if not rows:
        desk.say("no case waits")
    return 0


def _evidence(desk: Desk, options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        for dossier_id in case_desk.evidence_of(connection, options.case.bytes):
            row = connection.execute(select(dossiers).where(dossiers.c.dossier_id == dossier_id)).one()
            desk.say(f"{row.opened_on}  {row.terminal_id}  record {uuid.UUID(bytes=row.record_id)}")
    return 0


def _decide(desk: Desk, options: argparse.Namespace) -> int:
    now_ms, verdict = milliseconds(desk.clock()), Verdict(options.verdict)
    owed = in_transaction(
        desk.engine,
        lambda connection: case_desk.decide(
            connection,
            options.case.bytes,
            verdict,
            because=options.because,
            by=options.by,
            shards=desk.settings.shards,
            now_ms=now_ms,
        ),
    )
    desk.say(f"{verdict.value}: {euros(owed)} EUR to pay by it")
    return 0
