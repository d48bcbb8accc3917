from __future__ import annotations

import pytest

from kiosk.card_reader.virtual.line import NO_DELAY, SLOW_LINE, characters_on_the_line, seconds_on_the_line

READ = bytes.fromhex("00B000007C")
SELECT = bytes.fromhex("00A40000023F00")


@pytest.mark.parametrize(
    ("command", "answer", "characters"),
    [
        (READ, bytes(124) + b"\x90\x00", 5 + 1 + 124 + 2),  # header, procedure byte, data, status word
        (SELECT, b"\x61\x12", 5 + 1 + 2 + 2),
        (SELECT + b"\x00", b"\x61\x12", 5 + 1 + 2 + 2),  # Le stays with the terminal
        (READ, b"\x6c\x7c", 5 + 2),  # nothing flows
        (bytes.fromhex("00700001"), b"\x90\x00", 5 + 2),
    ],
)
def test_what_crosses_a_t0_line_is_counted_as_the_standard_has_it(
    command: bytes, answer: bytes, characters: int
) -> None:
    assert characters_on_the_line(command, answer) == characters


def test_a_character_takes_twelve_units() -> None:
    assert seconds_on_the_line(READ, b"\x6c\x7c", SLOW_LINE) == pytest.approx(7 * 12 / 9600)


def test_the_published_identity_takes_the_published_time() -> None:
    # vitale.md §6.4: about 35 ms for 124 bytes at 43 kbit/s.
    assert seconds_on_the_line(READ, bytes(124) + b"\x90\x00") == pytest.approx(0.035, abs=0.003)


def test_without_a_line_there_is_no_time() -> None:
    assert seconds_on_the_line(READ, b"\x90\x00", NO_DELAY) == 0
