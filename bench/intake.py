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
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx2

from bench.bare_intake import RECORDS, Sent, bare_insert, open_all
from bench.figures import Figure, table
from bench.pinned import cpu_seconds, on_core, pinned_central, resident_mib
from central.devices.models import devices, offices, operators
from central.engine import make_engine, writing
from central.keys import CentralKeys, load_keys
from central.schema import upgrade
from provisioning.__main__ import main as provision
from tests.fakes.terminal import FakeTerminal
from wire.batch import Outcome, open_answer
from wire.identifiers import TerminalId
from wire.trust import KeyUse

T = TypeVar("T")

BATCHES = 60
ROUNDS = 15
LEAST_OF_BARE = 0.5
LEAST_REPLAY = 5.0
TERMINALS = (TerminalId("T-BENCH-1"), TerminalId("T-BENCH-2"))
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


def run(batches: int = BATCHES) -> list[Figure]:
    """Measure."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="dmp-bench-") as folder:
        home = _make_home(Path(folder))
        keys = load_keys(home, now=datetime.now(UTC))
        database = Path(folder) / "central.db"
        sent = _make_batches(database, keys, batches)
        clocked = Clocked()
        with pinned_central(home, database) as (client, pid):
            warm_up, *rounds = _rounds(sent)
            _measure_round(warm_up, client, pid, keys, database, Clocked())
            for part in rounds:
                _measure_round(part, client, pid, keys, database, clocked)
            memory = resident_mib(pid)
        return _figures(clocked, sum(map(len, rounds)) * RECORDS, memory)


def _measure_round(
    part: Sequence[Sent],
    client: httpx2.Client,
    pid: int,
    keys: CentralKeys,
    database: Path,
    clocked: Clocked,
) -> None:
    cpu = cpu_seconds(pid)
    intake, first = _timed(lambda: _post_all(client, part))
    clocked.intake += intake
    clocked.cpu += cpu_seconds(pid) - cpu
    replay, again = _timed(lambda: _post_all(client, part))
    clocked.replay += replay
    _check(part, first, Outcome.DURABLE_NEW, keys)
    _check(part, again, Outcome.DURABLE_ALREADY, keys)
    with on_core(0):
        own = time.process_time()
        opening, _ = _timed(lambda: open_all(part, keys))
        clocked.bare_cpu += time.process_time() - own
        insert, insert_cpu = bare_insert(database, len(part))
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


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    print(table(run(int(sys.argv[1]) if len(sys.argv) > 1 else BATCHES)))
