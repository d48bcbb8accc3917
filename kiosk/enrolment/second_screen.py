"""The person's own screen at a counter: paired by a code, unpaired. What it may touch stands in :mod:`.sides`."""

from __future__ import annotations

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.sides import PATIENTS_OWN, Side
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import PERSONAL, RESTING

CODE_SHOWN_ON = (PERSONAL | RESTING) - PATIENTS_OWN
"""Screens of the operator's on which a code may be asked for."""


class SecondScreen:
    """The touches of pairing. Ends with the counter session (:meth:`Stage.sign_out`)."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def is_paired(self) -> bool:
        """Whether some browser is bound to this counter now."""
        with self._stage.lock:
            return self._stage.pairing.is_paired

    def knows(self, token: str) -> bool:
        """Whether this browser is the one that is bound."""
        with self._stage.lock:
            return self._stage.pairing.knows(token)

    def show_code(self, touch: Touch) -> None:
        """The operator asks for a code; never on a screen that the person is reading."""
        stage = self._stage
        with stage.touched(touch, *CODE_SHOWN_ON):
            self._expect_operator(touch)
            stage.pairing.offer(stage.tools.monotonic())
            stage.redraw()

    def hide_code(self, touch: Touch) -> None:
        """The operator needs no code any more."""
        stage = self._stage
        with stage.touched(touch):
            self._expect_operator(touch)
            stage.pairing.withdraw()
            stage.redraw()

    def unpair(self, touch: Touch) -> None:
        """The operator goes on without the second screen; on a step of the person's, this screen is turned."""
        stage = self._stage
        with stage.touched(touch, is_way_out=True):
            self._expect_operator(touch)
            stage.pairing.unpair()
            stage.redraw()

    def pair(self, typed: str) -> str:
        """The token of the browser that typed the code.

        Raises:
            PairingError: not the code, or none is shown.
        """
        stage = self._stage
        with stage.lock:
            code = stage.pairing.code
            try:
                return stage.pairing.pair(typed, stage.tools.monotonic())
            finally:
                if stage.pairing.code != code:
                    stage.redraw()

    def _expect_operator(self, touch: Touch) -> None:
        if touch.side is not Side.OPERATOR or self._stage.attendance.operator is None:
            raise StepError("a second screen is for a counter at which somebody is signed in")
