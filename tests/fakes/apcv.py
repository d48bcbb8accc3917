"""An ``ApCvDesk`` that accepts nothing, as the shipped one, and counts what it was shown."""

from __future__ import annotations

from kiosk.enrolment.desks import ApCvDesk, ApCvWord, NoApCv
from kiosk.enrolment.scan import ScannedCode


class FakeApCvDesk(ApCvDesk):
    """``presented`` are the lengths of the codes; their text is dropped, as everywhere."""

    def __init__(self) -> None:
        self.presented: list[int] = []
        self._shipped = NoApCv()

    def present(self, code: ScannedCode) -> ApCvWord:
        self.presented.append(len(code.text))
        return self._shipped.present(code)
