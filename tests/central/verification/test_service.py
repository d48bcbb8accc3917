"""The recount finds what was done to the database behind central's back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from central.engine import writing
from tests.central.intake_rig import IntakeRig

_NO_KEYS = "PRAGMA defer_foreign_keys=ON"


def lines_after(rig: IntakeRig, tampering: str) -> list[str]:
    assert rig.recount().agrees
    with writing(rig.engine) as connection:
        on_postgresql = connection.dialect.name == "postgresql"
        connection.execute(text("SET LOCAL session_replication_role = replica" if on_postgresql else _NO_KEYS))
        said = tampering.replace("NOTHING", "decode(repeat('00', 16), 'hex')" if on_postgresql else "zeroblob(16)")
        assert connection.execute(text(said)).rowcount > 0
    report = rig.recount()
    assert not report.agrees
    return report.lines()


def test_agrees_with_what_central_did(busy: IntakeRig) -> None:
    report = busy.recount()
    assert report.agrees, report.lines()
    assert (report.money.eligible, report.money.cents_expected) == (5, 500)


def test_agrees_over_several_shards(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path / "sharded", shards=3)
    for name in ("T-PHARM-1", "T-PHARM-2", "T-PHARM-3"):
        terminal = rig.terminal(name)
        terminal.enrol(1)
        terminal.enrol(len(name) + int(name[-1]))
        rig.send(terminal)
    report = rig.recount()
    assert report.agrees, report.lines()
    rig.close()


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        ("UPDATE ledger_entries SET cents = 200 WHERE number = 2", "ledger chain 0: 2 entries, BROKEN at 2"),
        ("UPDATE ledger_entries SET cents = 200 WHERE number = 2", "1 DIFFER"),
        ("UPDATE ledger_entries SET record_id = NOTHING WHERE number = 1", "1 DIFFER"),
        ("DELETE FROM ledger_entries WHERE number = 5", "ledger chain 0: 4 entries, BROKEN at 5"),
        ("UPDATE audit_entries SET actor = 'manager:X' WHERE number = 3", "audit chain 0: 3 entries, BROKEN at 3"),
        ("DELETE FROM audit_entries WHERE number = 1", "audit chain 0: 1 entries, BROKEN at 1"),
        (
            "UPDATE counters SET value = 9 WHERE measure = 'refusals' AND dimension = 'total'",
            "counters: 3 differ",
        ),
        ("DELETE FROM counters WHERE measure = 'cents_held' AND period = 'all'", "counters: 8 differ"),
        ("DELETE FROM quarantine", "audit record:quarantined: 0 untold, 1 invented, 0 twice"),
        ("UPDATE accounts SET state = 'active'", "accounts whose state no entry tells: 6"),
        (
            "DELETE FROM consents",
            "dossiers without consent evidence: 6",
        ),
        ("UPDATE dossiers SET record_id = NOTHING", "dossiers without a record of their own: 5"),
        ("DELETE FROM persons", "dossiers without a person: 6"),
        ("DELETE FROM accounts", "dossiers without an account: 6"),
        ("UPDATE dossiers SET opened_on = '2017-12-31' WHERE channel = 'pharmacy'", "5 DIFFER"),
    ],
)
def test_finds(busy: IntakeRig, tampering: str, finding: str) -> None:
    lines = lines_after(busy, tampering)
    assert any(finding in line for line in lines), lines


def test_names_nobody(busy: IntakeRig) -> None:
    lines = "\n".join(lines_after(busy, "DELETE FROM persons"))
    assert "SPÉCIMEN" not in lines
