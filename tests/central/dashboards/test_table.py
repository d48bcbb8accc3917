"""The managers' table: what it counts, for whom, and what it never shows."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from central.counters.models import Measure
from central.counters.tally import Place
from central.dashboards.queries import LONGEST_LIST
from central.devices.models import devices, offices
from central.engine import writing
from central.enrolments.models import pending_ins
from central.handover.models import outbox
from central.intake.models import chain_incidents, quarantine
from tests.central.web_site import HALL, PHARMACY, CentralSite
from wire.identifiers import milliseconds

TODAY, YESTERDAY, LAST_MONTH = "2026-11-22", "2026-11-21", "2026-10-31"
IN_HALL = Place("desk", "hall_terminal", "11", "75", HALL.office, "HALL-75-01-A")
AT_COUNTER = Place("pharmacy", "counter", "04", "974", PHARMACY.office, "PHARM-974-01-A")
OPENED = Measure.DOSSIERS_OPENED


@pytest.fixture(autouse=True)
def _fleet(site: CentralSite) -> None:
    site.fleet(HALL, PHARMACY)
    site.registered("HALL-75-01-A", HALL.office)
    site.registered("PHARM-974-01-A", PHARMACY.office)
    site.manager("NATIONAL")
    site.manager("RESP-04", "04")


def seen_by(site: CentralSite, name: str = "NATIONAL", path: str = "/tableau") -> str:
    browser = site.browser()
    browser.sign_in(name)
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text).replace("\u202f", " ").replace("\xa0", " ")


def figure(page: str, key: str) -> str:
    found = re.search(rf'data-test="{key}">([^<]*)<', page)
    assert found is not None
    return found[1]


def cells(page: str, table: str, row: str) -> list[str]:
    """The cells of a row, by the words of its head."""
    body = page.split(f'data-test="{table}"', 1)[1].split("</table>", 1)[0]
    line = next(
        part for part in body.split("<tr") if re.search(rf'<th scope="row">(<(time|a) [^>]*>)?{re.escape(row)}<', part)
    )
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.DOTALL)]


def test_openings_are_told_by_today_month_and_in_all(site: CentralSite) -> None:
    for day, value in ((TODAY, 2), (YESTERDAY, 3), (LAST_MONTH, 1200)):
        site.count(OPENED, day, IN_HALL, value)
    page = seen_by(site)
    assert figure(page, "opened") == "1 205"
    four = ["2", "5", "5", "1 205"]
    assert cells(page, "channels", "Accueils de CPAM")[:5] == [*four, "100,0 %"]
    assert cells(page, "channels", "Bornes des accueils")[:4] == four
    assert cells(page, "regions", "Île-de-France")[:4] == four
    assert cells(page, "departements", "Paris")[:4] == four


def test_a_week_begins_on_monday_and_may_be_of_two_months(site: CentralSite) -> None:
    site.clock.now = datetime.fromisoformat("2026-12-01T09:00:00+00:00")  # a Tuesday
    for day, value in (("2026-12-01", 1), ("2026-11-30", 20), ("2026-11-29", 300)):
        site.count(OPENED, day, IN_HALL, value)
    assert cells(seen_by(site), "channels", "Accueils de CPAM")[:4] == ["1", "21", "1", "321"]


def test_one_goes_from_the_country_to_an_office_by_region_and_departement(site: CentralSite) -> None:
    site.count(OPENED, TODAY, IN_HALL, 7)
    country, region = seen_by(site), seen_by(site, path="/tableau?region=11")
    departement = seen_by(site, path="/tableau?departement=75")
    assert 'href="/tableau?region=11"' in country
    assert 'href="/tableau?departement=75"' in region
    assert f'href="/points/{HALL.office}"' in departement
    assert [figure(page, "opened") for page in (country, region, departement)] == ["7", "7", "7"]
    assert cells(departement, "offices", HALL.name)[0] == "7"


def test_an_office_tells_what_each_of_its_terminals_opened(site: CentralSite) -> None:
    site.count(OPENED, LAST_MONTH, IN_HALL, 3)
    site.count(OPENED, TODAY, IN_HALL, 7)
    page = seen_by(site, path=f"/points/{HALL.office}")
    assert cells(page, "points", "HALL-75-01-A")[:4] == ["7", "7", "7", "10"]


@pytest.mark.parametrize("path", ["/tableau?region=11", "/tableau?departement=75"])
def test_each_level_tells_its_channels_and_sub_channels(site: CentralSite, path: str) -> None:
    site.count(OPENED, TODAY, IN_HALL, 7)
    site.count(OPENED, LAST_MONTH, IN_HALL, 3)
    page = seen_by(site, path=path)
    assert cells(page, "channels", "Accueils de CPAM")[:4] == ["7", "7", "7", "10"]
    assert cells(page, "channels", "Bornes des accueils")[:4] == ["7", "7", "7", "10"]
    assert cells(page, "channels", "Comptoirs")[:4] == ["0", "0", "0", "0"]


@pytest.mark.parametrize("path", ["/tableau?region=99", "/tableau?departement=20", "/tableau?region=04&departement=75"])
def test_an_area_that_is_none_is_not_found(site: CentralSite, path: str) -> None:
    browser = site.browser()
    browser.sign_in("NATIONAL")
    assert browser.get(path).status_code == 404


def test_the_offices_of_a_large_departement_go_on_on_the_next_sheet(site: CentralSite) -> None:
    with writing(site.engine) as connection:
        rows = [_office(number) for number in range(LONGEST_LIST)]
        connection.execute(insert(offices), rows)
    first, second = (seen_by(site, path=f"/tableau?departement=75&feuille={sheet}") for sheet in (1, 2))
    assert ("Lieux suivants" in first, "Lieux précédents" in first) == (True, False)
    assert ("Lieux suivants" in second, "Lieux précédents" in second) == (False, True)
    assert first.count('<a id="pCPAM') + first.count('<a id="pPHARM') == LONGEST_LIST
    assert second.count('<a id="pPHARM') == 1


@pytest.mark.parametrize("sheet", ["0", "-1", "x", "10000", "1e3", ""])
def test_a_sheet_that_is_none_is_the_first(site: CentralSite, sheet: str) -> None:
    assert HALL.name in seen_by(site, path=f"/tableau?departement=75&feuille={sheet}")


def test_shares_are_of_the_period_chosen(site: CentralSite) -> None:
    site.count(OPENED, LAST_MONTH, IN_HALL, 90)
    site.count(OPENED, TODAY, AT_COUNTER, 10)
    assert cells(seen_by(site), "channels", "Pharmacies")[4] == "10,0 %"
    assert cells(seen_by(site, path="/tableau?periode=jour"), "channels", "Pharmacies")[4] == "100,0 %"


def test_openings_of_no_place_have_their_own_line_under_the_regions(site: CentralSite) -> None:
    site.count(OPENED, TODAY, Place("auto", "letter", "", "", "", ""), 2)
    site.count(OPENED, TODAY, IN_HALL, 8)
    page = seen_by(site)
    assert cells(page, "regions", "Sans lieu connu")[4] == "20,0 %"
    assert cells(page, "departements", "Sans lieu connu")[0] == "2"


def test_every_departement_has_its_square_and_a_region_only_its_own(site: CentralSite) -> None:
    site.count(OPENED, TODAY, AT_COUNTER, 5)
    country, mine = seen_by(site), seen_by(site, "RESP-04")
    assert country.count('<li class="c') == 101
    assert 'title="La Réunion : 5"' in country
    assert mine.count('<li class="c') == 1
    assert '<li class="c1 r1 s5"><a id="t974"' in mine


def test_the_target_is_said_with_what_is_left_and_how_the_date_was_reckoned(site: CentralSite) -> None:
    for back in range(1, 9):
        site.count(OPENED, (date(2026, 11, 16) - timedelta(weeks=back)).isoformat(), IN_HALL, 100_000)
    page = seen_by(site)
    assert "Objectif national : 40 000 000 dossiers" in page
    assert "2,0 %</strong> atteints, il en reste 39 200 000." in page
    assert "Vers mai 2034." in page
    assert "8 dernières semaines entières : entre 100 000" in page


def test_a_local_target_is_shown_with_its_source_where_one_was_published(site: CentralSite) -> None:
    assert "Objectif du département : 800 000 dossiers" in seen_by(site, path="/tableau?departement=94")
    assert 'data-test="goal"' not in seen_by(site, path="/tableau?departement=75")


def test_a_page_that_would_say_the_same_is_not_sent_again(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("NATIONAL")
    found = re.search(r'name="vu" value="([0-9a-f]+)"', browser.get("/tableau").text)
    assert found is not None
    site.clock.pass_by(seconds=5)
    assert browser.get(f"/tableau/vivant?vu={found[1]}").status_code == 204
    site.count(OPENED, TODAY, IN_HALL, 1)
    assert browser.get(f"/tableau/vivant?vu={found[1]}").status_code == 200


def test_each_of_the_last_thirty_days_has_its_line(site: CentralSite) -> None:
    site.count(OPENED, TODAY, IN_HALL, 2)
    site.count(Measure.REFUSALS, YESTERDAY, AT_COUNTER, 4)
    page = seen_by(site)
    assert cells(page, "series", "dimanche 22 novembre") == ["2", "0"]
    assert cells(page, "series", "samedi 21 novembre") == ["0", "4"]
    assert page.split('data-test="series"')[1].split("</table>")[0].count('<th scope="row">') == 30


@pytest.mark.parametrize(
    ("grain", "line", "count"),
    [("semaine", "semaine du 16 novembre", ["5", "4"]), ("mois", "octobre 2026", ["7", "0"])],
)
def test_the_series_is_told_by_week_and_by_month(site: CentralSite, grain: str, line: str, count: list[str]) -> None:
    for day, value in ((TODAY, 2), (YESTERDAY, 3), (LAST_MONTH, 7)):
        site.count(OPENED, day, IN_HALL, value)
    site.count(Measure.REFUSALS, YESTERDAY, AT_COUNTER, 4)
    assert cells(seen_by(site, path=f"/tableau?pas={grain}"), "series", line) == count


def test_what_no_known_channel_accounts_for_has_its_own_line_and_shares_are_not_rescaled(site: CentralSite) -> None:
    pigeon = Place("carrier_pigeon", "loft", "11", "75", HALL.office, "HALL-75-01-A")
    site.count(OPENED, TODAY, IN_HALL, 90)
    site.count(OPENED, TODAY, AT_COUNTER, 8)
    site.count(OPENED, TODAY, pigeon, 2)
    page = seen_by(site)
    shares = [cells(page, "channels", row)[4] for row in ("Accueils de CPAM", "Pharmacies", "Non attribué")]
    assert shares == ["90,0 %", "8,0 %", "2,0 %"]


def test_the_unattributed_line_stands_there_even_at_zero(site: CentralSite) -> None:
    assert cells(seen_by(site), "channels", "Non attribué")[:5] == ["0", "0", "0", "0", "–"]  # noqa: RUF001 - French


def test_sums_are_in_euros_to_the_cent(site: CentralSite) -> None:
    site.count(Measure.CENTS_ACCRUED, TODAY, AT_COUNTER, 123_400)
    site.count(Measure.CENTS_ACCRUED, TODAY, AT_COUNTER, 5)
    site.count(Measure.CENTS_HELD, TODAY, AT_COUNTER, 100)
    page = seen_by(site)
    assert figure(page, "accrued") == "1 234,05 €"
    assert "1,00 € en attente de contrôle" in page


def test_refusals_and_activated_accounts_are_counted(site: CentralSite) -> None:
    site.count(Measure.REFUSALS, TODAY, IN_HALL, 3)
    site.count(Measure.ACCOUNTS_ACTIVATED, TODAY, IN_HALL, 4)
    page = seen_by(site)
    assert (figure(page, "refused"), figure(page, "activated")) == ("3", "4")


def test_what_waits_for_somebody_is_counted(site: CentralSite) -> None:
    now = milliseconds(site.clock.now)
    with writing(site.engine) as connection:
        for number, state in enumerate(("waiting", "waiting", "dead")):
            connection.execute(insert(outbox).values(_queued(number, state, "HALL-75-01-A", now - 1_200_000)))
        connection.execute(insert(quarantine).values(_set_aside(1, "HALL-75-01-A", now)))
        connection.execute(insert(quarantine).values(_set_aside(2, "HALL-75-01-A", now) | {"settled_ms": now}))
        connection.execute(insert(chain_incidents).values(_gap("HALL-75-01-A", now)))
    page = seen_by(site)
    keys = ("outbox", "outbox_refused", "quarantined", "incidents", "silent")
    assert [figure(page, key) for key in keys] == ["2", "1", "1", "1", "0"]
    assert "depuis 20 min" in page


def test_a_terminal_that_says_nothing_for_three_days_is_called_silent(site: CentralSite) -> None:
    site.clock.pass_by(days=3, seconds=1)
    with writing(site.engine) as connection:
        now = milliseconds(site.clock.now)
        connection.execute(update(devices).where(devices.c.terminal_id == "HALL-75-01-A").values(last_seen_ms=now))
    assert figure(seen_by(site), "silent") == "1"


def test_a_revoked_terminal_is_neither_shown_nor_silent(site: CentralSite) -> None:
    site.revoke("PHARM-974-01-A")
    site.revoke("HALL-75-01-A")
    site.clock.pass_by(days=4)
    page = seen_by(site)
    assert "PHARM-974-01-A" not in page
    assert figure(page, "silent") == "0"


@pytest.mark.parametrize("path", ["/tableau", "/tableau/vivant"])
def test_a_regional_manager_sees_their_region_and_nothing_of_another(site: CentralSite, path: str) -> None:
    now = milliseconds(site.clock.now)
    site.count(OPENED, TODAY, IN_HALL, 777)
    site.count(OPENED, TODAY, AT_COUNTER, 5)
    with writing(site.engine) as connection:
        connection.execute(insert(outbox).values(_queued(1, "waiting", "HALL-75-01-A", now)))
        connection.execute(insert(quarantine).values(_set_aside(1, "HALL-75-01-A", now)))
        connection.execute(insert(quarantine).values(_set_aside(2, "PHARM-974-01-A", now)))
        connection.execute(insert(chain_incidents).values(_gap("HALL-75-01-A", now)))
    page = seen_by(site, "RESP-04", path)
    assert "La Réunion" in page
    assert figure(page, "opened") == "5"
    assert cells(page, "channels", "Pharmacies")[3] == "5"
    assert cells(page, "channels", "Accueils de CPAM")[3] == "0"
    assert [figure(page, key) for key in ("outbox", "quarantined", "incidents")] == ["0", "1", "0"]
    assert not [word for word in ("777", "Beauvau", "HALL-75", "CPAM-75", "Paris :") if word in page]


def test_the_region_cannot_be_chosen_in_the_address(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-04")
    assert browser.get("/tableau?region=11").status_code == 404
    assert browser.get("/tableau?region=04").status_code == 200


def test_a_manager_moved_to_another_region_sees_it_at_the_next_sign_in_only(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-04")
    site.manager("RESP-04", "11")
    assert browser.get("/tableau").status_code == 302
    assert "Beauvau" in seen_by(site, "RESP-04", "/tableau?departement=75")


def test_the_day_is_that_of_paris(site: CentralSite) -> None:
    site.clock.now = site.clock.now.replace(hour=23, minute=30)  # half past midnight in Paris, the 23rd
    site.count(OPENED, "2026-11-23", IN_HALL, 6)
    assert cells(seen_by(site), "channels", "Accueils de CPAM")[0] == "6"


def test_the_page_renews_itself_by_htmx_without_eval_or_inline_style(site: CentralSite) -> None:
    page = seen_by(site)
    assert '"allowEval": false' in page
    assert '"includeIndicatorStyles": false' in page
    assert 'hx-get="/tableau/vivant?periode=tout&pas=jour" hx-include="#live-version" hx-trigger="every 5s"' in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=", page)
    assert "<html" not in seen_by(site, path="/tableau/vivant")


def test_every_table_says_to_a_screen_reader_what_it_holds(site: CentralSite) -> None:
    page = seen_by(site)
    tables = page.split("<table")[1:]
    assert len(tables) == 6
    assert 'alt="Colonnes : dossiers ouverts sur 30 jours' in page
    assert all("<caption>" in table.split("</table>")[0] for table in tables)
    assert all(f'id="{name}"' in page for name in re.findall(r'aria-labelledby="([^"]+)"', page))
    assert all('aria-hidden="true"' in drawing.split(">")[0] for drawing in page.split("<svg")[1:])


def _office(number: int) -> dict[str, object]:
    return {
        "office_id": f"PHARM-75-{number}",
        "name": f"Pharmacie {number:03d}",
        "lines": "[]",
        "kind": "pharmacy",
        "departement": "75",
        "region": "11",
        "created_ms": 0,
    }


def _queued(number: int, state: str, terminal: str, at: int) -> dict[str, object]:
    return {
        "queued_ms": at,
        "dossier_id": bytes([number]) * 16,
        "record_id": bytes([number]) * 16,
        "action": "open",
        "terminal_id": terminal,
        "vault": b"",
        "state": state,
        "attempts": 0,
        "next_ms": at,
    }


def _set_aside(number: int, terminal: str, at: int) -> dict[str, object]:
    return {"record_id": bytes([number]) * 16, "reason": "seal", "terminal_id": terminal, "received_ms": at}


def _gap(terminal: str, at: int) -> dict[str, object]:
    return {
        "terminal_id": terminal,
        "kind": "gap",
        "sequence": 3,
        "evidence": b"e" * 32,
        "times": 1,
        "first_ms": at,
        "last_ms": at,
    }


def test_those_who_came_back_have_their_own_table(site: CentralSite) -> None:
    site.count(Measure.CODE_REISSUES, TODAY, AT_COUNTER, 2)
    site.count(Measure.CODE_REISSUES, LAST_MONTH, AT_COUNTER, 40)
    site.count(Measure.CLOSURES, TODAY, IN_HALL)
    page = seen_by(site)
    assert cells(page, "returning", "Nouveaux codes") == ["2", "2", "2", "42"]
    assert cells(page, "returning", "Fermetures") == ["1", "1", "1", "1"]
    assert cells(page, "returning", "Oppositions") == ["0", "0", "0", "0"]


def test_a_region_sees_its_own_returns_only(site: CentralSite) -> None:
    site.count(Measure.REACTIVATIONS, TODAY, IN_HALL)
    site.count(Measure.REACTIVATIONS, TODAY, AT_COUNTER, 3)
    assert cells(seen_by(site, "RESP-04"), "returning", "Réactivations") == ["3", "3", "3", "3"]


def test_openings_of_no_terminal_stand_under_their_own_channel(site: CentralSite) -> None:
    site.count(OPENED, TODAY, Place("auto", "letter", "", "", "", ""), 5)
    page = seen_by(site)
    assert cells(page, "channels", "Ouverture automatique")[:3] == ["5", "5", "5"]
    assert cells(seen_by(site, "RESP-04"), "channels", "Ouverture automatique")[:3] == ["0", "0", "0"]


def test_children_without_a_number_wait_for_somebody(site: CentralSite) -> None:
    row = {"record_id": bytes(16), "terminal_id": "HALL-75-01-A", "received_ms": 0}
    with writing(site.engine) as connection:
        connection.execute(insert(pending_ins), row)
    assert (figure(seen_by(site), "numbers"), figure(seen_by(site, "RESP-04"), "numbers")) == ("1", "0")
