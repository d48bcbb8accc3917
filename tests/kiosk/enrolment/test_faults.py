"""The table of codes, its words in every language, and the page that shows it."""

from __future__ import annotations

import re

import msgspec
import pytest

from kiosk.enrolment.faults import TABLE, Fault, Severity, fault_of_place, first_that_stops
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.steps import JourneyKind
from tests.look import fault_table

LANGUAGES = load_languages()


def test_every_fault_has_one_line_and_a_code_of_its_own() -> None:
    assert set(TABLE) == set(Fault)
    assert len({line.code for line in TABLE.values()}) == len(TABLE)
    assert all(re.fullmatch(r"[LCDPNHT]-\d\d", line.code) for line in TABLE.values())


def test_what_stops_a_terminal_never_lets_an_enrolment_go_on() -> None:
    assert [fault for fault, line in TABLE.items() if line.severity is Severity.STOPS and line.goes_on] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.value)
def test_every_language_says_what_happened_and_what_an_agent_does(fault: Fault, language: str) -> None:
    texts = LANGUAGES[language]
    for kind in JourneyKind:
        assert all(msgspec.structs.astuple(texts.faults[kind][fault]))
    assert texts.remedies[fault].strip()


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.value)
def test_a_remedy_fits_a_hall_and_a_counter(fault: Fault) -> None:
    assert not re.search(r"\bla borne\b|\bce poste\b est", LANGUAGES["fr"].remedies[fault], re.IGNORECASE)


def test_an_unknown_reason_of_a_terminal_that_is_not_ready_is_still_a_fault() -> None:
    assert fault_of_place("revoked") is Fault.REVOKED
    assert fault_of_place("something_new") is Fault.NOT_READY


def test_the_first_that_stops_is_not_the_first_that_warns() -> None:
    assert first_that_stops([Fault.NETWORK, Fault.PAPER_OUT, Fault.REVOKED]) is Fault.PAPER_OUT
    assert first_that_stops([Fault.NETWORK]) is None


def test_the_page_of_faults_shows_the_table_as_it_is() -> None:
    assert fault_table.PAGE.read_text(encoding="utf-8") == fault_table.page(), "python -m tests.look.fault_table"
