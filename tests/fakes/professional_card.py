"""A ``ProfessionalReader`` without a reader: ``inside`` is what the test's hand put into the second slot."""

from __future__ import annotations

from kiosk.enrolment.ports import ProfessionalCard, ProfessionalReader


class FakeProfessionalReader(ProfessionalReader):
    def __init__(self) -> None:
        self.inside: ProfessionalCard | None = None

    def card(self) -> ProfessionalCard | None:
        return self.inside

    def close(self) -> None:
        self.inside = None
