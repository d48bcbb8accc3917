"""Recounting everything that can be recounted."""

from __future__ import annotations

import argparse

from central.commands.desk import Desk, Parsers, offer
from central.ledger.rules import load_rules
from central.verification.service import verify_all


def add_parsers(parsers: Parsers) -> None:
    """Offer the command."""
    offer(parsers, "verify", _verify, help="count everything again; exit code 1 when anything disagrees")


def _verify(desk: Desk, _options: argparse.Namespace) -> int:
    report = verify_all(desk.engine, shards=desk.settings.shards, rules=load_rules())
    for line in report.lines():
        desk.say(line)
    desk.say("everything agrees" if report.agrees else "SOMETHING DISAGREES: keep the database as it is and look")
    return 0 if report.agrees else 1
