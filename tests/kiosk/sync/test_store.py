"""The disk: durable, chained, sealed; a failure keeps nothing."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.enrolment.errors import StoreError
from kiosk.enrolment.slip import SlipKind
from kiosk.sync.database import TerminalDatabase
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.drafts import CANARIES, enrolment, refusal, slip_outcome
from tests.fakes.programme import PRESENT, TERMINAL, Programme
from tests.fakes.terminal_rig import TerminalRig
from wire.failpoints import Failpoint
from wire.homes import TERMINAL_STORE
from wire.identifiers import RecordId
from wire.records import RecordKind, check_parts, first_link, read_record, read_routing, record_hash
from wire.sealing import key_id, key_id_of
from wire.trust import KeyUse


def test_a_record_survives_a_restart(rig: TerminalRig) -> None:
    rig.enrol(3)
    rig.reopen()
    assert rig.store.waiting() == 3


def test_what_was_opened_is_still_counted_when_central_has_it_and_after_a_restart(rig: TerminalRig) -> None:
    began = rig.clock.now()
    rig.enrol(2)
    rig.run()
    rig.reopen()
    assert (rig.store.waiting(), rig.store.openings_since(began)) == (0, 2)


def test_a_database_of_before_the_count_opens_with_all_it_holds(rig: TerminalRig) -> None:
    rig.enrol(1)
    with rig.database.transaction() as database:
        database.execute("ALTER TABLE records DROP COLUMN opening")
        database.execute("DELETE FROM _sqlite_migrations WHERE name = '0002_openings'")
    rig.reopen()
    assert (rig.store.waiting(), rig.store.openings_since(PRESENT)) == (1, 0)


def test_kinds_are_still_known_when_central_has_the_records_and_after_a_restart(rig: TerminalRig) -> None:
    began = rig.clock.now()
    rig.enrol(1)
    rig.add(refusal(rig.clock.now()))
    rig.run()
    rig.reopen()
    assert {one.kind for one in rig.store.kept_since(began)} >= {RecordKind.ENROLMENT}
    assert RecordKind.REFUSAL in {one.kind for one in rig.store.kept_since(began - timedelta(hours=1))}


def test_a_database_of_before_the_kinds_knows_its_openings_and_shows_nothing_it_does_not_know(rig: TerminalRig) -> None:
    began = rig.clock.now() - timedelta(hours=1)
    rig.enrol(1)
    rig.add(refusal(rig.clock.now()))
    with rig.database.transaction() as database:
        database.execute("ALTER TABLE records DROP COLUMN kind")
        database.execute("DELETE FROM _sqlite_migrations WHERE name = '0003_kinds'")
    rig.reopen()
    assert {one.kind for one in rig.store.kept_since(began)} == {RecordKind.ENROLMENT}


def test_records_form_one_chain_from_the_terminals_first_link(rig: TerminalRig) -> None:
    rig.enrol(2)
    rig.reopen()
    rig.add(refusal(rig.clock.now()))
    previous = first_link(TERMINAL)
    for expected, stored in enumerate(rig.outbox.load([1, 2, 3]), start=1):
        routing = read_routing(read_record(stored.raw).routing)
        assert (routing.sequence, routing.previous_hash) == (expected, previous)
        check_parts(routing, read_record(stored.raw))
        previous = stored.hash
        assert previous == record_hash(read_record(stored.raw).routing)


def test_a_refusal_carries_no_sealed_part(rig: TerminalRig) -> None:
    rig.add(refusal(rig.clock.now()))
    record = read_record(rig.outbox.load([1])[0].raw)
    assert record.administrative is None
    assert record.vault is None


def test_the_record_carries_the_doubt_about_its_time(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.enrol()
    rig.run()
    rig.clock.forward(90)
    rig.enrol()
    routing = read_routing(read_record(rig.outbox.load([2])[0].raw).routing)
    assert routing.floor_ms == central.now.timestamp() * 1000
    assert routing.since_floor_ms == 91_000


def test_after_a_restart_the_age_of_the_floor_is_unknown(rig: TerminalRig) -> None:
    rig.enrol()
    rig.run()
    rig.reopen()
    rig.enrol()
    routing = read_routing(read_record(rig.outbox.load([2])[0].raw).routing)
    assert routing.floor_ms is not None
    assert routing.since_floor_ms is None


def test_the_same_record_id_is_not_kept_twice(rig: TerminalRig) -> None:
    (draft,) = rig.enrol()
    with pytest.raises(StoreError):
        rig.add(draft)
    assert rig.store.waiting() == 1


def test_the_file_is_for_its_user_only_with_its_log(rig: TerminalRig, home: Path) -> None:
    rig.enrol()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.glob(f"{TERMINAL_STORE}*")}
    assert set(modes) == {TERMINAL_STORE, f"{TERMINAL_STORE}-wal", f"{TERMINAL_STORE}-shm"}
    assert set(modes.values()) == {0o600}


def test_a_commit_is_synced_to_the_disk(rig: TerminalRig) -> None:
    with rig.database.reading() as database:
        pragmas = [database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]


def test_no_keys_no_record(rig: TerminalRig) -> None:
    draft = enrolment(PRESENT, TERMINAL, rig.whereabouts.trust())
    rig.whereabouts.revoke()
    with pytest.raises(StoreError, match="revoked"):
        rig.add(draft)
    assert rig.store.waiting() == 0


def test_a_slip_of_a_record_that_is_not_in_the_chain_is_refused(rig: TerminalRig) -> None:
    with pytest.raises(StoreError):
        rig.journal.settle(RecordId.new(PRESENT), SlipKind.ACTIVATION, 1, "rendered", PRESENT)


def test_a_slip_may_be_settled_after_its_record_was_sent_and_forgotten(rig: TerminalRig) -> None:
    (draft,) = rig.enrol()
    rig.run()
    rig.journal.settle(draft.record_id, SlipKind.ACTIVATION, 1, "printed", PRESENT)
    assert rig.store.waiting() == 0


def test_slips_left_rendered_or_printing_are_known_after_a_restart(rig: TerminalRig) -> None:
    first, second, third = rig.enrol(3)
    rig.journal.settle(first.record_id, SlipKind.ACKNOWLEDGEMENT, 1, "rendered", PRESENT)
    rig.journal.settle(second.record_id, SlipKind.ACTIVATION, 2, "printing", PRESENT)
    rig.journal.settle(third.record_id, SlipKind.ACTIVATION, 1, "printing", PRESENT)
    rig.journal.settle(third.record_id, SlipKind.ACTIVATION, 1, "printed", PRESENT)
    rig.reopen()
    assert rig.journal.unsettled() == (
        (first.record_id, SlipKind.ACKNOWLEDGEMENT, 1),
        (second.record_id, SlipKind.ACTIVATION, 2),
    )


def test_a_state_that_is_none_is_refused(rig: TerminalRig) -> None:
    (draft,) = rig.enrol()
    with pytest.raises(StoreError):
        rig.journal.settle(draft.record_id, SlipKind.ACTIVATION, 1, "vanished", PRESENT)


def test_nothing_that_was_captured_can_be_read_from_the_disk(rig: TerminalRig) -> None:
    drafts = rig.enrol(5)
    for draft in drafts:
        rig.journal.settle(draft.record_id, SlipKind.ACTIVATION, 1, "printing", PRESENT)
    rig.add(slip_outcome(PRESENT, drafts[0].record_id))
    on_disk = rig.on_disk()
    assert len(on_disk) > 5 * 2000  # the records are there
    assert [canary for canary in CANARIES if canary in on_disk] == []


def test_what_is_forgotten_leaves_not_even_its_sealed_bytes(rig: TerminalRig) -> None:
    rig.enrol(20)
    sealed = [read_record(stored.raw) for stored in rig.outbox.load(range(1, 21))]
    traces = [part[30:90] for record in sealed for part in (record.administrative, record.vault) if part]
    assert all(trace in rig.on_disk() for trace in traces)
    rig.run()
    on_disk = rig.on_disk()
    assert [trace for trace in traces if trace in on_disk] == []


def test_forgotten_ids_are_pruned_but_the_head_stays(rig: TerminalRig) -> None:
    rig.enrol(3)
    rig.run()
    assert rig.outbox.prune(rig.clock.now() + timedelta(days=1)) == 2
    rig.enrol()
    routing = read_routing(read_record(rig.outbox.load([4])[0].raw).routing)
    assert routing.sequence == 4


def test_waiting_records_are_never_pruned(rig: TerminalRig) -> None:
    rig.enrol(3)
    assert rig.outbox.prune(rig.clock.now() + timedelta(days=1)) == 0
    assert rig.store.waiting() == 3


def test_a_full_disk_keeps_nothing_and_says_so(rig: TerminalRig) -> None:
    rig.enrol(2)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    draft = enrolment(rig.clock.now(), TERMINAL, rig.whereabouts.trust())
    # Every write past the present end of the log fails, as on a full disk (Python ignores SIGXFSZ).
    size = (rig.home / f"{TERMINAL_STORE}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limit[1]))
    try:
        with pytest.raises(StoreError):
            rig.add(draft)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert rig.store.waiting() == 2
    rig.add(draft)  # once there is room, the same fact can be kept
    rig.reopen()
    assert rig.store.waiting() == 3


def test_a_folder_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        TerminalDatabase(tmp_path / "absent" / TERMINAL_STORE)


def test_a_damaged_file_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / TERMINAL_STORE).write_bytes(os.urandom(8192))
    with pytest.raises(StoreError):
        TerminalDatabase(tmp_path / TERMINAL_STORE)


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.drafts import enrolment
from tests.fakes.programme import PRESENT, TERMINAL, Programme
from tests.fakes.terminal_rig import TerminalRig
from kiosk.sync.keys import DeviceKey

def reach(point):
    if point.value == sys.argv[2] and armed:
        os.kill(os.getpid(), signal.SIGKILL)

armed = False
programme = Programme(device=DeviceKey.open(Path(sys.argv[1]) / "device.key"))
rig = TerminalRig(Path(sys.argv[1]), programme, CentralSimulator(programme), reach=reach)
rig.enrol()
armed = True
rig.enrol()
"""


@pytest.mark.parametrize(
    ("point", "kept"), [(Failpoint.COMMIT_BEFORE, 1), (Failpoint.COMMIT_INSIDE, 1), (Failpoint.COMMIT_AFTER, 2)]
)
def test_killed_around_the_commit_a_record_is_whole_or_absent(
    point: Failpoint, kept: int, home: Path, programme: Programme, central: CentralSimulator
) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(home), point.value], check=False, timeout=60)
    assert ended.returncode == -9
    rig = TerminalRig(home, programme, central)
    try:
        assert rig.store.waiting() == kept
        rig.enrol()
        rig.run()
        assert central.unbroken_chain()
        assert len(central.arrived) == kept + 1
    finally:
        rig.close()


def test_the_schema_is_applied_once_and_can_be_opened_by_plain_sqlite(rig: TerminalRig, home: Path) -> None:
    rig.enrol()
    rig.reopen()
    connection = sqlite3.connect(f"file:{home / TERMINAL_STORE}?mode=ro", uri=True)
    try:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()
    assert {"records", "slips", "facts"} <= tables


def test_records_are_sealed_to_intake_and_vault_and_to_nobody_else(rig: TerminalRig, programme: Programme) -> None:
    rig.enrol()
    record = read_record(rig.outbox.load([1])[0].raw)
    assert record.administrative is not None
    assert record.vault is not None
    assert key_id_of(record.administrative) == key_id(programme.intake.public_key())
    assert key_id_of(record.vault) == key_id(programme.sealing[KeyUse.VAULT].public_key())
