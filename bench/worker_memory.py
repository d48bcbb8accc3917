"""A worker's memory over a long stream of records: ``python -m bench.worker_memory [--records N | --million]``.

Central runs as it is deployed, one gunicorn worker with two threads over SQLite FULL, on a core of its own; on the
other, records of 2 KB are made, posted two batches at a time, and forgotten. After each twentieth of the stream the
kernel is asked what the worker holds; the first fifth fills caches and pools and counts for the most, not for flat.
"""

from __future__ import annotations

import argparse
import functools
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from bench.figures import Figure, table
from bench.intake_speed.load import RECORDS, TERMINALS, Load, Sender
from bench.opening.serving import make_home
from bench.pinned import pinned_central, resident_mib
from central.devices.quota import USUAL_RECORDS
from central.engine import make_engine
from central.schema import upgrade

ORDINARY = 50_000
MILLION = 1_000_000
MOST_MB = 200.0
MOST_GROWTH_MB = 10.0
_LOOKS = 20
_AT_ONCE = 2  # as many as the worker has threads: each keeps a connection with its cache
_WARM_LOOKS = 4
_MB_OF_MIB = 1.048576

Say = Callable[[str], None]


def run(records: int = ORDINARY, say: Say = lambda _line: None) -> list[Figure]:
    """Measure."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="dmp-bench-") as folder:
        started = time.monotonic()
        seen = _stream(Path(folder), records, say)
        rate = records / (time.monotonic() - started)
    many = f"{records:,} records over HTTP at {rate:,.0f}/s, made while they are sent"
    growth = seen[-1] - seen[_WARM_LOOKS - 1]
    return [
        Figure("central's worker, most resident memory", max(seen), "MB", many, most=MOST_MB),
        Figure(
            "its growth over the last four fifths",
            growth,
            "MB",
            f"from {seen[_WARM_LOOKS - 1]:.1f} MB",
            most=MOST_GROWTH_MB,
        ),
    ]


def _stream(folder: Path, records: int, say: Say) -> list[float]:
    """Send all; what the worker held after each twentieth, in MB."""
    keys = make_home(folder, now=datetime.now(UTC))
    sender = Sender(keys, terminals=max(TERMINALS, 2 * records // USUAL_RECORDS))  # each within its quota
    database = folder / "central" / "central.db"
    engine = make_engine(f"sqlite:///{database}")
    upgrade(engine)
    sender.register(engine)
    engine.dispose()
    seen = []
    with pinned_central(folder / "central", database) as (client, worker), ThreadPoolExecutor(_AT_ONCE) as posting:
        for look in range(1, _LOOKS + 1):
            for _ in range(records // RECORDS // _LOOKS // _AT_ONCE):
                list(posting.map(functools.partial(_post, client), sender.batches(_AT_ONCE)))
            seen.append(resident_mib(worker) * _MB_OF_MIB)
            say(f"{look * records // _LOOKS:,} records: {seen[-1]:.1f} MB")
    return seen


def _post(client: httpx2.Client, batch: Load) -> None:
    client.post("/v1/batches", content=batch.body).raise_for_status()


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.worker_memory")
    parser.add_argument("--records", type=int, default=ORDINARY)
    parser.add_argument("--million", action="store_const", const=MILLION, dest="records")
    figures = run(parser.parse_args().records, lambda line: print(line, flush=True))
    print(table(figures))
    return int(any(figure.met is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
