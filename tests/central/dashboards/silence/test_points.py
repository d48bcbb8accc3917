"""The list of points that need somebody: who is on it and why, what to do, and whose it is."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update

from central.counters.models import Measure
from central.counters.tally import Place
from central.dashboards.silence.reasons import Reason, fault_advice
from central.devices.models import conditions, devices
from central.engine import writing
from kiosk.enrolment.faults import TABLE, Severity
from tests.central.web_site import HALL, PHARMACY, CentralSite
from wire.identifiers import milliseconds

MINE, THEIRS = "HALL-75-01-A", "PHARM-974-01-A"
IN_HALL = Place("desk", "hall_terminal", "11", "75", HALL.office, MINE)


@pytest.fixture(autouse=True)
def _fleet(site: CentralSite) -> None:
    """Two terminals registered three weeks ago, heard of a moment ago, of which the hall's opened a dossier today."""
    site.fleet(HALL, PHARMACY)
    site.registered(MINE, HALL.office)
    site.registered(THEIRS, PHARMACY.office)
    site.clock.pass_by(days=21)
    for terminal in (MINE, THEIRS):
        heard(site, terminal, site.clock.now)
    site.count(Measure.DOSSIERS_OPENED, today(site), IN_HALL, 1)
    site.manager("NATIONAL")
    site.manager("RESP-11", "11")


def today(site: CentralSite, *, back: int = 0) -> str:
    return (site.clock.now - timedelta(days=back)).date().isoformat()


def heard(site: CentralSite, terminal: str, at: datetime) -> None:
    with writing(site.engine) as connection:
        values = {"last_seen_ms": milliseconds(at)}
        connection.execute(update(devices).where(devices.c.terminal_id == terminal).values(values))


def told(site: CentralSite, terminal: str, faults: str, *, enrols: bool) -> None:
    now = milliseconds(site.clock.now)
    row = {"terminal_id": terminal, "faults": faults, "enrols": enrols, "asked_ms": now, "changed_ms": now}
    with writing(site.engine) as connection:
        connection.execute(insert(conditions).values(row))


def page(site: CentralSite, name: str = "NATIONAL", path: str = "/points-a-suivre") -> str:
    browser = site.browser()
    browser.sign_in(name)
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def counts(shown: str) -> dict[str, int]:
    found = {reason.value: re.search(rf'data-test="{reason.value}">(\d+)<', shown) for reason in Reason}
    return {word: int(match[1]) for word, match in found.items() if match is not None and int(match[1])}


def listed(shown: str, reason: Reason) -> str:
    return shown.split(f'data-test="{reason.value}-list"')[1].split("</table>", maxsplit=1)[0]


def test_a_terminal_that_answers_and_opened_nothing_for_two_weeks_is_idle(site: CentralSite) -> None:
    shown = page(site)
    assert counts(shown) == {"sans-ouverture": 1}
    assert THEIRS in listed(shown, Reason.IDLE)


def test_an_opening_on_the_first_day_looked_at_keeps_a_terminal_off_the_list(site: CentralSite) -> None:
    counter = Place("pharmacy", "counter", "04", "974", PHARMACY.office, THEIRS)
    site.count(Measure.DOSSIERS_OPENED, today(site, back=14), counter)
    assert counts(page(site)) == {"sans-ouverture": 1}
    site.count(Measure.DOSSIERS_OPENED, today(site, back=13), counter)
    assert counts(page(site)) == {}


def test_a_terminal_registered_last_week_is_not_idle_yet(site: CentralSite) -> None:
    site.registered("HALL-75-01-B", HALL.office)
    site.clock.pass_by(days=2)
    heard(site, "HALL-75-01-B", site.clock.now)
    assert "HALL-75-01-B" not in page(site)


def test_a_terminal_not_heard_of_for_three_days_is_silent_and_nothing_else(site: CentralSite) -> None:
    told(site, THEIRS, "P-03", enrols=False)
    heard(site, THEIRS, site.clock.now - timedelta(days=3, seconds=1))
    shown = page(site)
    assert counts(shown) == {"muette": 1}
    assert "il y a 3 jours" in listed(shown, Reason.SILENT)


def test_a_terminal_without_paper_is_out_of_order_and_the_page_says_what_to_do(site: CentralSite) -> None:
    told(site, THEIRS, "P-03 N-01", enrols=False)
    shown = page(site)
    assert counts(shown) == {"arret": 1}
    assert "P-03</strong> Plus de papier : mettre un rouleau." in listed(shown, Reason.STOPPED)


def test_a_terminal_with_little_paper_is_to_be_seen_to(site: CentralSite) -> None:
    told(site, MINE, "P-02", enrols=True)
    assert "Bientôt plus de papier" in listed(page(site), Reason.FAULTY)


def test_a_terminal_that_says_it_is_well_is_on_no_list(site: CentralSite) -> None:
    told(site, MINE, "", enrols=True)
    assert MINE not in page(site)


def test_a_ticket_nobody_used_for_a_month_is_somebodys_business(site: CentralSite) -> None:
    site.ticket("HALL-75-01-B", HALL.office)
    site.clock.pass_by(days=30)
    assert "HALL-75-01-B" not in page(site)
    site.clock.pass_by(seconds=1)
    assert "HALL-75-01-B" in listed(page(site), Reason.AWAITED)


def test_a_revoked_terminal_is_on_no_list(site: CentralSite) -> None:
    told(site, THEIRS, "P-03", enrols=False)
    site.revoke(THEIRS)
    assert counts(page(site)) == {}


@pytest.mark.parametrize("path", ["/points-a-suivre", "/points-a-suivre/vivant"])
def test_a_regional_manager_sees_their_own_points(site: CentralSite, path: str) -> None:
    told(site, THEIRS, "P-03", enrols=False)
    told(site, MINE, "P-02", enrols=True)
    shown = page(site, "RESP-11", path)
    assert MINE in shown
    assert not [word for word in (THEIRS, PHARMACY.name, "P-03") if word in shown]


def test_every_fault_a_terminal_can_tell_of_has_its_advice() -> None:
    codes = [line.code for line in TABLE.values() if line.severity is not Severity.INFO]
    assert not [code for code in codes if fault_advice(code) == fault_advice("Z-99")]
