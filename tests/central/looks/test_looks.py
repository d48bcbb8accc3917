"""A look at a record: with a reason, in the audit, without a person; and no page of any role that names one."""

from __future__ import annotations

import html
import uuid

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from central.audit.models import audit_entries
from central.engine import reading
from central.intake.models import records
from central.staff.permissions import Role
from tests.central.web_site import PHARMACY, CentralSite
from tests.fakes.terminal import fictitious_nir, id_of

CANARIES = ("SPÉCIMEN", "LÉA", "lea.specimen", "exemple.fr", fictitious_nir(1).compact)


@pytest.fixture
def record(site: CentralSite) -> uuid.UUID:
    """The number of an enrolment that arrived from a pharmacy; somebody of every role is there."""
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    terminal.enrol(1, at=site.clock.now)
    assert site.send(terminal).status_code == 200
    for role in Role:
        site.manager(role.name.replace("_", "-"), "04" if role is Role.REGIONAL_MANAGER else None, role=role)
    with reading(site.engine) as connection:
        return uuid.UUID(bytes=connection.execute(select(records.c.record_id)).scalar_one())


def look(
    site: CentralSite, record: object, reason: str = "bonus_contested", name: str = "BONUS-OFFICER"
) -> TestResponse:
    browser = site.browser()
    browser.sign_in(name)
    return browser.post("/enregistrement", "/enregistrement", record=str(record), reason=reason)


def looked_at(site: CentralSite) -> list[tuple[bytes, str, int, str | None]]:
    with reading(site.engine) as connection:
        query = select(audit_entries).where(audit_entries.c.tag == "record:looked_at")
        return [(row.subject, row.actor, row.at_ms, row.detail) for row in connection.execute(query)]


def test_what_became_of_a_record_is_shown(site: CentralSite, record: uuid.UUID) -> None:
    page = html.unescape(look(site, record).text).replace("\u202f", " ").replace("\u00a0", " ")
    shown = (str(record), "PHARM-974-01-A", "inscription", "ouvert", "à activer", "acquise", "1,00 €")
    assert [word for word in shown if word not in page] == []


def test_each_look_is_in_the_audit_with_who_when_which_and_why(site: CentralSite, record: uuid.UUID) -> None:
    look(site, record)
    look(site, record, "audit", "AUDITOR")
    at = int(site.clock.now.timestamp() * 1000)
    assert looked_at(site) == [
        (record.bytes, "manager:BONUS-OFFICER", at, "bonus_contested"),
        (record.bytes, "manager:AUDITOR", at, "audit"),
    ]


def test_why_it_pays_is_said_with_rule_operator_and_the_doubt_of_its_time(site: CentralSite, record: uuid.UUID) -> None:
    page = html.unescape(look(site, record).text)
    shown = ("La première ouverture de cette personne", "pharmacy-opening-2018", "PHARMA-01", "au plus tôt")
    assert [word for word in shown if word not in page] == []


def test_why_a_second_enrolment_pays_nothing_is_said(site: CentralSite) -> None:
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    terminal.enrol(1, at=site.clock.now)
    second = terminal.enrol(1, at=site.clock.now)
    assert site.send(terminal).status_code == 200
    site.manager("BONUS-OFFICER", role=Role.BONUS_OFFICER)
    page = html.unescape(look(site, uuid.UUID(bytes=id_of(second))).text)
    assert "Cette personne avait un dossier" in page


@pytest.mark.parametrize("reason", ["", "curiosity", "LÉA SPÉCIMEN"])
def test_nobody_looks_without_one_of_the_reasons(site: CentralSite, record: uuid.UUID, reason: str) -> None:
    answer = look(site, record, reason)
    assert (answer.status_code, looked_at(site)) == (400, [])
    assert "acquise" not in answer.text


@pytest.mark.parametrize(("number", "status"), [("", 400), ("x" * 36, 400), (uuid.UUID(int=9), 404)])
def test_a_number_of_no_record_shows_and_writes_nothing(
    site: CentralSite, record: uuid.UUID, number: object, status: int
) -> None:
    assert (look(site, number).status_code, looked_at(site)) == (status, [])


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_no_page_of_any_role_holds_a_word_of_a_person(site: CentralSite, record: uuid.UUID, role: Role) -> None:
    browser = site.browser()
    browser.sign_in(role.name.replace("_", "-"))
    paths = ["/tableau", "/tableau/vivant", "/bornes", "/compte", "/enregistrement"]
    paths += ["/bornes/PHARM-974-01-A", f"/points/{PHARMACY.office}"]
    pages = [html.unescape(browser.get(path).text) for path in paths]
    pages.append(html.unescape(look(site, record, name=role.name.replace("_", "-")).text))
    assert not [(canary, page) for page in pages for canary in CANARIES if canary in page]


def test_neither_log_nor_audit_holds_a_word_of_a_person(
    site: CentralSite, record: uuid.UUID, caplog: pytest.LogCaptureFixture
) -> None:
    look(site, record)
    with reading(site.engine) as connection:
        written = repr(connection.execute(select(audit_entries)).all()) + caplog.text
    assert not [canary for canary in CANARIES if canary in written or canary.encode().hex() in written]
