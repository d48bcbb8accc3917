"""One process of the town: started, waited for, killed, started again. Waits are polls with a deadline."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.town.launcher import Launched, launcher
from tests.waiting import wait_for

_STOPS_WITHIN_S = 15


@dataclass(slots=True)
class Actor:
    """A command of the product; ``which`` and ``arguments`` are those of tests/town/launch.py."""

    which: str
    arguments: tuple[str, ...]
    address: str
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    health: str = "/healthz"
    _process: Launched | None = None

    def start(self, *, cut: str = "never", at: int = 1, wait: bool = True) -> None:
        """Start it, with a power cut at a named instant if one is wanted."""
        self.stop()
        self._process = launcher().start(self.which, self.arguments, self.environment, self.log, cut, at)
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return when it answers."""
        wait_for(f"{self.which} answers", self._answers)

    def is_dead(self) -> bool:
        """Whether the process is gone."""
        return self._process is None or self._process.poll() is not None

    @property
    def exit_code(self) -> int | None:
        """With what it ended, None while it runs."""
        return None if self._process is None else self._process.poll()

    def was_cut(self) -> bool:
        """Whether it died of the power cut."""
        return self._process is not None and self._process.poll() == -signal.SIGKILL

    def cut_now(self) -> None:
        """SIGKILL, at this instant."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """SIGTERM, as systemd would; SIGKILL when it does not listen."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        if not self._process.ends(_STOPS_WITHIN_S):
            self.cut_now()
        self._process = None

    @property
    def pid(self) -> int:
        """The process id, for whoever looks into its memory."""
        assert self._process is not None
        return self._process.pid

    def said(self) -> str:
        """Its log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _answers(self) -> bool:
        if self.is_dead():
            raise RuntimeError(f"{self.which} ended by itself with {self.exit_code}:\n{self.said()[-3000:]}")
        try:
            return httpx2.get(self.address + self.health, trust_env=False, timeout=2).status_code < 500
        except httpx2.HTTPError:
            return False
