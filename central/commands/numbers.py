"""A child's own number, found in the INSi service, is given to the record that waits for it."""

from __future__ import annotations

import argparse
import uuid

from central.app import intake_parts
from central.commands.desk import Desk, Parsers, offer
from central.engine import in_transaction
from central.intake.numbers import give
from central.keys import load_keys
from wire.identifiers import milliseconds
from wire.nir import Nir


def add_parsers(parsers: Parsers) -> None:
    """Offer the command."""
    given = offer(
        parsers, "give-ins", _give, help="open a dossier that waits for a child's number; asks for the number"
    )
    given.add_argument("record", type=uuid.UUID, help="as the worklist names it")
    given.add_argument("--by", required=True, metavar="NAME", help="who found the number in the INSi service")


def _give(desk: Desk, options: argparse.Namespace) -> int:
    # Never an argument: the command line is everybody's to read, and stays in the shell's history.
    nir = Nir.parse(desk.ask_secret("NIR (15 characters, unseen): "))
    keys = load_keys(desk.settings.home, now=desk.clock())
    parts = intake_parts(desk.settings, keys, desk.engine)
    now_ms = milliseconds(desk.clock())
    code = in_transaction(
        desk.engine,
        lambda connection: give(connection, parts, options.record.bytes, nir, by=options.by, now_ms=now_ms),
    )
    desk.say("this child had a dossier already: nothing was opened" if code else "the dossier is open")
    return 0
