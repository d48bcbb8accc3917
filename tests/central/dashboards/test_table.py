"""The managers' table: what it counts, for whom, and what it never shows."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import insert, update

from central.counters.models import Measure
from central.counters.tally import Place
from central.devices.models import devices
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
    return html.unescape(answer.text).replace("\u202f", " ")


def figure(page: str, key: str) -> str:
    found = re.search(rf'data-test="{key}">([^<]*)<', page)
    assert found is not None
    return found[1]


def cells(page: str, table: str, row: str) -> list[str]:
    """The cells of a row, by the words of its head."""
    body = page.split(f'data-test="{table}"', 1)[1].split("</table>", 1)[0]
    line = next(
        part for part in body.split("<tr") if re.search(rf'<th scope="row">(<time[^>]*>)?{re.escape(row)}<', part)
    )
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.DOTALL)]


def test_openings_are_told_by_today_month_and_in_all(site: CentralSite) -> None:
    for day, value in ((TODAY, 2), (YESTERDAY, 3), (LAST_MONTH, 1200)):
        site.count(OPENED, day, IN_HALL, value)
    page = seen_by(site)
    assert figure(page, "opened") == "1 205"
    assert cells(page, "channels", "Accueils de CPAM")[:4] == ["2", "5", "1 205", "100,0 %"]
    assert cells(page, "offices", HALL.name)[:3] == ["2", "5", "1 205"]
    assert cells(page, "terminals", "HALL-75-01-A")[:3] == ["2", "5", "1 205"]


def test_each_of_the_last_thirty_days_has_its_line(site: CentralSite) -> None:
    site.count(OPENED, TODAY, IN_HALL, 2)
    site.count(Measure.REFUSALS, YESTERDAY, AT_COUNTER, 4)
    page = seen_by(site)
    assert cells(page, "days", "dimanche 22 novembre") == ["2", "0"]
    assert cells(page, "days", "samedi 21 novembre") == ["0", "4"]
    assert page.split('data-test="days"')[1].split("</table>")[0].count('<th scope="row">') == 30


def test_what_no_known_channel_accounts_for_has_its_own_line_and_shares_are_not_rescaled(site: CentralSite) -> None:
    pigeon = Place("carrier_pigeon", "loft", "11", "75", HALL.office, "HALL-75-01-A")
    site.count(OPENED, TODAY, IN_HALL, 90)
    site.count(OPENED, TODAY, AT_COUNTER, 8)
    site.count(OPENED, TODAY, pigeon, 2)
    page = seen_by(site)
    shares = [cells(page, "channels", row)[3] for row in ("Accueils de CPAM", "Pharmacies", "Non attribué")]
    assert shares == ["90,0 %", "8,0 %", "2,0 %"]


def test_the_unattributed_line_stands_there_even_at_zero(site: CentralSite) -> None:
    assert cells(seen_by(site), "channels", "Non attribué")[:4] == ["0", "0", "0", "–"]  # noqa: RUF001 - French


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
    page = seen_by(site)
    assert "PHARM-974-01-A" not in page
    assert "HALL-75-01-A" in page


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
    assert cells(page, "channels", "Pharmacies")[2] == "5"
    assert cells(page, "channels", "Accueils de CPAM")[2] == "0"
    assert [figure(page, key) for key in ("outbox", "quarantined", "incidents")] == ["0", "1", "0"]
    assert not [word for word in ("777", "Beauvau", "HALL-75", "CPAM-75") if word in page]


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
    assert "Beauvau" in seen_by(site, "RESP-04")


def test_the_day_is_that_of_paris(site: CentralSite) -> None:
    site.clock.now = site.clock.now.replace(hour=23, minute=30)  # half past midnight in Paris, the 23rd
    site.count(OPENED, "2026-11-23", IN_HALL, 6)
    assert cells(seen_by(site), "channels", "Accueils de CPAM")[0] == "6"


def test_the_page_renews_itself_by_htmx_without_eval_or_inline_style(site: CentralSite) -> None:
    page = seen_by(site)
    assert '"allowEval": false' in page
    assert '"includeIndicatorStyles": false' in page
    assert 'hx-get="/tableau/vivant" hx-trigger="every 5s"' in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=", page)
    assert "<html" not in seen_by(site, path="/tableau/vivant")


def test_every_table_says_to_a_screen_reader_what_it_holds(site: CentralSite) -> None:
    page = seen_by(site)
    tables = page.split("<table")[1:]
    assert len(tables) == 6
    assert all("<caption>" in table.split("</table>")[0] for table in tables)
    assert all(f'id="{name}"' in page for name in re.findall(r'aria-labelledby="([^"]+)"', page))
    assert all('aria-hidden="true"' in drawing.split(">")[0] for drawing in page.split("<svg")[1:])


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
    assert cells(page, "returning", "Nouveaux codes") == ["2", "2", "42"]
    assert cells(page, "returning", "Fermetures") == ["1", "1", "1"]
    assert cells(page, "returning", "Oppositions") == ["0", "0", "0"]


def test_a_region_sees_its_own_returns_only(site: CentralSite) -> None:
    site.count(Measure.REACTIVATIONS, TODAY, IN_HALL)
    site.count(Measure.REACTIVATIONS, TODAY, AT_COUNTER, 3)
    assert cells(seen_by(site, "RESP-04"), "returning", "Réactivations") == ["3", "3", "3"]


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
