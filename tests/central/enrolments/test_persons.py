from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from central.enrolments.persons import dossier_of
from tests.fakes.terminal import LAUNCH
from wire.identifiers import DossierId, RecordId


@given(st.binary(min_size=10, max_size=10))
def test_the_same_record_always_opens_the_same_dossier(noise: bytes) -> None:
    record = RecordId.new(LAUNCH, noise).value
    assert dossier_of(record) == dossier_of(record)
    assert DossierId(dossier_of(record)).value != record


def test_dossiers_grow_with_time_so_that_their_index_grows_at_its_end() -> None:
    records = [RecordId.new(LAUNCH + timedelta(seconds=second)).value for second in range(50)]
    dossiers = [dossier_of(record) for record in records]
    assert dossiers == sorted(dossiers)
    assert len(set(dossiers)) == 50
