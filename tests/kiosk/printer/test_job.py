from __future__ import annotations

import itertools

import msgspec
import pytest

from kiosk.printer import status
from kiosk.printer.job import JOB_IDS, job_bytes, job_ids, time_on_paper
from kiosk.printer.profile import TM_T20, Confirmation, Cut, PrinterProfile

SLIP = b"\x1b@text\n\x1dVB\x00"


def _profile(**changes: object) -> PrinterProfile:
    return msgspec.structs.replace(TM_T20, **changes)


def _bytes(after_a_strip: bool = False, **changes: object) -> bytes:
    return job_bytes(SLIP, _profile(**changes), next(job_ids(0)), after_a_strip=after_a_strip)


def test_ids_are_four_characters_that_a_printer_takes_and_no_answer_looks_like() -> None:
    for job in itertools.islice(job_ids(0), 3000):
        assert len(job) == 4
        assert all(32 <= byte <= 126 for byte in job)
        assert not any(status.is_reply(byte) or status.begins_automatic(byte) for byte in job)


def test_ids_follow_one_another_without_a_repetition_and_begin_anew_at_the_end() -> None:
    ids = list(itertools.islice(job_ids(JOB_IDS - 500), 1000))

    assert len(set(ids)) == 1000
    assert ids[500] == next(job_ids(0))


@pytest.mark.parametrize(
    ("confirmation", "end"),
    [
        (Confirmation.PROCESS_ID, b"\x1d(H\x06\x0000@@@@"),
        (Confirmation.IN_ORDER, b"\x1dr\x01"),
        (Confirmation.REAL_TIME, b""),
        (Confirmation.NONE, b""),
    ],
)
def test_the_question_that_the_model_can_answer_stands_after_the_slip(confirmation: Confirmation, end: bytes) -> None:
    assert _bytes(confirmation=confirmation, automatic_status=False) == SLIP + end


def test_the_automatic_status_is_switched_on_after_the_initialising_that_switches_it_off() -> None:
    told = _bytes(confirmation=Confirmation.NONE, automatic_status=True)

    assert told == b"\x1b@" + b"\x1da\x0e" + SLIP.removeprefix(b"\x1b@")


@pytest.mark.parametrize(
    ("cut", "begins"), [(Cut.PARTIAL, b"\x1dVB\x00"), (Cut.FULL, b"\x1bd\x06\x1dV\x00"), (Cut.NONE, b"\x1bd\x06")]
)
def test_a_strip_of_a_former_slip_is_cut_off_before_the_next(cut: Cut, begins: bytes) -> None:
    told = _bytes(after_a_strip=True, cut=cut, confirmation=Confirmation.NONE, automatic_status=False)

    assert told == begins + SLIP


def test_the_time_on_paper_grows_with_the_lines_and_with_the_picture() -> None:
    assert time_on_paper(b"a\n" * 40, 0.05) > 2.0
    assert time_on_paper(bytes(7500), 0.05) > 0.5
