"""Proving the counters by the facts, at any size and while central goes on."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from central.commands.desk import Desk, Parsers, offer
from central.engine import reading
from central.ledger.rules import load_rules
from central.recount.errors import RecountError
from central.recount.notebook import Notebook
from central.recount.progress import ProgressLine
from central.recount.reader import make_reader
from central.recount.service import Verdict, recount
from central.recount.walking import A_PIECE

EQUAL, DIFFERENT, UNFINISHED = 0, 1, 2
_NOTES = "recount.notes"


def add_parsers(parsers: Parsers) -> None:
    """Offer the command."""
    parser = offer(
        parsers,
        "recount",
        recount_command,
        help="count every fact again, in pieces, and compare the counters and the ledger's sums; reads only; exit code"
        " 0 equal, 1 different, 2 not finished: the next call goes on where this one ended",
    )
    parser.add_argument("--notes", type=Path, help=f"where its place is kept meanwhile (the home's {_NOTES})")
    parser.add_argument("--piece", type=int, default=A_PIECE, metavar="FACTS", help=f"facts at a time ({A_PIECE:,})")


def recount_command(desk: Desk, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    notes: Path = options.notes or desk.settings.home / _NOTES
    later = f"the next recount goes on from {notes}"
    line = ProgressLine(sys.stderr, time.monotonic)
    engine = make_reader(desk.settings.database)
    try:
        verdict = _walk(engine, notes, options.piece, line)
    except KeyboardInterrupt:
        return _unfinished(desk, line, f"interrupted; {later}")
    except DBAPIError as error:
        return _unfinished(desk, line, f"the database: {type(error.orig).__name__}; {later}")
    except (RecountError, OSError) as error:
        return _unfinished(desk, line, str(error))
    finally:
        engine.dispose()
    line.clear()
    for said in verdict.lines():
        desk.say(said)
    desk.say("the counters are the facts" if verdict.agrees else "SOMETHING DISAGREES: run central verify")
    return EQUAL if verdict.agrees else DIFFERENT


def _walk(engine: Engine, notes: Path, size: int, line: ProgressLine) -> Verdict:
    with Notebook(notes, subject=_subject(engine)) as notebook:
        verdict = recount(engine, notebook, load_rules(), size=size, tell=line)
        notebook.remove()
    return verdict


def _subject(engine: Engine) -> str:
    """Which database, at which release: notes on another one are worth nothing."""
    with reading(engine) as connection:
        heads = sorted(MigrationContext.configure(connection).get_current_heads())
    place = engine.url.set(query={}).render_as_string(hide_password=True)
    return f"{place} {' '.join(heads)}"


def _unfinished(desk: Desk, line: ProgressLine, why: str) -> int:
    line.clear()
    desk.say(f"not finished: {why}")
    return UNFINISHED
