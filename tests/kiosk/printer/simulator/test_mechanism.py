from __future__ import annotations

import msgspec
import pytest

from kiosk.printer import status
from kiosk.printer.profile import TM_T20, Confirmation, Cut, Discard
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


def _model(**changes: object) -> Mechanism:
    return Mechanism(msgspec.structs.replace(TM_T20, **changes))


GIVE_BACK = b"\x1d(H\x06\x0000ABCD"


def test_a_process_id_comes_back_when_all_before_it_is_printed() -> None:
    mechanism = _model(confirmation=Confirmation.PROCESS_ID)
    mechanism.faults.seconds_per_line = 1.0
    early = mechanism.receive(b"A\n" + GIVE_BACK, now=0.0)

    assert (early, mechanism.advance(now=1.0)) == (b"", b"\x37\x22ABCD\x00")


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"confirmation": Confirmation.IN_ORDER}, GIVE_BACK),
        ({"confirmation": Confirmation.REAL_TIME}, status.TRANSMIT_WHEN_REACHED),
        ({"automatic_status": False}, status.AUTOMATIC_STATUS),
        ({"discard": Discard.IN_ORDER}, status.DISCARD),
        ({"status_kinds": (4,)}, status.request(1)),
    ],
)
def test_what_the_model_does_not_know_it_does_not_answer(changes: dict[str, object], asked: bytes) -> None:
    assert _model(**changes).receive(asked, now=0.0) == b""


def test_the_automatic_status_is_told_when_switched_on_and_at_each_change_until_it_is_initialised() -> None:
    mechanism = _model(automatic_status=True)
    on = mechanism.receive(status.AUTOMATIC_STATUS, now=0.0)
    mechanism.faults.paper_out = True
    changed, same = mechanism.advance(now=0.0), mechanism.advance(now=0.0)
    mechanism.faults.paper_out = False
    mechanism.receive(b"\x1b@", now=0.0)
    mechanism.faults.paper_low = True

    assert (on.hex(), changed.hex(), same, mechanism.advance(now=0.0)) == ("10000000", "18000f00", b"", b"")


@pytest.mark.parametrize(("fault", "replies"), [("offline", "1a121212"), ("overheated", "1a525212")])
def test_it_stands_still_off_line_and_hot_and_says_so(mechanism: Mechanism, fault: str, replies: str) -> None:
    setattr(mechanism.faults, fault, True)
    mechanism.receive(b"A\n", now=0.0)

    assert (mechanism.receive(FOUR_QUESTIONS, now=0.0).hex(), mechanism.lines_printed) == (replies, 0)


def test_a_jammed_cutter_stops_at_the_cut_and_makes_it_when_it_is_free(mechanism: Mechanism) -> None:
    mechanism.faults.cutter_jam = True
    mechanism.receive(b"A\n" + CUT, now=0.0)
    jammed = mechanism.receive(FOUR_QUESTIONS, now=0.0).hex(), list(mechanism.papers)
    mechanism.free_cutter()
    mechanism.advance(now=0.0)

    assert (jammed, _texts(mechanism)) == (("1a521a12", []), ["A\n"])


def test_a_jam_that_is_recovered_from_loses_what_waited(mechanism: Mechanism) -> None:
    mechanism.faults.cutter_jam = True
    mechanism.receive(b"A\n" + CUT, now=0.0)
    mechanism.faults.cutter_jam = False
    mechanism.receive(b"\x10\x05\x02B\n" + CUT, now=0.0)

    assert [(paper.text, paper.complete) for paper in mechanism.papers] == [("A\nB\n", False)]


def test_a_strip_stays_in_the_slot_and_the_next_slip_is_printed_onto_it(mechanism: Mechanism) -> None:
    mechanism.receive(b"A\n", now=0.0)
    mechanism.receive(status.DISCARD + b"B\n" + CUT, now=0.0)

    assert [(paper.text, paper.complete) for paper in mechanism.papers] == [("A\nB\n", False)]


def test_a_strip_is_torn_off_by_a_hand_or_with_the_old_roll(mechanism: Mechanism) -> None:
    mechanism.receive(b"A\n", now=0.0)
    mechanism.tear()
    mechanism.receive(b"B\n" + CUT, now=0.0)

    assert [(paper.text, paper.complete) for paper in mechanism.papers] == [("A\n", False), ("B\n", True)]


def test_the_near_end_of_the_roll_is_seen_before_its_end(mechanism: Mechanism) -> None:
    mechanism.faults.lines_left, mechanism.faults.low_at = 3, 1
    mechanism.receive(b"A\nB\n", now=0.0)
    low = mechanism.receive(status.request(4), now=0.0)
    mechanism.receive(b"C\nD\n", now=0.0)

    assert (low, mechanism.receive(status.request(4), now=0.0), mechanism.lines_printed) == (b"\x1e", b"\x7e", 3)


def test_without_a_knife_what_is_fed_six_lines_is_torn_off() -> None:
    mechanism = _model(cut=Cut.NONE)
    mechanism.receive(b"A\n\x1bd\x06B\n\x1bd\x06", now=0.0)

    assert [paper.text.strip() for paper in mechanism.papers] == ["A", "B"]
