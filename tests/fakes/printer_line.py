"""A line to the simulated printer's mechanism without sockets and with a clock of its own: hours pass in milliseconds.

What happens to a line is scripted: at the n-th byte, at the n-th printed line, at a time. Answers that nobody read
stay on it from one link to the next, as on a serial cable; with ``is_network`` a new link begins with none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kiosk.printer.errors import DeviceError
from kiosk.printer.link import ByteSink, Link
from kiosk.printer.profile import TM_T20, PrinterProfile
from kiosk.printer.simulator.mechanism import Mechanism
from kiosk.printer.simulator.paper import TextLine

Action = Callable[[], object]


class PrinterLine(ByteSink):
    """``mechanism.faults`` are the printer's own; the attributes below are the line's."""

    def __init__(self, profile: PrinterProfile = TM_T20, *, is_network: bool = True) -> None:
        self.mechanism = Mechanism(profile)
        self.now = 0.0
        self.is_network = is_network
        self.is_reachable = True
        self.is_stalled = False
        self.has_queue = False  # while stalled the kernel takes the bytes, and hands them over when the line flows
        self.queue = bytearray()
        self.is_half_open = False
        self.readable = True
        self.written = bytearray()
        self.said = bytearray()
        self.unheard = bytearray()
        self.link_number = 0
        self._at_byte: list[tuple[int, Action]] = []
        self._at_time: list[tuple[float, Action]] = []

    def clock(self) -> float:
        return self.now

    def at_byte(self, count: int, action: Action) -> None:
        """Once so many more bytes were written."""
        self._at_byte.append((len(self.written) + count, action))

    def in_s(self, seconds: float, action: Action) -> None:
        self._at_time.append((self.now + seconds, action))
        self._at_time.sort(key=lambda item: item[0])

    def at_line(self, number: int, action: Action) -> None:
        """Once so many more lines were printed; looked at as often as a line is."""
        goal = self.mechanism.lines_printed + number

        def look() -> None:
            if self.mechanism.lines_printed >= goal:
                action()
            else:
                self.in_s(max(self.mechanism.faults.seconds_per_line, 0.001), look)

        self.in_s(0.0, look)

    def forget_script(self) -> None:
        self._at_byte.clear()
        self._at_time.clear()

    def break_link(self) -> None:
        """The link that is open now is dead; a new one may be opened."""
        self.link_number += 1

    def power_cycle(self) -> None:
        self.mechanism.power_cycle()
        self.unheard.clear()
        self.said.clear()
        if self.is_network:
            self.break_link()

    def revive(self) -> None:
        """The printer looks at what it was sent while the line was half open."""
        self.is_half_open = False
        heard, self.unheard = bytes(self.unheard), bytearray()
        self._hand_over(heard)

    def mend(self) -> None:
        """Whoever stands before it puts everything right; what waited comes out."""
        faults = self.mechanism.faults
        faults.paper_out = faults.paper_low = faults.cover_open = faults.offline = faults.overheated = False
        faults.silent = False
        faults.lines_left = None
        faults.seconds_per_line = 0.0
        self.mechanism.free_cutter()
        self.is_reachable, self.is_stalled = True, False
        queued, self.queue = bytes(self.queue), bytearray()
        for byte in queued:
            self._hand_over(bytes([byte]))
        self.revive()
        self.pass_time(60.0)

    def pass_time(self, seconds: float) -> None:
        until = self.now + seconds
        while self._step(until) < until:
            pass

    def lines_bearing(self, word: str) -> int:
        """How many printed lines say this word, those included that still hang in the slot."""
        elements = [element for paper in self.mechanism.papers for element in paper.elements]
        hanging = self.mechanism._typesetter._elements
        return sum(isinstance(line, TextLine) and word in line.text for line in (*elements, *hanging))

    def whole_papers(self) -> list[str]:
        """The text of each paper that was printed to its cut."""
        return [paper.text for paper in self.mechanism.papers if paper.complete]

    @contextmanager
    def open(self, timeout_s: float) -> Iterator[Link]:
        if not self.is_reachable:
            self.now += timeout_s
            raise DeviceError("nobody is there")
        self.link_number += 1
        if self.is_network:
            self.said.clear()
        try:
            yield _End(self, self.link_number)
        finally:
            self.link_number += 1

    def _take(self, data: bytes) -> None:
        """Bytes from the terminal, with what the script does between them."""
        for byte in data:
            self.written.append(byte)
            self._hand_over(bytes([byte]))
            due = [item for item in self._at_byte if item[0] <= len(self.written)]
            for item in due:
                self._at_byte.remove(item)
                item[1]()

    def _hand_over(self, data: bytes) -> None:
        if self.is_half_open:
            self.unheard += data
        else:
            self.said += self.mechanism.receive(data, self.now)

    def _step(self, until: float) -> float:
        """On to what happens next, at the latest to ``until``; the time it is then."""
        due = None if self.is_half_open else self.mechanism.due
        moments = [until, *([due] if due is not None else []), *(at for at, _ in self._at_time[:1])]
        self.now = max(self.now, min(moments))
        while self._at_time and self._at_time[0][0] <= self.now:
            self._at_time.pop(0)[1]()
        if not self.is_half_open:
            self.said += self.mechanism.advance(self.now)
        return self.now


class _End(Link):
    def __init__(self, line: PrinterLine, number: int) -> None:
        self._line = line
        self._number = number
        self.readable = line.readable

    def write(self, data: bytes, timeout_s: float) -> None:
        if self.offer(data, timeout_s) < len(data):
            raise DeviceError("not taken in time")

    def offer(self, data: bytes, timeout_s: float) -> int:
        taken = 0
        for byte in data:
            if self._line.is_stalled and self._line.has_queue:
                self._line.queue.append(byte)
                taken += 1
                continue
            if self._line.is_stalled:
                self._line.pass_time(timeout_s)
                break
            self._alive()
            self._line._take(bytes([byte]))
            taken += 1
        self._alive()
        return taken

    def abandon(self) -> None:
        self._line.queue.clear()

    def read(self, timeout_s: float) -> bytes:
        line = self._line
        until = line.now + timeout_s
        self._alive()
        while not line.said and line.now < until:
            line._step(until)
            self._alive()
        said, line.said = bytes(line.said), bytearray()
        return said

    def _alive(self) -> None:
        if self._number != self._line.link_number or not self._line.is_reachable:
            raise DeviceError("the line broke")
