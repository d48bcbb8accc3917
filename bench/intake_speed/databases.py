"""The two databases that intake is measured over, each as durable as in production, kept on chosen cores."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from central.engine import make_engine
from central.schema import upgrade
from tests.fakes.postgres import DURABLE, PostgresServer

_SERVER = "postmaster.pid"


@dataclass(frozen=True, slots=True)
class Target:
    """A migrated, empty database; ``keep_on`` keeps what serves it on these cores from now on."""

    name: str
    url: str
    keep_on: Callable[[Sequence[int]], None]


@contextmanager
def sqlite(home: Path) -> Iterator[Target]:
    """A file with synchronous=FULL; its work is done in the processes that use it."""
    url = f"sqlite:///{home / 'central.db'}"
    _migrate(url)
    yield Target("SQLite FULL", url, lambda _cores: None)
    for file in home.glob("central.db*"):
        file.unlink()


@contextmanager
def postgresql(_home: Path) -> Iterator[Target]:
    """A server that waits for its disk, fsync and synchronous_commit on; tables in sixteen parts."""
    with tempfile.TemporaryDirectory(prefix="dmp-bench-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = PostgresServer(folder, settings=DURABLE)
        try:
            url = server.empty_for(folder, "central")
            _migrate(url)
            yield Target("PostgreSQL", url, lambda cores: _keep_on(folder, cores))
        finally:
            server.stop()


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


def _keep_on(folder: Path, cores: Sequence[int]) -> None:
    """The server and its helpers; who connects later gets a process that inherits it."""
    server = int((folder / "data" / _SERVER).read_text(encoding="ascii").split()[0])
    helpers = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    for process in (server, *map(int, helpers)):
        os.sched_setaffinity(process, set(cores))
