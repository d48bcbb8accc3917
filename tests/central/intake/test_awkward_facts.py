"""A terminal that was taken over seals and signs whatever it likes: each record is answered, and the rest flows on."""

from __future__ import annotations

import pytest

from central.enrolments.models import persons
from tests.central.intake_rig import IntakeRig
from tests.fakes.awkward import VALUES, variants
from tests.fakes.terminal import LAUNCH, FakeTerminal, enrolment_facts, fictitious_nir
from wire.batch import RECORDS_LIMIT, Outcome
from wire.identifiers import RecordId
from wire.sealing import SealPurpose, seal

NUMBERS = [value for value in VALUES if type(value) is int]


def put(rig: IntakeRig, terminal: FakeTerminal, facts: bytes) -> None:
    record_id = RecordId.new(LAUNCH)
    sealed = seal(facts, rig.keys.intake.public_key(), SealPurpose.ADMINISTRATIVE, record_id, terminal.name)
    terminal.record("enrolment", record_id, sealed, b"vault", at=LAUNCH)


def test_whatever_a_field_of_the_sealed_facts_holds_the_batch_is_answered(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    for facts in variants(enrolment_facts(fictitious_nir(1))):
        put(rig, terminal, facts)
    terminal.enrol(2)
    said = [
        outcome
        for start in range(0, len(terminal.made), RECORDS_LIMIT)
        for outcome in rig.send(terminal, *terminal.made[start : start + RECORDS_LIMIT])
    ]
    assert {outcome for outcome, _ in said} == {Outcome.DURABLE_NEW}
    assert said[-1] == (Outcome.DURABLE_NEW, None)
    assert rig.count(persons) == 2
    assert rig.recount().agrees


@pytest.mark.parametrize("field", ["captured_ms", "floor_ms", "since_floor_ms", "version"])
def test_whatever_number_the_routing_names_the_record_behind_it_flows_on(rig: IntakeRig, field: str) -> None:
    terminal = rig.terminal()
    for person, number in enumerate(NUMBERS):
        terminal.enrol(person, routing={field: number})
    terminal.enrol(1000)
    assert rig.send(terminal)[-1] == (Outcome.DURABLE_NEW, None)
    assert rig.recount().agrees
