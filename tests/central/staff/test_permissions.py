"""Each role at each door, generated from the app's own routes and the one table; and what lies in another region."""

from __future__ import annotations

import re
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask
from sqlalchemy import insert
from werkzeug.test import TestResponse

from central.abuse.models import abuse_cases
from central.abuse.verdicts import Verdict
from central.app import OPEN_ENDPOINTS
from central.counters.models import Measure
from central.counters.tally import Place
from central.engine import writing
from central.intake.models import records
from central.staff import scope
from central.staff.permissions import FIRST_PAGE, PERMISSIONS, Role, may_open
from tests.central.web_site import HALL, PHARMACY, Browser, CentralSite
from tests.fakes.terminal import FakeTerminal

MINE, THEIRS = "HALL-75-01-A", "PHARM-974-01-A"
RECORD_OF = {MINE: uuid.UUID(int=1), THEIRS: uuid.UUID(int=2)}
CASE_OF = {MINE: uuid.UUID(int=3), THEIRS: uuid.UUID(int=4)}
ARGUMENTS = {"office_id": HALL.office, "terminal_id": MINE, "region": "11", "departement": "75"}
ELSEWHERE = {"office_id": PHARMACY.office, "terminal_id": THEIRS, "region": "04", "departement": "974"}
RAW = FakeTerminal(MINE, X25519PrivateKey.generate().public_key()).enrol(1)
LEAVING = {"staff.sign_out", "staff.sign_out_everywhere"}
FORM = {"looks.see": {"record": str(RECORD_OF[MINE]), "reason": "audit"}, "cases.decide": {"finding": "explained"}}
ARGUMENTS |= {"case_id": str(CASE_OF[MINE])}
ELSEWHERE |= {"case_id": str(CASE_OF[THEIRS])}
Door = tuple[str, str, str]  # endpoint, method, rule
DOORS: list[Door] = [
    ("home", "GET", "/"),
    ("staff.account", "GET", "/compte"),
    ("dashboards.table", "GET", "/tableau"),
    ("dashboards.live", "GET", "/tableau/vivant"),
    ("dashboards.chart", "GET", "/tableau/courbe.svg"),
    ("rollout.plan", "GET", "/deploiement"),
    ("silence.points", "GET", "/points-a-suivre"),
    ("silence.live", "GET", "/points-a-suivre/vivant"),
    ("points.fleet", "GET", "/bornes"),
    ("points.terminal", "GET", "/bornes/<terminal_id>"),
    ("points.office", "GET", "/points/<office_id>"),
    ("published.page", "GET", "/indicateur"),
    ("exports.page", "GET", "/exports"),
    ("exports.silent", "GET", "/exports/bornes.csv"),
    ("exports.silent", "GET", "/exports/bornes.xlsx"),
    ("exports.counts", "GET", "/exports/comptes.csv"),
    ("exports.counts", "GET", "/exports/comptes.xlsx"),
    ("exports.series", "GET", "/exports/serie.csv"),
    ("exports.series", "GET", "/exports/serie.xlsx"),
    ("exports.indicator", "GET", "/exports/indicateur.csv"),
    ("exports.indicator", "GET", "/exports/indicateur.xlsx"),
    ("api.counts", "GET", "/api/v1/counts"),
    ("api.series", "GET", "/api/v1/series"),
    ("api.silent_points", "GET", "/api/v1/silent-points"),
    ("api.indicator", "GET", "/api/v1/indicator-2.8.4"),
    ("cases.work_list", "GET", "/controles"),
    ("cases.case", "GET", "/controles/<uuid:case_id>"),
    ("cases.decide", "POST", "/controles/<uuid:case_id>/decision"),
    ("statements.month", "GET", "/releves"),
    ("statements.office", "GET", "/releves/<office_id>"),
    ("statements.as_pdf", "GET", "/releves/<office_id>/pdf"),
    ("statements.as_csv", "GET", "/releves/<office_id>/csv"),
    ("looks.ask", "GET", "/enregistrement"),
    ("looks.see", "POST", "/enregistrement"),
    ("staff.sign_out", "POST", "/deconnexion"),
    ("staff.sign_out_everywhere", "POST", "/deconnexion/partout"),
]


@pytest.fixture
def site(site: CentralSite) -> CentralSite:
    """Two regions with an office, a terminal, a record and a count each; somebody of every role."""
    site.fleet(HALL, PHARMACY)
    for terminal, office in ((MINE, HALL.office), (THEIRS, PHARMACY.office)):
        site.ticket(terminal, office)
        with writing(site.engine) as connection:
            connection.execute(insert(records).values(_record(RECORD_OF[terminal].bytes, terminal)))
            connection.execute(insert(abuse_cases).values(_case(CASE_OF[terminal].bytes, office)))
    opened, today = Measure.DOSSIERS_OPENED, "2026-11-22"
    site.count(opened, today, Place("desk", "hall", "11", "75", HALL.office, MINE), 777)
    site.count(opened, today, Place("pharmacy", "c", "04", "974", PHARMACY.office, THEIRS), 98_765)
    for role in Role:
        site.manager(role.name.replace("_", "-"), "11" if role is Role.REGIONAL_MANAGER else None, role=role)
    return site


def _record(record_id: bytes, terminal: str) -> dict[str, object]:
    return {
        "record_id": record_id,
        "record_hash": bytes(32),
        "kind": "enrolment",
        "terminal_id": terminal,
        "sequence": 1,
        "received_ms": 1,
        "counted_on": "2026-11-22",
        "raw": RAW,
    }


def _case(case_id: bytes, office: str) -> dict[str, object]:
    about = {"case_id": case_id, "score": "bursts", "office_id": office, "subject": office}
    return about | {"percent": 120, "figures": "18", "found_ms": 1, "verdict": Verdict.OPEN.value}


def signed_in(site: CentralSite, role: Role) -> Browser:
    browser = site.browser()
    assert browser.sign_in(role.name.replace("_", "-")).status_code == 303
    return browser


def address(rule: str, arguments: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: arguments[found[1]], rule)


def knock(browser: Browser, door: Door, arguments: dict[str, str] = ARGUMENTS) -> TestResponse:
    endpoint, method, rule = door
    path = address(rule, arguments)
    if method == "GET":
        return browser.get(path)
    return browser.post(path, "/compte", **FORM.get(endpoint, {}))


def closed_doors(app: Flask) -> set[Door]:
    return {
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in OPEN_ENDPOINTS
    }


def test_every_closed_door_is_tried_here_and_has_its_line_in_the_table(site: CentralSite) -> None:
    closed = closed_doors(site.app)
    assert closed == set(DOORS)
    assert {endpoint for endpoint, _, _ in closed} == set(PERMISSIONS)


def test_every_argument_of_an_address_is_one_that_can_be_placed_in_a_region(site: CentralSite) -> None:
    named = {argument for _, _, rule in DOORS for argument in re.findall(r"<(?:\w+:)?(\w+)>", rule)}
    assert named <= set(scope._PLACES)


# Every door in one test a role: a site of its own for each of hundreds of pairs would take minutes.


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_each_role_at_each_door(site: CentralSite, role: Role) -> None:
    answers = {door: knock(signed_in(site, role), door) for door in DOORS}
    assert {door: answer.status_code for door, answer in answers.items() if not is_right(answer, role, door)} == {}


def is_right(answer: TestResponse, role: Role, door: Door) -> bool:
    if role not in PERMISSIONS[door[0]]:
        return answer.status_code == 403 and "Cette page ne vous est pas ouverte." in answer.text
    if door[0] in LEAVING:
        return answer.status_code == 303
    return answer.status_code in {200, 302, 303} and answer.location != "/connexion"


def test_who_is_signed_out_is_sent_to_the_sign_in_or_refused_at_every_door(site: CentralSite) -> None:
    client = site.app.test_client()
    answers = {door: client.open(address(door[2], ARGUMENTS), method=door[1]) for door in DOORS}
    refused = {(302, "/connexion"), (401, None)}
    assert [door for door, answer in answers.items() if (answer.status_code, answer.location) not in refused] == []


def test_a_regional_manager_finds_nothing_of_another_region_at_any_door(site: CentralSite) -> None:
    browser = signed_in(site, Role.REGIONAL_MANAGER)
    words = (THEIRS, PHARMACY.office, PHARMACY.name, "98\u202f765", "98765")
    opened = [door for door in DOORS if may_open(Role.REGIONAL_MANAGER, door[0]) and door[0] not in LEAVING]
    for door in opened:
        path = address(door[2], ARGUMENTS)
        elsewhere = [f"{path}?{name}={value}" for name, value in ELSEWHERE.items()]
        elsewhere += [f"{path}?record={RECORD_OF[THEIRS]}", *([address(door[2], ELSEWHERE)] if "<" in door[2] else [])]
        assert {asked: browser.get(asked).status_code for asked in elsewhere} == dict.fromkeys(elsewhere, 404)
        seen = knock(browser, door).data.decode(errors="replace")
        assert [word for word in words if word in seen] == [], door


def test_another_region_and_nowhere_are_answered_alike(site: CentralSite) -> None:
    browser = signed_in(site, Role.REGIONAL_MANAGER)
    elsewhere, nowhere = (browser.get(f"/bornes/{name}") for name in (THEIRS, "NULLE-PART"))
    assert (elsewhere.status_code, elsewhere.text) == (nowhere.status_code, nowhere.text)


def test_who_sees_the_whole_country_opens_every_office_and_terminal(site: CentralSite) -> None:
    browser = signed_in(site, Role.NATIONAL)
    paths = (f"/bornes/{MINE}", f"/bornes/{THEIRS}", f"/points/{HALL.office}", f"/points/{PHARMACY.office}")
    assert [browser.get(path).status_code for path in paths] == [200] * 4


def test_an_argument_that_cannot_be_placed_is_refused_to_who_has_a_region(site: CentralSite) -> None:
    with writing(site.engine) as connection:
        assert not scope.lies_within(connection, "11", {"anything": "x"}, [])
        assert scope.lies_within(connection, None, {"anything": "x"}, [])


def test_a_page_without_a_line_in_the_table_is_closed_to_everybody(site: CentralSite) -> None:
    site.app.add_url_rule("/nouveau", "nouveau", lambda: "secret")
    assert {signed_in(site, role).get("/nouveau").status_code for role in Role} == {403}


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_each_role_lands_on_a_page_that_is_theirs(site: CentralSite, role: Role) -> None:
    assert may_open(role, FIRST_PAGE[role])
    browser = signed_in(site, role)
    assert browser.get(browser.get("/").location or "").status_code == 200


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_the_bar_offers_what_the_role_may_open_and_nothing_else(site: CentralSite, role: Role) -> None:
    page = signed_in(site, role).get("/compte").text
    offered = set(re.findall(r'href="(/[a-z-]+)"', page.split("<nav", 1)[1].split("</nav>")[0]))
    doors = {"dashboards.table": "/tableau", "points.fleet": "/bornes", "looks.ask": "/enregistrement"}
    doors |= {"rollout.plan": "/deploiement", "silence.points": "/points-a-suivre"}
    doors |= {"published.page": "/indicateur", "exports.page": "/exports", "cases.work_list": "/controles"}
    doors |= {"statements.month": "/releves"}
    assert offered == {"/compte"} | {path for endpoint, path in doors.items() if may_open(role, endpoint)}


def test_a_role_that_changes_takes_effect_at_the_next_click(site: CentralSite) -> None:
    browser = signed_in(site, Role.AUDITOR)
    site.manager("AUDITOR", role=Role.FLEET_OPERATOR)
    assert browser.get("/enregistrement").status_code == 302
    again = site.browser()
    again.sign_in("AUDITOR")
    assert again.get("/enregistrement").status_code == 403
