"""The agent's panel: who may open it, and what can be done there. It shows parts, codes and record ids; no person.

It is opened by a small control on the screens on which nobody is in the middle of something, by PIN with the
directory's lock-out; it closes by itself after two minutes of silence (:mod:`.silence`) and when a card comes in
(:mod:`.watch`). Every action stands on the panel until it is over; what takes time runs beside the screens.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from kiosk.enrolment.errors import NotReadyError, OperatorLockedError, StepError, StoreError
from kiosk.enrolment.panel_rows import rows_of
from kiosk.enrolment.panel_sheet import PanelSheet, Task
from kiosk.enrolment.place import Door, Operator, OperatorRole
from kiosk.enrolment.rules import PARIS
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import PANEL_STEPS, RESTING, JourneyKind, Step
from kiosk.enrolment.trial_slip import trial_slip

OPENED_FROM = (RESTING - PANEL_STEPS) | {Step.SIGN_IN, Step.OUT_OF_SERVICE}
_SAYS_HINT = frozenset({Step.ATTRACT, Step.SIGN_IN})
_MAY_OPEN = {
    JourneyKind.HALL: frozenset({OperatorRole.AGENT}),
    JourneyKind.COUNTER: frozenset({OperatorRole.PHARMACIST, OperatorRole.PREPARER}),
}


class Panel:
    """The panel of one terminal. ``look`` takes a fresh look at the machine; it may take seconds."""

    def __init__(self, stage: Stage, look: Callable[[], None], close: Callable[[], None]) -> None:
        self._stage = stage
        self._look = look
        self._close = close
        self._sheet = PanelSheet()

    def sheet(self) -> PanelSheet:
        """What there is to show now; the caller holds the stage's lock."""
        seen = self._stage.seen
        if seen is None:
            return self._sheet
        central = seen.central
        return dataclasses.replace(
            self._sheet,
            rows=rows_of(seen),
            oldest=() if central is None else central.oldest,
            dead=() if central is None else central.dead,
            doubtful=seen.doubtful,
        )

    def ask(self, touch: Touch) -> None:
        """Somebody who works here wants the panel: ask for the PIN."""
        with self._stage.touched(touch, *OPENED_FROM):
            self._stage.end_visit(Step.PANEL_PIN)
            self._stage.standard_comfort()

    def open(self, touch: Touch, pin: str) -> None:
        """Open it to an agent in a hall, to a pharmacist or preparer at a counter.

        Steps: 1. the directory knows the PIN and is not locked; 2. the role fits the place. Not checked: that the
        person who typed it is the one it was given to.
        """
        with self._stage.touched(touch, Step.PANEL_PIN):
            operator = self._operator_of(pin)  # 1
            if operator is None:
                return
            if operator.role not in _MAY_OPEN[self._stage.journey.kind]:  # 2
                self._complain("panel_role")
                return
            self._sheet = PanelSheet()
            self._stage.end_visit(Step.PANEL)
            self._stage.aside(self._look)

    def leave(self, touch: Touch) -> None:
        """Back to the screen that waits for people."""
        with self._stage.touched(touch, *PANEL_STEPS):
            self._close()

    def wait_for_card(self, touch: Touch) -> None:
        """A slip that is missing: go home and say that the person's card brings a new code (the old one dies)."""
        with self._stage.touched(touch, Step.PANEL):
            self._close()
            if self._stage.journey.step in _SAYS_HINT:
                self._complain("reprint_hint")

    def print_trial(self, touch: Touch) -> None:
        """After a change of paper: print a slip with every style, and ask the printer how it is."""
        stage = self._stage
        with stage.touched(touch, Step.PANEL):
            slip = trial_slip(stage.tools.whereabouts.terminal, stage.now().astimezone(PARIS), stage.paper_texts.slips)
            self._begin(Task.PAPER)

        def job() -> None:
            outcome = stage.tools.printer.print(slip)
            self._look()
            self._end(paper=outcome)

        stage.aside(job)

    def check(self, touch: Touch) -> None:
        """Run the self-check: everything that needs no device for itself alone."""
        stage = self._stage
        with stage.touched(touch, Step.PANEL):
            self._begin(Task.CHECK)

        def job() -> None:
            findings = tuple(stage.tools.upkeep.check())
            self._end(findings=findings)

        stage.aside(job)

    def restart(self, touch: Touch) -> None:
        """End the program so that it is started again; nobody is being served, and what is on the disk stays."""
        with self._stage.touched(touch, Step.PANEL):
            self._begin(Task.RESTART)
            self._stage.tools.upkeep.restart()

    def _operator_of(self, pin: str) -> Operator | None:
        stage = self._stage
        try:
            operator = stage.tools.operators.verify(pin, Door.PANEL)
        except OperatorLockedError as error:
            stage.put(stage.journey.complaining("pin_locked", until=error.until))
            return None
        except (NotReadyError, StoreError):  # no verified list of operators, or no disk to count the try on
            self._complain("panel_unverified")
            return None
        if operator is None:
            self._complain("pin_wrong")
        return operator

    def _complain(self, code: str) -> None:
        self._stage.put(self._stage.journey.complaining(code))

    def _begin(self, task: Task) -> None:
        if self._sheet.task is not None:
            raise StepError("the panel is busy")
        self._show(dataclasses.replace(self._sheet, task=task))

    def _end(self, **told: Any) -> None:
        with self._stage.lock:
            self._show(dataclasses.replace(self._sheet, task=None, **told))

    def _show(self, sheet: PanelSheet) -> None:
        self._sheet = sheet
        if self._stage.journey.step is Step.PANEL:
            self._stage.redraw()
