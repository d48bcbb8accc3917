"""Starts processes of the town by way of :mod:`tests.town.warm`, one warm process for all tests of this process."""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.waiting import wait_for, wait_until

ROOT = Path(__file__).parents[2]


class Launched:
    """A process; its methods are those of subprocess.Popen."""

    def __init__(self, launcher: Launcher, pid: int) -> None:
        self._launcher = launcher
        self.pid = pid

    def poll(self) -> int | None:
        """With what it ended; None while it runs."""
        return self._launcher.ended(self.pid)

    def wait(self, within_s: float = 60.0) -> None:
        """Return when it has ended; TimeoutError when it has not."""
        wait_for("the process ends", lambda: self.poll() is not None, within_s)

    def ends(self, within_s: float) -> bool:
        """Whether it ended within that time."""
        return wait_until(lambda: self.poll() is not None, within_s)

    def send_signal(self, number: signal.Signals) -> None:
        """Send it, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Launcher:
    """The line to a warm process."""

    def __init__(self) -> None:
        self._warm = subprocess.Popen(
            [sys.executable, "-m", "tests.town.warm"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self._said = b""
        self._ended: dict[int, int] = {}
        atexit.register(self.close)

    def start(
        self, which: str, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path, cut: str, at: int
    ) -> Launched:
        """Start one of tests/town/launch.py; what it prints goes to the end of ``log``."""
        order = {"which": which, "arguments": arguments, "cut": cut, "at": at}
        order |= {"environment": dict(environment), "log": str(log)}
        assert self._warm.stdin
        self._warm.stdin.write(json.dumps(order).encode() + b"\n")
        while True:
            told = self._next()
            if "started" in told:
                self._ended.pop(told["started"], None)  # the number of one that ended long ago
                return Launched(self, told["started"])

    def ended(self, pid: int) -> int | None:
        """With what a process ended; None while it runs."""
        assert self._warm.stdout
        while pid not in self._ended and (b"\n" in self._said or select.select([self._warm.stdout], [], [], 0)[0]):
            self._next()
        return self._ended.get(pid)

    def close(self) -> None:
        """End the warm process, and with it every other."""
        assert self._warm.stdin
        self._warm.stdin.close()
        self._warm.wait()

    def _next(self) -> dict[str, Any]:
        """The next line, noting who ended."""
        assert self._warm.stdout
        while b"\n" not in self._said:
            came = self._warm.stdout.read(65536)
            if not came:
                raise RuntimeError("the warm process ended by itself")
            self._said += came
        line, self._said = self._said.split(b"\n", 1)
        told: dict[str, Any] = json.loads(line)
        if "ended" in told:
            self._ended[told["ended"]] = told["code"]
        return told


@functools.cache
def launcher() -> Launcher:
    """The one of this process, started when it is first needed."""
    return Launcher()
