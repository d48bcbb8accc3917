"""How far a recount has come, as one line: written over itself at a terminal, now and then into a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from central.recount.walking import Step

_WIDTH = 24
_AT_TERMINAL_S, _IN_FILE_S = 0.2, 30.0
_MINUTE = 60
_CLEAR = "\r\x1b[K"


@dataclass(slots=True)
class ProgressLine:
    """Takes the steps and writes the line; ``monotonic`` is a clock in seconds."""

    out: TextIO
    monotonic: Callable[[], float]
    _name: str = ""
    _began: float = 0.0
    _began_at: float = 0.0
    _facts: int = 0
    _written: float = field(default=float("-inf"))

    def __call__(self, step: Step) -> None:
        """One more step is done."""
        now = self.monotonic()
        if step.name != self._name:
            self._name, self._began, self._began_at, self._facts = step.name, now, step.part, 0
        self._facts += step.facts
        is_terminal = self.out.isatty()
        if now - self._written < (_AT_TERMINAL_S if is_terminal else _IN_FILE_S):
            return
        self._written = now
        line = self._line(step, now)
        self.out.write(f"{_CLEAR}{line}" if is_terminal else f"{line}\n")
        self.out.flush()

    def clear(self) -> None:
        """Take the line away, for what is written next."""
        if self.out.isatty():
            self.out.write(_CLEAR)
            self.out.flush()

    def _line(self, step: Step, now: float) -> str:
        full = int(step.part * _WIDTH)
        bar = "█" * full + "░" * (_WIDTH - full)
        spent, walked = now - self._began, step.part - self._began_at
        speed = f", {self._facts / spent:,.0f}/s" if spent > 0 and self._facts else ""
        left = f", {_span(spent * (1 - step.part) / walked)} left" if spent > 0 and walked > 0 and step.part < 1 else ""
        return f"{step.name:<22} {bar} {step.part:>4.0%}{speed}{left}"


def _span(seconds: float) -> str:
    return f"{seconds / _MINUTE:.0f} min" if seconds >= _MINUTE else f"{seconds:.0f} s"
