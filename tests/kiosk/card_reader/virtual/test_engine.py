from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.card_reader.virtual.engine import Application, CardEngine, ElementaryFile, VirtualLayout

NAME = b"\xd2\x50TEST"
LAYOUT = VirtualLayout(
    applications=(
        Application(
            NAME,
            b"\x3f\x00",
            (
                ElementaryFile(b"\xd0\x01", bytes(range(200)) * 2, short_id=2),
                ElementaryFile(b"\xd0\x02", b"secret", is_protected=True),
            ),
        ),
    )
)
SELECT_ROOT = "00A40000023F00"
SELECT_FILE = "00A4020002D001"


def answers(*commands: str, layout: VirtualLayout = LAYOUT) -> list[str]:
    engine = CardEngine(layout)
    return [engine.process(bytes.fromhex(command)).hex().upper() for command in commands]


@pytest.mark.parametrize(
    ("commands", "last_status"),
    [
        ([SELECT_ROOT], "610A"),
        ([f"00A4040006{NAME.hex()}"], "610A"),
        ([f"00A4040006{NAME.hex()}00"], "610A"),  # a trailing Le brings no data on T=0
        (["00A4040003AABBCC"], "6A82"),
        ([SELECT_ROOT, "00A4020002EEEE"], "6A82"),
        ([SELECT_FILE], "6A82"),  # no directory yet
        (["00B0000010"], "6986"),
        ([SELECT_ROOT, "00A4020002D002", "00B0000006"], "6982"),
        ([SELECT_ROOT, SELECT_FILE, "00B0019000"], "6B00"),
        ([SELECT_ROOT, "00B0830000"], "6A82"),
        (["00C0000010"], "6985"),
        (["BCB0000010"], "6E00"),
        (["00D6000001AA"], "6D00"),
        (["00A4"], "6700"),
        (["00A40000053F00"], "6700"),
        ([SELECT_ROOT, SELECT_FILE, "00B00000010203"], "6700"),
    ],
)
def test_a_command_ends_in_the_status_word_of_the_standard(commands: list[str], last_status: str) -> None:
    assert answers(*commands)[-1] == last_status


def test_the_answer_to_a_select_waits_for_get_response_and_is_given_once() -> None:
    selected, fetched, again = answers(SELECT_ROOT, "00C000000A", "00C000000A")
    assert (selected, fetched, again) == ("610A", "6F088406" + NAME.hex().upper() + "9000", "6985")


def test_a_wrong_le_of_get_response_names_the_right_one_and_loses_nothing() -> None:
    assert answers(SELECT_ROOT, "00C0000000", "00C000000A")[1:] == ["6C0A", "6F088406" + NAME.hex().upper() + "9000"]


def test_no_answer_has_more_than_256_bytes() -> None:
    whole = answers(SELECT_ROOT, SELECT_FILE, "00B0000000")[-1]
    assert len(whole) == 2 * (256 + 2)


def test_the_last_block_is_asked_for_by_its_length() -> None:
    assert answers(SELECT_ROOT, SELECT_FILE, "00B0010000")[-1] == "6C90"
    assert len(answers(SELECT_ROOT, SELECT_FILE, "00B0010090")[-1]) == 2 * (0x90 + 2)


def test_a_file_read_by_short_id_becomes_the_current_one() -> None:
    assert answers(SELECT_ROOT, "00B0820002", "00B0000102")[1:] == ["00019000", "01029000"]


def test_a_reset_forgets_directory_and_file() -> None:
    engine = CardEngine(LAYOUT)
    engine.process(bytes.fromhex(SELECT_ROOT))
    engine.reset()
    assert engine.process(bytes.fromhex(SELECT_FILE)) == b"\x6a\x82"


@pytest.mark.parametrize(
    ("changes", "commands", "status"),
    [
        ({"speaks_iso": False}, [SELECT_ROOT], "6E00"),
        ({"knows_file_ids_of_directories": False}, [SELECT_ROOT], "6A82"),
        ({"knows_short_ids": False}, [SELECT_ROOT, "00B0820000"], "6A86"),
    ],
)
def test_a_chip_may_lack_a_way_to_its_files(changes: dict[str, bool], commands: list[str], status: str) -> None:
    assert answers(*commands, layout=replace(LAYOUT, **changes))[-1] == status  # type: ignore[arg-type]


@given(st.lists(st.binary(max_size=12), max_size=6))
def test_any_bytes_are_answered_with_a_status_word(commands: list[bytes]) -> None:
    engine = CardEngine(LAYOUT)
    for command in commands:
        assert 2 <= len(engine.process(command)) <= 258
