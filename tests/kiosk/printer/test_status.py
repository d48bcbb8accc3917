from __future__ import annotations

import pytest

from kiosk.enrolment.ports import PrinterState
from kiosk.printer import status

# Seen from the independent decoder's TM-T20III (deps.md §10.3).
READY = "12 12 12 12"


def _parsed(replies: str) -> PrinterState:
    return status.parse(bytes.fromhex(replies))


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        (READY, PrinterState.READY),
        ("1a 32 12 7e", PrinterState.PAPER_OUT),
        ("12 12 12 1e", PrinterState.PAPER_LOW),
        ("1a 16 12 12", PrinterState.COVER_OPEN),
    ],
)
def test_the_replies_of_a_real_protocol_are_understood(replies: str, state: PrinterState) -> None:
    assert _parsed(replies) is state


def test_a_paper_sensor_without_paper_is_paper_out_even_when_the_printer_says_online() -> None:
    assert _parsed("12 12 12 72") is PrinterState.PAPER_OUT


def test_an_open_cover_is_named_before_the_paper_it_lifts_off_the_sensor() -> None:
    assert _parsed("1a 36 12 7e") is PrinterState.COVER_OPEN


@pytest.mark.parametrize("error", ["16", "1a", "32", "52"])
def test_each_error_bit_means_not_ready(error: str) -> None:
    assert _parsed(f"12 12 {error} 12") is PrinterState.OFFLINE


def test_offline_without_a_named_cause_is_offline() -> None:
    assert _parsed("1a 12 12 12") is PrinterState.OFFLINE


def test_an_open_drawer_changes_nothing() -> None:
    assert _parsed("16 12 12 12") is PrinterState.READY


@pytest.mark.parametrize("replies", ["", "12", "12 12 12", "12 12 12 12 12"])
def test_another_number_of_replies_than_four_is_unknown(replies: str) -> None:
    assert _parsed(replies) is PrinterState.UNKNOWN


@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("byte", [0x00, 0x02, 0x10, 0x11, 0x13, 0x92, 0xFF])
def test_a_reply_whose_fixed_bits_do_not_hold_is_unknown(position: int, byte: int) -> None:
    replies = bytearray.fromhex(READY)
    replies[position] = byte

    assert status.parse(replies) is PrinterState.UNKNOWN


def test_no_byte_can_be_taken_for_both_kinds_of_answer() -> None:
    assert not [byte for byte in range(256) if status.is_reply(byte) and status.is_in_order_reply(byte)]


@pytest.mark.parametrize(
    ("frame", "state"),
    [
        ("10 00 00 00", PrinterState.READY),
        ("14 00 00 0f", PrinterState.READY),  # a drawer, and bits that are not ours
        ("10 00 03 00", PrinterState.PAPER_LOW),
        ("18 00 0f 00", PrinterState.PAPER_OUT),
        ("38 00 00 00", PrinterState.COVER_OPEN),
        ("38 00 0f 00", PrinterState.COVER_OPEN),
        ("18 00 00 00", PrinterState.OFFLINE),
        ("10 04 00 00", PrinterState.OFFLINE),
        ("10 08 00 00", PrinterState.OFFLINE),
        ("10 20 00 00", PrinterState.OFFLINE),
        ("10 40 00 00", PrinterState.OFFLINE),
    ],
)
def test_an_automatic_status_tells_the_same_states(frame: str, state: PrinterState) -> None:
    assert status.parse_automatic(bytes.fromhex(frame)) is state


@pytest.mark.parametrize("frame", ["", "10 00 00", "12 00 00 00", "10 12 00 00", "10 00 00 00 00"])
def test_what_is_no_automatic_status_is_unknown(frame: str) -> None:
    assert status.parse_automatic(bytes.fromhex(frame)) is PrinterState.UNKNOWN


def test_a_printer_that_knows_its_paper_sensor_alone_is_understood() -> None:
    assert status.parse(b"\x72", (4,)) is PrinterState.PAPER_OUT
    assert status.parse(b"\x12", (4,)) is PrinterState.READY


def test_a_printer_that_is_asked_nothing_is_unknown() -> None:
    assert status.parse(b"", ()) is PrinterState.UNKNOWN


@pytest.mark.parametrize("byte", [0x11, 0x13, 0x10, 0x1C])
def test_flow_control_and_automatic_status_are_no_answers(byte: int) -> None:
    assert not status.is_reply(byte)
    assert not status.is_in_order_reply(byte)
