from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.layout import Application, ElementaryFile, PastEnd, SelectAnswer, VirtualLayout

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


def with_changes(**changes: object) -> VirtualLayout:
    return replace(LAYOUT, **changes)  # type: ignore[arg-type]


def test_a_chip_may_hand_over_its_answer_to_a_select_at_once() -> None:
    layout = with_changes(select_answer=SelectAnswer.DIRECT)
    assert answers(SELECT_ROOT, layout=layout) == ["6F088406" + NAME.hex().upper() + "9000"]


def test_a_chip_may_have_nothing_to_say_to_a_select() -> None:
    assert answers(SELECT_ROOT, "00C000000A", layout=with_changes(select_answer=SelectAnswer.NONE)) == ["9000", "6985"]


@pytest.mark.parametrize(("past_end", "status"), [(PastEnd.WARNING, "6282"), (PastEnd.SHORT, "9000")])
def test_a_chip_may_give_what_there_is_when_asked_for_more(past_end: PastEnd, status: str) -> None:
    answer = answers(SELECT_ROOT, SELECT_FILE, "00B0010000", layout=with_changes(past_end=past_end))[-1]
    assert (len(answer), answer[-4:]) == (2 * (0x90 + 2), status)


@pytest.mark.parametrize("past_end", PastEnd)
def test_no_chip_reads_beyond_the_end_of_its_file(past_end: PastEnd) -> None:
    assert answers(SELECT_ROOT, SELECT_FILE, "00B0019000", layout=with_changes(past_end=past_end))[-1] == "6B00"


@pytest.mark.parametrize(
    ("past_end", "answer"), [(PastEnd.WRONG_LE, "6B00"), (PastEnd.WARNING, "6282"), (PastEnd.SHORT, "9000")]
)
def test_a_file_without_a_byte_is_answered_without_one(past_end: PastEnd, answer: str) -> None:
    empty = Application(NAME, b"\x3f\x00", (ElementaryFile(b"\xd0\x01", b""),))
    layout = with_changes(applications=(empty,), past_end=past_end)
    assert answers(SELECT_ROOT, SELECT_FILE, "00B0000000", layout=layout)[-1] == answer


def test_the_control_information_may_claim_another_size_than_the_file_has() -> None:
    file = ElementaryFile(b"\xd0\x01", bytes(8), declared_size=5)
    layout = with_changes(applications=(Application(NAME, b"\x3f\x00", (file,)),))
    assert answers(SELECT_ROOT, SELECT_FILE, "00C000000A", layout=layout)[-1] == "6F088002000583" + "02D0019000"


CHIP_DOC = b"CHIPDOC"
SELECT_CHIP_DOC = f"01A4040007{CHIP_DOC.hex()}"
WITH_CHANNELS = replace(
    LAYOUT,
    applications=(*LAYOUT.applications, Application(CHIP_DOC, b"\x3f\x00", (ElementaryFile(b"\xd0\x03", b"S"),), True)),
    channels=2,
)


def test_a_logical_channel_is_opened_before_it_is_spoken_in() -> None:
    said = answers("01A40000023F00", "00700001", "01A40000023F00", layout=WITH_CHANNELS)
    assert said == ["6881", "9000", "610A"]


def test_a_channel_that_the_card_chooses_is_told_and_a_closed_one_is_free_again() -> None:
    said = answers("0070000001", "0070000001", "0070000001", "00708001", "0070000001", layout=WITH_CHANNELS)
    assert said == ["019000", "029000", "6881", "9000", "019000"]


def test_each_channel_has_a_file_of_its_own() -> None:
    said = answers("00700001", SELECT_CHIP_DOC, "01A4080002D003", "01B0000001", SELECT_FILE, layout=WITH_CHANNELS)
    assert said[-2:] == ["539000", "6A82"]


def test_an_application_that_is_hidden_is_found_by_its_name_only() -> None:
    said = answers("00700001", "01A4080002D003", SELECT_CHIP_DOC, "01A4080002D003", layout=WITH_CHANNELS)
    assert said[1:] == ["6A82", "610B", "610A"]


def test_a_root_that_is_hidden_is_not_found_by_its_path() -> None:
    only_hidden = replace(WITH_CHANNELS, applications=WITH_CHANNELS.applications[1:])
    assert answers("00A4080002D003", "00A40000023F00", layout=only_hidden) == ["6A82", "6A82"]


def test_a_chip_without_channels_does_not_know_the_command() -> None:
    assert answers("00700001", "01B0000001") == ["6D00", "6E00"]


def test_the_basic_channel_cannot_be_closed() -> None:
    assert answers("00708000", SELECT_ROOT, layout=WITH_CHANNELS) == ["6881", "610A"]


@given(st.lists(st.binary(max_size=12), max_size=6))
def test_any_bytes_are_answered_with_a_status_word(commands: list[bytes]) -> None:
    engine = CardEngine(WITH_CHANNELS)
    for command in commands:
        assert 2 <= len(engine.process(command)) <= 258
