"""After the last "yes": commit in a worker, then the slips one by one, and what to do about paper that failed.

A slip A that is missing is printed once more. A slip B of which no byte left the terminal too: nobody saw its code. One
that may be on paper, and that the printer did not say is whole, is void: printing again makes a new code, whose record
is durable before its paper. A code of which the printer said that its slip was torn dies also when nobody waits for
another: by a new code that nobody is given (docs/decisions/0023).

Holds the opening only until its slips are settled or the screen is left: the codes on slips that are missing, and who
the person is and by which card and check, which a new code must say. Of a void slip the code is dropped at once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging

from kiosk.enrolment.delivery import RENDERED, Opening, commit, commit_new_code, note, print_slip
from kiosk.enrolment.errors import NotReadyError, StepError, StoreError
from kiosk.enrolment.evidence import refusal
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.journey import Journey, SlipProgress
from kiosk.enrolment.ports import PrintResult
from kiosk.enrolment.slip import Slip, SlipKind
from kiosk.enrolment.slips import Words, next_copy, refusal_slip
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.texts import Texts
from wire.errors import WireError

WAITING = "waiting"
UNDER_WAY = "printing"
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
        """Print what did not come out: the next copy of the same slip; of a void slip B, one with a new code.

        Raises:
            StepError: nothing is missing, or as many new codes as a visit may have were made.
        """
        stage, opening, before = self._stage, self._opening, self._stage.journey
        again = before.to_print_again
        if opening is None or not again:
            raise StepError("nothing to print")
        words = stage.paper_texts.slips
        coming = (_next(slip) if slip.kind in again else slip for slip in before.slips)
        stage.put(before.to(Step.PRINTING, stage.now(), slips=tuple(coming)))
        void = next((slip for slip in before.slips if slip.is_void and slip.kind in again), None)
        stage.aside(lambda: self._again(opening, void, words))

    def settle(self) -> None:
        """The person has the slips or goes without them: the code leaves the memory, and dies if its slip was torn."""
        self._end_torn_code()
        journey = self._stage.journey
        last = Step.DONE if journey.kind is JourneyKind.COUNTER else Step.THANKS
        in_hand = tuple(slip for slip in journey.slips if slip.state != PrintResult.FAILED.value)
        self._stage.end_visit(last, slips=in_hand, aim=journey.aim)
        self._opening = None

    def forget_if_left(self) -> None:
        """Drop the opening when its screen is gone (silence beside an empty paper tray)."""
        with self._stage.lock:  # else a beat between a commit and its screen would drop slips that may need a reprint
            if self._stage.journey.visit != self._visit:
                self._end_torn_code()
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

    def _again(self, opening: Opening, void: SlipProgress | None, words: Words) -> None:
        copies = [next_copy(slip, words) for slip in opening.slips]
        complaint = None
        if void is not None and opening.basis is not None:
            try:
                basis, code = commit_new_code(opening.basis, self._stage.tools)
            except (NotReadyError, StoreError, WireError) as error:
                _log.warning("no new code for a void slip: %s", error.code)
                self._show(void)
                complaint = "no_new_code"
            else:
                copies.append(code.slip(void.copy_number + 1, words))
                opening = dataclasses.replace(opening, basis=basis, is_torn=False)
                self._count_new_code()
        self._print(dataclasses.replace(opening, slips=tuple(copies)), complaint)

    def _count_new_code(self) -> None:
        stage = self._stage
        with stage.lock:
            stage.put(stage.journey.to(Step.PRINTING, stage.now(), new_codes=stage.journey.new_codes + 1))

    def _print(self, opening: Opening, complaint: str | None = None) -> None:
        stage = self._stage
        for slip in opening.slips:
            note(opening.record_id, slip, RENDERED, stage.tools)
        for slip in opening.slips:
            self._show(SlipProgress(slip.kind, slip.copy_number, UNDER_WAY))
            self._show(self._one(opening, slip))
        with stage.lock:
            self._opening = _left_of(opening, stage.journey.slips)
            if any(slip.is_missing for slip in stage.journey.slips):
                paper = stage.journey.to(Step.PAPER, stage.now())
                stage.put(paper if complaint is None else paper.complaining(complaint))
                stage.stay()
            else:
                self.settle()

    def _one(self, opening: Opening, slip: Slip) -> SlipProgress:
        bears_code = slip.kind is SlipKind.ACTIVATION
        try:
            outcome = print_slip(opening.record_id, slip, self._stage.tools)
        except Exception as error:  # noqa: BLE001 - the record exists: say that the paper does not, whatever failed
            _log.error("printing failed: %s", type(error).__name__)  # no traceback: it may hold a code
            return SlipProgress(slip.kind, slip.copy_number, PrintResult.FAILED.value, is_void=bears_code)
        is_void = bears_code and outcome.may_be_on_paper and outcome.result is not PrintResult.PRINTED
        return SlipProgress(slip.kind, slip.copy_number, outcome.result.value, outcome.state, is_void)

    def _end_torn_code(self) -> None:
        """A code on a torn slip for which nobody waits dies all the same, by another one that is never printed."""
        opening, tools = self._opening, self._stage.tools
        if opening is None or opening.basis is None or not opening.is_torn:
            return
        basis = opening.basis

        def job() -> None:
            try:
                commit_new_code(basis, tools)
            except Exception as error:  # noqa: BLE001 - the visit is over: no screen of the next person tells of it
                _log.error("the code of a torn slip lives on: %s", type(error).__name__)  # no traceback: a person

        tools.run_aside(job)

    def _show(self, slip: SlipProgress) -> None:
        stage = self._stage
        with stage.lock:
            slips = tuple(slip if one.kind is slip.kind else one for one in stage.journey.slips)
            stage.put(stage.journey.to(Step.PRINTING, stage.now(), slips=slips))


def _left_of(opening: Opening, slips: tuple[SlipProgress, ...]) -> Opening:
    """What is still needed after a round of printing: missing slips that are not void; for a code, who it is for."""
    same = {slip.kind for slip in slips if slip.is_missing and not slip.is_void}
    return dataclasses.replace(
        opening,
        slips=tuple(slip for slip in opening.slips if slip.kind in same),
        basis=opening.basis if any(slip.kind is SlipKind.ACTIVATION and slip.is_missing for slip in slips) else None,
        is_torn=any(slip.is_void and slip.state == PrintResult.FAILED.value for slip in slips),
    )


def _next(slip: SlipProgress) -> SlipProgress:
    return SlipProgress(slip.kind, slip.copy_number + 1, WAITING)


def _all_waiting(slips: tuple[Slip, ...]) -> tuple[SlipProgress, ...]:
    return tuple(SlipProgress(slip.kind, slip.copy_number, WAITING) for slip in slips)
