from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from kiosk.enrolment.errors import CardFault
from kiosk.enrolment.faults import TABLE, Fault, fault_of
from kiosk.enrolment.rules import Eligibility
from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.texts import LABEL, Text, load_texts
from kiosk.enrolment.typography import with_plain_spaces
from wire.evidence import Question

TEXTS = load_texts()
EVIDENCE = tuple(TEXTS.evidence.values())


@pytest.mark.parametrize("text", EVIDENCE, ids=lambda text: text.id)
def test_no_text_passes_for_an_official_one(text: Text) -> None:
    assert text.label == LABEL


@pytest.mark.parametrize("text", EVIDENCE, ids=lambda text: text.id)
def test_every_word_shown_is_under_the_hash(text: Text) -> None:
    long = [line for section in text.sections for line in (section.heading, *section.paragraphs)]
    shown = [text.title, *text.points, *long, text.accept, text.refuse]
    assert text.words().decode().split("\n") == [with_plain_spaces(line) for line in shown]


def test_the_evidence_names_version_language_hash_and_how_long_it_stood_there() -> None:
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    shown = TEXTS.notice.shown(at, at + timedelta(seconds=42.9))
    assert (shown.text_id, shown.version, shown.language) == ("notice", TEXTS.notice.version, "fr")
    assert shown.sha256 == hashlib.sha256(TEXTS.notice.words()).digest()
    assert shown.seconds_shown == 42


def test_the_notice_has_six_short_points_and_the_full_text() -> None:
    assert len(TEXTS.notice.points) == 6
    assert len(TEXTS.notice.sections) >= 5


@pytest.mark.parametrize("question", Question)
def test_every_question_has_words_for_both_answers(question: Question) -> None:
    asked = TEXTS.asked(question)
    assert asked.accept
    assert asked.refuse


@pytest.mark.parametrize("kind", JourneyKind)
@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_its_words_in_the_hall_and_at_the_counter_and_a_short_code(
    fault: Fault, kind: JourneyKind
) -> None:
    assert all(msgspec.structs.astuple(TEXTS.faults[kind][fault]))
    assert TABLE[fault].code


@pytest.mark.parametrize("fault", Fault)
def test_no_fault_sends_a_pharmacist_to_an_agent_or_to_another_terminal(fault: Fault) -> None:
    words = " ".join(msgspec.structs.astuple(TEXTS.faults[JourneyKind.COUNTER][fault]))
    assert not re.search(r"agent|borne", words, re.IGNORECASE)


def test_no_two_faults_share_a_code() -> None:
    assert len({line.code for line in TABLE.values()}) == len(Fault)


@pytest.mark.parametrize("card_fault", CardFault)
def test_whatever_the_reader_says_is_a_fault_that_can_be_shown(card_fault: CardFault) -> None:
    assert fault_of(card_fault) in TABLE


@pytest.mark.parametrize("verdict", [verdict for verdict in Eligibility if verdict is not Eligibility.MAY])
def test_everybody_who_may_not_go_on_is_told_why(verdict: Eligibility) -> None:
    assert TEXTS.sentences[verdict.value]
