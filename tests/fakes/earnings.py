"""An ``EarningsDesk`` that shows what the test gave it, one look later, as the real one does."""

from __future__ import annotations

from kiosk.enrolment.desks import EarningsDesk, MonthFigures


class FakeEarningsDesk(EarningsDesk):
    """``told`` is what central would tell now; ``down`` cuts the line."""

    def __init__(self, told: MonthFigures | None = None) -> None:
        self.told = told
        self.down = False
        self._known: MonthFigures | None = None

    def month(self) -> MonthFigures | None:
        known = self._known
        if not self.down:
            self._known = self.told
        return known
