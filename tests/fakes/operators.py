"""An ``OperatorDirectory`` of one agent, two pharmacists and a preparer; ``locked_until`` locks it."""

from __future__ import annotations

from datetime import datetime

from kiosk.enrolment.errors import OperatorLockedError
from kiosk.enrolment.place import Door, Operator, OperatorDirectory, OperatorRole
from wire.identifiers import operator_id

AGENT_PIN = "482913"
PHARMACIST_PIN = "702554"
OTHER_PHARMACIST_PIN = "118800"
PREPARER_PIN = "640917"
_BY_PIN = {
    AGENT_PIN: Operator(operator_id("AGENT-01"), OperatorRole.AGENT, "Agent A."),
    PHARMACIST_PIN: Operator(operator_id("PHARMA-01"), OperatorRole.PHARMACIST, "Pharmacien P."),
    OTHER_PHARMACIST_PIN: Operator(operator_id("PHARMA-02"), OperatorRole.PHARMACIST, "Pharmacienne Q."),
    PREPARER_PIN: Operator(operator_id("PREPA-01"), OperatorRole.PREPARER, "Préparateur R."),
}


class FakeOperatorDirectory(OperatorDirectory):
    def __init__(self) -> None:
        self.locked_until: datetime | None = None
        self.tries = 0

    def verify(self, pin: str, door: Door = Door.ATTESTATION) -> Operator | None:
        self.tries += 1
        if self.locked_until is not None:
            raise OperatorLockedError(self.locked_until)
        return _BY_PIN.get(pin)
