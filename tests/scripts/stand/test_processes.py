from __future__ import annotations

import socket
from pathlib import Path

import pytest
from processes import Children, Service, StandError, free_port, run_command

SERVER = "from http.server import *\nHTTPServer(('127.0.0.1', {port}), SimpleHTTPRequestHandler).serve_forever()\n"


def module(folder: Path, name: str, text: str) -> Path:
    (folder / f"{name}.py").write_text(text)
    return folder


def service(folder: Path, name: str, port: int, text: str) -> Service:
    module(folder, name, text)
    return Service(
        name, (name,), f"http://127.0.0.1:{port}/", folder / "logs" / f"{name}.log", {"PYTHONPATH": str(folder)}
    )


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert port < free_port(port) < port + 50


def test_no_free_port_at_all_is_said_plainly() -> None:
    with pytest.raises(StandError, match="no port is free from 9000 to 9049"):
        free_port(9000, taken=range(9000, 9050))


def test_children_answer_and_are_gone_afterwards(tmp_path: Path) -> None:
    port = free_port(18100)
    with Children() as children:
        children.start(service(tmp_path, "answers", port, SERVER.format(port=port)))
        children.wait_until_ready()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_child_that_dies_is_named_with_its_log_and_its_last_words(tmp_path: Path) -> None:
    dying = service(tmp_path, "dies", 1, "raise SystemExit('the disk is full')")
    with Children() as children:
        children.start(dying)
        with pytest.raises(StandError, match=rf"(?s)dies ended by itself \(code 1\).*{dying.log}.*the disk is full"):
            children.wait_until_ready()


def test_a_child_that_does_not_listen_to_reason_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port(18100)
    stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVER.format(port=port)
    monkeypatch.setattr("processes.STOP_WITHIN_S", 0.3)
    with Children() as children:
        children.start(service(tmp_path, "stubborn", port, stubborn))
        children.wait_until_ready()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_command_that_fails_is_quoted(tmp_path: Path) -> None:
    module(tmp_path, "fails", "import sys\nsys.exit('mode: the folder is open to others')")
    with pytest.raises(StandError, match=r"python -m fails failed:\n  mode: the folder is open to others"):
        run_command("fails", environment={"PYTHONPATH": str(tmp_path)})


def test_what_a_command_asks_for_is_typed(tmp_path: Path) -> None:
    module(tmp_path, "asks", "print(input()[::-1])")
    assert run_command("asks", typed="abc\n", environment={"PYTHONPATH": str(tmp_path)}) == "cba\n"
