from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from operator import le
from pathlib import Path

import pytest

from kiosk.printer import status
from kiosk.printer.simulator.pty import SimulatedPtyPrinter
from tests.waiting import wait_until

ROOT = Path(__file__).parents[4]
DEADLINE_S = 20.0
JOB = b"A\n\x1dVB\x00"


@pytest.fixture
def simulator() -> Iterator[SimulatedPtyPrinter]:
    with SimulatedPtyPrinter() as printer:
        yield printer


@contextmanager
def _line(path: str) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
    yield descriptor
    os.close(descriptor)


def _said(line: int, timeout_s: float = DEADLINE_S) -> bytes:
    return os.read(line, 64) if select.select([line], [], [], timeout_s)[0] else b""


def test_it_prints_and_answers_over_its_device_file(simulator: SimulatedPtyPrinter) -> None:
    with _line(simulator.path) as line:
        os.write(line, JOB + status.TRANSMIT_WHEN_REACHED)
        said = _said(line)

    assert (said, [paper.text for paper in simulator.papers]) == (b"\x00", ["A\n"])


def test_the_line_is_there_again_after_it_was_let_go(simulator: SimulatedPtyPrinter) -> None:
    for _ in range(2):
        with _line(simulator.path) as line:
            os.write(line, JOB + status.TRANSMIT_WHEN_REACHED)
            assert _said(line) == b"\x00"

    assert len(simulator.papers) == 2


def test_without_power_nothing_is_heard_and_nothing_is_kept(simulator: SimulatedPtyPrinter) -> None:
    with _line(simulator.path) as line:
        simulator.power_off()
        os.write(line, JOB + status.request(1))
        dark = _said(line, 0.2)
        simulator.power_on()
        os.write(line, status.request(1))
        light = _said(line)

    assert (dark, light, simulator.papers) == (b"", b"\x12", ())


def test_a_stalled_line_keeps_its_bytes_until_it_flows(simulator: SimulatedPtyPrinter) -> None:
    with _line(simulator.path) as line:
        simulator.stall()
        os.write(line, status.request(1))
        held = _said(line, 0.2)
        simulator.stall(on=False)

        assert (held, _said(line)) == (b"", b"\x12")


def test_starting_says_that_it_is_a_stand_in(caplog: pytest.LogCaptureFixture) -> None:
    with SimulatedPtyPrinter():
        pass

    assert "development stand-in" in caplog.text


def test_nothing_printed_is_logged(simulator: SimulatedPtyPrinter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with _line(simulator.path) as line:
        os.write(line, b"K7QD\n\x1dVB\x00" + status.TRANSMIT_WHEN_REACHED)
        _said(line)

    assert "K7QD" not in caplog.text


def _held() -> tuple[int, int]:
    """Descriptors and threads of this process."""
    return len(list(Path("/proc/self/fd").iterdir())), len(list(Path("/proc/self/task").iterdir()))


def test_it_leaves_no_descriptor_and_no_thread() -> None:
    with SimulatedPtyPrinter():
        pass
    descriptors, threads = _held()
    for _ in range(5):
        with SimulatedPtyPrinter():
            pass

    # The kernel lists a thread for a moment after it was joined.
    assert wait_until(lambda: all(map(le, _held(), (descriptors, threads)))), _held()


@pytest.mark.processes
def test_it_runs_as_a_command_and_obeys_typed_orders() -> None:
    command = [sys.executable, "-m", "kiosk.printer.simulator", "--pty", "--profile", "generic-58"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        path = process.stdout.readline().strip().removeprefix("listening on file:")
        process.stdin.write("paper out\nlines\n")
        process.stdin.flush()
        told = [process.stdout.readline() for _ in range(2)]
        with _line(path) as line:
            os.write(line, status.request(4))
            sensor = _said(line)
        process.terminate()

    assert told == ["done: paper out\n", "? no such order; type help\n"]
    assert sensor == b"\x7e"
