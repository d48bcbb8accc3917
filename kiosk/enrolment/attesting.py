"""Who works here and what they attest: sign-in at the counter, the identity check, and the last "yes".

In a hall the agent ticks the statement, says what was compared and gives their PIN. At a counter the pharmacist gave
theirs when the session began; one touch on what was compared then carries both statements (EX_1.1-1010's "or
equivalent"). What a preparer attested waits for the pharmacist's PIN at the confirmation (dmp.md §16 P).
No setting goes around the check. Not checked: who holds the hand that touches; a counter session ends after a quarter
of an hour without a touch, and with the professional's card when one was in the second reader.
"""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from kiosk.enrolment.errors import NotReadyError, OperatorLockedError, StepError, StoreError
from kiosk.enrolment.evidence import METHODS, ROLE_THAT_ATTESTS, IdentityMethod, attestation, identity_check
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.handing_out import HandingOut
from kiosk.enrolment.place import Operator, OperatorRole
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.sides import Side
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import PERSONAL, RESTING, JourneyKind, Step

_ROLES_AT_COUNTER = frozenset({OperatorRole.PHARMACIST, OperatorRole.PREPARER})


class Attesting:
    """The operator's touches."""

    def __init__(self, stage: Stage, handing_out: HandingOut) -> None:
        self._stage = stage
        self._handing_out = handing_out

    def sign_in(self, touch: Touch, pin: str) -> None:
        """P1: the pharmacist's or preparer's PIN begins a counter session."""
        stage = self._stage
        with stage.touched(touch, Step.SIGN_IN):
            operator = self._operator_of(pin, _ROLES_AT_COUNTER)
            if operator is not None:
                card = stage.tools.professional.card()
                stage.attendance.sign_in(operator, stage.tools.monotonic(), with_card=card is not None)
                stage.go_home()

    def sign_out(self, touch: Touch) -> None:
        """End the counter session; a journey that is under way is wiped with it."""
        stage = self._stage
        with stage.touched(touch, *(PERSONAL | RESTING), is_way_out=True):
            if touch.side is not Side.OPERATOR or stage.attendance.operator is None:
                raise StepError("nobody to sign out here")
            stage.sign_out()
            stage.go_home()

    def attest(self, touch: Touch, *, method: str, statement: bool, pin: str = "") -> None:
        """K14, P5, P9: the statement's boxes, what was compared, and in a hall the agent's PIN."""
        stage = self._stage
        with stage.touched(touch, Step.IDENTITY):
            journey = stage.journey
            chosen = next((one for one in METHODS[journey.kind] if one.value == method), None)
            if not statement:
                stage.put(journey.complaining("statement_missing", typed={"method": method}))
            elif chosen is None:
                stage.put(journey.complaining("method_missing", typed={"statement": "1"}))
            else:
                self._attest(chosen, pin)

    def confirm(self, touch: Touch, *, pin: str = "") -> None:
        """K15, P10: make the record durable, then print. Returns at once."""
        stage = self._stage
        with stage.touched(touch, Step.CONFIRM):
            if stage.journey.preparer is None or self._confirmed_by_pharmacist(pin):
                self._handing_out.confirm()

    def _attest(self, method: IdentityMethod, pin: str) -> None:
        stage = self._stage
        journey = stage.journey
        if journey.kind is JourneyKind.HALL:
            typed = {"method": method.value, "statement": "1"}
            operator = self._operator_of(pin, frozenset({OperatorRole.AGENT}), typed=typed)
        else:
            operator = stage.attendance.operator
        if operator is None:
            return
        words = attestation(stage.operator_texts, journey.kind, journey.party)
        check = identity_check(operator, method, words, journey.shown_at, stage.now(), self._card_serial())
        waits = operator if operator.role is not ROLE_THAT_ATTESTS[journey.kind] else None
        stage.put(journey.attested(check, stage.now(), preparer=waits))

    def _confirmed_by_pharmacist(self, pin: str) -> bool:
        stage = self._stage
        journey = stage.journey
        pharmacist = self._operator_of(pin, frozenset({OperatorRole.PHARMACIST}), is_another=True)
        if pharmacist is None or journey.preparer is None or journey.identity is None:
            return False
        check = replace(
            journey.identity,
            operator=pharmacist.operator_id,
            role=pharmacist.role.value,
            prepared_by=journey.preparer.operator_id,
        )
        stage.put(dataclasses.replace(journey, identity=check))
        return True

    def _card_serial(self) -> str | None:
        card = self._stage.tools.professional.card()
        return None if card is None else card.serial

    def _operator_of(
        self,
        pin: str,
        roles: frozenset[OperatorRole],
        *,
        is_another: bool = False,
        typed: dict[str, str] | None = None,
    ) -> Operator | None:
        """Who may do this here by that PIN; None after saying on the screen why not, or ending the visit."""
        stage = self._stage
        try:
            operator = stage.tools.operators.verify(pin)
        except OperatorLockedError as error:
            stage.put(stage.journey.complaining("pin_locked", until=error.until, typed=typed))
            return None
        except StoreError:  # a try that cannot be counted is not made, and the record could not be kept either
            stage.stop(Fault.STORE)
            return None
        except NotReadyError as error:  # revoked meanwhile, or the keys ran out: there is no list of operators any more
            stage.stop(Fault.NOT_READY, error.code)
            return None
        signed_in = None if is_another else stage.attendance.operator
        if operator is None:
            complaint = "pin_wrong"
        elif operator.role not in roles:
            complaint = "pin_role"
        elif signed_in is not None and operator.operator_id != signed_in.operator_id:
            complaint = "pin_other"
        else:
            return operator
        stage.put(stage.journey.complaining(complaint, typed=typed))
        return None
