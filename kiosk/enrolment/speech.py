"""What is spoken of a screen: the screen's own words, in their order, out of the very page that is shown. Pure.

Nothing is worded twice: whatever a template says in whatever language is what the headset says. The rules:

1. complaints first, then the page from top to bottom; one sentence a block, so that the voice pauses between them;
2. what is covered (``inert``), hidden, or ``data-unspoken`` is not spoken; an ``aria-label`` is, instead of what it
   labels: the screen reader's and the voice's words are the same;
3. a control is spoken as one; while answers are chosen by digit, with its digit, counted as ``keypad.js`` counts;
4. a name is spoken (without it nobody could choose who they are), hence only ever over a headset;
5. a NIR is never spoken, masked or not: its element is left out, and so is whatever still looks like one.

Not checked here: that the sound really goes to a headset (decision 0017 says how the machine is set up).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from kiosk.enrolment.ports import Passage
from kiosk.enrolment.texts import Language

Say = Callable[..., str]
"""A word of the screens by its key, with values (``Texts.say`` for one kind of terminal)."""

KEYPAD_DIGITS = 9
"""Only the first nine controls can be chosen by a digit."""

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_INLINE = frozenset({"a", "b", "bdi", "em", "i", "kbd", "small", "span", "strong", "time"})
_SILENT_CLASSES = frozenset({"brand", "nir", "bottom__place", "turn", "unseen", "pad", "keys"})
_SILENT_TAGS = frozenset({"script", "style", "svg", "template"})
_UNTYPED = frozenset({"hidden", "password", "checkbox", "radio", "submit", "button"})
_DATE = re.compile(r"(?<=\d)/(?=\d)")
# A masked NIR, or thirteen digits and more in a row whatever stands between them (a mobile has ten).
_NIR = re.compile(r"[\d\s]*•[\d\s•]*|(?:[\dAB][\s.]?){13,}", re.ASCII)
_SENTENCE_ENDS = ".!?؟…:;"


@dataclass(frozen=True, slots=True, repr=False)
class Sentence:
    """One block of the screen. ``language`` is the page's own word for it (``lang``)."""

    text: str
    language: str


def spoken(page: str, say: Say, *, by_digits: bool) -> tuple[Sentence, ...]:
    """What to speak of a rendered screen; ``by_digits``: answers are chosen on a keypad."""
    reader = _Reader(say, by_digits=by_digits)
    reader.feed(page)
    reader.close()
    return (*reader.complaints, *reader.sentences)


def passages(sentences: Iterable[Sentence], languages: Iterable[Language], shown: Language) -> tuple[Passage, ...]:
    """The sentences with their voices, one passage for neighbours of one voice; ``shown`` speaks for who has none."""
    voices = {one.code: one.voice for one in languages}
    with_voices = [(voices.get(one.language) or shown.voice, one.text) for one in sentences]
    return tuple(
        Passage("\n".join(text for _, text in group), voice)
        for voice, group in itertools.groupby(with_voices, key=lambda pair: pair[0])
    )


@dataclass
class _Element:
    """One open element of the page."""

    tag: str
    language: str
    is_silent: bool = False
    is_control: bool = False
    is_complaint: bool = False
    is_back: bool = False
    is_chosen: bool = False


@dataclass
class _Block:
    """What has been read since the last end of a sentence."""

    words: list[str] = field(default_factory=list)
    digit: int | None = None


class _Reader(HTMLParser):
    def __init__(self, say: Say, *, by_digits: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.complaints: list[Sentence] = []
        self.sentences: list[Sentence] = []
        self._say, self._by_digits = say, by_digits
        self._open: list[_Element] = []
        self._block = _Block()
        self._controls = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if self._is_silent or _is_silent(tag, found):
            if tag not in _VOID:
                self._open.append(_Element(tag, self._language, is_silent=True))
            return
        if tag not in _INLINE and tag not in _VOID:
            self._end_sentence()
        if "data-choice" in found:
            self._controls += 1
            self._block.digit = self._controls
        if tag in _VOID:
            self._block.words += _typed(tag, found)
            return
        label = found.get("aria-label")
        # The label stands for what is inside, which is then silent; a group's or a region's label says nothing new.
        is_labelled = bool(label) and (tag == "button" or found.get("role") in {"img", "progressbar"})
        if label and is_labelled:
            self._block.words.append(" ".join(label.split()))
        self._open.append(
            _Element(
                tag,
                found.get("lang") or self._language,
                is_silent=is_labelled,
                is_control=tag == "button",
                is_complaint=found.get("role") == "alert",
                is_back="data-back" in found,
                is_chosen=found.get("aria-pressed") == "true",
            )
        )

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not self._open:
            return
        element = self._open.pop()
        if not self._is_silent and tag not in _INLINE:
            self._end_sentence(element)

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and not self._is_silent:
            self._block.words.append(words)

    @property
    def _language(self) -> str:
        return self._open[-1].language if self._open else ""

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1].is_silent

    def _end_sentence(self, ended: _Element | None = None) -> None:
        block, self._block = self._block, _Block()
        words = _NIR.sub(" ", _DATE.sub(" ", ", ".join(block.words))).strip(" ,")
        if not words:
            return
        language = self._language if ended is None else ended.language
        if ended is not None and (ended.is_control or ended.is_chosen):
            self._add_control(words, language, block.digit, ended)
        elif block.digit is not None:
            self._add_control(words, language, block.digit, _Element("", language))
        else:
            self._add(words, language, ended)

    def _add_control(self, label: str, language: str, digit: int | None, ended: _Element) -> None:
        shown = self._open[0].language if self._open else language
        if language == shown:
            self._add(self._control(label, digit, ended), language, ended)
            return
        # What stands in another language is spoken by its voice, and only that.
        self._add(self._control("", digit, ended), shown, ended)
        self._add(label, language, ended)

    def _control(self, label: str, digit: int | None, ended: _Element) -> str:
        if ended.is_chosen:
            label = self._say("voice.chosen", label=label)
        if self._by_digits and digit is not None and digit <= KEYPAD_DIGITS:
            return self._say("voice.key", digit=digit, label=label)
        if self._by_digits and ended.is_back:
            return self._say("voice.back", label=label)
        return self._say("voice.button", label=label)

    def _add(self, words: str, language: str, ended: _Element | None) -> None:
        text = words if words[-1] in _SENTENCE_ENDS else f"{words}."
        into = self.complaints if self._in_complaint(ended) else self.sentences
        into.append(Sentence(text, language))

    def _in_complaint(self, ended: _Element | None) -> bool:
        return any(element.is_complaint for element in (*self._open, ended) if element is not None)


def _is_silent(tag: str, attributes: dict[str, str | None]) -> bool:
    classes = set((attributes.get("class") or "").split())
    return (
        tag in _SILENT_TAGS
        or "inert" in attributes
        or "hidden" in attributes
        or "data-unspoken" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(classes & _SILENT_CLASSES)
    )


def _typed(tag: str, attributes: dict[str, str | None]) -> list[str]:
    """What stands in a field, never in one for a secret."""
    if tag != "input" or (attributes.get("type") or "text") in _UNTYPED:
        return []
    return [value for value in (attributes.get("value"),) if value]
