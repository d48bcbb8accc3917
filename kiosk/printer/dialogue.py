"""What is said to and fro over one open link: how the printer is, the job, the word that it is done, the discarding.

Answers may arrive in any order, late, or unasked; each is recognised (:mod:`kiosk.printer.replies`) and kept until it
is asked for. What was on the line before the dialogue began belongs to nobody and is passed over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import assert_never

from kiosk.enrolment.ports import PrinterState
from kiosk.printer import replies, status
from kiosk.printer.errors import DeviceError, JobCancelledError
from kiosk.printer.job import JobId, question
from kiosk.printer.link import Link
from kiosk.printer.profile import Confirmation, Discard, PrinterProfile
from kiosk.printer.replies import Automatic, Block, InOrder, RealTime, Reply, ReplyReader

REPLY_S = 0.5  # a printer answers DLE EOT in milliseconds; a Wi-Fi bridge may take tenths of a second
SLICE_S = 0.05  # how long a wait lasts before it is asked whether the job was cancelled
REFUSING = frozenset({PrinterState.PAPER_OUT, PrinterState.COVER_OPEN, PrinterState.OFFLINE})


class Dialogue:
    """One link, at most one job. All instants are those of ``clock`` (monotonic seconds).

    ``begun`` tells whether a byte of the job may have reached the printer. Every wait ends in ``JobCancelledError``
    when ``is_cancelled`` says so, but for the discarding, which is what a cancelled job still needs.
    """

    def __init__(
        self,
        link: Link,
        profile: PrinterProfile,
        clock: Callable[[], float],
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self.begun = False
        self._link = link
        self._profile = profile
        self._clock = clock
        self._is_cancelled = is_cancelled
        self._reader = ReplyReader()
        self._real_time: deque[int] = deque()
        self._unanswered = 0  # questions whose answer may still come, and must not pass for that of a later one
        self._in_order = 0
        self._given_back: set[bytes] = set()
        self._is_cleared = False
        self._automatic: PrinterState | None = None
        self._pass_over_what_is_old()

    @property
    def answers(self) -> bool:
        """False when no answer can come back on this way, or from this model, at all."""
        return self._link.readable and bool(self._profile.status_kinds)

    @property
    def refusal(self) -> PrinterState | None:
        """The state that the printer told unasked since the job began, when it cannot print in it."""
        return self._automatic if self._automatic in REFUSING else None

    def state(self, until: float) -> PrinterState:
        """Ask DLE EOT kind by kind, so that each answer belongs to its question; UNKNOWN at the first silence.

        Raises:
            DeviceError: the link broke.
        """
        if not self.answers:
            return PrinterState.UNKNOWN
        self._real_time.clear()
        said = []
        for kind in self._profile.status_kinds:
            patience = min(until, self._clock() + REPLY_S)
            self._link.write(status.request(kind), patience - self._clock())
            if not self._is_answered(patience):
                return PrinterState.UNKNOWN
            said.append(self._real_time.pop())
            self._real_time.clear()
        return status.parse(said, self._profile.status_kinds)

    def send(self, job: bytes, until: float) -> None:
        """Hand the job over. Words that a job is done and automatic states count only from here on.

        Raises:
            DeviceError: the link broke, or the printer did not take all of it in time.
            JobCancelledError: not all of it had left.
        """
        self._in_order, self._automatic = 0, None
        self._given_back.clear()
        rest = memoryview(job)
        while rest:
            self._heed()
            left = until - self._clock()
            if left <= 0:
                raise DeviceError("the printer did not take the bytes in time")
            rest = rest[self._offer(rest, min(left, SLICE_S)) :]

    def done(self, job: JobId, until: float) -> bool:
        """Whether the word that all before it is carried out came before that instant; no longer once it refuses.

        Raises:
            DeviceError: the link broke.
        """
        if self._profile.confirmation not in {Confirmation.PROCESS_ID, Confirmation.IN_ORDER}:
            self._listen(lambda: self.refusal is not None, until)
            return False
        self._listen(lambda: self._has_word(job) or self.refusal is not None, until)
        return self._has_word(job)

    def reached(self, job: JobId, until: float) -> bool:
        """Whether the printer carries out what it is sent, all that waited in it being done: asked, and answered.

        GS r does not say which question it answers: an older one may be answered first, and then at once this one,
        because nothing stands between them. So they are all taken off the line.

        Raises:
            DeviceError: the link broke.
        """
        asked = question(self._profile, job)
        if not self.answers or not asked:
            return False
        self._link.write(asked, max(until - self._clock(), SLICE_S))
        if not self._listen(lambda: self._has_word(job), until):
            return False
        if self._profile.confirmation is Confirmation.IN_ORDER:
            self._listen(lambda: False, self._clock() + REPLY_S)
        return True

    def discard(self) -> bool:
        """Tell the printer to forget what it has not printed yet; whether it said that it has.

        Raises:
            DeviceError: the link broke.
        """
        self._is_cleared = False
        if self._profile.discard is Discard.IN_ORDER:
            self._link.write(status.DISCARD_IN_ORDER, REPLY_S)
            return False
        self._link.write(status.DISCARD, REPLY_S)
        if not self.answers:
            return False
        return self._listen(lambda: self._is_cleared, self._clock() + REPLY_S, heedless=True)

    def abandon(self) -> None:
        """Keep on this side what has not left it yet."""
        self._link.abandon()

    def _offer(self, rest: memoryview, timeout_s: float) -> int:
        try:
            taken = self._link.offer(bytes(rest), timeout_s)
        except DeviceError:
            self.begun = True  # nobody knows how many it took
            raise
        self.begun = self.begun or taken > 0
        return taken

    def _has_word(self, job: JobId) -> bool:
        if self._profile.confirmation is Confirmation.PROCESS_ID:
            return job in self._given_back
        return self._in_order > 0

    def _is_answered(self, until: float) -> bool:
        """Whether the last question is: answers come in the order of the questions, those that are late first."""
        expected = self._unanswered + 1
        if self._listen(lambda: len(self._real_time) >= expected, until):
            self._unanswered = 0
            return True
        # Some came and then none: the rest was lost, and the next question begins anew. None came: all may be late.
        self._unanswered = 0 if self._real_time else expected
        return False

    def _pass_over_what_is_old(self) -> None:
        while self._link.readable and self._link.read(0):
            pass

    def _listen(self, enough: Callable[[], bool], until: float, *, heedless: bool = False) -> bool:
        while not enough():
            if not heedless:
                self._heed()
            left = until - self._clock()
            if left <= 0:
                return False
            for reply in self._reader.feed(self._link.read(min(left, SLICE_S))):
                self._keep(reply)
        return True

    def _heed(self) -> None:
        if self._is_cancelled():
            raise JobCancelledError("the job was cancelled")

    def _keep(self, reply: Reply) -> None:
        match reply:
            case RealTime(byte):
                self._real_time.append(byte)
            case InOrder():
                self._in_order += 1
            case Automatic(frame):
                self._automatic = status.parse_automatic(frame)
            case Block(replies.PROCESS_ID, data):
                self._given_back.add(data)
            case Block(identifier):
                self._is_cleared = self._is_cleared or identifier == replies.CLEARED
            case _:
                assert_never(reply)
