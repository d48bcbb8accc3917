"""The first sign-in with a second factor, and every one after: from the printed password to the table."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from central.engine import in_transaction, reading
from central.staff import service
from central.staff.door import Door, SignInOutcome
from central.staff.factor_desk import FactorDesk, Proof
from central.staff.keys import factor_key
from central.staff.models import managers, recovery_codes
from central.staff.sign_in import Credentials, SignInDesk
from tests.central.web_site import PASSWORD, Browser, CentralSite

OWN = "cinq poires dans un panier"
CODE, AUTHENTICATOR, CHOOSE = "/connexion/code", "/connexion/authentificateur", "/connexion/mot-de-passe"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CentralSite]:
    """A central that asks for second factors, with one manager."""
    central = CentralSite(tmp_path / "programme", second_factor=True)
    central.manager("RESP-11", "11")
    yield central
    central.close()


def door(site: CentralSite) -> Door:
    return Door(site.engine, site.passwords, factor_key(site.home), 1)


def code_of(site: CentralSite, secret: str) -> str:
    return pyotp.TOTP(secret).at(site.clock.now)


def shown_secret(page: str) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def enrol(site: CentralSite, browser: Browser, password: str = PASSWORD) -> tuple[str, list[str], TestResponse]:
    """Sign in for the first time; the secret, the recovery codes, and the page that shows them."""
    browser.sign_in("RESP-11", password)
    assert browser.get(CODE).location == AUTHENTICATOR
    secret = shown_secret(browser.get(AUTHENTICATOR).text)
    page = browser.post(AUTHENTICATOR, AUTHENTICATOR, code=code_of(site, secret))
    return secret, re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", page.text), page


def prove(browser: Browser, code: str) -> TestResponse:
    return browser.post(CODE, CODE, code=code)


def test_the_first_sign_in_sets_up_an_authenticator_and_opens_the_session(site: CentralSite) -> None:
    browser = site.browser()
    _, codes, page = enrol(site, browser)
    assert (page.status_code, len(codes)) == (200, 10)
    assert browser.get("/tableau").status_code == 200


def test_every_later_sign_in_asks_for_the_code(site: CentralSite) -> None:
    secret, _, _ = enrol(site, site.browser())
    site.clock.pass_by(minutes=1)
    browser = site.browser()
    assert browser.sign_in("RESP-11").location == CODE
    assert prove(browser, code_of(site, secret)).location == "/"
    assert browser.get("/tableau").status_code == 200


@pytest.mark.parametrize("path", ["/", "/tableau", "/tableau/vivant", "/compte", "/enregistrement", CHOOSE])
def test_the_password_alone_opens_nothing(site: CentralSite, path: str) -> None:
    enrol(site, site.browser())
    browser = site.browser()
    browser.sign_in("RESP-11")
    assert browser.get(path).location == "/connexion"


def test_a_manager_with_a_factor_cannot_be_given_another_by_who_knows_the_password(site: CentralSite) -> None:
    enrol(site, site.browser())
    thief = site.browser()
    thief.sign_in("RESP-11")
    assert thief.get(AUTHENTICATOR).location == "/connexion"
    answer = thief.post(AUTHENTICATOR, CODE, code="000000")
    assert answer.location == "/connexion"


def test_the_same_code_is_not_taken_twice(site: CentralSite) -> None:
    secret, _, _ = enrol(site, site.browser())
    site.clock.pass_by(minutes=1)
    code = code_of(site, secret)
    first, second = site.browser(), site.browser()
    first.sign_in("RESP-11")
    second.sign_in("RESP-11")
    assert prove(first, code).status_code == 303
    assert prove(second, code).status_code == 403


def test_the_code_that_set_the_factor_up_is_used_up(site: CentralSite) -> None:
    secret, _, _ = enrol(site, site.browser())
    browser = site.browser()
    browser.sign_in("RESP-11")
    assert prove(browser, code_of(site, secret)).status_code == 403


def test_of_two_at_once_with_the_same_code_one_comes_in(site: CentralSite) -> None:
    secret, _, _ = enrol(site, site.browser())
    site.clock.pass_by(minutes=1)
    desk, now = FactorDesk(door(site)), site.clock.now
    ways = [SignInDesk(door(site)).admit(Credentials("RESP-11", PASSWORD), now=now).session_id or "" for _ in range(2)]
    outcomes: list[SignInOutcome] = []
    code = code_of(site, secret)
    threads = [
        threading.Thread(target=lambda way=way: outcomes.append(desk.check(Proof(way, code), now=now).outcome))  # type: ignore[misc]
        for way in ways
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.value for outcome in outcomes) == ["welcome", "wrong"]


def test_codes_are_charged_to_the_same_five_tries_as_the_password(site: CentralSite) -> None:
    secret, _, _ = enrol(site, site.browser())
    site.clock.pass_by(minutes=1)
    browser = site.browser()
    browser.sign_in("RESP-11")  # the first of five
    said = [prove(browser, "000000").status_code for _ in range(4)]
    assert said == [403, 403, 403, 429]
    assert prove(browser, code_of(site, secret)).status_code == 429


def test_the_right_password_does_not_give_new_tries_for_the_code(site: CentralSite) -> None:
    enrol(site, site.browser())
    browser = site.browser()
    said = []
    for _ in range(3):
        said.append(browser.sign_in("RESP-11").status_code)
        said.append(prove(browser, "000000").status_code)
    assert said == [303, 403, 303, 403, 303, 429]


def test_a_recovery_code_serves_once(site: CentralSite) -> None:
    _, codes, _ = enrol(site, site.browser())
    for expected in (303, 403):
        browser = site.browser()
        browser.sign_in("RESP-11")
        assert prove(browser, codes[0].upper()).status_code == expected
    assert site.audit_tags().count("manager:recovery_code_used") == 1


def test_the_account_page_says_how_many_recovery_codes_are_left(site: CentralSite) -> None:
    _, codes, _ = enrol(site, site.browser())
    browser = site.browser()
    browser.sign_in("RESP-11")
    prove(browser, codes[3])
    assert "<dt>Codes de secours restants</dt><dd>9</dd>" in browser.get("/compte").text


def test_a_sign_in_under_way_ends_after_ten_minutes(site: CentralSite) -> None:
    secret, _, _ = enrol(site, site.browser())
    browser = site.browser()
    browser.sign_in("RESP-11")
    site.clock.pass_by(minutes=10)
    assert browser.get(CODE).location == "/connexion"
    prove(browser, code_of(site, secret))
    assert browser.get("/tableau").status_code == 302


def test_each_step_begins_a_session_under_a_new_id(site: CentralSite) -> None:
    browser, seen = site.browser(), []
    for step in (lambda: browser.sign_in("RESP-11"), lambda: enrol(site, browser)):
        step()
        with browser.client.session_transaction() as held:
            seen.append(held.get("way") or held.get("sid"))
    assert len(set(seen)) == 2


def test_a_printed_password_is_good_for_one_sign_in(site: CentralSite) -> None:
    site.manager("RESP-11", "11", is_printed=True)
    browser = site.browser()
    enrol(site, browser)
    assert browser.get("/tableau").status_code == 302
    assert browser.post(CHOOSE, CHOOSE, password=OWN, again=OWN).location == "/"
    assert browser.get("/tableau").status_code == 200
    assert site.browser().sign_in("RESP-11", PASSWORD).status_code == 403
    assert site.browser().sign_in("RESP-11", OWN).status_code == 303


def test_a_printed_password_runs_out_after_three_days(site: CentralSite) -> None:
    site.manager("RESP-11", "11", is_printed=True)
    site.clock.pass_by(days=3)
    assert site.browser().sign_in("RESP-11").status_code == 403


@pytest.mark.parametrize(
    ("password", "again"), [("court", "court"), (OWN, OWN + "s"), (PASSWORD, PASSWORD), ("xx-resp-11-xx",) * 2]
)
def test_a_bad_password_of_ones_own_is_refused(site: CentralSite, password: str, again: str) -> None:
    site.manager("RESP-11", "11", is_printed=True)
    browser = site.browser()
    enrol(site, browser)
    assert browser.post(CHOOSE, CHOOSE, password=password, again=again).status_code == 403
    assert browser.get("/tableau").status_code == 302


def test_a_reset_factor_ends_the_sessions_and_sets_up_another_secret(site: CentralSite) -> None:
    browser = site.browser()
    secret, codes, _ = enrol(site, browser)
    in_transaction(site.engine, lambda c: service.reset_factor(c, "RESP-11", now=site.clock.now, shards=1))
    assert browser.get("/tableau").status_code == 302
    again, others, _ = enrol(site, browser)
    assert secret != again
    assert not set(codes) & set(others)


def test_a_barred_manager_is_out_at_once_and_answered_like_a_stranger(site: CentralSite) -> None:
    browser = site.browser()
    enrol(site, browser)
    in_transaction(site.engine, lambda c: service.bar(c, "RESP-11", now=site.clock.now, shards=1))
    assert browser.get("/tableau").status_code == 302
    assert "Identifiant ou mot de passe inconnu." in site.browser().sign_in("RESP-11").text
    in_transaction(site.engine, lambda c: service.admit_again(c, "RESP-11", now=site.clock.now, shards=1))
    assert site.browser().sign_in("RESP-11").location == CODE


def test_signing_out_everywhere_ends_the_other_browsers(site: CentralSite) -> None:
    here, there = site.browser(), site.browser()
    secret, _, _ = enrol(site, there)
    site.clock.pass_by(minutes=1)
    here.sign_in("RESP-11")
    prove(here, code_of(site, secret))
    assert "<dt>Connexions ouvertes</dt><dd>2</dd>" in here.get("/compte").text
    here.post("/deconnexion/partout", "/compte")
    assert [browser.get("/tableau").status_code for browser in (here, there)] == [302, 302]


def test_the_database_alone_gives_neither_secret_nor_recovery_code(site: CentralSite) -> None:
    secret, codes, _ = enrol(site, site.browser())
    with reading(site.engine) as connection:
        rows = repr([connection.execute(select(table)).all() for table in (managers, recovery_codes)])
    assert secret not in rows
    assert not [code for code in codes if code in rows or code.replace("-", "") in rows]


def test_the_whole_way_is_audited(site: CentralSite) -> None:
    site.manager("RESP-11", "11", is_printed=True)
    browser = site.browser()
    enrol(site, browser)
    browser.post(CHOOSE, CHOOSE, password=OWN, again=OWN)
    assert site.audit_tags()[2:] == ["manager:factor_set", "manager:password_chosen", "manager:signed_in"]


def test_no_log_holds_a_password_a_code_or_a_secret(site: CentralSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secret, codes, _ = enrol(site, site.browser())
    assert not [word for word in (PASSWORD, secret, *codes) if word in caplog.text]
