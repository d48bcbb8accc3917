from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.vpcd import VpcdCard

POWER_OFF, POWER_ON, RESET, GET_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
SELECT_ROOT = bytes.fromhex("00A40000023F00")
READ_FILE = bytes.fromhex("00B0820001")
MARIE = card_of("marie")


class Vpcd:
    """The reader's end of the protocol, as vpcd plays it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._line: socket.socket | None = None

    @property
    def line(self) -> socket.socket:
        assert self._line is not None
        return self._line

    def take_card(self) -> None:
        """Accept the connection that is an insertion."""
        self._line, _ = self._listener.accept()
        self._line.settimeout(5)

    def accept(self, card: VpcdCard) -> None:
        inserting = threading.Thread(target=card.insert)
        inserting.start()
        self.take_card()
        assert self.ask(GET_ATR)
        inserting.join()

    def send(self, message: bytes) -> None:
        self.line.sendall(len(message).to_bytes(2, "big") + message)

    def ask(self, message: bytes) -> bytes:
        self.send(message)
        return self.receive(int.from_bytes(self.receive(2), "big"))

    def receive(self, size: int) -> bytes:
        received = b""
        while len(received) < size and (part := self.line.recv(size - len(received))):
            received += part
        return received

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
        self._listener.close()


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


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk.card_reader.virtual", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_lists_the_deck() -> None:
    listed = run_command("--list")
    assert listed.returncode == 0
    assert "Marie ESSAI-LEMAÎTRE" in listed.stdout


@pytest.mark.parametrize("arguments", [("--card", "nobody"), ("--card", "marie", "--port", "1")])
def test_the_command_says_why_a_card_cannot_be_inserted(arguments: tuple[str, ...]) -> None:
    refused = run_command(*arguments)
    assert refused.returncode == 1
    assert refused.stderr.startswith("The card cannot be inserted")


def test_the_command_stays_until_the_reader_is_gone(vpcd: Vpcd) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "kiosk.card_reader.virtual", "--port", str(vpcd.port)], stdout=subprocess.PIPE, text=True
    ) as command:
        vpcd.take_card()
        assert vpcd.ask(GET_ATR) == MARIE.atr
        vpcd.line.close()
        assert command.wait(10) == 0
