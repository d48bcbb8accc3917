"""No line of French begins with a question mark."""

from __future__ import annotations

import re

import pytest

from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.texts import load_texts
from kiosk.enrolment.typography import with_no_break_spaces, with_plain_spaces
from wire.evidence import Question

BREAKABLE = re.compile(r" [:;?!»]|« ")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Êtes-vous là ?", "Êtes-vous là\u00a0?"),
        ("Touchez « Oui » : merci !", "Touchez «\u00a0Oui\u00a0»\u00a0: merci\u00a0!"),
        ("Are you there?", "Are you there?"),
        ("هل أنت هنا؟", "هل أنت هنا؟"),
        ("à 10:30", "à 10:30"),
    ],
)
def test_a_space_before_a_high_mark_and_inside_quotation_marks_does_not_break(typed: str, shown: str) -> None:
    assert with_no_break_spaces(typed) == shown
    assert with_plain_spaces(shown) == typed


def test_lists_and_objects_are_set_as_deep_as_they_are() -> None:
    assert with_no_break_spaces({"points": ["a ?"], "seconds": 3}) == {"points": ["a\u00a0?"], "seconds": 3}


def test_nothing_that_french_screens_say_can_break_there() -> None:
    texts = load_texts("fr")
    faults = [f"{one.title} {one.sentence}" for kind in JourneyKind for one in texts.faults[kind].values()]
    asked = [texts.asked(question).title for question in Question]
    said = [*texts.screens.values(), *texts.sentences.values(), *faults, *asked]
    assert [words for words in said if BREAKABLE.search(words)] == []


def test_the_evidence_of_what_was_shown_does_not_depend_on_where_a_line_may_break() -> None:
    text = load_texts("fr").asked(Question.CREATION)
    assert "\u00a0" in text.title
    assert "\u00a0" not in text.words().decode()
