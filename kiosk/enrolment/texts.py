"""The words a person is shown and answers to, as versioned data under ``wording/<language>/``.

The evidence names each text by id, version, language and the SHA-256 of its words, so that what somebody consented
to can be looked up for ever. The words are our own drafts, labelled so in the data; official ones replace the files.
A text is never edited under the same version: a test pins the hashes.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import msgspec

from kiosk.enrolment.faults import Fault
from kiosk.enrolment.steps import JourneyKind
from wire.evidence import Question, TextShown
from wire.identifiers import milliseconds
from wire.records import sha256

FRENCH = "fr"
LABEL = "own draft wording, not the official text"


class Section(msgspec.Struct, frozen=True):
    """One heading of a long text and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


class Text(msgspec.Struct, frozen=True):
    """One text as shown. ``accept`` and ``refuse`` are the words of the two answers, for questions only."""

    id: str
    version: str
    language: str
    label: str
    title: str
    points: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    accept: str = ""
    refuse: str = ""

    def words(self) -> bytes:
        """What was shown: title, points, headings, paragraphs, answers; a line each, UTF-8, in that order."""
        long = [line for section in self.sections for line in (section.heading, *section.paragraphs)]
        return "\n".join([self.title, *self.points, *long, self.accept, self.refuse]).encode()

    def shown(self, at: datetime, until: datetime | None = None) -> TextShown:
        """The evidence that this text stood on the screen from ``at``; ``until`` gives the seconds."""
        return TextShown(
            text_id=self.id,
            version=self.version,
            language=self.language,
            sha256=sha256(self.words()),
            shown_ms=milliseconds(at),
            seconds_shown=None if until is None else max(0, int((until - at).total_seconds())),
        )


class FaultWords(msgspec.Struct, frozen=True):
    """What is said of one fault: what happened, what it means, and what to do now."""

    title: str
    sentence: str
    way_on: str


@dataclass(frozen=True, slots=True)
class Texts:
    """All the words of one language.

    ``faults`` and ``sentences`` are the short texts of the screens by their stable code, ``slips`` those of the paper.
    Faults are said in two ways: to a person in a hall, who has an agent near, and to the pharmacist, who has not.
    """

    notice: Text
    creation: Text
    break_glass: Text
    centre_15: Text
    contact_warning: Text
    attestation_hall: Text
    attestation_counter: Text
    faults: dict[JourneyKind, dict[Fault, FaultWords]]
    sentences: dict[str, str]
    slips: dict[str, str]

    def asked(self, question: Question) -> Text:
        """The text of a question."""
        return {
            Question.CREATION: self.creation,
            Question.BREAK_GLASS: self.break_glass,
            Question.CENTRE_15: self.centre_15,
        }[question]


@functools.cache
def load_texts(language: str = FRENCH) -> Texts:
    """Read and check every text of a language.

    Raises:
        msgspec.ValidationError: a file is not of the form: the terminal must not start with half its words.
    """
    evidence = {name: _read(language, name, Text) for name in _EVIDENCE}
    return Texts(
        **evidence,
        faults={kind: _read(language, f"faults_{kind.value}", dict[Fault, FaultWords]) for kind in JourneyKind},
        sentences=_read(language, "sentences", dict[str, str]),
        slips=_read(language, "slips", dict[str, str]),
    )


_EVIDENCE = (
    "notice",
    "creation",
    "break_glass",
    "centre_15",
    "contact_warning",
    "attestation_hall",
    "attestation_counter",
)


def _read(language: str, name: str, kind: Any) -> Any:
    file = resources.files("kiosk.enrolment").joinpath("wording", language, f"{name}.json")
    return msgspec.json.decode(file.read_bytes(), type=kind)
