"""Central as it is deployed, kept on one core, and what the kernel says of its worker."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx2

_PORT = 18_190
_START_S = 30.0
_CPU_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def pinned_central(home: Path, database: Path) -> Iterator[tuple[httpx2.Client, int]]:
    """Central on the first core, the caller on another: a client, and the worker's process id."""
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
            with on_core(1):
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


@contextmanager
def kept_on(cores: Collection[int]) -> Iterator[None]:
    """Stay on these cores; on a machine that has none of them there is nothing to choose."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {*cores} & before or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def on_core(core: int) -> AbstractContextManager[None]:
    """Stay on one."""
    return kept_on([core])


def _worker_of(server: int) -> int:
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    return int(children[0])


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _CPU_TICKS


def resident_mib(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
