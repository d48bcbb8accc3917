"""A scanner's burst on a screen that waits for a card: handed to the desk that knows, and then to nobody."""

from __future__ import annotations

from kiosk.enrolment.desks import ApCvWord
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.scan import read_scan
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import JourneyKind, Step

SCANNED_ON = frozenset({Step.ATTRACT, Step.DAY})
"""Where a card may be put in, and a code be shown instead. Everywhere else the page swallows a burst."""

_SAID_OF = {
    (ApCvWord.NOT_ACCEPTED, JourneyKind.HALL): "apcv_not_accepted",
    (ApCvWord.NOT_ACCEPTED, JourneyKind.COUNTER): "apcv_not_accepted_counter",
}


class Scanning:
    """Takes what a scanner typed."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def prefix(self) -> str:
        """What this terminal's scanner types first; empty: it types nothing of its own."""
        return self._stage.tools.scan_prefix

    def present(self, touch: Touch, typed: str) -> None:
        """Ask whose code it is, beside the screen, and say what came of it; the text is dropped with the asking.

        Raises:
            StepError: the screen takes no code now, or this is not what the scanner types. Says nothing of the text.
        """
        stage = self._stage
        with stage.touched(touch, *SCANNED_ON):
            code = read_scan(typed, self.prefix)
            if code is None:
                raise StepError("no scanner of ours types that")
            visit = stage.journey.visit

        def job() -> None:
            word = stage.tools.apcv.present(code)
            with stage.lock:
                journey = stage.journey
                if journey.visit == visit and journey.step in SCANNED_ON:
                    stage.put(journey.complaining(_SAID_OF[word, journey.kind]))

        stage.aside(job)
