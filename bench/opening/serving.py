"""Central as its unit starts it (provisioning/system/dmp-central.service): gunicorn's workers over one database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2

from bench.opening.size import Size
from bench.pinned import cpu_seconds
from central.keys import CentralKeys, load_keys
from provisioning.authority import Home, Programme, make_keys
from provisioning.private_files import Owner
from tests.fakes.postgres import DURABLE, PostgresServer

HOST = "127.0.0.1"
_START_S = 60.0
_STOP_S = 60.0
_SHARDS_A_WORKER = 4  # docs/scaling.md


@dataclass(frozen=True, slots=True)
class Served:
    """A running central; ``shards`` is what it was told."""

    port: int
    server: int
    shards: int

    def workers(self) -> Sequence[int]:
        """Process ids of the workers."""
        listing = Path(f"/proc/{self.server}/task/{self.server}/children").read_text(encoding="ascii")
        return [int(word) for word in listing.split()]

    def cpu_s(self) -> float:
        """Processor seconds of the workers so far."""
        return sum(cpu_seconds(worker) for worker in self.workers())


def make_home(folder: Path, *, now: datetime) -> CentralKeys:
    """A programme's keys, by provisioning's own code; central's home is ``folder / "central"``."""
    owner = Owner.current()
    make_keys(Programme(*(Home(folder / name, owner) for name in ("root", "central", "vault"))), now=now, days=365)
    return load_keys(folder / "central", now=now)


@contextmanager
def durable_postgresql() -> Iterator[str]:
    """The URL of an empty database on a server that waits for its disk (fsync and synchronous_commit on)."""
    with tempfile.TemporaryDirectory(prefix="opening-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = PostgresServer(folder, settings=DURABLE)
        try:
            yield server.empty_for(folder, "central")
        finally:
            server.stop()


@contextmanager
def central(folder: Path, database: str, size: Size) -> Iterator[Served]:
    """Start central over the home in ``folder`` and a migrated database; stop it at the end."""
    port, shards = _free_port(), _shards(database, size)
    command = [sys.executable, "-m", "gunicorn", f"--bind={HOST}:{port}", f"--workers={size.workers}"]
    command += [f"--threads={size.threads}", "--timeout=60", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
    environment = os.environ | {
        "CENTRAL_HOME": str(folder / "central"),
        "CENTRAL_DATABASE": database,
        "CENTRAL_SHARDS": str(shards),
    }
    with (folder / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen([*command, "--log-level=warning", "central.wsgi:app"], env=environment, stderr=log)
    try:
        served = Served(port, process.pid, shards)
        _wait_until_ready(served, process, size.workers)
        yield served
    finally:
        process.terminate()
        process.wait(_STOP_S)


def _shards(database: str, size: Size) -> int:
    return 1 if database.startswith("sqlite") else _SHARDS_A_WORKER * size.workers


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(served: Served, process: subprocess.Popen[bytes], workers: int) -> None:
    deadline = time.monotonic() + _START_S
    with httpx2.Client(base_url=f"http://{HOST}:{served.port}", trust_env=False, timeout=10.0) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if client.get("/healthz").is_success and len(served.workers()) == workers:
                    return
            except httpx2.HTTPError:
                pass
            time.sleep(0.05)
    raise RuntimeError("central did not start: gunicorn.log beside its home says why")
