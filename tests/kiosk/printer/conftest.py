"""Slips of fictitious people, and a simulated printer that stops with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.enrolment.slip import Slip
from kiosk.printer.simulator.server import SimulatedPrinter

SLIPS = Path(__file__).parents[2] / "vectors" / "slips"


def _slip(name: str) -> Slip:
    return msgspec.json.decode((SLIPS / f"{name}.json").read_bytes(), type=Slip)


@pytest.fixture
def acknowledgement() -> Slip:
    return _slip("acknowledgement")


@pytest.fixture
def activation() -> Slip:
    return _slip("activation")


@pytest.fixture
def simulator() -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter() as printer:
        yield printer
