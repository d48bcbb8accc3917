"""Every language a terminal can speak: one folder under ``wording/`` each, found by listing, no code.

French is the measure: a language that lacks one of its words is left out and said so in the log, because half a
screen in one's own language and half in another is worse than none, and no terminal may stay shut for it. (A test
refuses to ship such a language.)
"""

from __future__ import annotations

import logging
import string
from collections.abc import Mapping

from kiosk.enrolment.texts import FRENCH, Texts, load_texts, wording

Languages = Mapping[str, Texts]
"""The words by the code of their language; French is always among them."""

_log = logging.getLogger(__name__)


def load_languages() -> Languages:
    """All complete languages, French first.

    Raises:
        msgspec.ValidationError: a file is not of the form.
    """
    measure = load_texts(FRENCH)
    found = {FRENCH: measure}
    for code in sorted(folder.name for folder in wording().iterdir() if folder.joinpath("language.json").is_file()):
        texts = load_texts(code)
        missing = missing_words(texts, measure)
        if missing:
            _log.warning("language %s is left out: %d words are missing, the first is %s", code, *_first(missing))
        else:
            found[code] = texts
    return found


def missing_words(texts: Texts, measure: Texts) -> tuple[str, ...]:
    """What ``texts`` lacks that ``measure`` has: files, keys, points, and values that a sentence leaves out."""
    return (
        *(f"{name}.json" for name in measure.evidence if name not in texts.evidence),
        *_missing_in(texts.screens, measure.screens, "screens"),
        *_missing_in(texts.sentences, measure.sentences, "sentences"),
        *(_missing_in(texts.slips, measure.slips, "slips") if texts.language.prints else ()),
        *(
            f"faults_{kind.value}: {fault.value}"
            for kind, faults in measure.faults.items()
            for fault in faults
            if fault not in texts.faults[kind]
        ),
        *(f"faults_agent: {fault.value}" for fault in measure.remedies if fault not in texts.remedies),
    )


def values_in(words: str) -> frozenset[str]:
    """The names of the values a sentence puts in."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(words) if name)


def _missing_in(words: Mapping[str, str], measure: Mapping[str, str], file: str) -> list[str]:
    return [
        f"{file}: {key}"
        for key, said in measure.items()
        if key not in words or values_in(words[key]) != values_in(said)
    ]


def _first(missing: tuple[str, ...]) -> tuple[int, str]:
    return len(missing), missing[0]
