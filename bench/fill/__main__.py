"""Make a full database: ``python -m bench.fill URL [--dossiers N] [--counters N] …``; migrates it first.

``python -m bench.fill sqlite:////var/tmp/full.db --dossiers 5000000 --counters 35000000`` is a programme of forty
million of which five are really there.
"""

from __future__ import annotations

import argparse
import sys
import time

from sqlalchemy import Engine

from bench.fill.counters import fill_counters
from bench.fill.dossiers import POINTS, fill
from central.engine import make_engine, writing
from central.schema import upgrade


def main(arguments: list[str]) -> int:
    """Fill, and say how far it has come."""
    options = _parser().parse_args(arguments)
    engine = make_engine(options.database)
    started = time.monotonic()
    upgrade(engine)
    common = {"seed": options.seed, "points": options.points, "shards": options.shards}
    try:
        if options.dossiers:
            fill(engine, dossiers=options.dossiers, say=_say, short_bodies=options.short_bodies, **common)
        if options.counters:
            fill_counters(engine, dossiers=options.counters, say=_say, first_shard=options.shards, **common)
        gather_statistics(engine)
    finally:
        engine.dispose()
    _say(f"done in {time.monotonic() - started:,.0f} s")
    return 0


def gather_statistics(engine: Engine) -> None:
    """What the planner goes by: a look at a part of each index, not at every row."""
    with writing(engine) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
        connection.exec_driver_sql("ANALYZE")


def _say(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description=__doc__)
    parser.add_argument("database", help="sqlite:///FILE or postgresql+psycopg://…, empty or migrated")
    parser.add_argument("--dossiers", type=int, default=10_000, help="with all their rows (10,000)")
    parser.add_argument("--counters", type=int, default=0, help="dossiers that only the counters tell of (none)")
    parser.add_argument("--points", type=int, default=POINTS, help="offices, each with a terminal (25,000)")
    parser.add_argument("--shards", type=int, default=1, help="as CENTRAL_SHARDS (1)")
    parser.add_argument("--short-bodies", action="store_true", help="2 KB a dossier instead of 6.5")
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
