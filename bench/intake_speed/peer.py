"""Over HTTP: central under gunicorn, and Datasette's write API, which keeps the same records and asks nothing.

Both get their batches from four clients that have everything ready before the clock starts, over loopback, without TLS,
a connection a request, as a terminator brings them that keeps none open. Datasette (a development dependency) is one
process with one writer; central has a worker a core. Datasette's rows are those of central's table ``records``: each
record as it came with what is known of it outside, which is all that whoever opens nothing can keep; its bytes in
base64, as that API takes them.
"""

from __future__ import annotations

import base64
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
from typing import Any

import httpx2

from bench.intake_speed.load import RECORDS, SHARDS, Load
from bench.pinned import kept_on

CLIENTS = 4
SIZES = (1, 5, 20, 100)
"""Records in a request: what a terminal sends on a day like any other, up to all that Datasette takes as it comes."""

_COLUMNS = {"raw": "blob", "sequence": "integer", "received_ms": "integer"}
_KEY = "record_id"

_START_S = 60.0
_STOP_S = 30.0
_TABLE = "/records/records"


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Post:
    """A request that is ready to be sent; ``client`` says by which of the clients, in their order."""

    client: int
    path: str
    headers: dict[str, str]
    body: bytes


def central_over_http(
    home: Path, database: str, cores: Sequence[int], batches: Sequence[Load], size: int = RECORDS
) -> float:
    """Records a second of central with a gunicorn worker a core; a terminal's batches, of ``size``, come in order."""
    environment = {"CENTRAL_HOME": str(home), "CENTRAL_DATABASE": database, "CENTRAL_SHARDS": str(SHARDS)}
    command = ["gunicorn", f"--workers={len(cores)}", "--threads=4", "--log-level=error", "--no-control-socket"]
    headers = {"content-type": "application/octet-stream", "connection": "close"}
    terminals = sorted({batch.terminal for batch in batches})
    posts = [Post(terminals.index(batch.terminal) % CLIENTS, "/v1/batches", headers, batch.body) for batch in batches]
    port = _free_port()
    with _served([*command, f"--bind=127.0.0.1:{port}", "central.wsgi:app"], environment, cores, port, "/healthz"):
        return _rate(port, posts, cores, size)


def datasette_over_http(folder: Path, cores: Sequence[int], rows: Sequence[Row], size: int) -> float:
    """Records a second of Datasette's write API, ``size`` of these rows in a request."""
    secret, port = secrets.token_hex(16), _free_port()
    command = ["datasette", "serve", str(folder / "records.db"), "--create", f"--port={port}", f"--secret={secret}"]
    command += ["--root"]
    token = subprocess.run(
        [sys.executable, "-m", "datasette", "create-token", "root", "--secret", secret],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}", "connection": "close"}
    columns = [{"name": name, "type": _COLUMNS.get(name, "text")} for name in rows[0]]
    created = {"table": "records", "pk": _KEY, "columns": columns}
    with _served(command, {}, cores, port, "/-/versions.json"):
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            client.post("/records/-/create", headers=headers, json=created).raise_for_status()
        bodies = [json.dumps({"rows": rows[at : at + size]}).encode() for at in range(0, len(rows), size)]
        posts = [Post(at % CLIENTS, f"{_TABLE}/-/insert", headers, body) for at, body in enumerate(bodies)]
        return _rate(port, posts, cores, size)


def rows_of(batches: Sequence[Load]) -> list[Row]:
    """The rows that these batches became in central's table ``records``, as Datasette's API takes them."""
    parts = [part for batch in batches for part in batch.rows if part.table == "records"]
    return [
        {name: _as_json(name, value) for name, value in zip(part.columns, row, strict=True)}
        for part in parts
        for row in part.rows
    ]


def _as_json(name: str, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    return {"$base64": True, "encoded": base64.b64encode(value).decode()} if name == "raw" else value.hex()


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
