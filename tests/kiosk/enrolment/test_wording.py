"""All languages as files, read without the loader: what French says, every language says, and nothing else.

A new language is a folder; it is held to all of this by being there.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kiosk.enrolment
from kiosk.enrolment.contact import _SAID
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.texts import FRENCH, LABEL, load_texts
from kiosk.printer.charset import SUBSTITUTES, transliterated
from kiosk.printer.profile import profile_named, profile_names
from wire.evidence import Question

FOLDER = Path(kiosk.enrolment.__file__).parent / "wording"
LANGUAGES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
FILES = sorted(path.name for path in (FOLDER / FRENCH).iterdir())
OTHERS = [language for language in LANGUAGES if language != FRENCH]
ARABIC = re.compile(r"[\u0600-\u06ff]")
# Words that English and French share; everything else that is alike was forgotten.
SHARED = frozenset(
    {
        *(
            "Dossier Médical Partagé",
            "Mobile",
            "E-mail",
            "mobile",
            "e-mail",
            "Contact",
            "Protection",
            "Code",
            "terminal",
        ),
        *("Normal", "Triple", "Double", "Date", "Terminal", "Information", "Samu-Centre 15", "Assistance"),
        *("Déclaration", "1", "2", "3", LABEL, "2 minutes"),
    }
)
# The words of each text that is evidence, by language: who changes them changes the version, and then this.
PINNED = json.loads((Path(__file__).parent / "pinned_words.json").read_text(encoding="utf-8"))


@dataclasses.dataclass(frozen=True)
class Said:
    """One string of a file and where it stands in it."""

    file: str
    place: str
    words: str


def content(language: str, file: str) -> Any:
    path = FOLDER / language / file
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def strings(file: str, value: Any, place: str = "") -> Iterator[Said]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(file, inner, f"{place}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from strings(file, inner, f"{place}/{number}")
    else:
        yield Said(file, place, str(value))


def all_said(language: str) -> list[Said]:
    """Every string a person may read or hear."""
    return [
        said
        for file in FILES
        if file != "language.json"
        for said in strings(file, content(language, file) or {})
        if not re.fullmatch(r"/(id|version|language|label)", said.place)
    ]


def prints(language: str) -> bool:
    return load_texts(language).language.prints


def test_french_english_and_arabic_are_there() -> None:
    assert {"fr", "en", "ar"} <= set(LANGUAGES)


def test_every_language_that_lies_there_is_offered() -> None:
    assert set(load_languages()) == set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_files_of_french_and_no_other(language: str) -> None:
    expected = set(FILES) if prints(language) else set(FILES) - {"slips.json"}
    assert {path.name for path in (FOLDER / language).iterdir()} == expected


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("file", [file for file in FILES if file != "language.json"])
def test_no_word_is_missing_and_none_is_left_over(file: str, language: str) -> None:
    if content(language, file) is None:
        assert not prints(language)
        return
    french, theirs = ({said.place for said in strings(file, content(one, file))} for one in (FRENCH, language))
    assert theirs == french


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_puts_in_the_same_values(language: str) -> None:
    french = {(said.file, said.place): said.words for said in all_said(FRENCH)}
    wrong = [said for said in all_said(language) if values(said.words) != values(french[said.file, said.place])]
    assert wrong == []


def values(words: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_empty_or_has_blanks_at_its_ends(language: str) -> None:
    wrong = [said for said in all_said(language) if not said.words.strip() or said.words != said.words.strip()]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_evidence_names_its_own_file_its_language_and_that_it_is_a_draft(language: str) -> None:
    for name, text in load_texts(language).evidence.items():
        assert (text.id, text.language, text.label) == (name, language, LABEL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_says_the_name_of_its_own_folder(language: str) -> None:
    assert load_texts(language).language.code == language


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_of_one_version_has_the_same_shape_in_every_language(language: str) -> None:
    french, theirs = load_texts(FRENCH).evidence, load_texts(language).evidence
    assert {name: shape(text) for name, text in theirs.items()} == {name: shape(text) for name, text in french.items()}


def shape(text: Any) -> tuple[object, ...]:
    return (text.version, len(text.points), [len(section.paragraphs) for section in text.sections], bool(text.accept))


def test_nothing_english_is_still_french() -> None:
    french = {(said.file, said.place): said.words for said in all_said(FRENCH)}
    alike = [said for said in all_said("en") if said.words == french[said.file, said.place]]
    assert [said for said in alike if said.words not in SHARED] == []


def test_nothing_arabic_is_still_in_latin_letters() -> None:
    assert [said for said in all_said("ar") if not ARABIC.search(said.words)] == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "ar"])
def test_no_other_language_holds_arabic(language: str) -> None:
    assert [said for said in all_said(language) if ARABIC.search(said.words)] == []


@pytest.mark.parametrize("question", Question)
@pytest.mark.parametrize("language", LANGUAGES)
def test_yes_and_no_are_different_words_in_every_language(language: str, question: Question) -> None:
    text = load_texts(language).asked(question)
    assert text.accept
    assert text.refuse
    assert text.accept != text.refuse


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_evidence_never_change_under_the_same_version(language: str) -> None:
    texts = load_texts(language).evidence
    now = {f"{name} {text.version}": hashlib.sha256(text.words()).hexdigest()[:16] for name, text in texts.items()}
    assert now == PINNED[language]


# Paper


def is_printable(words: str) -> bool:
    """Whether every printer we know shows them without the sign that stands for what it cannot print."""
    pages = {profile_named(name).encoding for name in profile_names()}
    return not any(sign in transliterated(words, page) for page in pages for sign in SUBSTITUTES)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if prints(language)])
def test_every_word_on_paper_can_be_printed(language: str) -> None:
    said = list(strings("slips.json", content(language, "slips.json")))
    assert [one for one in said if not is_printable(one.words)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_leaflet_can_be_printed_in_the_language_of_the_slips(language: str) -> None:
    own = load_texts(language).language
    leaflet = load_texts(own.slips or language).evidence["leaflet_minor"]
    assert is_printable(leaflet.words().decode().replace("\n", " "))


def test_arabic_cannot_be_printed_which_is_why_its_paper_is_french() -> None:
    assert not is_printable("بطاقة")
    assert load_texts("ar").language.slips == FRENCH


@pytest.mark.parametrize("language", [language for language in LANGUAGES if not prints(language)])
def test_the_language_of_the_paper_is_there_and_prints(language: str) -> None:
    assert prints(load_texts(language).language.slips)


# Codes the program says


def test_every_complaint_the_program_can_make_has_its_sentence() -> None:
    known = content(FRENCH, "sentences.json")
    assert complaints() - set(known) == set()


def complaints() -> set[str]:
    """The codes in ``complaining("…")`` all over the enrolment, and those of a contact that cannot be one."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in FOLDER.parent.glob("*.py"))
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    said = [call.args[0] for call in calls if getattr(call.func, "attr", "") == "complaining" and call.args]
    return {str(code.value) for code in said if isinstance(code, ast.Constant)} | set(_SAID)


def test_complaints_are_found_in_the_program() -> None:
    assert {"notice_unread", "email_form", "mobile_landline"} <= complaints()


# Who is spoken to


@pytest.mark.parametrize(
    ("language", "others"), [("fr", "agent|borne"), ("en", "agent|another terminal"), ("ar", "موظف")]
)
def test_a_fault_at_a_counter_sends_nobody_to_an_agent(language: str, others: str) -> None:
    said = strings("faults_counter.json", content(language, "faults_counter.json"))
    assert [one for one in said if re.search(others, one.words, re.IGNORECASE)] == []
