"""Automatic creation: who was informed, and opening what is due (regime OPT_OUT)."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from central.app import intake_parts
from central.automatic.letters import COLUMNS, Letter, note_letters, read_letters
from central.automatic.worker import OpeningsWorker
from central.commands.desk import Desk, Parsers, offer
from central.dates import paris_day
from central.engine import in_transaction
from central.errors import SetupError
from central.keys import load_keys
from wire.configuration import Regime
from wire.identifiers import milliseconds

_AT_ONCE = 500  # letters a transaction


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    inform = offer(parsers, "inform", _inform, help="note who was told by letter that a dossier will open for them")
    inform.add_argument("file", type=Path, help=f"CSV in UTF-8, semicolons, first line {';'.join(COLUMNS)}")

    offer(parsers, "open-due", _open_due, help="open for whoever was informed six weeks ago and did not object")


def make_openings_worker(desk: Desk) -> OpeningsWorker:
    """The worker that opens what is due, over this desk's database."""
    keys = load_keys(desk.settings.home, now=desk.clock())
    return OpeningsWorker(intake_parts(desk.settings, keys, desk.engine), desk.clock)


def _inform(desk: Desk, options: argparse.Namespace) -> int:
    now_ms = milliseconds(desk.clock())
    keys = load_keys(desk.settings.home, now=desk.clock())
    letters = _read(options.file, desk, date.fromisoformat(paris_day(now_ms)))

    def note(some: list[Letter]) -> int:
        def work(connection: Connection) -> int:
            return note_letters(connection, some, keys, shards=desk.settings.shards, now_ms=now_ms)

        return in_transaction(desk.engine, work)

    new = sum(note(letters[start : start + _AT_ONCE]) for start in range(0, len(letters), _AT_ONCE))
    desk.say(f"{new} persons noted as informed, {len(letters) - new} were already")
    if desk.settings.regime is not Regime.OPT_OUT:
        desk.say("the regime is opt_in: nothing will open by itself (CENTRAL_REGIME)")
    return 0


def _read(path: Path, desk: Desk, today: date) -> list[Letter]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_letters(lines, desk.settings.ins_authority, today=today)
    except OSError as error:
        raise SetupError("the list cannot be read", code="letters_file") from error


def _open_due(desk: Desk, _options: argparse.Namespace) -> int:
    if desk.settings.regime is not Regime.OPT_OUT:
        desk.say("the regime is opt_in: nothing opens by itself (CENTRAL_REGIME)")
        return 0
    done = make_openings_worker(desk).round()
    desk.say(f"{done.due} persons informed six weeks ago are settled")
    return 0
