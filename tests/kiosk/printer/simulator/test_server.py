from __future__ import annotations

import logging
import select
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.printer import status
from kiosk.printer.simulator.server import SimulatedPrinter

ROOT = Path(__file__).parents[4]
DEADLINE_S = 20.0
JOB = b"A\n\x1dVB\x00"


def _connect(simulator: SimulatedPrinter) -> socket.socket:
    return socket.create_connection((simulator.host, simulator.port), timeout=DEADLINE_S)


def _print(simulator: SimulatedPrinter, job: bytes = JOB) -> None:
    with _connect(simulator) as connection:
        connection.sendall(job + status.TRANSMIT_WHEN_REACHED)
        assert connection.recv(1)


def test_starting_says_that_it_is_a_stand_in(caplog: pytest.LogCaptureFixture) -> None:
    with SimulatedPrinter():
        pass

    assert "development stand-in" in caplog.text


def test_papers_are_numbered_and_kept_over_a_stop(simulator: SimulatedPrinter) -> None:
    _print(simulator)
    _print(simulator)
    simulator.stop()

    assert [(paper.number, paper.text) for paper in simulator.papers] == [(1, "A\n"), (2, "A\n")]


def test_the_port_stays_the_same_when_power_comes_back(simulator: SimulatedPrinter) -> None:
    port = simulator.port
    simulator.power_off()
    simulator.power_on()
    _print(simulator)

    assert (simulator.port, len(simulator.papers)) == (port, 1)


def test_power_off_resets_the_connection(simulator: SimulatedPrinter) -> None:
    with _connect(simulator) as connection:
        connection.sendall(status.request(1))
        connection.recv(1)
        simulator.power_off()

        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_what_waited_for_paper_comes_out_without_another_byte(simulator: SimulatedPrinter) -> None:
    with _connect(simulator) as connection:
        simulator.paper_out()
        connection.sendall(JOB + status.TRANSMIT_WHEN_REACHED + status.request(1))
        connection.recv(1)
        simulator.load_paper()

        assert connection.recv(1) == b"\x00"
    assert len(simulator.papers) == 1


def test_silence_is_silence(simulator: SimulatedPrinter) -> None:
    simulator.silent()
    with _connect(simulator) as connection:
        connection.sendall(status.request(1))

        assert select.select([connection], [], [], 0.2)[0] == []


def test_a_half_open_line_takes_all_and_ends_nothing_until_it_revives(simulator: SimulatedPrinter) -> None:
    simulator.half_open()
    with _connect(simulator) as connection:
        connection.sendall(JOB + status.request(1))
        connection.shutdown(socket.SHUT_WR)
        silent = select.select([connection], [], [], 0.2)[0]
        before = simulator.papers
        simulator.half_open(on=False)

        assert (silent, before) == ([], ())
        assert connection.recv(1) == b""
    _print(simulator)
    assert len(simulator.papers) == 2


def test_a_busy_printer_lets_a_connection_wait(simulator: SimulatedPrinter) -> None:
    simulator.busy()
    with _connect(simulator) as connection:
        connection.sendall(status.request(1))
        waiting = select.select([connection], [], [], 0.2)[0]
        simulator.busy(on=False)

        assert (waiting, connection.recv(1)) == ([], b"\x12")


def test_a_second_connection_waits_for_the_end_of_the_first(simulator: SimulatedPrinter) -> None:
    with _connect(simulator) as second_after:
        second_after.sendall(status.request(1))
        assert second_after.recv(1) == b"\x12"
        with _connect(simulator) as second:
            second.sendall(status.request(1))
            waiting = select.select([second], [], [], 0.2)[0]
            second_after.close()

            assert (waiting, second.recv(1)) == ([], b"\x12")


def test_a_connection_is_reset_after_as_many_bytes_as_were_ordered(simulator: SimulatedPrinter) -> None:
    simulator.reset_after(len(JOB))
    with _connect(simulator) as connection:
        connection.sendall(JOB + JOB)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    _print(simulator)

    assert len(simulator.papers) == 2  # of the three jobs the second was beyond the reset


def test_a_stalled_printer_takes_its_bytes_when_it_flows(simulator: SimulatedPrinter) -> None:
    simulator.stall()
    with _connect(simulator) as connection:
        connection.sendall(status.request(1))
        waiting = select.select([connection], [], [], 0.2)[0]
        simulator.stall(on=False)

        assert (waiting, connection.recv(1)) == ([], b"\x12")


def test_reset_forgets_faults_and_papers(simulator: SimulatedPrinter) -> None:
    _print(simulator)
    simulator.paper_out()
    simulator.reset()
    forgotten = simulator.papers
    _print(simulator)

    assert (forgotten, len(simulator.papers)) == ((), 1)


def test_stopping_twice_is_harmless(simulator: SimulatedPrinter) -> None:
    simulator.stop()
    simulator.stop()


def test_nothing_printed_is_logged(simulator: SimulatedPrinter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _print(simulator, b"K7QD-3M9X\n\x1dVB\x00")

    assert "K7QD" not in caplog.text


@pytest.mark.processes
def test_it_runs_as_a_command_and_keeps_pictures_when_asked(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk.printer.simulator", "--port", "0", "--save", tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        host, port = process.stdout.readline().strip().removeprefix("listening on tcp://").split(":")
        with socket.create_connection((host, int(port)), timeout=DEADLINE_S) as connection:
            connection.sendall(JOB)
        said = process.stdout.readline()
        shown = process.poll()
        process.terminate()

    assert (said, shown) == ("paper 1: 6 bytes\n", None)
    assert (tmp_path / "paper-0001.png").read_bytes().startswith(b"\x89PNG")
