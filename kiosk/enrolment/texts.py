"""The words of one language, as versioned data under ``wording/<language>/``.

* ``language.json``: how the language is called in its own script, which way it runs, its voice, its slips' language;
* ``screens.json``: every word of the screens by a flat key; ``sentences.json``: complaints by their code;
  ``faults_hall.json``, ``faults_counter.json``: faults as said to a person in a hall, who has an agent near, and to
  the pharmacist, who has not; ``faults_agent.json``: what an agent does about each; ``slips.json``: words on paper;
* every other file is a text that counts as evidence: notice, questions, attestations. The evidence names it by id,
  version, language and the SHA-256 of its words, so that what somebody consented to can be looked up for ever.

The words are our own drafts, labelled so in the data; official ones replace the files. A text that is evidence is
never edited under the same version: a test pins the hashes.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from kiosk.enrolment.course import Party
from kiosk.enrolment.errors import WordingError
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.typography import with_no_break_spaces, with_plain_spaces
from wire.decoders import convert
from wire.evidence import Question, TextShown
from wire.identifiers import milliseconds
from wire.records import sha256

FRENCH = "fr"
LABEL = "own draft wording, not the official text"


class Direction(enum.Enum):
    """Which way a script runs."""

    LTR = "ltr"
    RTL = "rtl"


class Language(msgspec.Struct, frozen=True):
    """One language. ``name`` is in its own script; ``voice`` is the speaking program's name for it.

    ``slips`` names the language of its paper (empty: its own). ``singular`` are the counts said in the singular.
    ``letters`` are the rows of Latin keys its readers are used to: names and e-mails are written in these.
    """

    code: str
    name: str
    direction: Direction = Direction.LTR
    voice: str = ""
    slips: str = ""
    singular: tuple[int, ...] = (1,)
    letters: tuple[str, ...] = ("azertyuiop", "qsdfghjklm", "wxcvbn")

    @property
    def prints(self) -> bool:
        """Whether its paper is its own; another's needs no words for slips (decision 0016)."""
        return self.slips in {"", self.code}


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
        """What was shown: title, points, headings, paragraphs, answers; a line each, UTF-8, in that order.

        With plain spaces: at which of them a line may break is no part of the words.
        """
        long = [line for section in self.sections for line in (section.heading, *section.paragraphs)]
        return with_plain_spaces("\n".join([self.title, *self.points, *long, self.accept, self.refuse])).encode()

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
    """All the words of one language. ``evidence`` holds the versioned texts by the name of their file."""

    language: Language
    evidence: Mapping[str, Text]
    faults: Mapping[JourneyKind, Mapping[Fault, FaultWords]]
    remedies: Mapping[Fault, str]
    sentences: Mapping[str, str]
    screens: Mapping[str, str]
    slips: dict[str, str]

    @property
    def notice(self) -> Text:
        """The information notice for an adult who opens their own dossier."""
        return self.evidence["notice"]

    @property
    def contact_warning(self) -> Text:
        """What is said before an e-mail or a mobile is typed (EX_1.X-1200)."""
        return self.evidence["contact_warning"]

    def asked(self, question: Question) -> Text:
        """The text of a question."""
        return self.evidence[question.value]

    def asked_of(self, question: Question, party: Party) -> Text:
        """The text of a question, in the words for who answers: the holder, or somebody for them."""
        found = (self.evidence.get(f"{question.value}_{variant}") for variant in _VARIANTS.get(party, ()))
        return next((text for text in found if text is not None), self.asked(question))

    def notice_for(self, party: Party, *, is_own_page: bool) -> Text:
        """The notice; ``is_own_page``: the minor's own, by their age."""
        if not is_own_page:
            return self.notice
        return self.evidence["notice_teen" if party is Party.TEEN else "notice_child"]

    def attestation(self, kind: JourneyKind, party: Party) -> Text:
        """The operator's statement: with company it names the representative and their document too."""
        return self.evidence[f"attestation_{kind.value}{'' if party is Party.SELF else '_company'}"]

    def say(self, key: str, kind: JourneyKind, /, *, count: int | None = None, **values: object) -> str:
        """A word of the screens, with its values put in.

        ``key.counter`` is taken at a counter where there is one, ``key`` else; with a ``count`` the keys end in
        ``.one`` or ``.other`` and the count is a value as well.

        Raises:
            WordingError: no such word, or a value it needs was not given.
        """
        if count is not None:
            key = f"{key}.{'one' if count in self.language.singular else 'other'}"
            values = {"count": count, **values}
        words = self.screens.get(f"{key}.{kind.value}", self.screens.get(key))
        if words is None:
            raise WordingError(f"no word {key} in {self.language.code}")
        try:
            return words.format_map(values) if "{" in words else words
        except KeyError as missing:
            raise WordingError(f"{key} in {self.language.code} needs {missing}") from None


_REMEDIES = "faults_agent"
# Where somebody answers for the holder; the first that exists is taken.
_VARIANTS = {
    Party.CHILD: ("child",),
    Party.TEEN: ("child",),
    Party.REPRESENTED: ("adult", "child"),
}
_WORDS = ("language", "sentences", "screens", "slips", _REMEDIES, *(f"faults_{kind.value}" for kind in JourneyKind))


@functools.cache
def load_texts(code: str = FRENCH) -> Texts:
    """Read and check every file of a language.

    Raises:
        msgspec.ValidationError: a file is not of the form: the terminal must not start with half its words.
    """
    folder = wording().joinpath(code)
    names = sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json"))
    language: Language = _read(folder, "language", Language)
    return Texts(
        language=language,
        evidence={name: _read(folder, name, Text) for name in names if name not in _WORDS},
        faults={kind: _read(folder, f"faults_{kind.value}", dict[Fault, FaultWords]) for kind in JourneyKind},
        remedies=_read(folder, _REMEDIES, dict[Fault, str]),
        sentences=_read(folder, "sentences", dict[str, str]),
        screens=_read(folder, "screens", dict[str, str]),
        slips=_read(folder, "slips", dict[str, str], set_words=_as_typed) if language.prints else {},
    )


def wording() -> Traversable:
    """The folder with one folder a language."""
    return resources.files("kiosk.enrolment").joinpath("wording")


def _as_typed(words: Any) -> Any:
    """Paper breaks its lines itself."""
    return words


def _read(folder: Traversable, name: str, kind: Any, *, set_words: Callable[[Any], Any] = with_no_break_spaces) -> Any:
    typed = msgspec.json.decode(folder.joinpath(f"{name}.json").read_bytes())
    return convert(set_words(typed), kind)
