from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.central.intake_rig import (
    ARRIVAL,
    IntakeRig,
    rig,  # noqa: F401 - a fixture is found by its name here
)
from wire.evidence import Question


@pytest.fixture
def busy(rig: IntakeRig) -> IntakeRig:  # noqa: F811 - the fixture above
    """Central after some days: openings, second ones, refusals, things set aside, a held euro, a closed dossier."""
    pharmacy, hall = rig.terminal(), rig.terminal("T-HALL-1", at_hall=True)
    for person in range(4):
        pharmacy.enrol(person)
    pharmacy.enrol(5, operator="NOBODY-1")
    pharmacy.refuse()
    pharmacy.enrol(6, routing={"version": 9})
    rig.send(pharmacy)
    hall.enrol(0, operator="AGENT-01", role="agent", accepted={Question.CENTRE_15: False})
    hall.enrol(7, operator="AGENT-01", role="agent")
    rig.send(hall, at=ARRIVAL + timedelta(days=30))
    return rig


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "recount.notes"
