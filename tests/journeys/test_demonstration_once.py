"""`scripts/demo --once` as a new user runs it, but for the set-up of the environment."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAND = [sys.executable, "scripts/stand"]
PATIENCE_S = 120.0

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [*STAND, "--once", "--folder", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=170
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "line",
    [
        r"Accusé n°\s+: COMPTOIR-75-01-",
        r"Code d’activation\s+[0-9A-Z]{4}-[0-9A-Z]{4}",  # noqa: RUF001 - as printed
        r"ledger: \d{4}-\d\d-\d\d  opening  accrued  1\.00 EUR  PHARMACIE-75-01",
        r"activation page: activated",
        r"account: active",
    ],
)
def test_one_command_enrols_prints_books_and_activates(said: str, line: str) -> None:
    assert re.search(line, said)


def test_the_demonstration_stops_on_ctrl_c_and_leaves_no_process(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [*STAND, "--folder", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert child.stdout is not None
    deadline = time.monotonic() + PATIENCE_S
    shown = ""
    while "Ctrl-C" not in shown:
        line = child.stdout.readline()
        assert line, shown
        assert time.monotonic() < deadline
        shown += line
    child.send_signal(signal.SIGINT)
    rest, _ = child.communicate(timeout=30)
    left = [process.name for process in Path("/proc").iterdir() if str(tmp_path) in _command_line(process)]
    assert (child.returncode, "Stopped." in rest, left) == (0, True, [])


def _command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:  # it ended while we looked
        return ""
