"""Invariant 10: no NIR, name, code or contact in a log, a URL, a metric or an error page."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from tests.town.canaries import code_on, of_code, of_person, seen_in, spelled
from tests.town.crowd import person
from tests.town.town import HALL, MANAGER, MANAGER_PASSWORD, PHARMACY, Town
from tests.town.visitor import Wishes
from tests.waiting import wait_for

pytestmark = pytest.mark.processes
EMAIL, MOBILE = "canari.dix@exemple.fr", "0698765432"
SCANNED = "CANARI-APCV-7F3A90C2D4E1"
WORDS = {word for text in (EMAIL, MOBILE, "+33698765432", SCANNED) for word in spelled(text)}


@pytest.fixture(scope="module")
def used_town(town: Town) -> Iterator[Town]:
    """Enrolments, refusals, wrong cards, mistyped contacts and a scanned code at both terminals."""
    town.start()
    town.visit(HALL).wait_for("attract")
    assert town.visit(HALL).touch("scan", code=SCANNED).is_redirect
    wait_for("the scan is answered", lambda: town.visit(HALL).offers("hint"))
    wishes = Wishes(email=EMAIL, mobile=MOBILE)
    assert town.visit(PHARMACY).enrol("crowd-110", wishes) == "done"
    assert town.visit(HALL).enrol("crowd-111", wishes) == "thanks"
    assert town.visit(HALL).enrol("crowd-112", Wishes(creation=False)) == "refused"
    visitor = town.visit(PHARMACY)
    visitor.up_to("contact", card="crowd-113")
    visitor.touch("contact", email=f"{EMAIL}@", mobile=MOBILE + "00")
    visitor.pull()
    town.wait_until_all_is_sent()
    return town


def people() -> set[bytes]:
    return {word for number in range(110, 114) for word in of_person(number)}


def test_invariant_10_no_log_tells_of_a_person(used_town: Town) -> None:
    words = people() | WORDS | of_code(code_on(used_town.papers()))
    assert seen_in(used_town.folder / "logs", words) == []


def test_invariant_10_a_scanned_code_is_on_no_page(used_town: Town) -> None:
    page = used_town.visit(HALL).page().encode()
    assert not any(word in page for word in spelled(SCANNED))


def test_invariant_10_no_disk_of_anybody_shows_a_person_in_clear(used_town: Town) -> None:
    assert seen_in(used_town.folder, people() | WORDS, except_in=used_town.in_peoples_hands) == []


def hostile_requests(town: Town) -> list[httpx2.Response]:
    """Requests that carry a canary where it does not belong, to every service."""
    nir, name = person(110).number, person(110).family_name
    answers = []
    for actor in (town.central, town.vault, town.hall):
        base = actor.address
        for method, path, body in (
            ("GET", f"/{nir}", None),
            ("GET", f"/activation/{name}", None),
            ("POST", "/v1/batches", name.encode() * 50),
            ("POST", "/v1/status", nir.encode()),
            ("POST", "/v1/hand-over", nir.encode()),
            ("POST", "/activation", f"locator={nir}&code={name}&csrf=x".encode()),
            ("POST", "/connexion", f"name={nir}&password={name}&csrf=x".encode()),
            ("POST", f"/touch/{name}/choose", f"position={nir}".encode()),
            ("DELETE", "/", None),
        ):
            answers.append(httpx2.request(method, base + path, content=body, trust_env=False, timeout=20))
    return answers


def test_invariant_10_no_error_page_repeats_what_it_was_given(used_town: Town) -> None:
    answers = hostile_requests(used_town)
    refused = [answer for answer in answers if answer.status_code >= 400]
    assert len(refused) >= len(answers) / 2
    for answer in refused:
        assert not any(word in answer.content for word in of_person(110)), answer.request.method
    assert seen_in(used_town.folder / "logs", of_person(110)) == []


def test_invariant_10_no_service_fails_on_rubbish(used_town: Town) -> None:
    assert [answer.url.path for answer in hostile_requests(used_town) if answer.status_code >= 500] == []


def test_invariant_10_monitoring_is_told_of_no_person(used_town: Town) -> None:
    hostile_requests(used_town)
    for actor in (used_town.central, used_town.vault):
        for path in ("/metrics", "/readyz"):
            answer = httpx2.get(actor.address + path, trust_env=False, timeout=20)
            assert answer.status_code == 200
            assert not any(word in answer.content for word in people() | WORDS), path


def test_invariant_10_the_managers_page_shows_no_person(used_town: Town) -> None:
    from browser import Browser  # noqa: PLC0415 - the demo's screenless browser

    browser = Browser(used_town.central.address)
    try:
        browser.open("/connexion")
        fields = next(form for form in browser.page.forms if len(form.fields) >= 3)
        names = [name for name in fields.fields if name != "csrf"]
        answer = browser.post("/connexion", dict(zip(names, (MANAGER, MANAGER_PASSWORD), strict=False)))
        assert answer.status_code == 200
        assert "Comptes" in answer.text or "tableau" in str(answer.url)
        assert not any(word in answer.content for word in people() | WORDS)
    finally:
        browser.close()
