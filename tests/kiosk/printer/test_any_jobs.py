"""Jobs, faults and repairs in any order: nothing given up comes out later, and "printed" means the whole of it."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.printer.job import LINE_S as GIVEN_S
from kiosk.printer.profile import Confirmation, Cut
from kiosk.printer.thermal import ThermalPrinter
from tests.fakes.printer_line import PrinterLine
from tests.kiosk.printer.virtual_jobs import LINES, SAYING, cover_open, offline, overheated, paper_out, profile, slip

FAULTS = {
    "paper out": paper_out,
    "cover open": cover_open,
    "off line": offline,
    "hot": overheated,
    "silent": lambda line: setattr(line.mechanism.faults, "silent", True),
    "cutter": lambda line: setattr(line.mechanism.faults, "cutter_jam", True),
    "slow": lambda line: setattr(line.mechanism.faults, "seconds_per_line", 0.9),
    "half open": lambda line: setattr(line, "is_half_open", True),
    "stalled": lambda line: setattr(line, "is_stalled", True),
    "gone": lambda line: setattr(line, "is_reachable", False),
    "broken": PrinterLine.break_link,
    "power": PrinterLine.power_cycle,
    "mended": PrinterLine.mend,
}
# What a model that tells nothing of its progress cannot tell: it is given a time, and believed after it.
DECEIVING = {"slow", "power"}
AT = st.one_of(
    st.tuples(st.just("line"), st.integers(0, LINES)),
    st.tuples(st.just("byte"), st.integers(0, 400)),
    st.tuples(st.just("now"), st.just(0)),
)


class JobsAndFaults(RuleBasedStateMachine):
    """``_given_up``: jobs the printer was told to forget, and how many lines of each were on paper by then."""

    words: ClassVar[Confirmation]

    def __init__(self) -> None:
        super().__init__()
        self._number = 0
        self._given_up: dict[str, int] = {}
        self._open: set[str] = set()  # given up, and the printer could not be told yet
        self._printed: list[str] = []

    @initialize(
        confirmation=st.sampled_from(SAYING),
        is_network=st.booleans(),
        automatic=st.booleans(),
        cut=st.sampled_from(Cut),
    )
    def begin(self, confirmation: Confirmation, is_network: bool, automatic: bool, cut: Cut) -> None:
        self._confirmation = confirmation
        model = profile(confirmation, automatic_status=automatic, cut=cut)
        self.line = PrinterLine(model)
        self.line.is_network = is_network
        self.line.mechanism.faults.seconds_per_line = GIVEN_S / 2
        self.printer = ThermalPrinter(self.line, model, clock=self.line.clock)

    @rule(fault=st.sampled_from(sorted(FAULTS)), at=AT)
    def something_happens(self, fault: str, at: tuple[str, int]) -> None:
        if fault in DECEIVING and self._confirmation is Confirmation.REAL_TIME:
            return
        kind, number = at
        match kind:
            case "line":
                self.line.at_line(number, lambda: FAULTS[fault](self.line))
            case "byte":
                self.line.at_byte(number, lambda: FAULTS[fault](self.line))
            case _:
                FAULTS[fault](self.line)

    @rule()
    def a_slip(self) -> None:
        self._number += 1
        word = f"JOB{self._number:03}X"
        before = len(self.line.written)
        outcome = self.printer.print(slip(word))
        on_paper = self.line.lines_bearing(word)
        if not outcome.may_be_on_paper:
            assert word.encode() not in self.line.written[before:]
            assert on_paper == 0
            self._given_up[word] = 0
        elif outcome.result is PrintResult.PRINTED:
            assert on_paper == LINES
            self._printed.append(word)
        elif self._was_told(outcome):
            self._given_up[word] = on_paper
        else:
            self._open.add(word)

    @rule()
    def a_look(self) -> None:
        """As the terminal does every few seconds while nobody is served."""
        if self.printer.state() not in {PrinterState.OFFLINE, PrinterState.UNKNOWN}:
            self._close()

    @rule()
    def somebody_puts_everything_right(self) -> None:
        self.line.forget_script()
        self.line.mend()

    @rule(seconds=st.floats(0.1, 30.0))
    def time_passes(self, seconds: float) -> None:
        self.line.pass_time(seconds)

    @invariant()
    def nothing_that_was_given_up_comes_out(self) -> None:
        assert {word: self.line.lines_bearing(word) for word in self._given_up} == self._given_up

    @invariant()
    def what_was_called_printed_is_on_one_whole_paper_with_nothing_of_another(self) -> None:
        whole = self.line.whole_papers() if self._number else []
        for word in self._printed:
            papers = [text for text in whole if word in text]
            assert [text.count(word) for text in papers] == [LINES]
            assert not [text for text in papers if text.count("JOB") != LINES]

    def teardown(self) -> None:
        """In the end somebody mends it, and the next person is served."""
        if self._number or hasattr(self, "line"):
            self.somebody_puts_everything_right()
            self.line.mechanism.faults.seconds_per_line = GIVEN_S / 2
            self.printer.state()
            self._number += 1
            outcome = self.printer.print(slip("LAST1"))
            assert outcome == PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
            self.nothing_that_was_given_up_comes_out()

    def _was_told(self, outcome: PrintOutcome) -> bool:
        """Whether the order to forget stood right behind the slip: then it is obeyed before a line of it is printed."""
        return self.line.written.endswith(b"\x14\x08\x01\x03\x14\x01\x06\x02\x08")

    def _close(self) -> None:
        for word in self._open:
            self._given_up[word] = self.line.lines_bearing(word)
        self._open.clear()


JobsAndFaults.TestCase.settings = settings(
    max_examples=60, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyJobsAndFaults = JobsAndFaults.TestCase
