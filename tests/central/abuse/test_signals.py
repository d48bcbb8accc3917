"""What stays of an enrolment: marks from which nobody without the key finds an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from central.abuse.signals import email_mark, mobile_mark, reading_seconds
from tests.fakes.terminal import enrolment_facts, fictitious_nir

KEY, OTHER_KEY = bytes(32), b"k" * 32


@pytest.mark.parametrize("same", ["lea@exemple.fr", "LEA@Exemple.FR", " lea@exemple.fr "])
def test_an_e_mail_has_one_mark_however_it_is_written(same: str) -> None:
    assert email_mark(same, KEY) == email_mark("lea@exemple.fr", KEY)


@pytest.mark.parametrize(
    "same", ["0612345678", "06 12 34 56 78", "+33612345678", "0033 6 12 34 56 78", "06.12.34.56.78"]
)
def test_a_number_has_one_mark_however_it_is_written(same: str) -> None:
    assert mobile_mark(same, KEY) == mobile_mark("+33612345678", KEY)


def test_a_mark_needs_the_key_and_tells_kinds_apart() -> None:
    assert email_mark("1", KEY) != email_mark("1", OTHER_KEY)
    assert email_mark("1", KEY) != mobile_mark("1", KEY)
    assert (email_mark(None, KEY), mobile_mark(None, KEY)) == (None, None)


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (4, 4), (90, 90), (-5, None)])
def test_reading_is_from_the_notice_to_the_last_answer(seconds: int, expected: int | None) -> None:
    facts = enrolment_facts(fictitious_nir(1))
    first, *others = facts.answers
    later = facts.notice.shown_ms + timedelta(seconds=seconds) // timedelta(milliseconds=1)
    others = [replace(one, answered_ms=min(later, facts.notice.shown_ms)) for one in others]
    answers = (replace(first, answered_ms=later), *others)
    assert reading_seconds(replace(facts, answers=answers)) == expected


def test_a_journey_without_answers_took_no_time() -> None:
    assert reading_seconds(replace(enrolment_facts(fictitious_nir(1)), answers=())) == 0
