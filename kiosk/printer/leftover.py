"""What a former job may have left in the printer: bytes not printed yet, and a strip of paper in the slot.

A person who changes the roll must not get a stranger's slip, and the next person no strip of it. Where the model can
forget at once (DLE DC4 8) it is told to, again and again until it says that it has. Where it cannot, what waits comes
out when it can print again; the next job then waits for the answer to a question put behind it, and is refused without
one. A model that has no such answer either leaves only one thing to do: switch it off and on (decision 26).
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.printer.dialogue import Dialogue
from kiosk.printer.profile import Confirmation, Discard, PrinterProfile


class Leftover:
    """Of one printer, over all its links.

    A former life of this program may have left something, power having failed in the middle of a slip: so it begins,
    at the price of one empty piece of paper before the first slip.
    """

    def __init__(self, profile: PrinterProfile, clock: Callable[[], float]) -> None:
        self._can_forget = profile.discard is Discard.REAL_TIME
        self._can_say_empty = self._can_forget or profile.confirmation in {
            Confirmation.PROCESS_ID,
            Confirmation.IN_ORDER,
        }
        self._clock = clock
        self._from: float | None = clock()
        self._is_ours = False
        self._strip = True

    @property
    def is_possible(self) -> bool:
        """Whether there may be bytes of a former job."""
        return self._from is not None

    @property
    def must_be_gone(self) -> bool:
        """Whether a job of ours was left there, and this model can say that it is gone: before that, no other job."""
        return self._is_due and self._is_ours and self._can_say_empty

    @property
    def _is_due(self) -> bool:
        return self._from is not None and self._clock() >= self._from

    @property
    def strip(self) -> bool:
        """Whether a piece of a former slip may hang in the slot: it is cut off before the next."""
        return self._strip

    def may_be_there(self, *, strip: bool = True, in_s: float = 0.0) -> None:
        """A job was not printed, or not known to be; ``in_s`` seconds are given for it to be printed all the same."""
        self._from = self._clock() + in_s
        self._is_ours = True
        self._strip = self._strip or strip

    def is_gone(self, *, strip: bool = True) -> None:
        """The printer said that nothing waits; ``strip``: and that it cut the last slip off."""
        self._from, self._is_ours = None, False
        self._strip = self._strip and not strip

    def throw_away(self, dialogue: Dialogue) -> None:
        """Have the printer forget what there may be, if it is time and it can.

        Raises:
            DeviceError: the link broke.
        """
        if not self._is_due or not self._can_forget:
            return
        if dialogue.discard() or not dialogue.answers:
            self.is_gone(strip=False)
