"""A commit on the terminal against append and fdatasync of the same bytes, in turn. ``python -m bench.commit``.

Also the memory of an assembled, simulated terminal that has served its first screens.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure, percentile, table
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.drafts import enrolment
from tests.fakes.programme import TERMINAL, Programme
from tests.fakes.terminal_rig import TerminalRig

ROUNDS = 1500
WARM_UP = 50
SETTLE_EVERY = 100  # the worker sends and tidies now and then, as in the field with a line
MOST_P50 = 5.0
MOST_P99 = 8.0
MOST_MEGABYTES = 150


def run() -> list[Figure]:
    """Commit and bare append in turn on one disk; then a terminal's memory."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        commits, appends, size = _in_turn(Path(folder))
    ratio = {percent: percentile(commits, percent) / percentile(appends, percent) for percent in (50, 99)}
    inside = (
        "dossier key made, 4 wraps, administrative and vault part sealed, routing, chain, SQLite WAL commit with fsync"
    )
    bare = f"os.write of {size} bytes to a file opened for append, then fdatasync; in turn with the commits"
    return [
        Figure("commit p50", percentile(commits, 50), "ms", inside),
        Figure("commit p99", percentile(commits, 99), "ms", f"the same, of {ROUNDS}"),
        Figure("bare append p50", percentile(appends, 50), "ms", bare),
        Figure("bare append p99", percentile(appends, 99), "ms", f"the same, of {ROUNDS}"),
        Figure("commit / bare append, p50", ratio[50], "times", "the two medians", most=MOST_P50),
        Figure("commit / bare append, p99", ratio[99], "times", "the two 99th percentiles", most=MOST_P99),
        _memory(),
    ]


def _in_turn(folder: Path) -> tuple[list[float], list[float], int]:
    programme = Programme()
    rig = TerminalRig(programme.furnish(folder / "home"), programme, CentralSimulator(programme))
    size = _record_size(rig)
    payload = os.urandom(size)
    bare = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def append() -> None:
        os.write(bare, payload)
        os.fdatasync(bare)

    commits, appends = [], []
    for number in range(WARM_UP + ROUNDS):
        rig.clock.forward(60)
        commits.append(_milliseconds(lambda: _commit(rig)))
        appends.append(_milliseconds(append))
        if number % SETTLE_EVERY == SETTLE_EVERY - 1:
            rig.run()
    os.close(bare)
    rig.close()
    return commits[WARM_UP:], appends[WARM_UP:], size


def _commit(rig: TerminalRig) -> None:
    """What the session does between the last touch and the first slip: facts, dossier key, wraps, seals, disk."""
    rig.store.add(enrolment(rig.clock.now(), TERMINAL, rig.whereabouts.current().trust))


def _record_size(rig: TerminalRig) -> int:
    _commit(rig)
    return len(rig.outbox.load([1])[0].raw)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _memory() -> Figure:
    """A process of its own, as `python -m kiosk --simulate` assembles it, after its first screens."""
    with tempfile.TemporaryDirectory() as folder:
        Programme().furnish(Path(folder) / "home")
        ended = subprocess.run(
            [sys.executable, "-c", _ASSEMBLED, str(Path(folder) / "home")], capture_output=True, text=True, check=True
        )
    inside = "resident memory of an assembled simulated terminal: screens and tray served, printer's library loaded"
    return Figure("terminal process", int(ended.stdout) / 1024, "MB", inside, most=MOST_MEGABYTES)


_ASSEMBLED = """
import logging, sys
from pathlib import Path
from kiosk.assembly import build
from kiosk.settings import KioskSettings
logging.disable()
terminal = build(KioskSettings(home=Path(sys.argv[1]), simulate=True, start_spread_s=0.0))
terminal.start()
client = terminal.app.test_client()
for path in ("/", "/demo", "/etat", "/demo/papers.json"):
    assert client.get(path).status_code < 400, path
memory = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
terminal.stop()
print(memory.split()[1])
"""


if __name__ == "__main__":
    print(table(run()))
