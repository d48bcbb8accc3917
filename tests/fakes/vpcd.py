"""The reader's end of vpcd's protocol, without pcscd: a card connects, the test asks. And a card in a real slot."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.card_reader.connection import SlotState
from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.virtual.scenario import Scenario
from kiosk.card_reader.virtual.vpcd import VpcdCard
from tests.waiting import wait_until

POWER_OFF, POWER_ON, RESET, GET_ATR = b"\x00", b"\x01", b"\x02", b"\x04"


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
        if self._line is not None:
            self._line.close()
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


@contextmanager
def in_slot(scenario: Scenario, port: int, slot: str, state: SlotState = SlotState.PRESENT) -> Iterator[None]:
    """A card in a slot of the real pcscd, once that shows it; and out again once it shows that."""
    slots = PcscSlots(slot)
    try:
        with VpcdCard(scenario, port=port):
            assert wait_until(lambda: slots.watch(0.2).slots[0].state is state)
            yield
        assert wait_until(lambda: slots.watch(0.2).slots[0].state is SlotState.EMPTY)
    finally:
        slots.close()
