"""The self-check: one finding a part, the right level, a sentence that says what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult, ReaderState
from kiosk.enrolment.upkeep import Finding, Level
from kiosk.self_check import Machine, examine
from tests.fakes.card_slot import FakeCardReader
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.paper import FakeSlipPrinter
from tests.fakes.programme import PRESENT, Programme
from tests.fakes.terminal_rig import TerminalRig
from wire.homes import DEVICE_KEY, TRUST_BUNDLE
from wire.identifiers import milliseconds


@dataclass
class Bench:
    """A machine in which the test breaks one part."""

    rig: TerminalRig
    central: CentralSimulator
    reader: FakeCardReader = field(default_factory=FakeCardReader)
    printer: FakeSlipPrinter = field(default_factory=FakeSlipPrinter)

    def finding(self, part: str) -> Finding:
        machine = Machine(
            home=self.rig.home,
            reader=self.reader,
            printer=self.printer,
            link=self.central,
            whereabouts=self.rig.whereabouts,
            server_time=self.rig.server_time,
            sleep=lambda _seconds: None,
        )
        return next(finding for finding in examine(machine) if finding.part == part)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    programme = Programme()
    central = CentralSimulator(programme)
    rig = TerminalRig(programme.furnish(tmp_path / "home"), programme, central)
    return Bench(rig, central)


@pytest.mark.parametrize("part", ["disk", "keys", "clock", "trust", "reader", "printer", "central"])
def test_on_a_sound_machine_every_part_is_well(part: str, bench: Bench) -> None:
    assert bench.finding(part).level is Level.OK


def test_a_folder_that_others_may_read_is_a_fault(bench: Bench) -> None:
    bench.rig.home.chmod(0o755)
    assert bench.finding("disk") == Finding("disk", Level.FAULT, "Others may read the terminal's folder: chmod 700.")


def test_the_probe_leaves_nothing_behind(bench: Bench) -> None:
    before = sorted(path.name for path in bench.rig.home.iterdir())
    bench.finding("memory")
    assert sorted(path.name for path in bench.rig.home.iterdir()) == before


def test_a_device_key_that_others_may_read_is_a_fault(bench: Bench) -> None:
    (bench.rig.home / DEVICE_KEY).chmod(0o644)
    assert bench.finding("keys").level is Level.FAULT


@pytest.mark.parametrize(("hours", "level"), [(3, Level.WARNING), (30, Level.FAULT)])
def test_a_clock_behind_the_signed_time_is_doubtful_and_a_day_behind_it_is_a_fault(
    hours: int, level: Level, bench: Bench
) -> None:
    bench.rig.server_time.learn(milliseconds(PRESENT + timedelta(hours=hours)))
    finding = bench.finding("clock")
    assert finding.level is level
    assert str(timedelta(hours=hours)) in finding.sentence
    assert "behind" in finding.sentence


def test_a_clock_set_ahead_after_the_signed_time_is_noticed(bench: Bench) -> None:
    bench.rig.server_time.learn(milliseconds(PRESENT))
    bench.rig.clock.at += timedelta(minutes=10)
    assert "ahead" in bench.finding("clock").sentence


def test_a_bundle_that_ends_soon_is_a_warning_and_one_that_ended_a_fault(bench: Bench) -> None:
    bench.rig.clock.at += timedelta(days=340)
    assert bench.finding("trust").level is Level.WARNING
    bench.rig.clock.at += timedelta(days=30)
    assert bench.finding("trust").level is Level.FAULT


def test_a_terminal_without_documents_is_told_to_register(bench: Bench) -> None:
    (bench.rig.home / TRUST_BUNDLE).unlink()
    finding = bench.finding("trust")
    assert finding.level is Level.FAULT
    assert "register" in finding.sentence


@pytest.mark.parametrize("state", [ReaderState.NO_SERVICE, ReaderState.NO_READER])
def test_no_reader_is_a_fault(state: ReaderState, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.self_check._READER_PATIENCE_S", 0.0)
    bench.reader.pull(state)
    assert bench.finding("reader").level is Level.FAULT


@pytest.mark.parametrize(
    ("state", "level"),
    [
        (PrinterState.PAPER_LOW, Level.WARNING),
        (PrinterState.PAPER_OUT, Level.FAULT),
        (PrinterState.COVER_OPEN, Level.FAULT),
        (PrinterState.OFFLINE, Level.FAULT),
        (PrinterState.UNKNOWN, Level.WARNING),
    ],
)
def test_a_printer_that_is_not_ready_is_named(state: PrinterState, level: Level, bench: Bench) -> None:
    bench.printer.coming = [PrintOutcome(PrintResult.UNKNOWN, state)]
    assert bench.finding("printer").level is level


def test_central_out_of_reach_is_only_a_warning(bench: Bench) -> None:
    bench.central.down = True
    assert bench.finding("central").level is Level.WARNING
