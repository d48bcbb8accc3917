"""The touches about who stands beside the holder (domain/dmp.md §16 (c)); the rules are :mod:`.company`'s."""

from __future__ import annotations

from kiosk.enrolment import company
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import Step
from wire.evidence import Measure


class Accompanying:
    """Measure, representative, quality, the teenager's contact, the other parent."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def say_measure(self, touch: Touch, measure: Measure) -> None:
        """Represented or assisted."""
        with self._stage.touched(touch, Step.PROTECTION):
            self._stage.put(company.say_measure(self._stage.journey, measure, self._stage.now()))

    def choose_representative(self, touch: Touch, position: int) -> None:
        """M1: an adult of the card, or ``company.SOMEBODY_ELSE``."""
        with self._stage.touched(touch, Step.REPRESENTATIVE):
            self._stage.put(company.choose_representative(self._stage.journey, position, self._stage.now()))

    def name_representative(self, touch: Touch, family: str, given: str, birth_date: str) -> None:
        """M1: somebody who is not on the card, as their document says."""
        stage = self._stage
        with stage.touched(touch, Step.REPRESENTATIVE_NAME):
            stage.put(company.name_representative(stage.journey, family, given, birth_date, stage.now()))

    def say_quality(self, touch: Touch, code: str) -> None:
        """M3: mother, father, guardian and the like."""
        with self._stage.touched(touch, Step.QUALITY):
            self._stage.put(company.say_quality(self._stage.journey, code, self._stage.now()))

    def give_own_contact(self, touch: Touch, email: str, mobile: str) -> None:
        """M7: from 16 the teenager's own, or none."""
        with self._stage.touched(touch, Step.OWN_CONTACT):
            self._stage.put(company.give_own_contact(self._stage.journey, email, mobile, self._stage.now()))

    def name_other_parent(self, touch: Touch, family: str, given: str) -> None:
        """M9: the other parent, or nobody."""
        with self._stage.touched(touch, Step.OTHER_PARENT):
            self._stage.put(company.name_other_parent(self._stage.journey, family, given, self._stage.now()))
