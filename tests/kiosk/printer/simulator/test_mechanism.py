from __future__ import annotations

import pytest

from kiosk.printer import status
from kiosk.printer.profile import TM_T20
from kiosk.printer.simulator.mechanism import CLEARED, Mechanism
from kiosk.printer.simulator.paper import TextLine

CUT = b"\x1dVB\x00"
FOUR_QUESTIONS = b"".join(map(status.request, status.KINDS))


@pytest.fixture
def mechanism() -> Mechanism:
    return Mechanism(TM_T20)


def _texts(mechanism: Mechanism) -> list[str]:
    return [paper.text for paper in mechanism.papers]


@pytest.mark.parametrize(
    ("fault", "replies"),
    [("", "12121212"), ("paper_out", "1a32127e"), ("paper_low", "1212121e"), ("cover_open", "1a161212")],
)
def test_it_answers_as_the_independent_decoder_does(mechanism: Mechanism, fault: str, replies: str) -> None:
    if fault:
        setattr(mechanism.faults, fault, True)

    assert mechanism.receive(FOUR_QUESTIONS, now=0.0).hex() == replies


def test_the_default_code_page_makes_mojibake_as_a_real_printer_would(mechanism: Mechanism) -> None:
    mechanism.receive("é".encode("cp1252") + b"\n" + CUT, now=0.0)

    assert _texts(mechanism) == ["Θ\n"]


def test_the_chosen_code_page_prints_french(mechanism: Mechanism) -> None:
    mechanism.receive(b"\x1bt\x10" + "Cœur, 5 €".encode("cp1252") + b"\n" + CUT, now=0.0)

    assert _texts(mechanism) == ["Cœur, 5 €\n"]


def test_initialising_resets_size_weight_and_alignment(mechanism: Mechanism) -> None:
    mechanism.receive(b"\x1bE\x01\x1d!\x11\x1ba\x01A\n\x1b@B\n" + CUT, now=0.0)

    first, second = mechanism.papers[0].elements
    assert isinstance(first, TextLine)
    assert isinstance(second, TextLine)
    assert (first.align, first.runs[0].style.bold, first.runs[0].style.wide) == ("center", True, 2)
    assert (second.align, second.runs[0].style.bold, second.runs[0].style.wide) == ("left", False, 1)


def test_a_line_wider_than_the_paper_wraps_where_the_printer_would(mechanism: Mechanism) -> None:
    mechanism.receive(b"a" * 50 + b"\n" + CUT, now=0.0)

    assert _texts(mechanism) == ["a" * 48 + "\naa\n"]


def test_what_waited_comes_out_when_the_cover_is_closed(mechanism: Mechanism) -> None:
    mechanism.faults.cover_open = True
    mechanism.receive(b"A\n" + CUT, now=0.0)
    before = _texts(mechanism)
    mechanism.faults.cover_open = False
    mechanism.advance(now=0.0)

    assert (before, _texts(mechanism)) == ([], ["A\n"])


def test_what_waited_is_gone_after_the_buffer_was_cleared(mechanism: Mechanism) -> None:
    mechanism.faults.cover_open = True
    mechanism.receive(b"A\n" + CUT, now=0.0)
    answer = mechanism.receive(status.DISCARD, now=0.0)
    mechanism.faults.cover_open = False
    mechanism.advance(now=0.0)

    assert (answer, _texts(mechanism)) == (CLEARED, [])


def test_the_in_order_question_is_answered_only_when_it_is_reached(mechanism: Mechanism) -> None:
    mechanism.faults.seconds_per_line = 1.0
    early = mechanism.receive(b"A\nB\n" + status.TRANSMIT_WHEN_REACHED, now=0.0)
    middle = mechanism.advance(now=1.0)
    late = mechanism.advance(now=2.0)

    assert (early, middle, late) == (b"", b"", b"\x00")


def test_it_says_when_it_has_more_to_do(mechanism: Mechanism) -> None:
    mechanism.faults.seconds_per_line = 1.0
    mechanism.receive(b"A\nB\n", now=5.0)

    assert mechanism.due == 6.0


def test_a_roll_that_ends_leaves_a_torn_paper(mechanism: Mechanism) -> None:
    mechanism.faults.lines_left = 2
    mechanism.receive(b"A\nB\nC\n" + CUT, now=0.0)

    (paper,) = mechanism.papers
    assert (paper.text, paper.complete) == ("A\nB\n", False)


def test_a_power_cycle_forgets_what_waited_and_the_settings(mechanism: Mechanism) -> None:
    mechanism.faults.cover_open = True
    mechanism.receive(b"\x1bt\x10secret\n" + CUT, now=0.0)
    mechanism.power_cycle()
    mechanism.faults.cover_open = False
    mechanism.receive(b"A\n" + CUT, now=0.0)

    assert _texts(mechanism) == ["A\n"]


def test_an_unknown_command_is_noted_on_the_paper(mechanism: Mechanism) -> None:
    mechanism.receive(b"\x1bpA\n" + CUT, now=0.0)

    assert mechanism.papers[0].unknown == (b"\x1bp",)
