"""The command: starts, binds to loopback, ends when told, says why it cannot start."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.fakes.programme import Programme


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return Programme().furnish(tmp_path / "home")


def test_a_home_that_is_not_registered_is_told_so_in_one_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "kiosk", "--home", str(tmp_path), "--simulate"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert "cannot start" in ended.stderr
    assert "register" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_self_check_prints_a_sentence_a_part_and_fails_by_its_exit_code(home: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "self-check", "--home", str(home), "--simulate"]
    well = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    (home / "device.key").chmod(0o644)
    ill = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (well.returncode, ill.returncode) == (0, 1)
    parts = [line.split()[1] for line in well.stdout.splitlines()]
    assert parts == ["disk", "keys", "clock", "trust", "reader", "printer", "central", "memory"]
    assert "fault    keys" in ill.stdout


@pytest.mark.processes
def test_a_terminal_serves_on_loopback_only_and_ends_cleanly_when_told(home: Path) -> None:
    port = _free_port()
    command = [sys.executable, "-m", "kiosk", "--home", str(home), "--simulate", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("terminal ready")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            assert client.get("/").status_code == 200
        bound = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        assert {address.split(":")[0] for address in bound if address.endswith(f":{port:04X}")} == {"0100007F"}
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(20) == 0
        assert time.monotonic() - began < 15


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
