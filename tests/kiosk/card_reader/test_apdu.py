from __future__ import annotations

import pytest

from kiosk.card_reader.apdu import (
    MAX_ROUNDS,
    Command,
    Ins,
    Response,
    SelectBy,
    StatusWord,
    read_binary,
    select,
    transmit_all,
)
from kiosk.enrolment.errors import CardError, CardFault
from tests.fakes.card_connection import ScriptedConnection

READ_ALL = bytes.fromhex("00B0820000")


@pytest.mark.parametrize(
    ("command", "encoded"),
    [
        # vitale.md §2.2 and §2.3
        (select(SelectBy.FILE_ID, bytes.fromhex("3F00")), "00A40000023F00"),
        (read_binary(0, short_id=2), "00B0820000"),
        (select(SelectBy.DF_NAME, bytes.fromhex("D2500000025649 54414C45")), "00A404000BD2500000025649 54414C45"),
        (select(SelectBy.EF_UNDER_CURRENT_DF, bytes.fromhex("D001")), "00A4020002D001"),
        (Command(Ins.GET_RESPONSE, 0, 0, le=0x1E), "00C000001E"),
        (read_binary(0, le=0x7C), "00B000007C"),
        (read_binary(0x1234), "00B0123400"),
    ],
)
def test_commands_are_written_as_the_published_sequences(command: Command, encoded: str) -> None:
    assert command.encode() == bytes.fromhex(encoded)


def test_a_wrong_le_is_sent_again_with_the_right_one() -> None:
    connection = ScriptedConnection([(b"", 0x6C03), (b"abc", 0x9000)])
    assert transmit_all(connection.transmit, read_binary(0, short_id=2)).data == b"abc"
    assert connection.commands == [READ_ALL, bytes.fromhex("00B0820003")]


def test_waiting_answers_are_fetched_piece_by_piece() -> None:
    connection = ScriptedConnection([(b"", 0x6102), (b"ab", 0x6101), (b"c", 0x9000)])
    answer = transmit_all(connection.transmit, read_binary(0))
    assert (answer.data, answer.status) == (b"abc", StatusWord.OK)
    assert connection.commands[1:] == [bytes.fromhex("00C0000002"), bytes.fromhex("00C0000001")]


def test_sixty_one_hundred_means_256_bytes() -> None:
    connection = ScriptedConnection([(b"", 0x6100), (b"x" * 256, 0x9000)])
    assert len(transmit_all(connection.transmit, read_binary(0)).data) == 256
    assert connection.commands[1] == bytes.fromhex("00C0000000")


def test_the_data_before_an_early_end_of_file_are_kept() -> None:
    connection = ScriptedConnection([(b"abc", 0x6282)])
    assert transmit_all(connection.transmit, read_binary(0)).status == StatusWord.END_OF_FILE_BEFORE_LE


@pytest.mark.parametrize("status", [0x6C05, 0x6105])
def test_a_card_that_never_ends_is_given_up(status: int) -> None:
    connection = ScriptedConnection([(b"", status)])
    with pytest.raises(CardError) as failure:
        transmit_all(connection.transmit, read_binary(0))
    assert failure.value.fault is CardFault.FAILED
    assert len(connection.commands) == MAX_ROUNDS


def test_a_card_that_sends_more_than_any_file_is_given_up() -> None:
    connection = ScriptedConnection([(b"x" * 256, 0x6100)])
    with pytest.raises(CardError):
        transmit_all(connection.transmit, read_binary(0))
    assert len(connection.commands) == 33


def test_the_repr_of_a_response_keeps_the_data_to_itself() -> None:
    assert "53504543" not in repr(Response(b"SPECIMEN", 0x9000))
    assert "SPECIMEN" not in repr(Response(b"SPECIMEN", 0x9000))
