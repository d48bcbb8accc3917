"""What an outsider is given: whole months that are over, no small number, nothing from which one can be computed."""

from __future__ import annotations

from datetime import date

import pytest

from central.counters.models import Measure
from central.counters.tally import Place
from central.devices.departements import DEPARTEMENTS
from central.errors import QuestionError
from central.tables.desk import TableDesk
from central.tables.periods import EVER, Step, period, series
from central.tables.shape import By, Line, Question, Reader, Table
from tests.central.web_site import CentralSite

OPENED = Measure.DOSSIERS_OPENED
OUTSIDE, INSIDE = Reader(None, is_outside=True), Reader(None)


@pytest.fixture
def desk(site: CentralSite) -> TableDesk:
    """October: Île-de-France with a small département, La Réunion alone in its region; today is 22 November."""
    for departement, channel, value in (
        ("75", "desk", 400),
        ("77", "desk", 60),
        ("78", "pharmacy", 3),
        ("974", "pharmacy", 70),
        ("2A", "desk", 0),
    ):
        count(site, "2026-10-05", departement, channel, value)
    count(site, "2026-09-05", "75", "desk", 100)
    count(site, "2026-11-05", "75", "desk", 5000)
    return TableDesk(site.engine, site.clock, 11)


def count(site: CentralSite, day: str, departement: str, channel: str, value: int) -> None:
    region = DEPARTEMENTS[departement].region
    site.count(OPENED, day, Place(channel, channel, region, departement, f"O-{departement}", f"T-{departement}"), value)


def asked(desk: TableDesk, by: By, *names: str, measure: Measure = OPENED, reader: Reader = OUTSIDE) -> Table:
    periods = tuple(period(name) for name in names or ("2026-10",))
    return desk.table(reader, Question(measure=measure, by=by, periods=periods))


def told(table: Table) -> dict[str, int | str | None]:
    def word(line: Line) -> int | str | None:
        [number] = line.numbers
        return f">={number.value}" if number.is_least else number.value

    lines = {line.code: word(line) for line in (*table.lines, table.rest, table.total)}
    return {code: value for code, value in lines.items() if value != 0}


def test_a_small_departement_is_hidden_and_one_more_of_its_region(desk: TableDesk) -> None:
    assert told(asked(desk, By.DEPARTEMENT)) == {"75": 400, "77": None, "78": None, "974": 70, "total": 533}


def test_who_is_inside_sees_all_of_it(desk: TableDesk) -> None:
    inside = told(asked(desk, By.DEPARTEMENT, reader=INSIDE))
    assert inside == {"75": 400, "77": 60, "78": 3, "974": 70, "total": 533}


def test_another_breakdown_does_not_give_it_back(desk: TableDesk) -> None:
    assert told(asked(desk, By.REGION)) == {"11": 463, "04": 70, "total": 533}
    assert told(asked(desk, By.CHANNEL)) == {"desk": 460, "pharmacy": 73, "total": 533}


def test_a_departement_that_is_its_region_takes_the_region_along(site: CentralSite, desk: TableDesk) -> None:
    count(site, "2026-08-03", "974", "pharmacy", 4)
    count(site, "2026-08-03", "75", "desk", 400)
    count(site, "2026-08-03", "33", "desk", 90)
    by_region, by_departement = (told(asked(desk, by, "2026-08")) for by in (By.REGION, By.DEPARTEMENT))
    assert by_region == {"11": 400, "75": None, "04": None, "total": 494}
    assert by_departement == {"75": 400, "33": None, "974": None, "total": 494}


def test_all_time_adds_up_what_months_show_and_says_what_is_missing(desk: TableDesk) -> None:
    table = told(asked(desk, By.DEPARTEMENT, EVER.name))
    assert table == {"75": 500, "77": ">=0", "78": ">=0", "974": 70, "total": 633}


def test_a_month_under_way_is_in_nothing(desk: TableDesk) -> None:
    assert told(asked(desk, By.TOTAL, "2026"))["total"] == 633
    with pytest.raises(QuestionError, match="over"):
        asked(desk, By.TOTAL, "2026-11")


@pytest.mark.parametrize("name", ["2026-10-05", "2026-W41"])
def test_days_and_weeks_are_not_given(desk: TableDesk, name: str) -> None:
    with pytest.raises(QuestionError, match="whole months") as refused:
        asked(desk, By.TOTAL, name)
    assert refused.value.status == 403


@pytest.mark.parametrize("by", [By.OFFICE, By.TERMINAL, By.SUB_CHANNEL])
def test_offices_terminals_and_sub_channels_are_not_given(desk: TableDesk, by: By) -> None:
    with pytest.raises(QuestionError):
        asked(desk, by)


@pytest.mark.parametrize("measure", [Measure.CENTS_ACCRUED, Measure.CENTS_HELD, Measure.QUARANTINED])
def test_money_tells_openings_to_the_unit_and_is_not_given(desk: TableDesk, measure: Measure) -> None:
    with pytest.raises(QuestionError):
        asked(desk, By.TOTAL, measure=measure)


def test_a_region_alone_is_not_given(desk: TableDesk) -> None:
    with pytest.raises(QuestionError, match="whole country"):
        asked(desk, By.TOTAL, reader=Reader("11", is_outside=True))


def test_a_series_of_months_shows_each_as_the_month_alone_does(desk: TableDesk) -> None:
    months = series(Step.MONTH, date(2026, 9, 1), date(2026, 10, 31))
    table = desk.table(OUTSIDE, Question(measure=OPENED, by=By.DEPARTEMENT, periods=months))
    lines = {line.code: [number.value for number in line.numbers] for line in table.lines}
    assert (lines["75"], lines["77"], lines["78"]) == ([100, 400], [0, None], [0, None])


def test_what_no_region_accounts_for_is_hidden_when_it_is_small(site: CentralSite, desk: TableDesk) -> None:
    site.count(OPENED, "2026-10-06", Place("auto", "letter", "", "", "", ""), 2)
    table = told(asked(desk, By.REGION))
    assert table["unattributed"] is None
    assert table["total"] == 535
    assert sum(value is None for value in table.values()) > 1
