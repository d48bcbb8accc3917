"""What the simulated printer says is understood as it was meant; the bytes of the independent decoder stand beside."""

from __future__ import annotations

import itertools

import pytest

from kiosk.enrolment.ports import PrinterState
from kiosk.printer import status
from kiosk.printer.simulator.answers import Condition, automatic, in_order, process_id, real_time

ALL = [
    Condition(*values, cutter_error=cutter, overheated=hot)
    for values in itertools.product([False, True], repeat=4)
    for cutter, hot in ((False, False), (True, False), (False, True))
]


def _meant(seen: Condition) -> PrinterState:
    if seen.cover_open:
        return PrinterState.COVER_OPEN
    if seen.paper_out:
        return PrinterState.PAPER_OUT
    if seen.is_offline or seen.cutter_error or seen.overheated:
        return PrinterState.OFFLINE
    return PrinterState.PAPER_LOW if seen.paper_low else PrinterState.READY


@pytest.mark.parametrize("seen", ALL, ids=str)
def test_real_time_and_automatic_answers_are_understood_as_they_were_meant(seen: Condition) -> None:
    replies = b"".join(real_time(kind, seen) for kind in status.KINDS)

    assert status.parse(replies) is _meant(seen)
    assert status.parse_automatic(automatic(seen)) is _meant(seen)


@pytest.mark.parametrize(
    ("seen", "frame", "word"),
    [
        (Condition(), "10000000", "00"),
        (Condition(paper_low=True), "10000300", "03"),
        (Condition(paper_out=True, is_offline=True), "18000f00", "0f"),
        (Condition(cover_open=True, is_offline=True), "38000000", "00"),
    ],
)
def test_its_bytes_are_those_of_the_independent_decoder(seen: Condition, frame: str, word: str) -> None:
    assert (automatic(seen).hex(), in_order(1, seen).hex()) == (frame, word)


def test_a_drawer_is_never_open_and_there_is_no_ink() -> None:
    assert (in_order(2, Condition()), in_order(4, Condition())) == (b"\x00", b"")


def test_a_process_id_comes_back_between_header_and_nul() -> None:
    assert process_id(b"@@@A").hex() == "37224040404100"
