"""The process's own guard: no dumps, private files, one process a home."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.process_guard import HomeBusyError, claim

GUARDED = """
import ctypes, os, resource
from kiosk.process_guard import leave_no_traces
leave_no_traces()
open("made", "w").close()
is_dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
print(resource.getrlimit(resource.RLIMIT_CORE), is_dumpable, oct(os.stat("made").st_mode & 0o777))
"""


def test_a_guarded_process_dumps_nothing_and_makes_private_files(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", GUARDED], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "(0, 0) 0 0o600"


def test_a_home_is_claimed_once(tmp_path: Path) -> None:
    claim(tmp_path)
    with pytest.raises(HomeBusyError):
        claim(tmp_path)


def test_a_process_that_was_killed_lets_go_of_its_home(tmp_path: Path) -> None:
    killed = (
        "import os, sys; from pathlib import Path; from kiosk.process_guard import claim\n"
        "claim(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False, timeout=60)
    assert ended.returncode == -9
    claim(tmp_path)
