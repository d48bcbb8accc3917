"""The recount over rows as intake writes them: how fast, in how much memory. ``python -m bench.recount [URL]``.

Without a URL a hundred thousand dossiers are made in a temporary folder. With a URL it counts what stands there, in a
process of its own, as ``python -m central recount`` would, beside what the database alone takes to count the rows.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import func, select

from bench.figures import Figure, table
from bench.fill.dossiers import fill
from central.engine import make_engine, reading
from central.ledger.rules import load_rules
from central.recount.facts import EVERYTHING, WALKS
from central.recount.notebook import Notebook
from central.recount.progress import ProgressLine
from central.recount.reader import make_reader
from central.recount.service import recount
from central.schema import upgrade

DOSSIERS = 100_000
_MOST_MIB = 300.0
_SHARDS = 8


@dataclass(frozen=True, slots=True)
class Timed:
    """One recount."""

    agrees: bool
    seconds: float
    processor: float
    bare: float
    facts: int
    dossiers: int
    notes_bytes: int
    mib: float


def run(url: str | None = None) -> list[Figure]:
    """Measure; a recount that disagrees is an error: the filler writes what intake would."""
    with tempfile.TemporaryDirectory(prefix="dmp-recount-") as folder:
        place = url or f"sqlite:///{folder}/full.db"
        if url is None:
            engine = make_engine(place)
            upgrade(engine)
            fill(engine, dossiers=DOSSIERS, shards=_SHARDS, short_bodies=True)
            engine.dispose()
        # A fresh process: its highest memory is the recount's own.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            timed = apart.submit(measure, place, Path(folder) / "notes").result()
    if not timed.agrees:
        raise RuntimeError("counters and facts disagree: the figure would mean nothing")
    return _figures(timed)


def _figures(timed: Timed) -> list[Figure]:
    of = f"{timed.dossiers:,} dossiers, {timed.facts:,} facts"
    spent = f"{of}; all in {timed.seconds:.1f} s, {timed.processor:.1f} of processor"
    bare = f"count(*) of every table: {timed.bare:.1f} s"
    memory = "libraries, and a database's cache of 64 MiB, among it"
    return [
        Figure("recount: facts walked and compared", timed.facts / timed.seconds, "facts/s", spent),
        Figure("recount of the same rows counted by the database alone", timed.seconds / timed.bare, "times", bare),
        Figure("recount: highest memory of the process", timed.mib, "MiB", memory, most=_MOST_MIB),
        Figure("recount: its notes", timed.notes_bytes / 2**20, "MiB", "in a file, gone at the end"),
    ]


def measure(url: str, notes: Path) -> Timed:
    """Count by the database alone, then recount."""
    engine = make_reader(url)
    started = time.perf_counter()
    with reading(engine) as connection:
        facts = {walk.name: walk.facts(connection, EVERYTHING) for walk in WALKS}
        dossiers = connection.scalar(select(func.count()).select_from(WALKS[0].key.table)) or 0
    bare = time.perf_counter() - started
    started, own = time.perf_counter(), time.process_time()
    with Notebook(notes, subject="bench") as notebook:
        verdict = recount(engine, notebook, load_rules(), tell=ProgressLine(sys.stderr, time.monotonic))
        size = sum(file.stat().st_size for file in notes.parent.glob(f"{notes.name}*"))
    seconds, processor = time.perf_counter() - started, time.process_time() - own
    engine.dispose()
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Timed(verdict.agrees, seconds, processor, bare, sum(facts.values()), dossiers, size, mib)


if __name__ == "__main__":
    print(table(run(*sys.argv[1:2])))
