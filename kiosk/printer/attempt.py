"""One job over one open dialogue: what is sent when, and what may be said of it afterwards.

Printed, failed or unknown; never later: what is not known to be printed when its time is over is taken back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.printer.dialogue import REFUSING, REPLY_S, Dialogue
from kiosk.printer.errors import DeviceError, JobCancelledError
from kiosk.printer.job import JobId, job_bytes, time_on_paper
from kiosk.printer.leftover import Leftover
from kiosk.printer.profile import Confirmation, PrinterProfile

TRIES = 3  # an answer lost on the way costs two: the next may be a late one
WELL = frozenset({PrinterState.READY, PrinterState.PAPER_LOW})
_IN_TURN = frozenset({Confirmation.PROCESS_ID, Confirmation.IN_ORDER})


@dataclass(frozen=True, slots=True)
class JobRules:
    """How patient a printer's jobs are, in seconds.

    ``deadline_s`` is for the whole job, ``line_s`` for each line where the printer cannot say that it is printed.
    ``refuses_silence``: a printer that should answer and does not is sent nothing.
    """

    deadline_s: float
    line_s: float
    refuses_silence: bool


def untouched(state: PrinterState) -> PrintOutcome:
    """The outcome of a job of which no byte reached the printer."""
    return PrintOutcome(PrintResult.FAILED, state, may_be_on_paper=False)


class Attempt:
    """Prints one slip. ``leftover`` is the printer's, and outlives the attempt."""

    def __init__(
        self,
        dialogue: Dialogue,
        profile: PrinterProfile,
        rules: JobRules,
        leftover: Leftover,
        jobs: Iterator[JobId],
        clock: Callable[[], float],
    ) -> None:
        self._dialogue = dialogue
        self._profile = profile
        self._rules = rules
        self._leftover = leftover
        self._jobs = jobs
        self._clock = clock
        self._until = clock() + rules.deadline_s

    def run(self, slip: bytes) -> PrintOutcome:
        """Print it and say what became of it; never raises for a fault of the printer.

        A link that breaks when every byte had left tells nothing; one that breaks before is a failure.
        """
        all_sent = False
        try:
            before, is_empty = self._asked_before()
            if self._is_refused(before, is_empty=is_empty):
                return untouched(before)
            job = self._send(slip)
            all_sent = True
            outcome = self._verdict(slip, job, before, is_empty=is_empty)
        except JobCancelledError:
            outcome = PrintOutcome(PrintResult.FAILED, PrinterState.UNKNOWN, self._dialogue.begun)
        except DeviceError:
            outcome = _broken(begun=self._dialogue.begun, all_sent=all_sent)
        if outcome.result is PrintResult.PRINTED:
            self._leftover.is_gone()
        elif outcome.result is PrintResult.UNKNOWN and not self._can_answer:
            # It may be printing well and cannot say so: what waits is taken back when its time is over, not now.
            self._leftover.may_be_there(strip=False, in_s=self._rules.deadline_s)
        elif outcome.may_be_on_paper:
            self._take_back()
        return outcome

    @property
    def _can_answer(self) -> bool:
        return self._dialogue.answers and self._profile.confirmation is not Confirmation.NONE

    def _asked_before(self) -> tuple[PrinterState, bool]:
        """The state, and whether nothing of a former job waits in the printer."""
        self._leftover.throw_away(self._dialogue)
        before = self._dialogue.state(self._until)
        if before in WELL and self._leftover.is_possible:
            patience = self._until if self._leftover.must_be_gone else self._clock() + REPLY_S
            if self._dialogue.reached(next(self._jobs), patience):
                self._leftover.is_gone(strip=False)
        return before, not self._leftover.is_possible

    def _is_refused(self, before: PrinterState, *, is_empty: bool) -> bool:
        if before in REFUSING:
            return True
        if before is PrinterState.UNKNOWN:
            return self._rules.refuses_silence and self._dialogue.answers
        return not is_empty and self._leftover.must_be_gone  # it is still at the former job

    def _send(self, slip: bytes) -> JobId:
        job = next(self._jobs)
        data = job_bytes(slip, self._profile, job, after_a_strip=self._leftover.strip)
        self._until = self._clock() + self._rules.deadline_s  # what was asked before is bounded by itself
        self._dialogue.send(data, self._until)
        return job

    def _verdict(self, slip: bytes, job: JobId, before: PrinterState, *, is_empty: bool) -> PrintOutcome:
        if not self._can_answer:
            return PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)
        if self._profile.confirmation in _IN_TURN:
            # GS r does not name its job: while an older question may be open, its answer proves nothing.
            return self._in_turn(job, is_ours=is_empty or self._profile.confirmation is Confirmation.PROCESS_ID)
        return self._in_time(slip, job, before)

    def _in_turn(self, job: JobId, *, is_ours: bool) -> PrintOutcome:
        """Wait for the word that all is carried out, asking the state meanwhile so that a "no" is heard at once."""
        while True:
            done = self._dialogue.done(job, min(self._until, self._clock() + REPLY_S))
            state = self._state_now(tries=TRIES if done else 1)
            if done or state in REFUSING or self._clock() >= self._until:
                return _settled(state, is_printed=done and is_ours)

    def _in_time(self, slip: bytes, job: JobId, before: PrinterState) -> PrintOutcome:
        """Give it the time the paper takes, asking the state meanwhile; well before and well after is its best word."""
        end = self._clock() + time_on_paper(slip, self._rules.line_s)
        while True:
            self._dialogue.done(job, min(end, self._clock() + REPLY_S))
            state = self._state_now()
            if state in REFUSING or self._clock() >= end:
                return _settled(state, is_printed=before in WELL)

    def _state_now(self, tries: int = 1) -> PrinterState:
        state = PrinterState.UNKNOWN
        while state is PrinterState.UNKNOWN and tries:
            # A job done in the last instant may still be asked how the printer is.
            state = self._dialogue.refusal or self._dialogue.state(max(self._until, self._clock()) + REPLY_S)
            tries -= 1
        return state

    def _take_back(self) -> None:
        """What was not printed must not come out for the next person."""
        self._leftover.may_be_there()
        self._dialogue.abandon()
        with contextlib.suppress(DeviceError):  # tried again with the next link
            if self._dialogue.discard():
                self._leftover.is_gone(strip=False)


def _broken(*, begun: bool, all_sent: bool) -> PrintOutcome:
    if all_sent:  # nobody knows what became of them
        return PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)
    return PrintOutcome(PrintResult.FAILED, PrinterState.OFFLINE) if begun else untouched(PrinterState.OFFLINE)


def _settled(state: PrinterState, *, is_printed: bool) -> PrintOutcome:
    if state in REFUSING:
        return PrintOutcome(PrintResult.FAILED, state)
    if is_printed and state in WELL:
        return PrintOutcome(PrintResult.PRINTED, state)
    return PrintOutcome(PrintResult.UNKNOWN, state)
