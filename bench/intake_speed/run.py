"""What was measured, as figures with their bounds.

For SQLite (synchronous=FULL) and PostgreSQL (fsync, synchronous_commit), on one core and on two, with an empty database
and with a full one: intake as the HTTP worker calls it (a body in, a signed answer out), beside
(a) a loop that decodes the same batches, verifies the one signature each carries, opens and decodes each record, and
(b) the same rows inserted into the same tables, a transaction a batch, in the quickest way known: executemany,
    on PostgreSQL one statement a table, each column an array (a multi-row VALUES takes twice as long).
Then, over HTTP, central beside (c) Datasette's write API. On two cores each of these runs as two processes.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bench.figures import Figure
from bench.fill.dossiers import fill
from bench.intake_speed.databases import Target, postgresql, sqlite
from bench.intake_speed.load import RECORDS, SHARDS, Load, Sender, rehearsed
from bench.intake_speed.peer import SIZES, central_over_http, datasette_over_http, rows_of
from bench.intake_speed.rounds import ROUNDS, Measured, measure
from bench.opening.serving import make_home
from central.engine import make_engine, reading
from central.enrolments.models import persons
from central.keys import CentralKeys

BATCHES = 48
"""Of one measurement: eight a round, one of each terminal."""

MOST_REQUESTS = 400
"""Of one size over HTTP."""

FULL = 20_000
"""Dossiers of the full database in an ordinary run."""

LEAST_OF_BARE = 0.6
LEAST_WHEN_FULL = 0.5
LEAST_OF_PEER = 1.0
CORES: tuple[tuple[int, ...], ...] = ((0,), (0, 1))

Say = Callable[[str], None]
Open = Callable[[Path], AbstractContextManager[Target]]

DATABASES: Mapping[str, Open] = {"sqlite": sqlite, "postgresql": postgresql}


def run(
    full: int = FULL,
    batches: int = BATCHES,
    databases: Sequence[str] = tuple(DATABASES),
    say: Say = lambda _line: None,
    *,
    filled: str | None = None,
) -> list[Figure]:
    """Measure: empty, then with ``full`` dossiers, on these databases; then the peer.

    ``filled`` is the address of a SQLite database that is full already; its dossiers are counted.
    """
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="dmp-bench-") as name:
        folder = Path(name)
        keys = make_home(folder, now=datetime.now(UTC))
        sender = Sender(keys)
        say(f"making {len(CORES) * 2 * batches * RECORDS:,} records and rehearsing them")
        learnt = rehearsed(sender, sender.batches(2 * len(CORES) * batches), keys)
        parts = [learnt[start : start + batches] for start in range(0, len(learnt), batches)]
        figures: list[Figure] = []
        for each in databases:
            ready = _ready(filled) if filled and each == "sqlite" else None
            figures += _of_database(DATABASES[each], folder, sender, parts, full, say, ready)
        return figures + _beside_peer(folder, keys, learnt[:batches], databases, say)


def _ready(url: str) -> tuple[Target, int]:
    """A database that was filled before, and how many dossiers it has."""
    engine = make_engine(url)
    with reading(engine) as connection:
        dossiers = connection.scalar(select(func.count()).select_from(persons))
    engine.dispose()
    return Target("SQLite FULL", url, lambda _cores: None), dossiers or 0


def _of_database(
    target: Open,
    folder: Path,
    sender: Sender,
    parts: Sequence[Sequence[Load]],
    full: int,
    say: Say,
    ready: tuple[Target, int] | None,
) -> list[Figure]:
    home, unused = folder / "central", iter(parts)
    with target(home) as database:
        _know(database, sender)
        figures, empty = _on_all_cores(database, home, unused, 0, say)
        if ready is None:
            _fill(database, full, say)
        else:
            _know(ready[0], sender)
        fuller, dossiers = ready or (database, full)
        more, filled = _on_all_cores(fuller, home, unused, dossiers, say)
    ratios = (
        Figure(
            f"{database.name}, {_cores(cores)}: full of empty",
            when_full / when_empty,
            "times",
            f"{dossiers:,} dossiers with their records, evidence, accounts, ledger, audit",
            least=LEAST_WHEN_FULL,
        )
        for cores, when_full, when_empty in zip(CORES, filled, empty, strict=True)
    )
    return [*figures, *more, *ratios]


def _on_all_cores(
    database: Target, home: Path, unused: Iterator[Sequence[Load]], dossiers: int, say: Say
) -> tuple[list[Figure], list[float]]:
    """The figures, and intake's rate on one core and on two."""
    figures, rates = list[Figure](), list[float]()
    for cores in CORES:
        say(f"{database.name}, {len(cores)} core(s), {dossiers:,} dossiers")
        measured = measure(database, home, next(unused), cores)
        rates.append(measured.rate(measured.intake))
        figures += _figures(f"{database.name}, {_cores(cores)}, {_fullness(dossiers)}", measured)
    return figures, rates


def _figures(name: str, measured: Measured) -> Iterator[Figure]:
    of_bare = sorted(measured.of_bare())
    rounds = f"median of {ROUNDS - 1} rounds of {measured.records:,}"
    yield Figure(f"{name}: intake", measured.rate(measured.intake), "records/s", rounds)
    yield Figure(f"{name}: (a) verify, open", measured.rate(measured.opening), "records/s", "same bytes")
    yield Figure(f"{name}: (b) insert", measured.rate(measured.insert), "records/s", "same rows, same tables")
    both = measured.rate(measured.opening, measured.insert)
    yield Figure(f"{name}: (a) then (b)", both, "records/s", "as a record needs both")
    ours, bare = measured.cpu_us(measured.intake), measured.cpu_us(measured.opening, measured.insert)
    yield Figure(f"{name}: processor", ours, "µs/record", f"(a) then (b): {bare:.0f}; a server's own is not among it")
    spread = f"median of {len(of_bare)} rounds, {of_bare[0]:.2f} to {of_bare[-1]:.2f}"
    middle = of_bare[len(of_bare) // 2]
    yield Figure(f"{name}: intake of (a) then (b)", middle, "times", spread, least=LEAST_OF_BARE)


def _beside_peer(
    folder: Path, keys: CentralKeys, learnt: Sequence[Load], databases: Sequence[str], say: Say
) -> list[Figure]:
    """Requests of one size after the other: as many records as there are, but no more than ``MOST_REQUESTS``."""
    figures: list[Figure] = []
    rows = rows_of(learnt)
    for cores in CORES:
        for size in SIZES:
            count = min(MOST_REQUESTS, len(rows) // size)
            say(f"over HTTP, {len(cores)} core(s), {count} requests of {size}")
            peers = folder / f"datasette-{len(cores)}-{size}"
            peers.mkdir()
            peer = datasette_over_http(peers, cores, rows[: count * size], size)
            name = f"{_cores(cores)}, {size} a request"
            figures.append(Figure(f"(c) Datasette, {name}", peer, "records/s", "the same records, unverified, HTTP"))
            for each in databases:
                figures += _central_beside(peer, folder / "central", keys, DATABASES[each], cores, size, count)
    return figures


def _central_beside(
    peer: float, home: Path, keys: CentralKeys, target: Open, cores: Sequence[int], size: int, count: int
) -> list[Figure]:
    # Another pharmacy's terminals: a database of its own, so that what is sent is new there.
    sent = Sender(keys)
    with target(home) as database:
        _know(database, sent)
        database.keep_on(cores)
        rate = central_over_http(home, database.url, cores, sent.batches(count, size), size)
    name = f"{database.name}, {_cores(cores)}, {size} a request"
    return [
        Figure(f"{name}: over HTTP", rate, "records/s", f"gunicorn, {_cores(cores)}, four threads a worker"),
        Figure(f"{name}: of (c)", rate / peer, "times", "", least=LEAST_OF_PEER),
    ]


def _know(database: Target, sender: Sender) -> None:
    engine = make_engine(database.url)
    sender.register(engine)
    engine.dispose()


def _fill(database: Target, dossiers: int, say: Say) -> None:
    database.keep_on(CORES[-1])
    engine = make_engine(database.url)
    fill(engine, dossiers=dossiers, shards=SHARDS, say=say)
    engine.dispose()


def _cores(cores: Sequence[int]) -> str:
    return "one core" if len(cores) == 1 else f"{len(cores)} cores"


def _fullness(dossiers: int) -> str:
    return f"{dossiers:,} dossiers" if dossiers else "empty"
