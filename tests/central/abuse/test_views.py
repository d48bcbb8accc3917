"""The bonus officer's pages: the list, a case and what it rests on, and a decision that is made once."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from central.audit.models import audit_entries
from central.engine import reading
from central.intake.models import records
from central.ledger.models import ledger_entries
from central.staff.permissions import Role
from tests.central.abuse.filing import file_case
from tests.central.web_site import PHARMACY, Browser, CentralSite, words
from tests.fakes.terminal import fictitious_nir


@pytest.fixture
def opened(site: CentralSite) -> CentralSite:
    """Two openings at a pharmacy; a bonus officer and an auditor."""
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    for person in (1, 2):
        terminal.enrol(person, at=site.clock.now)
    assert site.send(terminal).status_code == 200
    site.manager("PRIMES", role=Role.BONUS_OFFICER)
    site.manager("AUDIT", role=Role.AUDITOR)
    return site


def signed_in(site: CentralSite, name: str = "PRIMES") -> Browser:
    browser = site.browser()
    browser.sign_in(name)
    return browser


def decide(browser: Browser, case: str, finding: str) -> TestResponse:
    return browser.post(f"/controles/{case}/decision", f"/controles/{case}", finding=finding)


def owed(site: CentralSite) -> int:
    with reading(site.engine) as connection:
        return sum(connection.execute(select(ledger_entries.c.owed)).scalars())


def audited(site: CentralSite) -> list[tuple[str, str, str | None]]:
    with reading(site.engine) as connection:
        query = select(audit_entries).where(audit_entries.c.tag.like("abuse:%")).order_by(audit_entries.c.number)
        return [(row.tag, row.actor, row.detail) for row in connection.execute(query)]


def test_the_list_says_what_was_counted_where_and_whether_money_waits(opened: CentralSite) -> None:
    file_case(opened, "bursts", "18", 120)
    file_case(opened, "at_night", "4 2026-11-21", 66)
    page = words(signed_in(opened).get("/controles"))
    shown = ("Rafale", PHARMACY.name, "18 ouvertures en dix minutes", "120 %", "retenues", "payables")
    assert [word for word in shown if word not in page] == []
    assert page.index("120 %") < page.index("66 %")


def test_a_case_shows_each_opening_with_its_record_and_no_person(opened: CentralSite) -> None:
    case = file_case(opened, "bursts", "18", 120)
    page = words(signed_in(opened).get(f"/controles/{case}"))
    with reading(opened.engine) as connection:
        numbers = [str(uuid.UUID(bytes=one)) for one in connection.execute(select(records.c.record_id)).scalars()]
    assert [number for number in numbers if number not in page] == []
    assert "2,00 €" in page
    assert not [one for one in ("SPÉCIMEN", "LÉA", fictitious_nir(1).compact) if one in page]


def test_each_look_at_a_case_is_in_the_audit(opened: CentralSite) -> None:
    case = file_case(opened, "bursts", "18", 120)
    signed_in(opened, "AUDIT").get(f"/controles/{case}")
    assert audited(opened)[-1] == ("abuse:looked_at", "manager:AUDIT", None)


@pytest.mark.parametrize(
    ("finding", "to_pay", "said"), [("on_duty", 200, "abuse:cleared"), ("not_present", 0, "abuse:confirmed")]
)
def test_a_decision_pays_or_takes_back_and_names_who_decided(
    opened: CentralSite, finding: str, to_pay: int, said: str
) -> None:
    case = file_case(opened, "bursts", "18", 120)
    assert owed(opened) == 0
    browser = signed_in(opened)
    answer = decide(browser, case, finding)
    assert (answer.status_code, answer.location, owed(opened)) == (303, f"/controles/{case}", to_pay)
    assert (said, "manager:PRIMES", finding) in audited(opened)
    page = words(browser.get(f"/controles/{case}"))
    assert "par PRIMES" in page
    assert "Votre décision" not in page
    assert "Aucun contrôle" in words(browser.get("/controles"))


def test_a_second_decision_changes_nothing_and_says_so(opened: CentralSite) -> None:
    case = file_case(opened, "bursts", "18", 120)
    browser = signed_in(opened)
    browser.get(f"/controles/{case}")
    decide(browser, case, "on_duty")
    token = browser.get("/compte").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    answer = browser.client.post(
        f"/controles/{case}/decision",
        data={"csrf": token, "finding": "not_present"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert (answer.status_code, owed(opened)) == (409, 200)
    assert "être décidé" in words(answer)


@pytest.mark.parametrize("finding", ["", "because", "LÉA SPÉCIMEN"])
def test_nothing_is_decided_without_one_of_the_findings(opened: CentralSite, finding: str) -> None:
    case = file_case(opened, "bursts", "18", 120)
    answer = decide(signed_in(opened), case, finding)
    assert (answer.status_code, owed(opened)) == (400, 0)


def test_an_auditor_sees_and_cannot_decide(opened: CentralSite) -> None:
    case = file_case(opened, "bursts", "18", 120)
    browser = signed_in(opened, "AUDIT")
    assert "Votre décision" not in words(browser.get(f"/controles/{case}"))
    assert browser.post(f"/controles/{case}/decision", "/compte", finding="on_duty").status_code == 403
    assert owed(opened) == 0


def test_a_case_that_is_not_there_shows_and_writes_nothing(opened: CentralSite) -> None:
    browser = signed_in(opened)
    nowhere = uuid.UUID(int=9)
    assert browser.get(f"/controles/{nowhere}").status_code == 404
    assert browser.post(f"/controles/{nowhere}/decision", "/compte", finding="on_duty").status_code == 404
    assert audited(opened) == []
