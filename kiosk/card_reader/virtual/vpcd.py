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

from kiosk.card_reader.virtual.chip import Chip
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.line import LINE_OF_A_VITALE, NO_DELAY, seconds_on_the_line
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import VirtualCard
from kiosk.card_reader.virtual.scenario import Scenario, plain, spoilt

DEFAULT_PORT = 35963  # slot 0 of Debian's vpcd; slot 1 is one above
CONNECT_S = 5.0
HAND_S = 0.25  # no hand pulls a card sooner after it last answered: a reader that lets go of it has done so by then
ATR_THAT_MAKES_A_CARD_MUTE = b"\x00" * 40  # longer than 33 bytes: present, and cannot be powered

_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = 0x00, 0x01, 0x02, 0x04
_ASKED_FOR_ATR = bytes((_GET_ATR,))
_LENGTH_OF_STATUS_WORD = 2


class VpcdCard:
    """A card in one vpcd slot from ``insert`` to ``pull``; a thread of its own answers.

    Args:
        what: a scenario, or a card of the deck and what it plays.
        host: where pcscd's vpcd listens.
        port: and on which port.
        mishap: what the card does wrong beside that.
        engine: another chip than the card's own.
        is_realistic: take as long as a real chip's line would, where the scenario says nothing else.
    """

    def __init__(
        self,
        what: VirtualCard | Scenario,
        host: str = "127.0.0.1",
        port: int = DEFAULT_PORT,
        *,
        mishap: Mishap | None = None,
        engine: CardEngine | None = None,
        is_realistic: bool = False,
    ) -> None:
        scenario = spoilt(what if isinstance(what, Scenario) else plain(what), mishap)
        self.scenario = scenario
        self._atr = ATR_THAT_MAKES_A_CARD_MUTE if scenario.is_mute else scenario.card.atr
        self._chip = scenario.chip() if engine is None else Chip(engine, scenario.mishaps)
        self._address = (host, port)
        own_speed = LINE_OF_A_VITALE if is_realistic else NO_DELAY
        self._line_speed = own_speed if scenario.line_speed is None else scenario.line_speed
        self._noticed = threading.Event()
        self._is_spoken_to = False  # since its last reset
        self._at_rest = threading.Event()
        self._at_rest.set()
        self._gone = threading.Event()
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._successor: VpcdCard | None = None
        self.lost_reader = False  # pcscd let go of the card, not the card of pcscd

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
        """Close the connection, and that of a card that took its place; harmless twice.

        A card that was just spoken to is left the time a hand needs: whoever reads it resets it for the next program
        when they have what they want, and pcscd 1.9.9 is lost for a while when the card leaves in the middle of that.
        """
        self._at_rest.wait(HAND_S)
        self._gone.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        if self._successor is not None:
            self._successor.pull()

    def wait(self, timeout_s: float | None = None) -> bool:
        """True when the card is out: pulled, or pcscd gone."""
        return self._gone.wait(timeout_s)

    @property
    def in_place(self) -> VpcdCard:
        """The card that is in the slot, or was last: this one or, after a swap, the one that followed."""
        return self if self._successor is None else self._successor.in_place

    def __enter__(self) -> Self:
        self.insert()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def _serve(self, line: socket.socket) -> None:
        has_left = False
        with line, contextlib.suppress(OSError):
            while not has_left and (message := _receive(line)) is not None:
                answer = self._answer(message)
                has_left = answer is None
                line.sendall(answer or b"")
                if message == _ASKED_FOR_ATR and not self._is_spoken_to:
                    self._at_rest.set()
        self.lost_reader = not has_left and not self._gone.is_set()
        self._gone.set()

    def _answer(self, message: bytes) -> bytes | None:
        """The bytes to send, none for a control that wants no answer, None to leave the slot."""
        if len(message) == 1:
            return self._obey(message[0])
        self._is_spoken_to = True
        self._at_rest.clear()
        act = self._chip.process(message)
        seconds = seconds_on_the_line(message, act.answer, self._line_speed)
        if seconds:
            time.sleep(seconds)
        return _frame(act.answer) if act.mishap is None else self._go_wrong(act.mishap, act.answer)

    def _obey(self, control: int) -> bytes:
        """What pcscd says to the slot. It asks for the ATR after a reset, and every 0.4 s to see who is here."""
        if control == _GET_ATR:
            self._noticed.set()
            return _frame(self._atr)
        self._chip.reset()
        self._is_spoken_to = False
        return b""

    def _go_wrong(self, mishap: Mishap, answer: bytes) -> bytes | None:
        match mishap.kind:
            case MishapKind.PULL:
                return None
            case MishapKind.SWAP:
                self._let_the_next_one_wait()
                return None
            case MishapKind.HANG:
                return None if self._gone.wait(mishap.seconds) else _frame(answer)
            case MishapKind.CUT:
                # Announced in full, cut after one byte; the line then closes, for vpcd would wait for the rest.
                self._cut(answer)
                return None
            case MishapKind.CONFUSED | MishapKind.WRONG_STATUS | MishapKind.RESET:
                # The chip's own answer says it. That another program reset the card only PC/SC could tell: over vpcd
                # the card has forgotten what was selected, and no more.
                return _frame(answer)

    def _let_the_next_one_wait(self) -> None:
        """In the backlog of vpcd's port the successor is in as soon as this card is out."""
        if self.scenario.successor is not None:
            self._successor = VpcdCard(self.scenario.successor, *self._address)
            self._successor.insert(wait_s=0)

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
