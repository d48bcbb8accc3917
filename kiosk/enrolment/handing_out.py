"""After the last "yes": commit in a worker, then the slips one by one, and what to do about paper that failed.

Holds the opening (and so the code of slip B) only until its slips are settled or the screen is left.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging

from kiosk.enrolment.delivery import RENDERED, Opening, commit, note, print_slip
from kiosk.enrolment.errors import NotReadyError, StepError, StoreError
from kiosk.enrolment.evidence import refusal
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.journey import Journey, SlipProgress
from kiosk.enrolment.ports import PrintResult
from kiosk.enrolment.slip import Slip
from kiosk.enrolment.slips import next_copy, refusal_slip
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.texts import Texts
from wire.errors import WireError

WAITING = "waiting"
UNDER_WAY = "printing"
_UNPRINTED = frozenset({PrintResult.FAILED.value, PrintResult.UNKNOWN.value})
_log = logging.getLogger(__name__)


class HandingOut:
    """Makes the record durable and hands out its slips."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._opening: Opening | None = None
        self._visit: int | None = None

    def confirm(self) -> None:
        """K15, P10: from here a worker goes on; the screen shows how far it is."""
        stage = self._stage
        complete = stage.journey
        paper, language = stage.paper_texts, stage.texts.language.code
        stage.put(complete.confirmed(stage.now()))
        stage.aside(lambda: self._deliver(complete, paper, language))

    def keep_refusal(self) -> None:
        """Count a refused creation, without a word of who refused.

        A full disk loses one count; the person's "no" stands all the same and needs no excuse.
        """
        with contextlib.suppress(StoreError):
            self._stage.tools.store.add(refusal(self._stage.now()))

    def print_refusal_slip(self) -> None:
        """A slip on how to change one's mind; once, and nothing is noted of it."""
        stage = self._stage
        journey = stage.journey
        if journey.place is None or journey.slips:
            raise StepError("nothing to print")
        slip = refusal_slip(journey.place, stage.paper_texts.slips)
        stage.put(journey.to(Step.REFUSED, stage.now(), slips=_all_waiting((slip,))))
        visit = journey.visit

        def job() -> None:
            outcome = stage.tools.printer.print(slip)
            progress = SlipProgress(slip.kind, 1, outcome.result.value, outcome.state)
            with stage.lock:
                if stage.journey.visit == visit and stage.journey.step is Step.REFUSED:
                    stage.put(stage.journey.to(Step.REFUSED, stage.now(), slips=(progress,)))

        stage.aside(job)

    def print_again(self) -> None:
        """Print what did not come out once more, as the next copy of the same slip."""
        stage = self._stage
        if self._opening is None:
            raise StepError("nothing to print")
        missing = {slip.kind for slip in stage.journey.slips if slip.state in _UNPRINTED}
        copies = tuple(next_copy(slip, stage.paper_texts.slips) for slip in self._opening.slips if slip.kind in missing)
        opening = self._opening = Opening(self._opening.record_id, copies)
        printed = tuple(slip for slip in stage.journey.slips if slip.kind not in missing)
        stage.put(stage.journey.to(Step.PRINTING, stage.now(), slips=(*printed, *_all_waiting(copies))))
        stage.aside(lambda: self._print(opening))

    def settle(self) -> None:
        """The person has the slips or goes without them: the code leaves the memory."""
        last = Step.DONE if self._stage.journey.kind is JourneyKind.COUNTER else Step.THANKS
        self._stage.end_visit(last, slips=self._stage.journey.slips, aim=self._stage.journey.aim)
        self._opening = None

    def forget_if_left(self) -> None:
        """Drop the opening when its screen is gone (silence beside an empty paper tray)."""
        with self._stage.lock:  # else a beat between a commit and its screen would drop slips that may need a reprint
            if self._stage.journey.visit != self._visit:
                self._opening = None

    def _deliver(self, complete: Journey, paper: Texts, language: str) -> None:
        stage = self._stage
        try:
            opening = commit(complete, paper, language, stage.tools)
        except StoreError:
            stage.fail(complete.visit, Fault.STORE)
        except (NotReadyError, WireError) as error:
            stage.fail(complete.visit, Fault.NOT_READY, error.code)
        else:
            with stage.lock:
                self._opening, self._visit = opening, complete.visit
                bare = dataclasses.replace(stage.journey.forgotten(), aim=complete.aim, has_number=complete.has_number)
                # The person is in the sealed record and on slip A now.
                stage.put(bare.to(Step.PRINTING, stage.now(), place=complete.place, slips=_all_waiting(opening.slips)))
            self._print(opening)

    def _print(self, opening: Opening) -> None:
        stage = self._stage
        for slip in opening.slips:
            note(opening.record_id, slip, RENDERED, stage.tools)
        for slip in opening.slips:
            self._show(SlipProgress(slip.kind, slip.copy_number, UNDER_WAY))
            self._show(self._one(opening, slip))
        with stage.lock:
            if any(slip.state in _UNPRINTED for slip in stage.journey.slips):
                stage.put(stage.journey.to(Step.PAPER, stage.now()))
                stage.stay()
            else:
                self.settle()

    def _one(self, opening: Opening, slip: Slip) -> SlipProgress:
        try:
            outcome = print_slip(opening.record_id, slip, self._stage.tools)
        except Exception as error:  # noqa: BLE001 - the record exists: say that the paper does not, whatever failed
            _log.error("printing failed: %s", type(error).__name__)  # no traceback: it may hold a code
            return SlipProgress(slip.kind, slip.copy_number, PrintResult.FAILED.value)
        return SlipProgress(slip.kind, slip.copy_number, outcome.result.value, outcome.state)

    def _show(self, slip: SlipProgress) -> None:
        stage = self._stage
        with stage.lock:
            slips = tuple(slip if one.kind is slip.kind else one for one in stage.journey.slips)
            stage.put(stage.journey.to(Step.PRINTING, stage.now(), slips=slips))


def _all_waiting(slips: tuple[Slip, ...]) -> tuple[SlipProgress, ...]:
    return tuple(SlipProgress(slip.kind, slip.copy_number, WAITING) for slip in slips)
