from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printer.replies import LONGEST_BLOCK, Automatic, Block, InOrder, RealTime, Reply, ReplyReader

GIVEN_BACK = b"\x37\x22@A@B\x00"
CLEARED = b"\x37\x25\x00"
AUTOMATIC = b"\x18\x00\x0f\x00"  # off line, no paper


def _read(*pieces: bytes) -> list[Reply]:
    reader = ReplyReader()
    return [reply for piece in pieces for reply in reader.feed(piece)]


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        (b"\x12", RealTime(0x12)),
        (b"\x7e", RealTime(0x7E)),
        (b"\x00", InOrder(0x00)),
        (b"\x0f", InOrder(0x0F)),
        (AUTOMATIC, Automatic(AUTOMATIC)),
        (GIVEN_BACK, Block(0x22, b"@A@B")),
        (CLEARED, Block(0x25, b"")),
    ],
)
def test_each_kind_of_answer_is_recognised(said: bytes, reply: Reply) -> None:
    assert _read(said) == [reply]


def test_the_rest_of_an_automatic_status_is_not_the_word_that_a_job_is_done() -> None:
    assert [type(reply) for reply in _read(b"\x10\x00\x00\x00", b"\x00")] == [Automatic, InOrder]


def test_the_end_of_a_block_is_not_the_word_that_a_job_is_done() -> None:
    assert not any(isinstance(reply, InOrder) for reply in _read(CLEARED + GIVEN_BACK))


@pytest.mark.parametrize("answer", [AUTOMATIC, GIVEN_BACK, CLEARED], ids=["automatic", "given back", "cleared"])
def test_an_answer_may_come_byte_by_byte(answer: bytes) -> None:
    assert _read(*(bytes([byte]) for byte in answer)) == _read(answer)


@pytest.mark.parametrize("answer", [AUTOMATIC, GIVEN_BACK, CLEARED], ids=["automatic", "given back", "cleared"])
@pytest.mark.parametrize("between", [b"\x12", b"\x11", b"\x13"], ids=["real-time answer", "XON", "XOFF"])
def test_what_comes_between_its_bytes_does_not_spoil_an_answer(answer: bytes, between: bytes) -> None:
    for place in range(1, len(answer)):
        read = _read(answer[:place] + between + answer[place:])

        assert [reply for reply in read if not isinstance(reply, RealTime)] == _read(answer)


def test_half_an_automatic_status_is_none() -> None:
    assert _read(AUTOMATIC[:3]) == []


def test_an_automatic_status_that_begins_anew_is_read_from_there() -> None:
    assert _read(b"\x18\x00" + AUTOMATIC) == [Automatic(AUTOMATIC)]


def test_a_block_without_an_end_does_not_swallow_the_answers_after_it() -> None:
    assert _read(b"\x37" + b"A" * (LONGEST_BLOCK + 1), b"\x12\x00") == [RealTime(0x12), InOrder(0x00)]


@given(st.binary(max_size=200))
def test_no_bytes_from_a_printer_raise_and_none_is_kept_for_ever(said: bytes) -> None:
    reader = ReplyReader()
    list(reader.feed(said))
    list(reader.feed(b"A" * (LONGEST_BLOCK + 2)))

    assert list(reader.feed(b"\x12")) == [RealTime(0x12)]
