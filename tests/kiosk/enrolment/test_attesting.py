"""When the operator's PIN cannot even be tried: the visit ends visibly, and nobody has attested."""

from __future__ import annotations

import pytest

from kiosk.enrolment.errors import EnrolmentError, NotReadyError, StoreError
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.place import Door, Operator
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import FakeOperatorDirectory

CASES = [(StoreError("full"), Fault.STORE), (NotReadyError("revoked", code="revoked"), Fault.NOT_READY)]


class BrokenDirectory(FakeOperatorDirectory):
    def __init__(self, error: EnrolmentError) -> None:
        super().__init__()
        self._error = error

    def verify(self, pin: str, door: Door = Door.ATTESTATION) -> Operator | None:
        raise self._error


@pytest.mark.parametrize(("error", "fault"), CASES, ids=["full disk", "revoked"])
def test_a_pin_that_cannot_be_tried_attests_nothing_and_ends_the_visit(error: EnrolmentError, fault: Fault) -> None:
    rig = EnrolmentRig(operators=BrokenDirectory(error))
    rig.go(Step.IDENTITY)
    rig.attest()
    assert (rig.step, rig.journey.fault, rig.journey.person) == (Step.STOPPED, fault, None)


@pytest.mark.parametrize(("error", "fault"), CASES, ids=["full disk", "revoked"])
def test_nobody_signs_in_with_a_pin_that_cannot_be_tried(error: EnrolmentError, fault: Fault) -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER, operators=BrokenDirectory(error))
    rig.session.attesting.sign_in(rig.touch(), rig.pin_at_counter)
    assert (rig.step, rig.journey.fault) == (Step.STOPPED, fault)
    assert rig.session.screen().operator is None
