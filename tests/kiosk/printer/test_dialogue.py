from __future__ import annotations

import pytest

from kiosk.enrolment.ports import PrinterState
from kiosk.printer import status
from kiosk.printer.dialogue import REPLY_S, Dialogue
from kiosk.printer.link import Link

READY = [b"\x12"] * 4


class ScriptedLink(Link):
    """Says what the script holds, one piece a read, then nothing; reading silence moves the clock on."""

    def __init__(self, *pieces: bytes, readable: bool = True) -> None:
        self.readable = readable
        self.now = 0.0
        self.written: list[bytes] = []
        self._pieces = list(pieces)

    def write(self, data: bytes, timeout_s: float) -> None:
        self.written.append(data)

    def read(self, timeout_s: float) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        self.now += timeout_s
        return b""


def _dialogue(link: ScriptedLink) -> Dialogue:
    return Dialogue(link, lambda: link.now)


def test_the_four_questions_are_asked_one_by_one() -> None:
    link = ScriptedLink(*READY)

    assert _dialogue(link).state(until=5.0) is PrinterState.READY
    assert link.written == [status.request(kind) for kind in (1, 2, 3, 4)]


@pytest.mark.parametrize("answered", range(4))
def test_silence_after_any_question_is_unknown(answered: int) -> None:
    assert _dialogue(ScriptedLink(*READY[:answered])).state(until=5.0) is PrinterState.UNKNOWN


def test_silence_costs_one_patience_not_four() -> None:
    link = ScriptedLink()
    _dialogue(link).state(until=5.0)

    assert link.now == REPLY_S


def test_bytes_nobody_asked_for_are_passed_over() -> None:
    link = ScriptedLink(b"\x11\x1c\x00\x00\x00", b"\x13\x12", *READY[1:])

    assert _dialogue(link).state(until=5.0) is PrinterState.READY


def test_nothing_is_asked_of_a_printer_that_cannot_answer() -> None:
    link = ScriptedLink(readable=False)

    assert _dialogue(link).state(until=5.0) is PrinterState.UNKNOWN
    assert link.written == []


def test_the_word_that_a_job_is_done_is_heard_among_other_answers() -> None:
    dialogue = _dialogue(ScriptedLink(b"\x12\x12", b"\x00"))
    dialogue.send(b"job", until=5.0)

    assert dialogue.done(until=1.0)


def test_a_word_that_came_before_the_job_does_not_count() -> None:
    dialogue = _dialogue(ScriptedLink(b"\x12\x00", *READY[1:]))
    dialogue.state(until=5.0)
    dialogue.send(b"job", until=5.0)

    assert not dialogue.done(until=1.0)
