"""What the scores find in a year with planted fraud, and whom they suspect wrongly."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from central.abuse.wording import WORDS, in_english, in_french
from tests.abuse.measure import SEEDS, scanned, table
from tests.abuse.plants import FRAUDULENT

DOC = Path(__file__).parents[2] / "docs" / "abuse.md"


@pytest.mark.parametrize("seed", SEEDS)
def test_of_five_amounts_held_back_four_are_fraud(seed: int) -> None:
    found = scanned(seed)
    held = found.all_held
    assert len(held & found.year.fraud.keys()) >= 0.8 * len(held)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_ten_planted_openings_six_are_held_back(seed: int) -> None:
    found = scanned(seed)
    held = found.all_held
    assert len(held & found.year.fraud.keys()) >= 0.6 * len(found.year.fraud)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_honest_office_has_more_than_a_few_openings_held_back(seed: int) -> None:
    found = scanned(seed)
    held = found.all_held
    wrongly: dict[str, int] = defaultdict(int)
    for signal in found.year.signals:
        if signal.opens and signal.dossier_id in held and signal.office_id not in found.year.culprits:
            wrongly[signal.office_id] += 1
    assert max(wrongly.values(), default=0) <= 20, wrongly


@pytest.mark.parametrize("kind", FRAUDULENT)
def test_each_kind_of_fraud_comes_to_the_work_list(kind: str) -> None:
    planted = found = 0
    for seed in SEEDS:
        year = scanned(seed)
        of_kind = {dossier for dossier, of in year.year.fraud.items() if of == kind}
        planted += len(of_kind)
        found += len(of_kind & (year.all_held | year.all_listed))
    assert found >= 0.5 * planted


def test_what_each_case_counted_fills_its_sentence() -> None:
    counted = scanned(SEEDS[0]).counted
    assert {score for score, _ in counted} == WORDS.keys()
    assert [one for one in counted if in_english(*one) == one[1] or in_french(*one) == one[1]] == []


def test_the_page_shows_these_very_figures() -> None:
    """When this fails after a change of a score: ``scripts/abuse-year`` prints the table."""
    assert table() in DOC.read_text(encoding="utf-8")
