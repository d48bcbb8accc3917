"""The virtual card in the virtual reader of the real pcscd: vsmartcard's vpcd protocol over TCP.

Source: vitale.md §6.1 (frames: two bytes of length, big-endian; length 1 is a control byte), §6.4 (why
TCP_QUICKACK must be armed anew before every recv: 0.2 ms instead of 44 ms a command), §6.5 (insert, pull, mishaps).
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Self

from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind, seconds_on_the_line
from kiosk.card_reader.virtual.people import CardKind, VirtualCard

DEFAULT_PORT = 35963  # slot 0 of Debian's vpcd; slot 1 is one above
CONNECT_S = 5.0
ATR_THAT_MAKES_A_CARD_MUTE = b"\x00" * 40  # longer than 33 bytes: present, and cannot be powered

_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = 0x00, 0x01, 0x02, 0x04
_LENGTH_OF_STATUS_WORD = 2


class VpcdCard:
    """A card in one vpcd slot from ``insert`` to ``pull``; a thread of its own answers.

    Args:
        card: which card of the deck, and what it plays.
        host: where pcscd's vpcd listens.
        port: and on which port.
        mishap: what the card does wrong. A SWAP is played by two cards, see ``insert``.
        engine: another chip than the card's own.
        is_realistic: take as long as a real chip's line would.
    """

    def __init__(
        self,
        card: VirtualCard,
        host: str = "127.0.0.1",
        port: int = DEFAULT_PORT,
        *,
        mishap: Mishap | None = None,
        engine: CardEngine | None = None,
        is_realistic: bool = False,
    ) -> None:
        self._atr = ATR_THAT_MAKES_A_CARD_MUTE if card.kind is CardKind.MUTE else card.atr
        self._engine = engine or card.engine()
        self._address = (host, port)
        self._mishap = mishap
        self._is_realistic = is_realistic
        self._commands = 0
        self._noticed = threading.Event()
        self._gone = threading.Event()
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self, wait_s: float = CONNECT_S) -> bool:
        """Connect; True once pcscd has asked for the ATR, which is when it begins to see the card.

        A second card inserted into the same slot waits unseen until the first is pulled: that is how to swap.

        Raises:
            OSError: no vpcd listens there.
        """
        self._socket = socket.create_connection(self._address, CONNECT_S)
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._serve, args=(self._socket,), name="vpcd-card", daemon=True)
        self._thread.start()
        return self._noticed.wait(wait_s)

    def pull(self) -> None:
        """Close the connection; harmless twice."""
        self._gone.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def wait(self, timeout_s: float | None = None) -> bool:
        """True when the card is out: pulled, or pcscd gone."""
        return self._gone.wait(timeout_s)

    def __enter__(self) -> Self:
        self.insert()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def _serve(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            while (message := _receive(line)) is not None:
                answer = self._answer(message)
                if answer is None:
                    break
                line.sendall(answer)
        self._gone.set()

    def _answer(self, message: bytes) -> bytes | None:
        """The bytes to send, none for a control that wants no answer, None to leave the slot."""
        if message[0] == _GET_ATR and len(message) == 1:
            self._noticed.set()
            return _frame(self._atr)
        if len(message) == 1:
            self._engine.reset()
            self._commands = 0
            return b""
        self._commands += 1
        answer = self._engine.process(message)
        if self._is_realistic:
            time.sleep(seconds_on_the_line(message, answer))
        if self._mishap is not None and self._mishap.at_command == self._commands:
            return self._go_wrong(self._mishap.kind, answer)
        return _frame(answer)

    def _go_wrong(self, kind: MishapKind, answer: bytes) -> bytes | None:
        if kind is MishapKind.HANG:
            self._gone.wait()
            return None
        if kind is MishapKind.CUT:
            # Announced in full, cut after one byte; the line then closes, for vpcd would wait for the rest.
            self._cut(answer)
            return None
        if kind is MishapKind.CONFUSED:
            self._mishap = None
            return _frame(bytes.fromhex("6F00"))
        return None

    def _cut(self, answer: bytes) -> None:
        assert self._socket is not None
        self._socket.sendall(_frame(answer)[: _LENGTH_OF_STATUS_WORD + 1])


def _frame(message: bytes) -> bytes:
    return len(message).to_bytes(2, "big") + message


def _receive(line: socket.socket) -> bytes | None:
    """One message; None at the end of the connection."""
    length = _receive_exactly(line, 2)
    if length is None:
        return None
    size = int.from_bytes(length, "big")
    return _receive_exactly(line, size) if size else None


def _receive_exactly(line: socket.socket, size: int) -> bytes | None:
    received = b""
    while len(received) < size:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # Linux forgets it after each use
        part = line.recv(size - len(received))
        if not part:
            return None
        received += part
    return received
