"""The printer without its network: receive buffer, faults, status answers, paper. Pure but for its own state.

Like a real one: status questions are answered at once, even with the cover open; everything else waits in the receive
buffer while a fault stops the printing, and comes out when the fault is mended, unless DLE DC4 8 cleared the buffer.
All instants are arguments (monotonic seconds).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from kiosk.printer import status
from kiosk.printer.profile import Confirmation, PrinterProfile
from kiosk.printer.simulator.commands import REAL_TIME, Command, Tokenizer
from kiosk.printer.simulator.paper import Paper
from kiosk.printer.simulator.typesetter import Typesetter

CLEARED = b"\x37\x25\x00"  # the answer to DLE DC4 8
_CLEAR_BUFFER = status.DISCARD[2:]
_FIXED = 0x12


@dataclass
class Faults:
    """What is wrong with it now; a test or a tray sets these."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    silent: bool = False
    lines_left: int | None = None  # lines until the roll ends
    seconds_per_line: float = 0.0

    @property
    def stopped(self) -> bool:
        """Whether nothing can be printed now."""
        return self.paper_out or self.cover_open


class Mechanism:
    """One simulated printer. Not thread-safe: the server holds a lock around it."""

    def __init__(self, profile: PrinterProfile) -> None:
        self.faults = Faults()
        self.papers: list[Paper] = []
        self.lines_printed = 0
        self._profile = profile
        self._tokenizer = Tokenizer()
        self._waiting: deque[Command] = deque()
        self._typesetter = Typesetter(profile.dots)
        self._raw = bytearray()
        self._free_at = 0.0

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes from the line; the answers to be sent back."""
        answers = b""
        for command in self._tokenizer.feed(data):
            if command.name in REAL_TIME:
                answers += self._real_time(command)
            else:
                self._waiting.append(command)
        return answers + self.advance(now)

    def advance(self, now: float) -> bytes:
        """Carry out what waits, as far as faults and speed allow; the answers that fell due."""
        answers = b""
        while self._waiting and not self.faults.stopped and self._free_at <= now:
            answers += self._carry_out(self._waiting.popleft(), now)
        return b"" if self.faults.silent else answers

    @property
    def due(self) -> float | None:
        """When there is more to do without a new byte; None when there is not."""
        return self._free_at if self._waiting and not self.faults.stopped else None

    def power_cycle(self) -> None:
        """Lose what was not printed; the paper in the slot is torn off."""
        self._waiting.clear()
        self._tokenizer.reset()
        self._end_paper(complete=False)
        self._typesetter = Typesetter(self._profile.dots)

    def _carry_out(self, command: Command, now: float) -> bytes:
        if command.name == "GS r":
            return bytes([self._in_order_status()]) if self._profile.confirmation is Confirmation.IN_ORDER else b""
        self._raw += command.raw
        match command.name:
            case "GS V":
                self._end_paper(complete=True)
            case _:
                self._typesetter.carry_out(command)
                if command.name == "LF":
                    self._line_printed(now)
        return b""

    def _line_printed(self, now: float) -> None:
        self.lines_printed += 1
        self._free_at = now + self.faults.seconds_per_line
        if self.faults.lines_left is None:
            return
        self.faults.lines_left -= 1
        if self.faults.lines_left <= 0:
            self.faults.lines_left = None
            self.faults.paper_out = True
            self._end_paper(complete=False)

    def _end_paper(self, *, complete: bool) -> None:
        elements, unknown = self._typesetter.take()
        if elements:
            number = len(self.papers) + 1
            self.papers.append(Paper(number, bytes(self._raw), elements, complete, self._profile.dots, unknown))
        self._raw.clear()

    def _real_time(self, command: Command) -> bytes:
        if command.name == "DLE DC4" and command.data == _CLEAR_BUFFER:
            self._waiting.clear()
            self._end_paper(complete=False)  # what was printed already hangs out of the slot
            return b"" if self.faults.silent else CLEARED
        if command.name == "DLE EOT" and not self.faults.silent:
            return bytes([self._answer(command.data[0])])
        return b""

    def _answer(self, kind: int) -> int:
        faults = self.faults
        bits = {
            1: status.Printer.OFFLINE if faults.stopped else 0,
            2: (status.OfflineCause.COVER_OPEN if faults.cover_open else 0)
            | (status.OfflineCause.PAPER_END if faults.paper_out else 0),
            4: (status.PaperSensor.NEAR_END if faults.paper_low or faults.paper_out else 0)
            | (status.PaperSensor.NOT_PRESENT if faults.paper_out else 0),
        }
        return _FIXED | bits.get(kind, 0)

    def _in_order_status(self) -> int:
        return 0x03 if self.faults.paper_low else 0x00  # with no paper at all it would not have come so far
