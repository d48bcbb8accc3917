"""The printer without its line: receive buffer, faults, answers, paper. Pure but for its own state.

Like a real one: real-time commands are obeyed at once, even with the cover open; everything else waits in the receive
buffer while a fault stops the printing, and comes out when the fault is mended, unless DLE DC4 8 cleared the buffer.
What is printed hangs in the slot until it is cut or torn off: what is printed after it is on the same paper.
It can do what its profile says and no more. All instants are arguments (monotonic seconds).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from kiosk.printer import status
from kiosk.printer.profile import Confirmation, Cut, Discard, PrinterProfile
from kiosk.printer.simulator import answers
from kiosk.printer.simulator.answers import Condition
from kiosk.printer.simulator.commands import REAL_TIME, Command, Tokenizer
from kiosk.printer.simulator.paper import Paper
from kiosk.printer.simulator.typesetter import Typesetter

CLEARED = answers.CLEARED
_CLEAR_BUFFER = status.DISCARD[2:]
_RECOVER_AND_CLEAR = b"\x02"  # DLE ENQ 2
_PROCESS_ID = b"00"  # function 48, m 48, as characters
_LINES = frozenset({"LF", "ESC d"})
_TEAR_BAR = 6  # lines: without a knife, whoever is fed so much tears it off
_ABOUT_STATUS = frozenset({"GS r", "GS ( H", "GS a"})


@dataclass
class Faults:
    """What is wrong with it now; a test, a tray or a typed order sets these."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    offline: bool = False  # the feed button, a dip switch: it answers and does not print
    cutter_jam: bool = False  # the next cut sticks
    overheated: bool = False
    silent: bool = False  # prints and says nothing
    lines_left: int | None = None  # lines until the roll ends
    low_at: int | None = None  # how many lines before that the near-end sensor sees it
    seconds_per_line: float = 0.0


class Mechanism:
    """One simulated printer. Not thread-safe: who stands around it holds a lock."""

    def __init__(self, profile: PrinterProfile) -> None:
        self.faults = Faults()
        self.papers: list[Paper] = []
        self.lines_printed = 0
        self._profile = profile
        self._tokenizer = Tokenizer()
        self._waiting: deque[Command] = deque()
        self._typesetter = Typesetter(profile.dots, profile.code_pages)
        self._raw = bytearray()
        self._torn = False  # what hangs in the slot will never be whole
        self._stuck = False  # the cutter, in the middle of its way
        self._told: bytes | None = None  # the automatic status last sent; None while it is off
        self._free_at = 0.0

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes from the line; the answers to be sent back."""
        said = b""
        for command in self._tokenizer.feed(data):
            if command.name in REAL_TIME:
                said += self._real_time(command)
            else:
                self._waiting.append(command)
        return self._aloud(said) + self.advance(now)

    def advance(self, now: float) -> bytes:
        """Carry out what waits, as far as faults and speed allow; the answers that fell due."""
        said = self._changed()
        while self._waiting and not self._stopped and self._free_at <= now:
            said += self._carry_out(self._waiting.popleft(), now) + self._changed()
        return self._aloud(said)

    @property
    def due(self) -> float | None:
        """When there is more to do without a new byte; None when there is not."""
        return self._free_at if self._waiting and not self._stopped else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits to be printed."""
        return not self._waiting

    @property
    def hangs(self) -> bool:
        """Whether something printed hangs in the slot, not cut off yet."""
        return self._typesetter.has_printed

    def tear(self) -> None:
        """Somebody tears off what hangs in the slot."""
        self._end_paper(complete=False)

    def free_cutter(self) -> None:
        """Somebody takes out what jams the cutter; it goes back to its place and the cut is made."""
        self.faults.cutter_jam = self._stuck = False

    def power_cycle(self) -> None:
        """Lose what was not printed, and every setting; what was printed still hangs in the slot."""
        self._forget()
        self._told = None
        self._stuck = False
        self._typesetter.initialise()

    @property
    def _stopped(self) -> bool:
        faults = self.faults
        return faults.paper_out or faults.cover_open or faults.offline or faults.overheated or self._stuck

    def _condition(self) -> Condition:
        faults = self.faults
        return Condition(
            faults.paper_out, faults.paper_low, faults.cover_open, self._stopped, self._stuck, faults.overheated
        )

    def _aloud(self, said: bytes) -> bytes:
        return b"" if self.faults.silent else said

    def _changed(self) -> bytes:
        """The automatic status, when it is on and differs from the one last sent."""
        if self._told is None or (now := answers.automatic(self._condition())) == self._told:
            return b""
        self._told = now
        return now

    def _carry_out(self, command: Command, now: float) -> bytes:
        if command.name in _ABOUT_STATUS:
            return self._tell(command)
        if command.name == "GS V" and self.faults.cutter_jam:
            self._stuck = True
            self._waiting.appendleft(command)
            return b""
        self._raw += command.raw
        match command.name:
            case "GS V":
                self._end_paper(complete=True)
            case "ESC @":
                self._told = None  # the automatic status ends here (GS a, notes)
                self._typesetter.carry_out(command)
            case _:
                self._typesetter.carry_out(command)
                if command.name in _LINES:
                    self._feed(command.data[0] if command.data else 1, now)
                if self._profile.cut is Cut.NONE and command.name == "ESC d" and command.data[0] >= _TEAR_BAR:
                    self._end_paper(complete=True)
        return b""

    def _tell(self, command: Command) -> bytes:
        confirmation = self._profile.confirmation
        match command.name:
            case "GS r" if confirmation in {Confirmation.IN_ORDER, Confirmation.PROCESS_ID}:
                return answers.in_order(command.data[0], self._condition())
            case "GS ( H" if confirmation is Confirmation.PROCESS_ID and command.data[2:4] == _PROCESS_ID:
                return answers.process_id(command.data[4:])
            case "GS a" if self._profile.automatic_status:
                self._told = answers.automatic(self._condition()) if command.data[0] else None
                return self._told or b""
            case _:
                return b""

    def _feed(self, lines: int, now: float) -> None:
        faults = self.faults
        self.lines_printed += lines
        self._free_at = now + faults.seconds_per_line * lines
        if faults.lines_left is None:
            return
        faults.lines_left -= lines
        if faults.low_at is not None and faults.lines_left <= faults.low_at:
            faults.paper_low = True
        if faults.lines_left <= 0:
            faults.lines_left = None
            faults.paper_out = True
            self._end_paper(complete=False)

    def _end_paper(self, *, complete: bool) -> None:
        elements, unknown = self._typesetter.take()
        if elements:
            number, profile = len(self.papers) + 1, self._profile
            whole = complete and not self._torn
            self.papers.append(
                Paper(number, bytes(self._raw), elements, whole, profile.dots, unknown, profile.paper_mm, profile.dpi)
            )
        self._raw.clear()
        self._torn = False

    def _real_time(self, command: Command) -> bytes:
        match command.name:
            case "DLE EOT" if command.data[0] in self._profile.status_kinds:
                return answers.real_time(command.data[0], self._condition())
            case "DLE DC4" if command.data == _CLEAR_BUFFER and self._profile.discard is Discard.REAL_TIME:
                self._forget()
                return CLEARED
            case "DLE ENQ" if command.data == _RECOVER_AND_CLEAR and self._stuck and not self.faults.cutter_jam:
                self._forget()
                self._stuck = False
        return b""

    def _forget(self) -> None:
        self._waiting.clear()
        self._tokenizer.reset()
        self._typesetter.forget_line()
        self._torn = self._typesetter.has_printed
