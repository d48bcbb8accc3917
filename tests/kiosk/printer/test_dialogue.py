from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from kiosk.enrolment.ports import PrinterState
from kiosk.printer import status
from kiosk.printer.dialogue import REPLY_S, Dialogue
from kiosk.printer.errors import DeviceError, JobCancelledError
from kiosk.printer.job import JobId
from kiosk.printer.link import Link
from kiosk.printer.profile import TM_T20, Confirmation, Discard, PrinterProfile

READY = b"\x12"
JOB = JobId(b"@@@A")
IN_ORDER = msgspec.structs.replace(TM_T20, confirmation=Confirmation.IN_ORDER)
PROCESS_ID = msgspec.structs.replace(TM_T20, confirmation=Confirmation.PROCESS_ID)


class ScriptedLink(Link):
    """Answers each write with the next piece of the script; listening to silence moves the clock on."""

    def __init__(self, *answers: bytes, before: bytes = b"", readable: bool = True) -> None:
        self.readable = readable
        self.now = 0.0
        self.written: list[bytes] = []
        self.takes = 1_000_000  # bytes at once
        self._said = [before] if before else []  # each is read by itself
        self._answers = list(answers)

    def write(self, data: bytes, timeout_s: float) -> None:
        self.written.append(data)
        self.say(self._answers.pop(0) if self._answers else b"")

    def offer(self, data: bytes, timeout_s: float) -> int:
        if self.takes == 0:
            self.now += timeout_s
            return 0
        self.write(data[: self.takes], timeout_s)
        return len(data[: self.takes])

    def read(self, timeout_s: float) -> bytes:
        if self._said:
            return self._said.pop(0)
        self.now += timeout_s
        return b""

    def say(self, *pieces: bytes) -> None:
        self._said += [piece for piece in pieces if piece]


def _dialogue(
    link: ScriptedLink, profile: PrinterProfile = TM_T20, is_cancelled: Callable[[], bool] = lambda: False
) -> Dialogue:
    return Dialogue(link, profile, lambda: link.now, is_cancelled)


class TestState:
    def test_the_questions_are_asked_one_by_one(self) -> None:
        link = ScriptedLink(*[READY] * 4)

        assert _dialogue(link).state(until=5.0) is PrinterState.READY
        assert link.written == [status.request(kind) for kind in (1, 2, 3, 4)]

    def test_only_what_the_model_answers_is_asked(self) -> None:
        link = ScriptedLink(b"\x72")
        profile = msgspec.structs.replace(TM_T20, status_kinds=(4,))

        assert _dialogue(link, profile).state(until=5.0) is PrinterState.PAPER_OUT
        assert link.written == [status.request(4)]

    @pytest.mark.parametrize("answered", range(4))
    def test_silence_after_any_question_is_unknown(self, answered: int) -> None:
        assert _dialogue(ScriptedLink(*[READY] * answered)).state(until=5.0) is PrinterState.UNKNOWN

    def test_silence_costs_one_patience_not_four(self) -> None:
        link = ScriptedLink()
        _dialogue(link).state(until=5.0)

        assert link.now == pytest.approx(REPLY_S, abs=0.01)

    def test_bytes_nobody_asked_for_are_passed_over(self) -> None:
        link = ScriptedLink(b"\x11\x1c\x00\x00\x00\x13" + READY, *[READY] * 3)

        assert _dialogue(link).state(until=5.0) is PrinterState.READY

    def test_what_was_on_the_line_before_answers_nothing(self) -> None:
        link = ScriptedLink(b"", *[READY] * 3, before=READY)

        assert _dialogue(link).state(until=5.0) is PrinterState.UNKNOWN

    def test_nothing_is_asked_of_a_printer_that_cannot_answer(self) -> None:
        link = ScriptedLink(readable=False)

        assert _dialogue(link).state(until=5.0) is PrinterState.UNKNOWN
        assert link.written == []

    def test_a_late_answer_does_not_pass_for_that_of_a_later_question(self) -> None:
        """Shifted by one, the answer of the paper sensor would never be read."""
        link = ScriptedLink(b"", READY + b"\x1a", b"\x32", READY, b"\x7e")
        dialogue = _dialogue(link)
        silent = dialogue.state(until=5.0)

        assert (silent, dialogue.state(until=5.0)) == (PrinterState.UNKNOWN, PrinterState.PAPER_OUT)

    def test_an_answer_that_was_lost_costs_one_unknown_and_no_more(self) -> None:
        link = ScriptedLink(b"", READY, *[READY] * 4)
        dialogue = _dialogue(link)

        assert [dialogue.state(until=9.0) for _ in range(3)] == [
            PrinterState.UNKNOWN,
            PrinterState.UNKNOWN,
            PrinterState.READY,
        ]


class TestTheWord:
    def test_it_is_heard_among_other_answers(self) -> None:
        dialogue = _dialogue(ScriptedLink(b"\x12\x12\x00"), IN_ORDER)
        dialogue.send(b"job", until=5.0)

        assert dialogue.done(JOB, until=1.0)

    def test_one_that_came_before_the_job_does_not_count(self) -> None:
        dialogue = _dialogue(ScriptedLink(b"\x12\x00", *[READY] * 3), IN_ORDER)
        dialogue.state(until=5.0)
        dialogue.send(b"job", until=5.0)

        assert not dialogue.done(JOB, until=1.0)

    def test_of_a_former_job_is_recognised_by_its_id_and_ignored(self) -> None:
        link = ScriptedLink(b"\x37\x22@@@@\x00")
        dialogue = _dialogue(link, PROCESS_ID)
        dialogue.send(b"job", until=5.0)
        before = dialogue.done(JOB, until=1.0)
        link.say(b"\x37\x22" + JOB + b"\x00")

        assert (before, dialogue.done(JOB, until=5.0)) == (False, True)

    def test_a_printer_that_gives_ids_back_is_not_believed_on_anything_else(self) -> None:
        dialogue = _dialogue(ScriptedLink(b"\x00\x00\x10\x00\x00\x00"), PROCESS_ID)
        dialogue.send(b"job", until=5.0)

        assert not dialogue.done(JOB, until=1.0)

    def test_a_no_said_unasked_ends_the_waiting_at_once(self) -> None:
        link = ScriptedLink(b"\x18\x00\x0f\x00")
        dialogue = _dialogue(link)
        dialogue.send(b"job", until=5.0)

        assert not dialogue.done(JOB, until=5.0)
        assert (dialogue.refusal, link.now) == (PrinterState.PAPER_OUT, 0.0)

    def test_a_no_from_before_the_job_is_not_of_this_job(self) -> None:
        link = ScriptedLink(b"\x18\x00\x0f\x00" + READY, *[READY] * 3)
        dialogue = _dialogue(link)
        dialogue.state(until=5.0)
        dialogue.send(b"job", until=5.0)

        assert dialogue.refusal is None


class TestReached:
    def test_an_older_question_answered_first_is_taken_off_the_line_too(self) -> None:
        link = ScriptedLink(b"")
        dialogue = _dialogue(link, IN_ORDER)
        link.say(b"\x00", b"\x00")
        is_reached = dialogue.reached(JOB, until=5.0)
        dialogue.send(b"job", until=5.0)

        assert (is_reached, dialogue.done(JOB, until=9.0)) == (True, False)

    def test_silence_is_not_reached(self) -> None:
        assert not _dialogue(ScriptedLink(), IN_ORDER).reached(JOB, until=1.0)

    def test_a_model_without_a_word_is_not_asked(self) -> None:
        link = ScriptedLink()
        profile = msgspec.structs.replace(TM_T20, confirmation=Confirmation.REAL_TIME)

        assert not _dialogue(link, profile).reached(JOB, until=1.0)
        assert link.written == []


class TestDiscard:
    def test_it_is_done_when_the_printer_says_so(self) -> None:
        assert _dialogue(ScriptedLink(b"\x12\x37\x25\x00")).discard()

    def test_silence_is_not_done(self) -> None:
        assert not _dialogue(ScriptedLink(b"\x00")).discard()

    def test_a_model_that_cannot_forget_at_once_is_sent_what_it_knows(self) -> None:
        link = ScriptedLink()
        profile = msgspec.structs.replace(TM_T20, discard=Discard.IN_ORDER)

        assert not _dialogue(link, profile).discard()
        assert link.written == [b"\x1b@"]

    def test_a_cancelled_job_is_discarded_all_the_same(self) -> None:
        assert _dialogue(ScriptedLink(b"\x37\x25\x00"), is_cancelled=lambda: True).discard()


class TestSend:
    def test_a_printer_that_takes_little_gets_all_of_it_in_order(self) -> None:
        link = ScriptedLink()
        link.takes = 3
        _dialogue(link).send(b"0123456789", until=5.0)

        assert b"".join(link.written) == b"0123456789"

    def test_a_printer_that_takes_nothing_ends_it_and_has_begun_nothing(self) -> None:
        link = ScriptedLink()
        link.takes = 0
        dialogue = _dialogue(link)
        with pytest.raises(DeviceError, match="in time"):
            dialogue.send(b"job", until=2.0)

        assert not dialogue.begun
        assert link.now == pytest.approx(2.0)

    def test_a_cancelled_job_stops_in_the_middle(self) -> None:
        link = ScriptedLink()
        link.takes = 4
        dialogue = _dialogue(link, is_cancelled=lambda: len(link.written) == 2)
        with pytest.raises(JobCancelledError):
            dialogue.send(b"0123456789", until=5.0)

        assert (dialogue.begun, b"".join(link.written)) == (True, b"01234567")

    def test_nothing_of_a_job_cancelled_before_it_leaves(self) -> None:
        link = ScriptedLink()
        dialogue = _dialogue(link, is_cancelled=lambda: True)
        with pytest.raises(JobCancelledError):
            dialogue.send(b"job", until=5.0)

        assert (dialogue.begun, link.written) == (False, [])
