"""A ``StatusDesk`` that says the word the test gave it."""

from __future__ import annotations

from kiosk.enrolment.desks import StatusDesk, StatusWord
from wire.nir import Nir
from wire.status import PersonStatus


class FakeStatusDesk(StatusDesk):
    def __init__(self, word: PersonStatus = PersonStatus.NONE) -> None:
        self.word = word
        self.copies = 0
        self.asked: list[Nir] = []

    def status_of(self, nir: Nir) -> StatusWord:
        self.asked.append(nir)
        return StatusWord(self.word, self.copies)
