"""What a score counted, in words: every score has a sentence; tests/abuse fills them all."""

from __future__ import annotations

import pytest

from central.abuse.scores import SCORES
from central.abuse.wording import WORDS, in_french, name_of


def test_every_score_has_its_words() -> None:
    assert {score.__name__ for score in SCORES} == WORDS.keys()


@pytest.mark.parametrize(("score", "figures"), [("bursts", "1 2 3"), ("of_a_later_release", "7")])
def test_what_does_not_fit_is_shown_as_it_stands(score: str, figures: str) -> None:
    assert in_french(score, figures) == figures


def test_a_score_of_a_later_release_keeps_its_own_name() -> None:
    assert name_of("of_a_later_release") == "of_a_later_release"
