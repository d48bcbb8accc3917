from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.scenario import plain
from kiosk.card_reader.virtual.vpcd import VpcdCard
from tests.fakes.vpcd import GET_ATR, POWER_OFF, POWER_ON, RESET, Vpcd

SELECT_ROOT = bytes.fromhex("00A40000023F00")
READ_FILE = bytes.fromhex("00B0820001")
MARIE = card_of("marie")


@pytest.fixture
def vpcd() -> Iterator[Vpcd]:
    reader = Vpcd()
    yield reader
    reader.close()


def inserted(vpcd: Vpcd, card_id: str = "marie", mishap: Mishap | None = None) -> VpcdCard:
    card = VpcdCard(card_of(card_id), port=vpcd.port, mishap=mishap)
    vpcd.accept(card)
    return card


def test_the_poll_for_the_atr_is_answered_with_the_card_s(vpcd: Vpcd) -> None:
    card = inserted(vpcd)
    assert vpcd.ask(GET_ATR) == MARIE.atr
    card.pull()


def test_a_command_is_answered_by_the_chip(vpcd: Vpcd) -> None:
    card = inserted(vpcd)
    assert vpcd.ask(SELECT_ROOT)[0] == 0x61
    card.pull()


@pytest.mark.parametrize("control", [POWER_OFF, POWER_ON, RESET])
def test_a_control_byte_resets_the_chip_and_is_not_answered(vpcd: Vpcd, control: bytes) -> None:
    card = inserted(vpcd)
    vpcd.ask(SELECT_ROOT)
    vpcd.send(control)
    assert vpcd.ask(READ_FILE) == b"\x6a\x82"
    card.pull()


def test_pulling_closes_the_line(vpcd: Vpcd) -> None:
    inserted(vpcd).pull()
    assert vpcd.receive(1) == b""


def test_no_hand_is_quicker_than_the_reset_at_the_end_of_a_reading(vpcd: Vpcd) -> None:
    card = inserted(vpcd)
    vpcd.ask(SELECT_ROOT)
    pulling = threading.Thread(target=card.pull)
    pulling.start()
    assert not card.wait(0.05), "it is still in there"
    vpcd.send(RESET)
    assert vpcd.ask(GET_ATR) == MARIE.atr
    assert vpcd.receive(1) == b""
    pulling.join()


def test_a_card_that_is_never_reset_can_be_pulled_all_the_same(vpcd: Vpcd) -> None:
    card = inserted(vpcd)
    vpcd.ask(SELECT_ROOT)
    card.pull()
    assert vpcd.receive(1) == b""


def test_a_card_that_is_to_leave_at_a_command_leaves_without_an_answer(vpcd: Vpcd) -> None:
    card = inserted(vpcd, mishap=Mishap(MishapKind.PULL, 2))
    vpcd.ask(SELECT_ROOT)
    vpcd.send(READ_FILE)
    assert vpcd.receive(1) == b""
    assert card.wait(5)


def test_a_frame_that_is_cut_announces_more_than_it_sends(vpcd: Vpcd) -> None:
    card = inserted(vpcd, mishap=Mishap(MishapKind.CUT, 1))
    vpcd.send(SELECT_ROOT)
    assert vpcd.receive(16) == b"\x00\x02\x61"
    card.pull()


def test_a_hung_card_is_silent_until_it_is_pulled(vpcd: Vpcd) -> None:
    card = inserted(vpcd, mishap=Mishap(MishapKind.HANG, 1))
    vpcd.send(SELECT_ROOT)
    vpcd.line.settimeout(0.1)
    with pytest.raises(TimeoutError):
        vpcd.line.recv(1)
    card.pull()
    assert vpcd.receive(1) == b""


def test_a_mute_card_answers_the_poll_with_more_than_any_atr(vpcd: Vpcd) -> None:
    card = inserted(vpcd, "muette")
    assert len(vpcd.ask(GET_ATR)) > 33
    card.pull()


def test_a_card_without_a_reader_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        VpcdCard(MARIE, port=port).insert()


def played(vpcd: Vpcd, *mishaps: Mishap, successor: str | None = None) -> VpcdCard:
    """A scenario in the slot."""
    follower = None if successor is None else plain(card_of(successor))
    card = VpcdCard(replace(plain(MARIE), mishaps=mishaps, successor=follower), port=vpcd.port)
    vpcd.accept(card)
    return card


def test_a_card_that_hangs_for_a_while_answers_in_the_end(vpcd: Vpcd) -> None:
    card = played(vpcd, Mishap(MishapKind.HANG, 1, seconds=0.01))
    assert vpcd.ask(SELECT_ROOT) == b"\x61\x12"
    card.pull()


def test_a_wrong_status_word_comes_over_the_line(vpcd: Vpcd) -> None:
    card = played(vpcd, Mishap(MishapKind.WRONG_STATUS, 2, status=0x6581))
    assert [vpcd.ask(SELECT_ROOT), vpcd.ask(SELECT_ROOT)] == [b"\x61\x12", b"\x65\x81"]
    card.pull()


def test_a_confused_card_is_well_after_the_reset(vpcd: Vpcd) -> None:
    card = played(vpcd, Mishap(MishapKind.CONFUSED, 1))
    assert [vpcd.ask(SELECT_ROOT), vpcd.ask(SELECT_ROOT)] == [b"\x6f\x00", b"\x6f\x00"]
    vpcd.send(RESET)
    assert vpcd.ask(SELECT_ROOT) == b"\x61\x12"
    card.pull()


def test_a_swapped_card_is_followed_by_its_successor(vpcd: Vpcd) -> None:
    card = played(vpcd, Mishap(MishapKind.SWAP, 1), successor="couple")
    vpcd.send(SELECT_ROOT)
    assert vpcd.receive(1) == b""
    vpcd.take_card()
    assert vpcd.ask(GET_ATR) == card_of("couple").atr
    assert card.in_place.scenario.name == "couple"
    card.pull()
    assert vpcd.receive(1) == b""


def test_a_card_knows_whether_it_left_or_the_reader_did(vpcd: Vpcd) -> None:
    left = played(vpcd, Mishap(MishapKind.PULL, 1))
    vpcd.send(SELECT_ROOT)
    assert left.wait(5)
    assert not left.lost_reader
    stayed = played(vpcd)
    vpcd.line.close()
    assert stayed.wait(5)
    assert stayed.lost_reader
