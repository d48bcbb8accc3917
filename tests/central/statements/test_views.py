"""The pages of the statements: a month's offices and sums, an office's months, and both files."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from central.staff.permissions import Role
from central.statements.closing import close_upto
from tests.central.web_site import PHARMACY, Browser, CentralSite, words
from tests.fakes.terminal import fictitious_nir
from wire.identifiers import milliseconds

PLACE = f"/releves/{PHARMACY.office}"


@pytest.fixture
def officer(site: CentralSite) -> Browser:
    """A bonus officer in December; two people enrolled at the pharmacy in November, which is closed."""
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    for person in (1, 2):
        terminal.enrol(person, at=site.clock.now)
    assert site.send(terminal).status_code == 200
    site.clock.pass_by(days=20)
    close_upto(site.engine, "2026-11", by="MARTIN-1", shards=1, now_ms=milliseconds(site.clock.now))
    site.manager("PRIMES", role=Role.BONUS_OFFICER)
    browser = site.browser()
    browser.sign_in("PRIMES")
    return browser


def test_the_newest_closed_month_is_shown_with_its_offices_and_sums(officer: Browser) -> None:
    page = words(officer.get("/releves"))
    shown = ("Relevés de novembre 2026", PHARMACY.name, PHARMACY.office, "2,00 €", "arrêté")
    assert [word for word in shown if word not in page] == []


def test_a_month_that_runs_has_no_statement_and_says_so(officer: Browser) -> None:
    assert "Aucun relevé pour ce mois" in words(officer.get("/releves?mois=2026-12"))


def test_the_list_goes_on_after_the_office_that_was_last(officer: Browser) -> None:
    assert PHARMACY.name in words(officer.get("/releves?mois=2026-11&apres=A"))
    assert PHARMACY.name not in words(officer.get(f"/releves?mois=2026-11&apres={PHARMACY.office}"))


@pytest.mark.parametrize("month", ["2026", "novembre", "2026-13"])
def test_what_is_no_month_is_said_and_the_newest_one_shown(officer: Browser, month: str) -> None:
    answer = officer.get(f"/releves?mois={month}")
    assert answer.status_code == 400
    assert "Un mois" in words(answer)
    assert PHARMACY.name in words(answer)


def test_an_office_shows_the_months_of_the_year(officer: Browser) -> None:
    page = words(officer.get(PLACE))
    assert [word for word in ("novembre 2026", "2,00 €", "arrêté", "Relevé en PDF") if word not in page] == []


def test_the_paper_is_the_month_s_statement(officer: Browser) -> None:
    answer = officer.get(f"{PLACE}/pdf?periode=2026-11")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="releve-{PHARMACY.office}-2026-11.pdf"'
    assert "2 ouverture(s)" in text
    assert not [one for one in ("SPÉCIMEN", fictitious_nir(1).compact) if one in text]


def test_the_spreadsheet_has_each_entry_and_the_sum(officer: Browser) -> None:
    answer = officer.get(f"{PLACE}/csv?periode=2026-11")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[-1]) == (4, "total;;;;;;2,00;2,00;;")


@pytest.mark.parametrize(("path", "status"), [("/releves/NULLE-PART", 404), (f"{PLACE}/pdf?periode=hier", 400)])
def test_what_is_not_there_is_said(officer: Browser, path: str, status: int) -> None:
    assert officer.get(path).status_code == status
