"""What every ``RecordStore`` and ``SlipJournal`` owes the enrolment: in memory, and on the terminal's disk."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.enrolment.errors import StoreError
from kiosk.enrolment.ports import RecordDraft, RecordStore, SlipJournal
from kiosk.enrolment.slip import SlipKind
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.drafts import enrolment, refusal, slip_outcome
from tests.fakes.kept_records import FakeRecordStore
from tests.fakes.programme import PRESENT, TERMINAL, Programme
from tests.fakes.slip_notes import FakeSlipJournal
from tests.fakes.terminal_rig import TerminalRig
from wire.homes import TERMINAL_STORE
from wire.records import RecordKind
from wire.trust import open_bundle


@dataclass(frozen=True)
class Disk:
    store: RecordStore
    journal: SlipJournal
    full: Callable[[], contextlib.AbstractContextManager[None]]


def _in_memory(_folder: Path, _programme: Programme) -> contextlib.AbstractContextManager[Disk]:
    store = FakeRecordStore()

    @contextlib.contextmanager
    def full() -> Iterator[None]:
        store.full = True
        yield
        store.full = False

    return contextlib.nullcontext(Disk(store, FakeSlipJournal(), full))


@contextlib.contextmanager
def _on_disk(folder: Path, programme: Programme) -> Iterator[Disk]:
    rig = TerminalRig(programme.furnish(folder / "home"), programme, CentralSimulator(programme))

    @contextlib.contextmanager
    def full() -> Iterator[None]:
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = (rig.home / f"{TERMINAL_STORE}-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limit[1]))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    yield Disk(rig.store, rig.journal, full)
    rig.close()


@pytest.fixture(params=[_in_memory, _on_disk], ids=["fake", "disk"])
def disk(request: pytest.FixtureRequest, tmp_path: Path, programme: Programme) -> Iterator[Disk]:
    with request.param(tmp_path, programme) as made:
        yield made


@pytest.fixture
def programme() -> Programme:
    return Programme()


@pytest.fixture
def draft(programme: Programme) -> RecordDraft:
    trust = open_bundle(programme.bundle(), programme.root.public_key(), now=PRESENT)
    return enrolment(PRESENT, TERMINAL, trust)


def test_every_kind_of_record_is_kept_and_waits(disk: Disk, draft: RecordDraft) -> None:
    assert disk.store.waiting() == 0
    for record in (draft, refusal(PRESENT), slip_outcome(PRESENT, draft.record_id)):
        disk.store.add(record)
    assert disk.store.waiting() == 3


def test_enrolments_are_counted_since_an_instant_and_nothing_else_is(disk: Disk, draft: RecordDraft) -> None:
    for record in (draft, refusal(PRESENT), slip_outcome(PRESENT, draft.record_id)):
        disk.store.add(record)
    instants = [PRESENT + timedelta(seconds=seconds) for seconds in (-3600, 0, 1)]
    assert [disk.store.openings_since(instant) for instant in instants] == [1, 1, 0]


def test_time_and_kind_of_what_was_kept_since_an_instant_and_nothing_else(disk: Disk, draft: RecordDraft) -> None:
    for record in (draft, refusal(PRESENT), slip_outcome(PRESENT, draft.record_id)):
        disk.store.add(record)
    since = disk.store.kept_since(PRESENT - timedelta(hours=1))
    assert sorted(one.kind.value for one in since) == ["enrolment", "refusal", "slip_outcome"]
    assert next(one.at for one in since if one.kind is RecordKind.ENROLMENT) == draft.record_id.made_at
    assert disk.store.kept_since(PRESENT + timedelta(seconds=1)) == ()


def test_a_full_disk_raises_and_keeps_nothing(disk: Disk, draft: RecordDraft) -> None:
    with disk.full(), pytest.raises(StoreError):
        disk.store.add(draft)
    assert disk.store.waiting() == 0


def test_a_slip_is_unsettled_until_its_paper_is_settled(disk: Disk, draft: RecordDraft) -> None:
    disk.store.add(draft)
    seen = []
    for state in ("rendered", "printing", "printed"):
        disk.journal.settle(draft.record_id, SlipKind.ACTIVATION, 1, state, PRESENT)
        seen.append(disk.journal.unsettled())
    waiting = ((draft.record_id, SlipKind.ACTIVATION, 1),)
    assert seen == [waiting, waiting, ()]


@pytest.mark.parametrize("state", ["printed", "unknown", "failed"])
def test_copies_of_a_slip_are_told_apart(state: str, disk: Disk, draft: RecordDraft) -> None:
    disk.store.add(draft)
    disk.journal.settle(draft.record_id, SlipKind.ACTIVATION, 1, state, PRESENT)
    disk.journal.settle(draft.record_id, SlipKind.ACTIVATION, 2, "printing", PRESENT)
    assert disk.journal.unsettled() == ((draft.record_id, SlipKind.ACTIVATION, 2),)


def test_a_slip_in_doubt_is_listed_until_a_later_copy_is_settled_well(disk: Disk, draft: RecordDraft) -> None:
    disk.store.add(draft)
    disk.journal.settle(draft.record_id, SlipKind.ACKNOWLEDGEMENT, 1, "printed", PRESENT)
    seen = []
    for copy_number, state in ((1, "unknown"), (2, "failed"), (3, "printed")):
        disk.journal.settle(draft.record_id, SlipKind.ACTIVATION, copy_number, state, PRESENT)
        seen.append(disk.journal.doubtful(PRESENT))
    assert [[(slip.kind, slip.copy_number, slip.state) for slip in slips] for slips in seen] == [
        [(SlipKind.ACTIVATION, 1, "unknown")],
        [(SlipKind.ACTIVATION, 2, "failed")],
        [],
    ]


def test_slips_in_doubt_of_an_earlier_day_are_not_listed(disk: Disk, draft: RecordDraft) -> None:
    disk.store.add(draft)
    disk.journal.settle(draft.record_id, SlipKind.ACTIVATION, 1, "failed", PRESENT - timedelta(seconds=1))
    assert disk.journal.doubtful(PRESENT) == ()
    assert len(disk.journal.doubtful(PRESENT - timedelta(seconds=1))) == 1
