"""Intake over HTTP against its two bare halves, on one core, in one run. ``python -m bench.intake [BATCHES]``.

Central runs as it is deployed (gunicorn, SQLite FULL, audit, ledger, counters, outbox), one worker with two threads
(one verifies and opens while the other waits for the disk), pinned to one core; two terminals, on another core, post
batches of 100 records, so that central never waits for a client; answers are verified after the clock has stopped.
Beside it, on central's core, round by round:
(a) a loop that decodes the same batches, verifies the one signature each carries, opens and decodes each record;
(b) the same rows, of the same bytes and under the same keys, inserted with ``executemany``, a transaction a batch.
A first round warms everything up and does not count.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench.figures import Figure, table
from central.devices.models import devices, offices, operators
from central.engine import make_engine, writing
from central.keys import CentralKeys, load_keys
from central.schema import upgrade
from provisioning.__main__ import main as provision
from tests.fakes.terminal import FakeTerminal
from wire.batch import BatchItem, Outcome, open_answer, read_batch
from wire.identifiers import RecordId, TerminalId
from wire.records import read_administrative
from wire.sealing import SealPurpose, unseal
from wire.signing import SigningPurpose, verify
from wire.trust import KeyUse

T = TypeVar("T")

BATCHES = 60
RECORDS = 100
ROUNDS = 15
LEAST_OF_BARE = 0.5
LEAST_REPLAY = 5.0
TERMINALS = (TerminalId("T-BENCH-1"), TerminalId("T-BENCH-2"))
_PORT = 18_190
_START_S = 30.0
_CPU_TICKS = os.sysconf("SC_CLK_TCK")
OFFICE = {
    "office_id": "PHARMACIE-1",
    "name": "Pharmacie du banc",
    "lines": "[]",
    "kind": "pharmacy",
    "departement": "75",
    "region": "11",
    "created_ms": 0,
}
OPERATOR = {
    "office_id": "PHARMACIE-1",
    "operator_id": "PHARMA-01",
    "role": "pharmacist",
    "display_name": "P. Essai",
    "pin_hash": "-",
    "created_ms": 0,
}
DEVICE = {
    "office_id": "PHARMACIE-1",
    "channel": "pharmacy",
    "sub_channel": "counter",
    "state": "registered",
    "registered_ms": 0,
}
# Rows a record brings to each table, in the order of writing: what (b) inserts.
_TABLES = {
    "records": ("record_id", 1),
    "dossiers": ("dossier_id", 1),
    "persons": ("dossier_id", 1),
    "consents": ("dossier_id", 1),
    "accounts": ("dossier_id", 1),
    "outbox": ("dossier_id", 1),
    "ledger_entries": ("number", 1),
    "audit_entries": ("number", 3),
}


@dataclass(slots=True)
class Clocked:
    """Seconds spent, round by round."""

    intake: float = 0.0
    cpu: float = 0.0
    bare_opening: float = 0.0
    bare_insert: float = 0.0
    bare_cpu: float = 0.0
    replay: float = 0.0
    ratios: list[float] = field(default_factory=list)
    replay_ratios: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch, of which terminal, and the key it signs with."""

    terminal: TerminalId
    device: Ed25519PublicKey
    body: bytes


def run(batches: int = BATCHES) -> list[Figure]:
    """Measure."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="dmp-bench-") as folder:
        home = _make_home(Path(folder))
        keys = load_keys(home, now=datetime.now(UTC))
        database = Path(folder) / "central.db"
        sent = _make_batches(database, keys, batches)
        clocked = Clocked()
        with _central(home, database) as (client, pid):
            warm_up, *rounds = _rounds(sent)
            _measure_round(warm_up, client, pid, keys, database, Clocked())
            for part in rounds:
                _measure_round(part, client, pid, keys, database, clocked)
            memory = _resident_mib(pid)
        return _figures(clocked, sum(map(len, rounds)) * RECORDS, memory)


def _measure_round(
    part: Sequence[Sent],
    client: httpx2.Client,
    pid: int,
    keys: CentralKeys,
    database: Path,
    clocked: Clocked,
) -> None:
    cpu = _cpu_s(pid)
    intake, first = _timed(lambda: _post_all(client, part))
    clocked.intake += intake
    clocked.cpu += _cpu_s(pid) - cpu
    replay, again = _timed(lambda: _post_all(client, part))
    clocked.replay += replay
    _check(part, first, Outcome.DURABLE_NEW, keys)
    _check(part, again, Outcome.DURABLE_ALREADY, keys)
    with _on_core(0):
        own = time.process_time()
        opening, _ = _timed(lambda: _open_all(part, keys))
        clocked.bare_cpu += time.process_time() - own
        insert, insert_cpu = _bare_insert(database, len(part))
    clocked.bare_opening += opening
    clocked.bare_insert += insert
    clocked.bare_cpu += insert_cpu
    clocked.ratios.append((opening + insert) / intake)
    clocked.replay_ratios.append(intake / replay)


def _figures(clocked: Clocked, records: int, memory: float) -> list[Figure]:
    def rate(seconds: float) -> float:
        return records / seconds

    def spread(ratios: list[float]) -> str:
        return f"median of {len(ratios)} rounds, {min(ratios):.2g} to {max(ratios):.2g}"

    both = clocked.bare_opening + clocked.bare_insert
    of_bare, of_first = statistics.median(clocked.ratios), statistics.median(clocked.replay_ratios)
    micro = 1e6 / records
    return [
        Figure("intake over HTTP, first arrivals", rate(clocked.intake), "records/s", f"{RECORDS} a batch, one core"),
        Figure("(a) bare: decode, one signature a batch, open", rate(clocked.bare_opening), "records/s", "same bytes"),
        Figure("(b) bare: insert of the same rows", rate(clocked.bare_insert), "records/s", "executemany, FULL"),
        Figure("(a) and (b) summed", rate(both), "records/s", "one after the other, as a record needs both"),
        Figure("intake of (a) and (b) summed", of_bare, "times", spread(clocked.ratios), least=LEAST_OF_BARE),
        Figure("CPU of central's worker", clocked.cpu * micro, "µs/record", "user and system, HTTP included"),
        Figure(
            "CPU of (a) and (b)", clocked.bare_cpu * micro, "µs/record", "steadier than the clock on a busy machine"
        ),
        Figure(
            "replays over HTTP", rate(clocked.replay), "records/s", "the same batches again, recognised by one query"
        ),
        Figure("replays of first arrivals", of_first, "times", spread(clocked.replay_ratios), least=LEAST_REPLAY),
        Figure("central's worker, resident", memory, "MiB", "after all batches"),
    ]


def _make_home(folder: Path) -> Path:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        spoken, sys.stdout = sys.stdout, nowhere
        try:
            places = [f"--{name}={folder / name}" for name in ("root", "central", "vault")]
            if provision(["make-keys", *places]):
                raise RuntimeError("provisioning made no keys")
        finally:
            sys.stdout = spoken
    return folder / "central"


def _make_batches(database: Path, keys: CentralKeys, count: int) -> list[Sent]:
    """Batches of two terminals in turn, both registered at one pharmacy of a new database."""
    intake = keys.trust.sealing_key(KeyUse.INTAKE)
    terminals = [FakeTerminal(name, intake) for name in TERMINALS]
    engine = make_engine(f"sqlite:///{database}")
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(offices.insert(), OFFICE)
        connection.execute(operators.insert(), OPERATOR)
        for terminal in terminals:
            named = {"terminal_id": terminal.name, "public_key": terminal.key.public_key().public_bytes_raw()}
            connection.execute(devices.insert(), {**DEVICE, **named})
    engine.dispose()
    return [_make_batch(terminals[number % len(terminals)], number) for number in range(count)]


def _make_batch(terminal: FakeTerminal, number: int) -> Sent:
    start = datetime.now(UTC) - timedelta(days=1)
    numbers = range(number * RECORDS, (number + 1) * RECORDS)
    records = [terminal.enrol(person, at=start + timedelta(seconds=person)) for person in numbers]
    return Sent(terminal.name, terminal.key.public_key(), terminal.batch(records))


def _rounds(sent: Sequence[Sent]) -> Iterator[Sequence[Sent]]:
    size = max(1, len(sent) // ROUNDS)
    for start in range(0, len(sent), size):
        yield sent[start : start + size]


@contextmanager
def _central(home: Path, database: Path) -> Iterator[tuple[httpx2.Client, int]]:
    command = [
        "taskset",
        "-c",
        "0",
        sys.executable,
        "-m",
        "gunicorn",
        "--workers=1",
        "--threads=2",
        "--log-level=error",
    ]
    environment = {**os.environ, "CENTRAL_HOME": str(home), "CENTRAL_DATABASE": f"sqlite:///{database}"}
    server = subprocess.Popen([*command, f"--bind=127.0.0.1:{_PORT}", "central.wsgi:app"], env=environment)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{_PORT}", trust_env=False, timeout=60.0) as client:
            _wait_until_ready(client, server)
            with _on_core(1):
                yield client, _worker_of(server.pid)
    finally:
        server.terminate()
        server.wait()


def _wait_until_ready(client: httpx2.Client, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            client.get("/healthz").raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("central did not start")


def _post_all(client: httpx2.Client, batches: Sequence[Sent]) -> list[bytes]:
    """Post, each terminal in its own thread and order; the answers in the order of the batches."""
    headers = {"content-type": "application/octet-stream"}

    def post(terminal: TerminalId) -> list[tuple[Sent, bytes]]:
        mine = [sent for sent in batches if sent.terminal == terminal]
        answers = [client.post("/v1/batches", content=sent.body, headers=headers) for sent in mine]
        return [(sent, answer.raise_for_status().content) for sent, answer in zip(mine, answers, strict=True)]

    with ThreadPoolExecutor(len(TERMINALS)) as threads:
        answers = {sent.body: answer for part in threads.map(post, TERMINALS) for sent, answer in part}
    return [answers[sent.body] for sent in batches]


def _check(batches: Sequence[Sent], answers: Sequence[bytes], expected: Outcome, keys: CentralKeys) -> None:
    answering = keys.answer.public_key()
    for sent, document in zip(batches, answers, strict=True):
        answer = open_answer(document, answering, terminal=sent.terminal, batch=sent.body)
        if any(outcome.outcome is not expected for outcome in answer.outcomes):
            raise RuntimeError("central answered something else: the figure would mean nothing")


def _open_all(batches: Sequence[Sent], keys: CentralKeys) -> None:
    for sent in batches:
        batch = read_batch(sent.body)
        verify(SigningPurpose.BATCH, batch.header_bytes, batch.signature, sent.device)
        for item in batch.items:
            assert isinstance(item, BatchItem)
            assert item.record.administrative is not None
            context = RecordId(item.routing.record_id), TerminalId(item.routing.terminal)
            read_administrative(unseal(item.record.administrative, keys.intake, SealPurpose.ADMINISTRATIVE, *context))


def _bare_insert(database: Path, batches: int) -> tuple[float, float]:
    """Insert the round's rows into a copy of central's database as it was without them; seconds, and CPU seconds."""
    copy = database.with_name("bare.db")
    source = sqlite3.connect(database)
    rows = {name: _newest(source, name, batches * RECORDS * share, order) for name, (order, share) in _TABLES.items()}
    totals = source.execute("SELECT * FROM counters").fetchall()
    target = sqlite3.connect(copy, isolation_level=None)
    source.backup(target)
    source.close()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "cache_size=-65536"):
        target.execute(f"PRAGMA {pragma}")
    _forget(target, rows)
    started, own = time.perf_counter(), time.process_time()
    for batch in range(batches):
        _insert_batch(target, rows, totals, batch)
    elapsed, cpu = time.perf_counter() - started, time.process_time() - own
    target.close()
    for path in copy.parent.glob("bare.db*"):
        path.unlink()
    return elapsed, cpu


def _insert_batch(target: sqlite3.Connection, rows: dict[str, list[Any]], totals: list[Any], batch: int) -> None:
    target.execute("BEGIN IMMEDIATE")
    for name, all_rows in rows.items():
        size = RECORDS * _TABLES[name][1]
        part = all_rows[batch * size : (batch + 1) * size]
        target.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(part[0]))})", part)
    target.executemany(
        "INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value",
        totals,
    )
    target.execute("COMMIT")


def _newest(source: sqlite3.Connection, name: str, count: int, order: str) -> list[Any]:
    newest = source.execute(f"SELECT * FROM {name} ORDER BY {order} DESC LIMIT {count}").fetchall()
    return newest[::-1]


def _forget(target: sqlite3.Connection, rows: dict[str, list[Any]]) -> None:
    """Take the rows out again, and what was written to do so off the log, before the clock starts."""
    target.execute("BEGIN IMMEDIATE")
    for name in reversed(rows):
        order = _TABLES[name][0]
        column = [row[1] for row in target.execute(f"PRAGMA table_info({name})")].index(order)
        target.execute(f"DELETE FROM {name} WHERE {order} >= ?", (rows[name][0][column],))
    target.execute("COMMIT")
    target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


@contextmanager
def _on_core(core: int) -> Iterator[None]:
    """Stay on one core; on a machine with a single one there is nothing to choose."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core} & before or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _worker_of(server: int) -> int:
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    return int(children[0])


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _CPU_TICKS


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    print(table(run(int(sys.argv[1]) if len(sys.argv) > 1 else BATCHES)))
