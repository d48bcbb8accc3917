"""An opening that should never have been."""

from __future__ import annotations

import argparse
import uuid

from central.app import intake_parts
from central.commands.desk import Desk, Parsers, offer
from central.engine import in_transaction
from central.intake.annulment import annul
from central.keys import load_keys
from central.ledger.amounts import euros
from wire.identifiers import milliseconds


def add_parsers(parsers: Parsers) -> None:
    """Offer the command."""
    annulled = offer(
        parsers, "annul-opening", _annul, help="close a dossier for ever that should never have been opened"
    )
    annulled.add_argument("record", type=uuid.UUID, help="the record that opened it")
    annulled.add_argument("--because", required=True, metavar="WORD", help="no_consent, wrong_person, fraud, …")
    annulled.add_argument("--by", required=True, metavar="NAME", help="the supervisor who decided")


def _annul(desk: Desk, options: argparse.Namespace) -> int:
    parts = intake_parts(desk.settings, load_keys(desk.settings.home, now=desk.clock()), desk.engine)
    now_ms = milliseconds(desk.clock())
    taken = in_transaction(
        desk.engine,
        lambda connection: annul(
            connection, parts, options.record.bytes, because=options.because, by=options.by, now_ms=now_ms
        ),
    )
    desk.say(f"annulled; {euros(taken)} EUR are taken back. The holder is told by letter: that is yours to send")
    return 0
