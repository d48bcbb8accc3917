"""What an office gets: the same sums on paper, in a spreadsheet, and in the ledger; no person anywhere."""

from __future__ import annotations

import csv
import io

import pytest
from pypdf import PdfReader

from central.engine import reading
from central.errors import NotFoundError
from central.statements.document import OfficeStatement, read_statement
from central.statements.page import statement_pdf
from central.statements.spreadsheet import COLUMNS, write_csv
from tests.central.intake_rig import PHARMACY
from tests.central.money_rig import OTHER, MoneyRig
from tests.fakes.terminal import fictitious_nir


@pytest.fixture
def closed(november: MoneyRig) -> MoneyRig:
    november.close_months()
    november.annul(1)
    november.at("2019-01-03T09:00:00+00:00")
    november.close_months()
    return november


def statement(money: MoneyRig, period: str, office: str = PHARMACY) -> OfficeStatement:
    with reading(money.engine) as connection:
        return read_statement(connection, office, period)


def words(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_month_has_a_line_an_entry(closed: MoneyRig) -> None:
    november = statement(closed, "2018-11")
    assert (november.openings, november.cents, november.owed, len(november.lines)) == (3, 300, 200, 4)
    assert november.is_closed


def test_a_year_is_its_months(closed: MoneyRig) -> None:
    year = statement(closed, "2018")
    assert [(row.month, row.sums.owed) for row in year.months] == [("2018-11", 200), ("2018-12", -100)]
    assert year.owed == 100


def test_a_month_that_runs_is_shown_as_it_stands_and_said_so(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    running = statement(money, "2018-11")
    assert (running.owed, running.is_closed) == (100, False)
    assert "provisoire" in words(statement_pdf(running))


def test_the_spreadsheet_adds_up_to_the_statement(closed: MoneyRig) -> None:
    out = io.StringIO()
    write_csv(statement(closed, "2018"), out)
    head, *rows, total = csv.reader(io.StringIO(out.getvalue()), delimiter=";")
    assert tuple(head) == COLUMNS
    for place in (6, 7):
        assert sum(cents(row[place]) for row in rows) == cents(total[place])
    assert cents(total[7]) == 100


def cents(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_paper_says_the_sums_and_every_entry(closed: MoneyRig) -> None:
    found = words(statement_pdf(statement(closed, "2018-11")))
    for expected in ("novembre 2018", "3 ouverture(s)", "3,00 €", "2,00 €", "Mise en attente", "arrêté", "page 1"):
        assert expected in found


def test_a_long_month_goes_on_over_pages_with_its_head_on_each(money: MoneyRig) -> None:
    terminal = money.terminal()
    for person in range(90):
        terminal.enrol(person, at=money.now)
    money.send(terminal, at=money.now)
    pages = PdfReader(io.BytesIO(statement_pdf(statement(money, "2018-11")))).pages
    assert len(pages) > 1
    assert all("Enregistrement" in page.extract_text() for page in pages)


def test_the_same_statement_makes_the_same_bytes(closed: MoneyRig) -> None:
    assert statement_pdf(statement(closed, "2018")) == statement_pdf(statement(closed, "2018"))


def test_names_with_letters_that_few_fonts_have(money: MoneyRig) -> None:
    assert "Pharmacie de l’Œuf" in words(statement_pdf(statement(money, "2018", OTHER)))  # noqa: RUF001 - French


def test_no_person_stands_on_it(closed: MoneyRig) -> None:
    out = io.StringIO()
    november = statement(closed, "2018-11")
    write_csv(november, out)
    for text in (out.getvalue(), words(statement_pdf(november))):
        assert "SPÉCIMEN" not in text
        assert fictitious_nir(1).compact not in text


def test_an_office_that_is_not_there_is_said_so(money: MoneyRig) -> None:
    with pytest.raises(NotFoundError):
        statement(money, "2018", "NOWHERE-1")
