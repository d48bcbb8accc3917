"""Anchors of the chains: made by hand, and held against one that somebody kept."""

from __future__ import annotations

import argparse
from pathlib import Path

from central.anchors.service import anchor, holds, write_out
from central.anchors.worker import AnchorWorker
from central.commands.desk import Desk, Parsers, offer, offer_group
from central.engine import in_transaction, reading
from central.errors import SetupError
from central.keys import load_keys, load_ledger_key
from wire.identifiers import milliseconds
from wire.trust import KeyUse

FOLDER = "anchors"
"""In central's home: where the signed documents are left, to be copied away."""


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    group = offer_group(parsers, "anchor", help="heads of all chains, signed together; the server makes one each hour")
    offer(group, "make", _make, help="one now")
    kept = offer(group, "check", _check, help="whether the chains still hold what a kept anchor says")
    kept.add_argument("file", type=Path)


def make_anchor_worker(desk: Desk) -> AnchorWorker:
    """The worker that anchors each hour, over this desk's database."""
    home = desk.settings.home
    return AnchorWorker(desk.engine, load_ledger_key(home), home / FOLDER, desk.clock)


def _make(desk: Desk, _options: argparse.Namespace) -> int:
    key, now_ms = load_ledger_key(desk.settings.home), milliseconds(desk.clock())
    made = in_transaction(desk.engine, lambda connection: anchor(connection, key, now_ms=now_ms))
    desk.say(str(write_out(desk.settings.home / FOLDER, *made)))
    return 0


def _check(desk: Desk, options: argparse.Namespace) -> int:
    key = load_keys(desk.settings.home, now=desk.clock()).trust.verifying_key(KeyUse.LEDGER)
    try:
        document = options.file.read_bytes()
    except OSError as error:
        raise SetupError("the anchor cannot be read", code="anchor_file") from error
    with reading(desk.engine) as connection:
        agrees = holds(connection, document, key)
    desk.say("the chains hold what it says" if agrees else "THE CHAINS ARE NOT WHAT IT SAYS: keep everything as it is")
    return 0 if agrees else 1
