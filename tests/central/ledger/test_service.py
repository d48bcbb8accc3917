from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from central.engine import writing
from central.enrolments.models import dossiers
from central.ledger.models import ledger_entries
from central.ledger.service import Booking, LedgerState, book
from tests.central.intake_rig import IntakeRig


def booking(dossier_id: bytes, **changes: object) -> Booking:
    usual: dict[str, object] = {
        "dossier_id": dossier_id,
        "record_id": bytes(16),
        "terminal_id": "T-PHARM-1",
        "office_id": "PHARMACIE-1",
        "cents": 100,
        "opened_on": "2018-11-06",
        "rule": "r",
        "rules_version": 1,
    }
    return Booking(**(usual | changes))  # type: ignore[arg-type]


def test_a_reason_to_hold_makes_it_held() -> None:
    assert booking(bytes(16)).state is LedgerState.ACCRUED
    assert booking(bytes(16), hold="operator_unknown").state is LedgerState.HELD


def test_a_dossier_cannot_be_booked_twice(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    terminal = rig.terminal()
    terminal.enrol(1)
    rig.send(terminal)
    [dossier] = rig.rows(dossiers)
    with pytest.raises(IntegrityError), writing(rig.engine) as connection:
        book(connection, 0, [booking(dossier.dossier_id)], at_ms=1)
    assert rig.count(ledger_entries) == 1
    rig.close()


def test_money_without_a_dossier_is_refused(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    with pytest.raises(IntegrityError), writing(rig.engine) as connection:
        book(connection, 0, [booking(bytes(16))], at_ms=1)
    rig.close()
