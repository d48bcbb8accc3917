"""Who runs the readings: one thread, and beside it one more at most, the one that a hung card holds.

Source: vitale.md §5: a card that hangs inside a command lets go when it leaves, or when the service dies, not before.
"""

from __future__ import annotations

from time import monotonic

from kiosk.card_reader.read_job import ReadJob
from kiosk.card_reader.worker import CardWorker


class ReadingThreads:
    """One reading at a time; its owner sees to that.

    1. A slot in which a reading still hangs is waited for: a second command to its driver would only hang too.
    2. Another slot is read meanwhile by a thread of its own, while the hung one waits for its card to leave.
    3. When that one hangs as well, no third thread is made: the next reading waits for one of the two.
    """

    def __init__(self) -> None:
        self._worker = CardWorker("card-read")
        self._job: ReadJob | None = None  # the latest, perhaps over
        self._hung: tuple[ReadJob, CardWorker] | None = None

    def start(self, job: ReadJob, timeout_s: float) -> bool:
        """Run it as soon as its slot is free; False when that takes longer than ``timeout_s``."""
        ends = monotonic() + timeout_s
        if self._hung is not None and (self._hung[0].slot == job.slot or self._hung[0].is_over(0)):
            if not self._hung[0].is_over(timeout_s):
                return False
            self._hung = None
        if self._job is not None and not self._job.is_over(0):
            if self._job.slot != job.slot and self._hung is None:
                self._set_aside(self._job)
            elif not self._job.is_over(max(0.0, ends - monotonic())):
                return False
        self._job = job
        self._worker.start(job.run)
        return True

    def abandon(self) -> None:
        """No reading under way sends another command."""
        for job in (self._job, self._hung[0] if self._hung else None):
            if job is not None:
                job.abandon()

    def close(self, join_s: float) -> None:
        """Wait for the threads, each at most so long."""
        self._worker.close(join_s)
        if self._hung is not None:
            self._hung[1].close(join_s)

    def _set_aside(self, job: ReadJob) -> None:
        self._worker.retire()
        self._hung = job, self._worker
        self._worker = CardWorker("card-read")
