from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.enrolment.errors import WordingError
from kiosk.enrolment.languages import load_languages, missing_words, values_in
from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.texts import load_texts

FRENCH = load_texts("fr")
TEMPLATES = sorted(Path("kiosk/templates/enrolment").rglob("*.html"))
# A key in the call of t or o, wherever it stands in it: t("a" if x else "b"), title(t("a")).
_CALLS = re.compile(r"\b[to]\(((?:[^()]|\([^()]*\))*)\)")
_KEYS = re.compile(r"""(?:^|\bif\b|\belse\b|,\s*)\s*(["'])([a-z_0-9]+(?:\.[a-zA-Z_0-9-]+)+)\1(?!\s*~)""")
_PREFIXES = re.compile(r"""(["'])([a-z_0-9.]+\.)\1\s*~""")


def keys_of(template: Path) -> Iterator[str]:
    for call in _CALLS.finditer(template.read_text(encoding="utf-8")):
        first = call[1].split(", ")[0]
        yield from (found[2] for found in _KEYS.finditer(first))


def prefixes_of(template: Path) -> Iterator[str]:
    for call in _CALLS.finditer(template.read_text(encoding="utf-8")):
        yield from (found[2] for found in _PREFIXES.finditer(call[1]))


def is_said(key: str) -> bool:
    return any(name in FRENCH.screens for name in (key, f"{key}.counter", f"{key}.one"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_word_a_template_asks_for_exists(template: Path) -> None:
    assert [key for key in keys_of(template) if not is_said(key)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_family_of_words_a_template_builds_a_key_from_exists(template: Path) -> None:
    families = set(prefixes_of(template))
    assert [one for one in families if not any(key.startswith(one) for key in FRENCH.screens)] == []


def test_the_scan_of_the_templates_finds_keys() -> None:
    assert len({key for template in TEMPLATES for key in keys_of(template)}) > 100


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_holds_a_word_of_a_language(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    spoken = re.findall(r"""(?:aria-label|alt|title|placeholder)="([^"]*)\"""", text)
    between = re.sub(r"<!--.*?-->|<[^>]*>", " ", text, flags=re.DOTALL)
    assert re.findall(r"[^\W\d_]{2,}", " ".join([between, *spoken])) == []


def test_the_scripts_hold_no_word_of_a_language() -> None:
    for script in sorted(Path("kiosk/static").glob("*.js")):
        code = re.sub(r"//.*", "", script.read_text(encoding="utf-8"))
        assert not re.search(r"""["'`][^"'`]*[àâçéèêëîïôùûœ][^"'`]*["'`]""", code), script.name


def test_a_hall_and_a_counter_may_be_spoken_to_in_their_own_way() -> None:
    assert FRENCH.say("attract.title", JourneyKind.HALL) == "Ouvrez votre Dossier Médical Partagé"
    assert FRENCH.say("attract.title", JourneyKind.COUNTER) == "Insérez la carte Vitale du patient"
    assert FRENCH.say("back", JourneyKind.HALL) == FRENCH.say("back", JourneyKind.COUNTER)


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [("fr", 0, "ouverture aujourd’hui"), ("fr", 1, "ouverture aujourd’hui"), ("fr", 2, "ouvertures aujourd’hui")],  # noqa: RUF001 - French
)
def test_one_and_many_are_said_as_the_language_counts(language: str, count: int, words: str) -> None:
    assert load_texts(language).say("done.today", JourneyKind.COUNTER, count=count) == words


def test_a_word_that_is_missing_says_its_key() -> None:
    with pytest.raises(WordingError, match=r"nowhere\.to_be_found"):
        FRENCH.say("nowhere.to_be_found", JourneyKind.HALL)


def test_a_value_that_is_missing_says_its_key() -> None:
    with pytest.raises(WordingError, match="progress in fr needs 'number'"):
        FRENCH.say("progress", JourneyKind.HALL)


@pytest.mark.parametrize("language", sorted(path.name for path in Path("kiosk/enrolment/wording").iterdir()))
def test_every_folder_is_a_complete_language_and_offered(language: str) -> None:
    assert missing_words(load_texts(language), FRENCH) == ()
    assert language in load_languages()


def test_a_language_that_forgets_a_value_is_not_complete() -> None:
    assert values_in("Étape {number} sur {total}") == {"number", "total"}
    assert values_in("Étape {number}") != values_in("Étape {number} sur {total}")
