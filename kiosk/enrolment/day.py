"""The counter's day page (P12): opened between two patients, drawn anew when one of its figures changes."""

from __future__ import annotations

from kiosk.enrolment.day_sheet import DaySheet, day_sheet
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import PANEL_STEPS, RESTING, Step

OPENED_FROM = RESTING - PANEL_STEPS


class Day:
    """Figures of the terminal's own disk, and central's last word on the month."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._drawn: DaySheet | None = None

    def open(self, touch: Touch) -> None:
        """Show the day; only to who is signed in at a counter."""
        stage = self._stage
        with stage.touched(touch, *OPENED_FROM):
            if stage.attendance.operator is None:
                raise StepError("the day is a counter's")
            stage.end_visit(Step.DAY)

    def sheet(self) -> DaySheet | None:
        """The figures now, None while another screen is shown. Reads the disk: not under the stage's lock."""
        stage = self._stage
        if stage.journey.step is not Step.DAY:
            return None
        midnight = stage.midnight()
        return day_sheet(
            stage.tools.store.kept_since(midnight),
            stage.tools.journal.doubtful(midnight),
            stage.tools.store.waiting(),
            stage.tools.earnings.month(),
        )

    def tick(self) -> None:
        """Have the page drawn anew when its figures are no longer those that were drawn."""
        sheet = self.sheet()
        if sheet == self._drawn:
            return
        with self._stage.lock:
            self._drawn = sheet
            if self._stage.journey.step is Step.DAY:
                self._stage.redraw()
