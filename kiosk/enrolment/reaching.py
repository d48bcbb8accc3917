"""The touches about contact, and the one-time codes that central sends: asked and checked beside the screens.

What :mod:`.reach` decides purely is done here with the port: a code is asked for as soon as its screen comes up, and
whatever central says, or does not say, the person goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.enrolment import consents, reach
from kiosk.enrolment.desks import ProofWord
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.journey import Journey, Proving
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import Step
from wire.evidence import AlertWish


class Reaching:
    """Contact, codes, alerts, activation slip."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def give_contact(self, touch: Touch, email: str, mobile: str) -> None:
        """K9, P6: e-mail, mobile or both; a code is asked for at once where central can send one."""
        stage = self._stage
        with stage.touched(touch, Step.CONTACT):
            stage.put(reach.give_contact(stage.journey, email, mobile, stage.now()))
            self._ask_if_shown()

    def give_no_contact(self, touch: Touch) -> None:
        """K9, P6: neither."""
        with self._stage.touched(touch, Step.CONTACT):
            self._stage.put(reach.give_no_contact(self._stage.journey, self._stage.now()))

    def type_code(self, touch: Touch, code: str) -> None:
        """K10: what the person read in the message."""
        stage = self._stage
        with stage.touched(touch, Step.PROOF):
            if stage.journey.proving is None or stage.journey.proving.is_busy:
                raise StepError("central is being asked")
            stage.put(reach.checking_code(stage.journey, code))
            proving = stage.journey.proving
            if proving is not None and proving.is_busy:
                self._aside(proving, lambda: stage.tools.prover.check(proving.proof or b"", code), reach.code_checked)

    def send_code_again(self, touch: Touch) -> None:
        """K10: no message came."""
        with self._stage.touched(touch, Step.PROOF):
            proving = self._stage.journey.proving
            if proving is not None and proving.is_busy:
                raise StepError("central is being asked")
            self._ask_if_shown()

    def leave_unproved(self, touch: Touch) -> None:
        """K10: go on without; the contact is proved at activation."""
        with self._stage.touched(touch, Step.PROOF):
            self._stage.put(reach.settle_unproved(self._stage.journey, self._stage.now()))
            self._ask_if_shown()

    def wish_alerts(self, touch: Touch, wish: AlertWish) -> None:
        """K11, C5: when the holder wants to be told."""
        with self._stage.touched(touch, Step.ALERTS):
            self._stage.put(consents.wish_alerts(self._stage.journey, wish, self._stage.now()))

    def choose_slip(self, touch: Touch, *, wanted: bool) -> None:
        """Whether somebody without contact wants the activation slip."""
        with self._stage.touched(touch, Step.SLIP_OFFER):
            self._stage.put(reach.choose_slip(self._stage.journey, wanted=wanted, at=self._stage.now()))

    def _ask_if_shown(self) -> None:
        """Ask central for a code when its screen is the one now shown."""
        stage = self._stage
        if stage.journey.step is not Step.PROOF:
            return
        stage.put(reach.asking_for_code(stage.journey))
        proving = stage.journey.proving
        assert proving is not None
        address = reach.address_of(stage.journey, proving.contact)
        language = stage.texts.language.code
        self._aside(proving, lambda: stage.tools.prover.send(proving.contact, address, language), reach.code_sent)

    def _aside(
        self,
        proving: Proving,
        ask: Callable[[], ProofWord],
        take: Callable[[Journey, ProofWord, datetime], Journey],
    ) -> None:
        stage = self._stage
        visit = stage.journey.visit

        def job() -> None:
            word = ask()
            with stage.lock:
                journey = stage.journey
                if journey.visit != visit or journey.step is not Step.PROOF or journey.proving != proving:
                    return  # the person went back or away: the word is of nothing any more
                taken = take(journey, word, stage.now())
                stage.put(taken)
                if taken.proving is None:
                    self._ask_if_shown()  # the other contact

        stage.aside(job)
