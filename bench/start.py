"""From the start of the terminal's service to its first screen, by the clock. ``python -m bench.start``."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from bench.figures import Figure, table
from tests.fakes.programme import Programme

ROUNDS = 5
MOST_S = 15.0


def run() -> list[Figure]:
    """Start a simulated terminal on one folder again and again, killing it each time as a power cut does."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        home = Programme().furnish(Path(folder) / "home")
        rounds = [_once(home) for _ in range(ROUNDS)]
    inside = (
        f"python -m kiosk until GET / answers: keys, disk, documents, card and paper; the slowest of {ROUNDS} starts"
    )
    return [
        Figure("start to first screen", max(waited for waited, _ in rounds), "s", inside, most=MOST_S),
        Figure("processor of it", max(computed for _, computed in rounds), "s", "user and system, of the same starts"),
    ]


def _once(home: Path) -> tuple[float, float]:
    port = _free_port()
    began = time.monotonic()
    command = [sys.executable, "-m", "kiosk", "--home", str(home), "--simulate", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        httpx2.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=60).raise_for_status()
        waited, computed = time.monotonic() - began, _processor_s(process.pid)
        process.kill()
    return waited, computed


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    print(table(run()))
