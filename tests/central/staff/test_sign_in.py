"""Managers at the door."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from central.engine import reading
from central.staff.door import Door, SignInOutcome
from central.staff.keys import COOKIE_KEY, cookie_key, factor_key
from central.staff.models import managers, sign_in_tries, staff_sessions
from central.staff.sign_in import Credentials, SignInDesk
from central.staff.tries import name_key
from tests.central.web_site import PASSWORD, CentralSite


@pytest.fixture(autouse=True)
def _manager(site: CentralSite) -> None:
    site.manager("RESP-11", "11")


def desk(site: CentralSite) -> SignInDesk:
    return SignInDesk(Door(site.engine, site.passwords, factor_key(site.home), 1, asks_second_factor=False))


def tries(site: CentralSite, name: str, *passwords: str) -> list[SignInOutcome]:
    return [desk(site).admit(Credentials(name, tried), now=site.clock.now).outcome for tried in passwords]


def test_the_right_password_leads_to_the_table(site: CentralSite) -> None:
    browser = site.browser()
    answer = browser.sign_in("RESP-11")
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/").location == "/tableau"
    assert browser.get("/tableau").status_code == 200


def test_the_name_is_understood_in_small_letters(site: CentralSite) -> None:
    assert site.browser().sign_in(" resp-11 ").status_code == 303


@pytest.mark.parametrize(("name", "password"), [("RESP-11", "wrong"), ("NOBODY", PASSWORD), ("", ""), ("x" * 40, "x")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_sentence(site: CentralSite, name: str, password: str) -> None:
    answer = site.browser().sign_in(name, password)
    assert answer.status_code == 403
    assert "Identifiant ou mot de passe inconnu." in answer.text


def test_what_was_typed_does_not_come_back(site: CentralSite) -> None:
    answer = site.browser().sign_in("S3CRET-IN-THE-WRONG-FIELD", "x")
    assert "S3CRET" not in answer.text


def test_five_wrong_tries_lock_the_name_even_for_the_right_password(site: CentralSite) -> None:
    outcomes = tries(site, "RESP-11", *["wrong"] * 5, PASSWORD)
    assert outcomes == [SignInOutcome.WRONG] * 4 + [SignInOutcome.LOCKED] * 2


def test_a_name_that_does_not_exist_locks_alike(site: CentralSite) -> None:
    assert tries(site, "NOBODY", *["wrong"] * 6) == tries(site, "RESP-11", *["wrong"] * 6)


def test_the_lock_opens_by_itself(site: CentralSite) -> None:
    tries(site, "RESP-11", *["wrong"] * 5)
    site.clock.pass_by(minutes=15)
    assert tries(site, "RESP-11", PASSWORD) == [SignInOutcome.WELCOME]


def test_tries_while_locked_do_not_prolong_the_lock(site: CentralSite) -> None:
    tries(site, "RESP-11", *["wrong"] * 5)
    site.clock.pass_by(minutes=14)
    tries(site, "RESP-11", "wrong")
    site.clock.pass_by(minutes=1)
    assert tries(site, "RESP-11", PASSWORD) == [SignInOutcome.WELCOME]


def test_a_right_fifth_try_is_welcome_and_clears_the_count(site: CentralSite) -> None:
    assert tries(site, "RESP-11", *["wrong"] * 4, PASSWORD)[-1] is SignInOutcome.WELCOME
    assert tries(site, "RESP-11", "wrong") == [SignInOutcome.WRONG]


def test_a_lock_is_of_one_name_only(site: CentralSite) -> None:
    site.manager("RESP-04", "04")
    tries(site, "RESP-11", *["wrong"] * 5)
    assert tries(site, "RESP-04", PASSWORD) == [SignInOutcome.WELCOME]


def test_no_number_of_tries_at_once_gets_a_sixth(site: CentralSite) -> None:
    counted: list[SignInOutcome] = []
    threads = [threading.Thread(target=lambda: counted.extend(tries(site, "RESP-11", "wrong"))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted.count(SignInOutcome.WRONG) == 4
    assert counted.count(SignInOutcome.LOCKED) == 8


def test_old_tries_of_names_are_forgotten(site: CentralSite) -> None:
    tries(site, "NOBODY", "wrong")
    site.clock.pass_by(days=1)
    tries(site, "RESP-11", "wrong")
    with reading(site.engine) as connection:
        left = set(connection.execute(select(sign_in_tries.c.name_hash)).scalars())
    assert name_key("NOBODY") not in left
    assert name_key("RESP-11") in left


def test_sign_in_lock_and_sign_out_are_audited(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-11")
    browser.sign_out()
    tries(site, "RESP-11", *["wrong"] * 7)
    tries(site, "NOBODY", *["wrong"] * 7)
    assert site.audit_tags() == ["manager:added", "manager:signed_in", "manager:signed_out", "manager:locked"]


def test_only_hashes_are_stored(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-11")
    tries(site, "TYPED-A-PASSWORD-HERE", "x")
    site.close()
    written = b"".join(path.read_bytes() for path in site.home.iterdir())
    with reading(site.engine) as connection:
        password_hash = connection.execute(select(managers.c.password_hash)).scalar_one()
        assert connection.execute(select(func.count()).select_from(staff_sessions)).scalar_one() == 1
    assert password_hash.startswith("$argon2id$")
    assert PASSWORD.encode() not in written
    assert b"TYPED-A-PASSWORD-HERE" not in written


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: CentralSite) -> None:
    cookie = site.browser().sign_in("RESP-11").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_signing_in_changes_the_csrf_token(site: CentralSite) -> None:
    browser = site.browser()
    browser.get("/connexion")
    with browser.client.session_transaction() as held:
        planted = held["csrf"]
    browser.sign_in("RESP-11")
    browser.get("/tableau")
    with browser.client.session_transaction() as held:
        assert held["csrf"] != planted


def test_a_session_falls_asleep_after_fifteen_minutes(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-11")
    site.clock.pass_by(minutes=14, seconds=59)
    assert browser.get("/tableau").status_code == 200
    site.clock.pass_by(minutes=15)
    assert browser.get("/tableau").location == "/connexion"


def test_a_page_that_refreshes_itself_does_not_keep_a_session_awake(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-11")
    for _ in range(14):
        site.clock.pass_by(minutes=1)
        assert browser.get("/tableau/vivant", **{"HX-Request": "true"}).status_code == 200
    site.clock.pass_by(minutes=1)
    answer = browser.get("/tableau/vivant", **{"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/connexion")


def test_a_session_lasts_no_longer_than_a_working_day(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-11")
    for _ in range(60):
        site.clock.pass_by(minutes=10)
        last = browser.get("/tableau").status_code
    assert site.clock.now.hour == 19
    assert last == 302


def test_a_stolen_cookie_is_worth_nothing_after_the_sign_out(site: CentralSite) -> None:
    browser, thief = site.browser(), site.browser()
    browser.sign_in("RESP-11")
    stolen = browser.client.get_cookie("central-app")
    assert stolen is not None
    thief.client.set_cookie("central-app", stolen.value)
    assert thief.get("/tableau").status_code == 200
    browser.sign_out()
    assert thief.get("/tableau").status_code == 302


def test_a_cookie_of_ones_own_making_opens_nothing(site: CentralSite) -> None:
    forger = CentralForger(site)
    assert forger.get("/tableau") == 302


class CentralForger:
    """Signs a session with a key of its own."""

    def __init__(self, site: CentralSite) -> None:
        self.client = site.app.test_client()
        right, site.app.secret_key = site.app.secret_key, b"guess"
        with self.client.session_transaction() as held:
            held["sid"], held["asked"] = "x", int(site.clock.now.timestamp() * 1000)
        site.app.secret_key = right

    def get(self, path: str) -> int:
        return self.client.get(path).status_code


def test_a_new_password_ends_the_sessions_that_are_on(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-11")
    site.manager("RESP-11", "11")
    assert browser.get("/tableau").status_code == 302


def test_a_clock_set_back_does_not_keep_a_session_awake(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-11")
    site.clock.now -= timedelta(hours=1)
    assert browser.get("/tableau").status_code == 302


def test_signing_out_needs_our_own_form(site: CentralSite) -> None:
    browser = site.browser()
    browser.sign_in("RESP-11")
    answer = browser.client.post("/deconnexion", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert browser.get("/tableau").status_code == 200


def test_who_forges_the_sign_in_form_is_refused(site: CentralSite) -> None:
    answer = site.app.test_client().post("/connexion", data={"name": "RESP-11", "password": PASSWORD})
    assert answer.status_code == 403
    assert "signed_in" not in " ".join(site.audit_tags())


def test_two_workers_that_start_together_share_one_cookie_key(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(cookie_key(home))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(keys) == {(home / COOKIE_KEY).read_bytes()}
    assert len(keys[0]) == 32
    assert [(path.name, path.stat().st_mode & 0o777) for path in home.iterdir()] == [(COOKIE_KEY, 0o600)]
