from __future__ import annotations

import pytest

from kiosk.card_reader.apdu import StatusWord
from kiosk.card_reader.cps import read_serial, serial_of
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.vitale import read_card
from kiosk.enrolment.errors import CardError, CardFault
from tests.fakes.card_connection import EngineConnection, ScriptedConnection

CPS3 = bytes.fromhex("3BAC00402A001225006480000310009000")
CPS4 = bytes.fromhex("3B9B188001001225006480040100009044")
CPS2TER = bytes.fromhex("3BAC00402A001225006480820212009000")
SERIAL_FILE = bytes.fromhex("5A0A80250000010990000001")
OK, REFUSED = (b"", StatusWord.OK), (b"", StatusWord.FILE_NOT_FOUND)


def test_the_virtual_card_tells_its_serial_without_a_pin() -> None:
    connection = EngineConnection(card_of("cps").engine())
    assert read_serial(connection, CPS3) == "0990000001"


def test_a_cps3_is_read_by_its_path_in_the_basic_channel() -> None:
    connection = ScriptedConnection([OK, (SERIAL_FILE, StatusWord.OK)])
    assert read_serial(connection, CPS3) == "0990000001"
    assert [command.hex() for command in connection.commands] == ["00a4080002d003", "00b000000c"]


def test_a_card_that_knows_no_paths_is_asked_by_file_id() -> None:
    connection = ScriptedConnection([REFUSED, OK, OK, (SERIAL_FILE, StatusWord.OK)])
    assert read_serial(connection, CPS3) == "0990000001"
    assert [command.hex() for command in connection.commands[1:3]] == ["00a40000023f00", "00a4020002d003"]


def test_a_cps4_is_read_in_channel_1_after_chipdoc() -> None:
    connection = ScriptedConnection([OK, OK, OK, (SERIAL_FILE, StatusWord.OK)])
    assert read_serial(connection, CPS4) == "0990000001"
    assert [command.hex() for command in connection.commands] == [
        "00700001",
        "01a40400088025000001ff0100",
        "01a4080002d003",
        "01b000000c",
        "00708001",
    ]


def test_a_cps4_that_refuses_the_channel_is_read_in_the_basic_one() -> None:
    connection = ScriptedConnection([REFUSED, OK, (SERIAL_FILE, StatusWord.OK)])
    assert read_serial(connection, CPS4) == "0990000001"
    assert connection.commands[1].hex() == "00a4080002d003"


def test_a_cps4_whose_channel_has_no_such_file_gets_its_channel_closed() -> None:
    connection = ScriptedConnection([OK, OK, REFUSED])
    read_serial(connection, CPS4)
    assert "00708001" in [command.hex() for command in connection.commands]


def test_a_card_older_than_iso_is_read_in_its_own_class() -> None:
    unknown_class, waits, absent = (b"", StatusWord.CLA_NOT_SUPPORTED), (b"", 0x9F16), (b"", 0x9404)
    connection = ScriptedConnection([unknown_class, unknown_class, waits, waits, (SERIAL_FILE, StatusWord.OK)])
    assert read_serial(connection, CPS2TER) == "0990000001"
    assert [command.hex() for command in connection.commands[2:]] == ["a0a40000023f00", "a0a4000002d003", "a0b000000c"]
    assert read_serial(ScriptedConnection([unknown_class, unknown_class, waits, absent]), CPS2TER) is None


def test_the_status_words_of_the_older_class_count_in_no_other() -> None:
    assert read_serial(ScriptedConnection([(b"", 0x9F16), (b"", 0x9F16), (b"", 0x9404)]), CPS3) is None


def test_a_card_that_refuses_every_way_gives_no_serial() -> None:
    assert read_serial(ScriptedConnection([REFUSED]), CPS3) is None


def test_a_file_that_may_not_be_read_gives_no_serial() -> None:
    connection = ScriptedConnection([OK, (b"", StatusWord.SECURITY_STATUS_NOT_SATISFIED)])
    assert read_serial(connection, CPS3) is None


@pytest.mark.parametrize(
    "content",
    ["", "5A0A8025000001", "5A0A80250000020990000001", "5A0980250000010990000001", "5A0A802500000109900000AB"],
)
def test_what_is_of_another_form_or_issuer_is_no_serial(content: str) -> None:
    assert serial_of(bytes.fromhex(content)) is None


def test_no_pin_is_ever_presented() -> None:
    connection = ScriptedConnection([REFUSED])
    for atr in (CPS3, CPS4, CPS2TER):
        read_serial(connection, atr)
    assert not [command for command in connection.commands if command[1] in {0x20, 0x24, 0x2C}]


def test_the_virtual_cps4_tells_its_serial_in_its_channel_and_finds_it_closed_afterwards() -> None:
    card = card_of("cps4")
    connection = EngineConnection(card.engine())
    for _ in range(2):  # a channel left open would be refused the second time
        assert read_serial(connection, card.atr) == card.serial.hex()
    assert len(connection.commands) == 10


def test_the_virtual_cps2ter_gives_no_serial() -> None:
    card = card_of("cps2ter")
    assert read_serial(EngineConnection(card.engine()), card.atr) is None


@pytest.mark.parametrize("card_id", ["cps", "cps4"])
def test_a_cps_of_unknown_atr_in_the_patients_slot_is_named_by_its_application(card_id: str) -> None:
    with pytest.raises(CardError) as failure:
        read_card(EngineConnection(card_of(card_id).engine()), bytes.fromhex("3B6700002D201601789000"))
    assert failure.value.fault is CardFault.WRONG_CARD_CPS
