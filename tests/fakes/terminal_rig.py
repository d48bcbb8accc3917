"""The disk and the sending of one terminal, joined over a link of the test's choice, on clocks that the test turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.enrolment.ports import RecordDraft
from kiosk.sync.database import TerminalDatabase
from kiosk.sync.facts import Facts
from kiosk.sync.journal import DurableSlipJournal
from kiosk.sync.keys import open_root_key
from kiosk.sync.link import CentralLink
from kiosk.sync.outbox import Outbox
from kiosk.sync.refresh import Refresher
from kiosk.sync.server_time import ServerTime
from kiosk.sync.store import SealedStore
from kiosk.sync.whereabouts import HeldWhereabouts
from kiosk.sync.worker import SyncWorker
from tests.fakes.drafts import enrolment
from tests.fakes.programme import PRESENT, TERMINAL, Programme
from wire.failpoints import Reach, pass_by
from wire.homes import ROOT_PUBLIC, TERMINAL_STORE


@dataclass
class HandClock:
    """A wall clock and a monotonic one, turned by hand, together or apart."""

    at: datetime = PRESENT
    seconds: float = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


@dataclass
class TerminalRig:
    """Opened over a furnished home; ``reopen`` is what a restart does."""

    home: Path
    programme: Programme
    link: CentralLink
    clock: HandClock = field(default_factory=HandClock)
    reach: Reach = pass_by
    jitter: float = 1.0

    def __post_init__(self) -> None:
        self._open()

    def _open(self) -> None:
        self.database = TerminalDatabase(self.home / TERMINAL_STORE)
        self.facts = Facts(self.database)
        self.server_time = ServerTime(self.facts, self.clock.now, self.clock.monotonic)
        root = open_root_key(self.home / ROOT_PUBLIC)
        self.whereabouts = HeldWhereabouts(self.home, TERMINAL, root, self.facts, self.server_time)
        self.store = SealedStore(self.database, self.whereabouts, self.server_time, reach=self.reach)
        self.journal = DurableSlipJournal(self.database)
        self.outbox = Outbox(self.database, reach=self.reach)
        self.refresher = Refresher(self.link, self.programme.device, self.whereabouts, self.server_time)
        self.worker = SyncWorker(
            outbox=self.outbox,
            link=self.link,
            key=self.programme.device,
            whereabouts=self.whereabouts,
            server_time=self.server_time,
            refresher=self.refresher,
            monotonic=self.clock.monotonic,
            jitter=lambda: self.jitter,
            reach=self.reach,
        )

    def reopen(self) -> None:
        self.database.close()
        self._open()

    def close(self) -> None:
        self.worker.stop()
        self.database.close()

    def enrol(self, count: int = 1) -> list[RecordDraft]:
        """Commit that many enrolments, a second apart."""
        drafts = []
        for _ in range(count):
            self.clock.forward(1)
            drafts.append(enrolment(self.clock.now(), TERMINAL, self.whereabouts.current().trust))
            self.store.add(drafts[-1])
        return drafts

    def add(self, draft: RecordDraft) -> RecordDraft:
        self.store.add(draft)
        return draft

    def run(self, turns: int = 50) -> None:
        """Turn the worker until it has nothing to do now, or so many times."""
        for _ in range(turns):
            if self.worker.turn() > 0:
                return

    def on_disk(self) -> bytes:
        """Every byte of every file in the home."""
        return b"".join(path.read_bytes() for path in sorted(self.home.iterdir()) if path.is_file())
