"""Holds every program of the town imported, and forks each process from itself: a start costs no second of imports.

    python -m tests.town.warm

Orders come as lines of JSON on standard input, answers go out the same way; :mod:`tests.town.launcher` speaks to it.
A forked process is one of the product like any other: its own memory, log, signals and end. One thread is here, so
nothing is held at the fork that the child would wait for. When standard input ends, so does every process.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.town.launch import WHICH, power_cut


@dataclass(frozen=True, slots=True)
class Order:
    """One process: ``which`` of tests/town/launch.py, dying the ``at``-th time it passes ``cut`` (or "never")."""

    which: str
    cut: str
    at: int
    arguments: list[str]
    environment: dict[str, str]
    log: str

    def carry_out(self) -> int:
        """Be that process, to its end."""
        with Path(os.devnull).open("rb") as nothing, Path(self.log).open("ab") as log:
            os.dup2(nothing.fileno(), 0)
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        os.environ.update(self.environment)
        return WHICH[self.which](self.arguments, power_cut(self.cut, self.at))


def orders() -> Order:
    """Fork for every order, tell who ended. Returns in a child, with its order; the parent leaves by SystemExit."""
    children: dict[int, int] = {}  # descriptor that becomes readable at the end -> process
    said = b""
    while True:
        readable, _, _ = select.select([0, *children], [], [])
        for descriptor in readable:
            if descriptor in children:
                _tell_end(descriptor, children.pop(descriptor))
                continue
            if not (came := os.read(0, 65536)):
                _end_all(children)
            said += came
            while b"\n" in said:
                line, said = said.split(b"\n", 1)
                order = Order(**json.loads(line))
                if (pid := os.fork()) == 0:
                    for open_one in children:
                        os.close(open_one)
                    return order
                children[os.pidfd_open(pid)] = pid
                _tell(started=pid)


def _tell_end(descriptor: int, pid: int) -> None:
    os.close(descriptor)
    _, status = os.waitpid(pid, 0)
    _tell(ended=pid, code=os.waitstatus_to_exitcode(status))


def _tell(**what: Any) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _end_all(children: dict[int, int]) -> None:
    for pid in children.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests; they stop us
    assert threading.active_count() == 1, "an import started a thread: a fork would leave it behind"
    gc.freeze()
    order = orders()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(order.carry_out())
