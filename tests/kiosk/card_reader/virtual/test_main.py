"""The command, as a process: what a person at a keyboard, or a script, makes of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.card_reader.virtual.people import card_of
from tests.fakes.vpcd import GET_ATR, Vpcd

COMMAND = [sys.executable, "-m", "kiosk.card_reader.virtual"]
SELECT_ROOT = bytes.fromhex("00A40000023F00")


@pytest.fixture
def vpcd() -> Iterator[Vpcd]:
    reader = Vpcd()
    yield reader
    reader.close()


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@contextmanager
def command(vpcd: Vpcd, *arguments: str, stdin: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """The command with its card in the slot."""
    with subprocess.Popen(
        [*COMMAND, "--port", str(vpcd.port), *arguments], stdin=stdin, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            vpcd.take_card()
            vpcd.ask(GET_ATR)
            assert process.stdout is not None
            process.stdout.readline()
            yield process
        finally:
            process.kill()


def typed(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_command_lists_cards_and_scenarios() -> None:
    listed = run_command("--list")
    assert listed.returncode == 0
    assert "Marie ESSAI-LEMAÎTRE" in listed.stdout
    assert "Carte retirée trop tôt" in listed.stdout


@pytest.mark.parametrize("arguments", [("somebody",), ("gone.yaml",), ("--card", "marie", "--port", "1")])
def test_the_command_says_why_a_card_cannot_be_inserted(arguments: tuple[str, ...]) -> None:
    refused = run_command(*arguments)
    assert refused.returncode == 1
    assert refused.stderr.startswith("The card cannot be inserted")


def test_a_scenario_file_is_played_and_the_card_moved_from_the_keyboard(vpcd: Vpcd, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("title: Mine\ncard: marie\nbehaviours: [{does: pull, at: 1}]\n", encoding="utf-8")
    with command(vpcd, str(file)) as process:
        vpcd.send(SELECT_ROOT)
        assert vpcd.receive(1) == b""
        assert said(process) == "the card has left the slot"
        typed(process, "insert couple")
        vpcd.take_card()
        assert vpcd.ask(GET_ATR) == card_of("couple").atr
        assert said(process) == "couple is in the slot"
        typed(process, "quit")
        assert process.wait(10) == 0
        assert vpcd.receive(1) == b""


def test_the_command_stays_until_the_reader_is_gone(vpcd: Vpcd) -> None:
    with command(vpcd) as process:
        vpcd.line.close()
        assert process.wait(10) == 0


def test_when_nobody_can_type_the_command_ends_with_the_card(vpcd: Vpcd) -> None:
    with command(vpcd, "--mishap", "pull", "--at", "1", stdin=subprocess.DEVNULL) as process:
        vpcd.send(SELECT_ROOT)
        assert process.wait(10) == 0
