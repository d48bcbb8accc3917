"""Processes that each keep to one core and do their share of a round when told: intake, or one of its bare halves."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench.bare_intake import Sent, open_all
from bench.intake_speed.load import Load, parts_of
from bench.intake_speed.rows import bare_insert
from central.collecting import settle_collector
from central.engine import make_engine
from central.intake.service import Intake
from central.keys import load_keys
from wire.batch import Outcome, open_answer
from wire.identifiers import TerminalId

_END_S = 10.0


@dataclass(frozen=True, slots=True)
class Job:
    """What a lane works with."""

    home: Path
    database: str
    core: int
    batches: tuple[Load, ...]


class Lane:
    """One worker: the batches of its share, taken in, opened or inserted from one place to another."""

    def __init__(self, job: Job) -> None:
        self._keys = load_keys(job.home, now=datetime.now(UTC))
        self._batches = job.batches
        self._intake = Intake(parts_of(make_engine(job.database), self._keys))
        self._bare = bare_insert(job.database)
        self._answers: list[tuple[Load, bytes]] = []
        self._ready: list[Callable[[], None]] = []

    def take_in(self, first: int, after: int) -> None:
        """As the worker's view does for each request."""
        for batch in self._batches[first:after]:
            self._answers.append((batch, self._intake.receive(batch.body, now=datetime.now(UTC))))

    def check(self, _first: int, _after: int) -> None:
        """Every record of what was taken in is kept, and new."""
        key = self._keys.answer.public_key()
        for batch, document in self._answers:
            answer = open_answer(document, key, terminal=TerminalId(batch.terminal), batch=batch.body)
            if any(one.outcome is not Outcome.DURABLE_NEW for one in answer.outcomes):
                raise RuntimeError("central answered something else: the figure would mean nothing")
        self._answers.clear()

    def open(self, first: int, after: int) -> None:
        """The bare half that verifies and opens."""
        sent = [
            Sent(TerminalId(batch.terminal), Ed25519PublicKey.from_public_bytes(batch.public_key), batch.body)
            for batch in self._batches[first:after]
        ]
        open_all(sent, self._keys)

    def lay_out(self, first: int, after: int) -> None:
        """Get the rows of a round ready for :meth:`insert`."""
        self._ready = [self._bare.insert(batch.rows) for batch in self._batches[first:after]]

    def insert(self, _first: int, _after: int) -> None:
        """The bare half that writes."""
        for run in self._ready:
            run()


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds until the last lane was done, and seconds of the processor in all of them."""

    clock: float
    cpu: float


class Lanes:
    """The lanes of one measurement, started and ready."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self._pipes = pipes

    def run(self, work: str, first: int, after: int) -> Spent:
        """Do this work in every lane on its batches ``first`` up to, not including, ``after``."""
        started = time.perf_counter()
        for pipe in self._pipes:
            pipe.send((work, first, after))
        cpu = sum([pipe.recv() for pipe in self._pipes])
        return Spent(time.perf_counter() - started, cpu)


@contextmanager
def lanes(home: Path, database: str, batches: Sequence[Load], cores: Sequence[int]) -> Iterator[Lanes]:
    """A process a core; they share the batches in turn."""
    spawn = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    try:
        for place, core in enumerate(cores):
            ours, theirs = spawn.Pipe()
            job = Job(home, database, core, tuple(batches[place :: len(cores)]))
            process = spawn.Process(target=_serve, args=(theirs, job), daemon=True)
            process.start()
            pipes.append(ours)
            processes.append(process)
            theirs.close()  # so that a lane that dies is noticed as the end of its pipe
        for pipe in pipes:
            pipe.recv()
        yield Lanes(pipes)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(_END_S)


def _serve(pipe: Connection, job: Job) -> None:
    os.sched_setaffinity(0, {job.core} & os.sched_getaffinity(0) or os.sched_getaffinity(0))
    lane = Lane(job)
    works = {one.__name__: one for one in (lane.take_in, lane.check, lane.open, lane.lay_out, lane.insert)}
    settle_collector()  # as central.wsgi does
    pipe.send("ready")
    while True:
        try:
            work, first, after = pipe.recv()
        except EOFError:
            return
        before = time.process_time()
        works[work](first, after)
        pipe.send(time.process_time() - before)
