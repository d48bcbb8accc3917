"""Who is signed in at the counter, and for how long still. No clock of its own."""

from __future__ import annotations

from kiosk.enrolment.place import Operator

SIGNED_IN_FOR = 15 * 60.0  # seconds a counter session lasts without any touch


class Attendance:
    """The pharmacist's counter session; not thread-safe, the session's lock is around it.

    ``has_card``: the professional's card lies in the second reader now. A session that began with it ends with it,
    also when a card was put back meanwhile: it may be a colleague's.
    """

    def __init__(self) -> None:
        self._operator: Operator | None = None
        self._seen = 0.0
        self._with_card = False
        self._card_left = False
        self.has_card = False

    @property
    def operator(self) -> Operator | None:
        """The pharmacist who is signed in."""
        return self._operator

    def sign_in(self, operator: Operator, now: float, *, with_card: bool = False) -> None:
        """Begin a counter session; ``with_card``: the professional's card lay in the second reader."""
        self._operator, self._seen = operator, now
        self._with_card, self._card_left, self.has_card = with_card, False, with_card

    def sign_out(self) -> None:
        """End it."""
        self._operator = None

    def seen(self, now: float) -> None:
        """Somebody touched the screen."""
        self._seen = now

    def look_at_card(self, *, is_there: bool) -> bool:
        """Take in the second reader; whether it differs from the last look."""
        changed, self.has_card = is_there is not self.has_card, is_there
        self._card_left |= self._with_card and not is_there
        return changed

    def is_over(self, now: float) -> bool:
        """Whether a session must end at rest: a quarter of an hour without a touch, or its card is gone."""
        return self._operator is not None and (now - self._seen >= SIGNED_IN_FOR or self._card_left)
