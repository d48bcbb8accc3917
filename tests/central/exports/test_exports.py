"""Files: the numbers of the tables, readable by a French spreadsheet, in the scope of the role, and never a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest
from werkzeug.test import TestResponse

from central.counters.models import Measure
from central.counters.tally import Place
from central.devices.fleet import NewOffice
from central.exports.sheet import Sheet
from central.exports.writing import as_csv, as_xlsx
from central.staff.permissions import PERMISSIONS, Role
from tests.central.web_site import HALL, PHARMACY, CentralSite
from wire.identifiers import OfficeId

TODAY, LAST_MONTH = "2026-11-22", "2026-10-05"
IN_HALL = Place("desk", "hall_terminal", "11", "75", HALL.office, "HALL-75-01-A")
AT_COUNTER = Place("pharmacy", "counter", "04", "974", PHARMACY.office, "PHARM-974-01-A")
OPENED = Measure.DOSSIERS_OPENED
TRAP = NewOffice(
    office=OfficeId("CPAM-TRAP"),
    name='=HYPERLINK("http://x";"y")',
    kind="cpam",
    lines=["1 rue", "75001 Paris"],
    departement="75",
    region="11",
)


@pytest.fixture(autouse=True)
def _counted(site: CentralSite) -> None:
    site.fleet(HALL, PHARMACY, TRAP)
    site.count(OPENED, TODAY, IN_HALL, 1234)
    site.count(OPENED, TODAY, AT_COUNTER, 8)
    site.count(OPENED, LAST_MONTH, IN_HALL, 500)
    site.count(OPENED, LAST_MONTH, AT_COUNTER, 4)
    site.count(Measure.CENTS_ACCRUED, TODAY, AT_COUNTER, 805)


def fetch(site: CentralSite, path: str, role: Role = Role.NATIONAL, region: str | None = None) -> TestResponse:
    site.manager("SOMEBODY", region, role=role)
    browser = site.browser()
    browser.sign_in("SOMEBODY")
    return browser.get(f"/exports/{path}".removesuffix("/"))


def rows(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def line(table: list[list[str]], code: str) -> list[str]:
    return next(row for row in table if row and row[0] == code)


def test_a_csv_opens_in_a_french_spreadsheet(site: CentralSite) -> None:
    answer = fetch(site, "comptes.csv?by=channel")
    assert answer.data.startswith("\ufeffCode;Canal;2026-11-22;2026-W47;2026-11;Depuis le lancement;".encode())
    assert answer.data.count(b"\r\n") == answer.data.count(b"\n")
    assert answer.content_type == "text/csv; charset=utf-8"
    name = 'attachment; filename="dmp-dossiers_opened-channel-2026-11-22.csv"'
    assert answer.headers["Content-Disposition"] == name


def test_a_table_has_its_periods_its_shares_and_its_unattributed_line(site: CentralSite) -> None:
    table = rows(fetch(site, "comptes.csv?by=channel"))
    assert line(table, "desk") == ["desk", "Accueils de CPAM", "1234", "1234", "1234", "1734", "0,9931", ""]
    assert line(table, "unattributed")[1:6] == ["Non attribué", "0", "0", "0", "0"]
    assert line(table, "total")[5:7] == ["1746", "1,0"]


@pytest.mark.parametrize(
    ("role", "region", "told"), [(Role.NATIONAL, None, "1746"), (Role.REGIONAL_MANAGER, "04", "12")]
)
def test_page_program_and_file_say_the_same(site: CentralSite, role: Role, region: str | None, told: str) -> None:
    table = rows(fetch(site, "comptes.csv?by=channel", role, region))
    browser = site.browser()
    browser.sign_in("SOMEBODY")
    page = browser.get("/tableau").text.replace("\u202f", "")
    program = browser.get("/api/v1/counts").json["total"]["counts"][0]["value"]
    assert (line(table, "total")[5], str(program)) == (told, told)
    assert f'data-test="opened">{told}<' in page


def test_money_is_in_euros_with_a_decimal_comma(site: CentralSite) -> None:
    table = rows(fetch(site, "comptes.csv?measure=cents_accrued&by=region"))
    assert line(table, "04")[2:6] == ["8,05"] * 4


def test_no_cell_of_a_csv_begins_like_a_formula(site: CentralSite) -> None:
    table = rows(fetch(site, "comptes.csv?by=office"))
    assert line(table, "CPAM-TRAP")[1] == "'" + TRAP.name
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(site: CentralSite) -> None:
    book = openpyxl.load_workbook(io.BytesIO(fetch(site, "comptes.xlsx?by=office").data))
    cells = [cell for row in book.active for cell in row]
    assert [cell.data_type for cell in cells if cell.value == TRAP.name] == ["s"]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


@pytest.mark.parametrize("query", ["comptes.{}?by=departement", "serie.{}?by=channel&step=day", "indicateur.{}"])
def test_the_workbook_holds_the_same_as_the_csv(site: CentralSite, query: str) -> None:
    plain = [row for row in rows(fetch(site, query.format("csv"))) if len(row) > 1]
    book = openpyxl.load_workbook(io.BytesIO(fetch(site, query.format("xlsx")).data)).active
    top = next(row[0].row for row in book if row[0].value == plain[0][0])
    read = [["" if cell.value is None else cell.value for cell in row] for row in book.iter_rows(min_row=top)]
    assert [[str(cell).replace(".", ",") for cell in row] for row in read] == [
        [cell.removesuffix(",0") for cell in row] for row in plain
    ]


def test_a_series_has_a_row_for_each_step(site: CentralSite) -> None:
    table = rows(fetch(site, "serie.csv?by=channel&step=month&from=2026-09-01&to=2026-11-22"))
    assert table[0][:5] == ["Période", "Du", "Au", "Accueils de CPAM", "Pharmacies"]
    assert [row[:5] for row in table[1:4]] == [
        ["2026-09", "2026-09-01", "2026-09-30", "0", "0"],
        ["2026-10", "2026-10-01", "2026-10-31", "500", "4"],
        ["2026-11", "2026-11-01", "2026-11-30", "1234", "8"],
    ]


def test_silent_terminals_are_a_file_for_who_runs_the_fleet(site: CentralSite) -> None:
    site.registered("HALL-75-01-A", HALL.office)
    site.clock.pass_by(days=3, minutes=1)
    table = rows(fetch(site, "bornes.csv", Role.FLEET_OPERATOR))
    assert line(table, "HALL-75-01-A") == ["HALL-75-01-A", HALL.office, HALL.name, "75", "jamais"]
    assert [row[0] for row in rows(fetch(site, "bornes.csv", Role.REGIONAL_MANAGER, "04"))[1:] if len(row) > 1] == []
    assert fetch(site, "bornes.csv", Role.OUTSIDER).status_code == 403


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_the_page_offers_the_files_of_the_role_and_no_others(site: CentralSite, role: Role) -> None:
    page = fetch(site, "", role, "11" if role is Role.REGIONAL_MANAGER else None).text
    paths = ("comptes", "serie", "bornes", "indicateur")
    endpoints = ("exports.counts", "exports.series", "exports.silent", "exports.indicator")
    offered = [path for path in paths if f"/exports/{path}.csv" in page]
    assert offered == [path for path, door in zip(paths, endpoints, strict=True) if role in PERMISSIONS[door]]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_regional_manager_takes_away_their_region_alone(site: CentralSite, form: str) -> None:
    answers = [
        fetch(site, f"{path}.{form}?by={by}", Role.REGIONAL_MANAGER, "04")
        for path, by in (("comptes", "office"), ("comptes", "region"), ("serie", "departement"))
    ]
    if form == "csv":
        assert not [answer for answer in answers if "1234" in answer.text or HALL.office in answer.text]
        assert line(rows(answers[1]), "total")[2] == "8"
    assert {answer.status_code for answer in answers} == {200}
    assert fetch(site, f"comptes.{form}?region=11", Role.REGIONAL_MANAGER, "04").status_code == 404


def test_an_outsiders_file_hides_small_numbers_and_days(site: CentralSite) -> None:
    answer = fetch(site, "comptes.csv?by=region", Role.OUTSIDER)
    table = rows(answer)
    assert table[0][2:6] == ["2026-08", "2026-09", "2026-10", "Depuis le lancement"]
    assert line(table, "04")[4:] == ["secret", "0", "", "au moins : des nombres secrets manquent"]
    assert line(table, "11")[4] == "secret"
    assert "1234" not in answer.text


def test_a_file_that_is_to_leave_the_house_is_made_like_an_outsiders(site: CentralSite) -> None:
    outside = rows(fetch(site, "comptes.csv?by=region", Role.OUTSIDER))
    assert rows(fetch(site, "comptes.csv?by=region&audience=outside")) == outside


def test_an_outsider_cannot_ask_for_the_inside_file(site: CentralSite) -> None:
    assert "1234" not in fetch(site, "comptes.csv?by=region&audience=inside", Role.OUTSIDER).text
    for query in ("comptes.csv?by=office", "serie.csv?by=total&step=day", "comptes.csv?measure=cents_accrued"):
        assert fetch(site, query, Role.OUTSIDER).status_code == 403


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("comptes.csv?by=person", 400, "que nous ne connaissons pas"),
        ("serie.csv?from=2026-02-30", 404, "n’existe pas dans le calendrier"),  # noqa: RUF001 - French
        ("serie.csv?from=2026-02-02&to=2026-02-01", 404, "finit avant de commencer"),
        ("serie.csv?step=day&from=2020-01-01&to=2026-01-01", 404, "trop longue"),
        ("comptes.csv?audience=outside&by=office", 403, "mois révolus"),
    ],
)
def test_what_cannot_be_given_is_said_on_the_page(site: CentralSite, query: str, status: int, said: str) -> None:
    answer = fetch(site, query)
    assert (answer.status_code, said in answer.text) == (status, True)


def test_fields_left_empty_are_not_asked(site: CentralSite) -> None:
    assert fetch(site, "serie.csv?measure=refusals&by=total&step=month&from=&to=&region=").status_code == 200


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_words_that_begin_like_a_formula_stay_words(begin: str) -> None:
    sheet = Sheet("x", (), ("A", "B"), ((f"{begin}1+1", -5),))
    [_, row, *_] = csv.reader(io.StringIO(as_csv(sheet).decode("utf-8-sig"), newline=""), delimiter=";")
    assert row == [f"'{begin}1+1", "-5"]


def test_the_same_sheet_makes_the_same_workbook() -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    sheet = Sheet("x", ("dit",), ("A", "B", "C"), (("a", 1, 0.5),), frozenset({2}))
    assert as_xlsx(sheet, now) == as_xlsx(sheet, now)
