from __future__ import annotations

from pathlib import Path

from central.audit.models import audit_entries
from central.audit.service import AuditEntry, append, verify_chain
from central.audit.tags import AuditTag
from central.engine import reading, writing
from tests.central.intake_rig import IntakeRig


def entry(name: bytes) -> AuditEntry:
    return AuditEntry(AuditTag.OFFICE_ADDED, name, "command")


def test_entries_are_numbered_and_chained_shard_by_shard(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    with writing(rig.engine) as connection:
        append(connection, 0, [entry(b"a"), entry(b"b")], at_ms=1)
        append(connection, 1, [entry(b"c")], at_ms=2)
        append(connection, 0, [entry(b"d")], at_ms=3)
        append(connection, 0, [], at_ms=4)
    assert sorted((row.shard, row.number, row.subject) for row in rig.rows(audit_entries)) == [
        (0, 1, b"a"),
        (0, 2, b"b"),
        (0, 3, b"d"),
        (1, 1, b"c"),
    ]
    with reading(rig.engine) as connection:
        assert [verify_chain(connection, shard).broken_at for shard in (0, 1, 2)] == [None, None, None]
    rig.close()


def test_what_is_rolled_back_leaves_the_chain_whole(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    with rig.engine.connect() as connection:
        append(connection, 0, [entry(b"a")], at_ms=1)
        connection.rollback()
    with writing(rig.engine) as connection:
        append(connection, 0, [entry(b"b")], at_ms=1)
    with reading(rig.engine) as connection:
        report = verify_chain(connection, 0)
    assert (report.entries, report.broken_at) == (1, None)
    rig.close()
