"""Who is signed in at the counter, and for how long still. No clock of its own."""

from __future__ import annotations

from kiosk.enrolment.ports import Operator

SIGNED_IN_FOR = 15 * 60.0  # seconds a counter session lasts without any touch


class Attendance:
    """The pharmacist's counter session; not thread-safe, the session's lock is around it."""

    def __init__(self) -> None:
        self._operator: Operator | None = None
        self._seen = 0.0
        self.with_card = False

    @property
    def operator(self) -> Operator | None:
        """The pharmacist who is signed in."""
        return self._operator

    def sign_in(self, operator: Operator, now: float, *, with_card: bool = False) -> None:
        """Begin a counter session; ``with_card``: the professional's card lay in the second reader."""
        self._operator, self._seen, self.with_card = operator, now, with_card

    def sign_out(self) -> None:
        """End it."""
        self._operator = None

    def seen(self, now: float) -> None:
        """Somebody touched the screen."""
        self._seen = now

    def is_stale(self, now: float) -> bool:
        """Whether somebody is signed in and has not touched anything for a quarter of an hour."""
        return self._operator is not None and now - self._seen >= SIGNED_IN_FOR
