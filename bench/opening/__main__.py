"""``python -m bench.opening``: play a run and print its tables. ``scripts/opening-hours`` is the full size.

Exit code 1 when a record was lost, doubled or never acknowledged, a terminal has no configuration, or central's own
recount disagrees. Slow answers and refused ones are printed and judged by who reads.
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from bench.opening.report import report
from bench.opening.run import run
from bench.opening.serving import durable_postgresql
from bench.opening.size import Size


def main(arguments: list[str] | None = None) -> int:
    """Parse, play, print."""
    given = _parser().parse_args(arguments)
    size = _size(given)
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.platform()}, Python {platform.python_version()}")
    with _database(given.database) as url:
        outcome = run(size, url, say=lambda words: print(f"… {words}", file=sys.stderr, flush=True))
    print(f"\n{report(outcome)}\n\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, done")
    everybody_configured = all(terminal.configured_s is not None for terminal in outcome.played.terminals)
    return 0 if outcome.counted.holds and everybody_configured else 1


def _parser() -> argparse.ArgumentParser:
    full = Size()
    parser = argparse.ArgumentParser(prog="scripts/opening-hours", description="Opening hours: docs/opening-hours.md")
    add = parser.add_argument
    add("--database", choices=("sqlite", "postgresql"), default="sqlite")
    add("--part", type=float, default=1.0, help="so much of the fleet, the people and the backlog, e.g. 0.1")
    add("--terminals", type=int, default=full.terminals)
    add("--boot-minutes", type=float, default=full.boot_s / 60, help="all have asked for their configuration within")
    add("--visits", type=int, default=full.visits, help="people who enrol in the day")
    add("--day-minutes", type=float, default=full.day_s / 60, help="in how many the ten opening hours pass")
    add("--backlog", type=int, default=full.backlog, help="records made during the outage")
    add("--clocks", type=float, default=full.clocks, help="how much faster the terminals' own waits pass")
    add("--lost-answers", type=float, default=full.lost_answers, help="share of answers that never arrive")
    add("--workers", type=int, default=full.workers)
    add("--threads", type=int, default=full.threads)
    add("--connections", type=int, default=full.connections, help="that the terminator keeps to central")
    add("--seed", type=int, default=full.seed)
    return parser


def _size(given: argparse.Namespace) -> Size:
    whole = replace(
        Size(),
        terminals=given.terminals,
        boot_s=given.boot_minutes * 60,
        visits=given.visits,
        day_s=given.day_minutes * 60,
        backlog=given.backlog,
        clocks=given.clocks,
        lost_answers=given.lost_answers,
        workers=given.workers,
        threads=given.threads,
        connections=given.connections,
        seed=given.seed,
    )
    return whole.share(given.part)


@contextlib.contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    with durable_postgresql() as url:
        yield url


if __name__ == "__main__":
    sys.exit(main())
