"""Over HTTP: central under gunicorn, and Datasette's write API, which keeps rows of two kilobytes and asks nothing.

Both get their batches from two clients that have everything ready before the clock starts, over loopback, without
TLS. Datasette (a development dependency) is one process with one writer; central has a worker a core.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bench.intake_speed.load import RECORDS, SHARDS, Load
from bench.pinned import kept_on

CLIENTS = 2
PEER_ROWS = 100
"""In a request to Datasette: what it takes as it comes. Central gets what a terminal with a backlog sends."""

_START_S = 60.0
_STOP_S = 30.0
_ROW_CHARACTERS = 2048
_TABLE = "/records/records"


@dataclass(frozen=True, slots=True)
class Post:
    """A request that is ready to be sent; ``client`` says by which of the clients, in their order."""

    client: int
    path: str
    headers: dict[str, str]
    body: bytes


def central_over_http(home: Path, database: str, cores: Sequence[int], batches: Sequence[Load]) -> float:
    """Records a second of central with a gunicorn worker a core; a terminal's batches come in order."""
    environment = {"CENTRAL_HOME": str(home), "CENTRAL_DATABASE": database, "CENTRAL_SHARDS": str(SHARDS)}
    command = ["gunicorn", f"--workers={len(cores)}", "--threads=2", "--log-level=error", "--no-control-socket"]
    headers = {"content-type": "application/octet-stream"}
    terminals = sorted({batch.terminal for batch in batches})
    posts = [Post(terminals.index(batch.terminal) % CLIENTS, "/v1/batches", headers, batch.body) for batch in batches]
    port = _free_port()
    with _served([*command, f"--bind=127.0.0.1:{port}", "central.wsgi:app"], environment, cores, port, "/healthz"):
        return _rate(port, posts, cores, RECORDS)


def datasette_over_http(folder: Path, cores: Sequence[int], count: int) -> float:
    """Records a second of Datasette's write API."""
    secret, port = secrets.token_hex(16), _free_port()
    command = ["datasette", "serve", str(folder / "records.db"), "--create", f"--port={port}", f"--secret={secret}"]
    command += ["--root"]
    token = subprocess.run(
        [sys.executable, "-m", "datasette", "create-token", "root", "--secret", secret],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    created = {"table": "records", "pk": "id", "columns": [{"name": name, "type": "text"} for name in ("id", "raw")]}
    with _served(command, {}, cores, port, "/-/versions.json"):
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            client.post("/records/-/create", headers=headers, json=created).raise_for_status()
        posts = [Post(place % CLIENTS, f"{_TABLE}/-/insert", headers, _rows(place)) for place in range(count)]
        return _rate(port, posts, cores, PEER_ROWS)


def _rows(place: int) -> bytes:
    half = _ROW_CHARACTERS // 2
    rows = [
        {"id": f"{place:08}{row:04}{secrets.token_hex(10)}", "raw": secrets.token_hex(half)} for row in range(PEER_ROWS)
    ]
    return json.dumps({"rows": rows}).encode()


def _rate(port: int, posts: Sequence[Post], cores: Sequence[int], records: int) -> float:
    """Post a tenth to warm up, then the rest with the clock running; the clients leave a core that is not theirs.

    ``records``: in each post.
    """
    warm = len(posts) // 10
    with kept_on(cores if len(cores) > 1 else [1]), ThreadPoolExecutor(CLIENTS) as clients:
        _post_all(clients, port, posts[:warm])
        started = time.perf_counter()
        _post_all(clients, port, posts[warm:])
        return (len(posts) - warm) * records / (time.perf_counter() - started)


def _post_all(clients: ThreadPoolExecutor, port: int, posts: Sequence[Post]) -> None:
    def post(mine: int) -> None:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60.0) as client:
            for one in posts:
                if one.client == mine:
                    client.post(one.path, content=one.body, headers=one.headers).raise_for_status()

    list(clients.map(post, range(CLIENTS)))


@contextmanager
def _served(
    command: Sequence[str], environment: dict[str, str], cores: Sequence[int], port: int, ready: str
) -> Iterator[None]:
    pinned = ["taskset", "-c", ",".join(map(str, cores)), sys.executable, "-m", *command]
    process = subprocess.Popen(
        pinned, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}{ready}")
        yield
    finally:
        process.terminate()
        process.wait(_STOP_S)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx2.get(url, trust_env=False).raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server that was to be measured did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
