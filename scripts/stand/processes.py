"""Children of the demonstration: started with a log each, waited for, watched, stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx2

READY_WITHIN_S = 40.0
STOP_WITHIN_S = 10.0
_PORTS_TRIED = 50
_POLL_S = 0.05
_TAIL_LINES = 12
_AGAIN = 75
"""A terminal ends so when somebody at its panel wants it to begin again (docs/operations.md §7)."""


class StandError(Exception):
    """The demonstration cannot go on; the message says why and where to look."""


@dataclass(frozen=True, slots=True)
class Service:
    """One child: what it is called, how it is started, where it answers when it is ready."""

    name: str
    arguments: tuple[str, ...]
    ready_url: str
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def free_port(preferred: int, taken: Iterable[int] = ()) -> int:
    """The preferred port, or the next one on which nobody listens."""
    for port in range(preferred, preferred + _PORTS_TRIED):
        if port in taken:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise StandError(f"no port is free from {preferred} to {preferred + _PORTS_TRIED - 1}")


def run_command(*arguments: str, typed: str = "", environment: Mapping[str, str] | None = None) -> str:
    """Run one of our commands to its end and give what it printed; ``typed`` is what it asks for.

    Raises:
        StandError: with the command's own sentence.
    """
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | (environment or {}),
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-_TAIL_LINES:]
        raise StandError(f"python -m {' '.join(arguments[:2])} failed:\n  " + "\n  ".join(said))
    return done.stdout


class Children:
    """All processes of the demonstration; leave the ``with`` block and none is left."""

    def __init__(self) -> None:
        self._running: list[tuple[Service, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, service: Service) -> None:
        """Start it in a session of its own: Ctrl-C reaches us, and we stop the children in order."""
        service.log.parent.mkdir(parents=True, exist_ok=True)
        service.log.unlink(missing_ok=True)
        self._running.append((service, _spawned(service)))

    def wait_until_ready(self) -> None:
        """Return when every child answers.

        Raises:
            StandError: one died or stayed silent too long.
        """
        deadline = time.monotonic() + READY_WITHIN_S
        with httpx2.Client(trust_env=False, timeout=2.0) as client:
            for service, _ in self._running:
                while not _answers(client, service.ready_url):
                    self.check()
                    if time.monotonic() > deadline:
                        raise StandError(f"{service.name} does not answer at {service.ready_url}{_log_tail(service)}")
                    time.sleep(_POLL_S)

    def check(self) -> None:
        """Start a child again that ended to be started again; raise StandError when one has ended by itself."""
        for place, (service, child) in enumerate(self._running):
            if child.poll() == _AGAIN:
                self._running[place] = (service, _spawned(service))
            elif child.returncode is not None:
                raise StandError(f"{service.name} ended by itself (code {child.returncode}){_log_tail(service)}")

    def stop(self) -> None:
        """Ask all to end, latest first; kill who does not."""
        for _, child in reversed(self._running):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_WITHIN_S
        for _, child in reversed(self._running):
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self._running.clear()


def _spawned(service: Service) -> subprocess.Popen[bytes]:
    with service.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *service.arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | service.environment,
        )


def _answers(client: httpx2.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx2.HTTPError:
        return False


def _log_tail(service: Service) -> str:
    lines = service.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
    return f"; its log is {service.log}" + "".join(f"\n  | {line}" for line in lines)
