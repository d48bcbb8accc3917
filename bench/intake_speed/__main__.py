"""``python -m bench.intake_speed [--full 5000000] [--batches 48] [--database sqlite]``: print the table.

``--filled sqlite:////var/tmp/full.db`` is the full SQLite database, made by ``bench.fill --shards 8``, for one run.
Exit code 1 when a bound was missed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from bench.figures import table
from bench.intake_speed.run import BATCHES, DATABASES, FULL, run


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.intake_speed")
    parser.add_argument("--full", type=int, default=FULL, help=f"dossiers of the full database ({FULL})")
    parser.add_argument("--filled", help="a SQLite database that bench.fill made with 8 shards: the full one")
    parser.add_argument("--batches", type=int, default=BATCHES, help=f"batches of one measurement ({BATCHES})")
    parser.add_argument("--database", action="append", choices=[*DATABASES], help="only this one (both)")
    given = parser.parse_args()
    figures = run(given.full, given.batches, given.database or [*DATABASES], _say, filled=given.filled)
    print(table(figures))
    return int(any(figure.met is False for figure in figures))


def _say(line: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
