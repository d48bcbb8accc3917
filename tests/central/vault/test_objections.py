from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.vault.keys import load_keys
from central.vault.models import audit, slips, wraps
from central.vault.objections import read_token, token
from tests.central.vault.site import START, Change, Enrolment, VaultSite, state_of
from wire.evidence import Contact
from wire.identifiers import RecordId

KEY = bytes(range(32))
ROSE = Contact(email="rose@exemple.fr")


def address(site: VaultSite, slip: Change | Enrolment) -> str:
    return "/opposition/" + token(slip.record_id, load_keys(site.home).objection_key())


def states(site: VaultSite) -> list[str]:
    return [row["state"] for row in site.rows(slips)]


def test_a_link_names_its_record() -> None:
    record = RecordId.new(START)
    assert read_token(token(record, KEY), KEY) == record


@given(st.binary(max_size=60))
def test_no_other_bytes_are_a_link(raw: bytes) -> None:
    assert read_token(base64.urlsafe_b64encode(raw).decode().rstrip("="), KEY) is None


@given(st.text(max_size=80))
def test_no_other_text_is_a_link(text: str) -> None:
    assert read_token(text, KEY) is None


@pytest.mark.parametrize("place", range(32))
def test_a_link_altered_anywhere_is_none(place: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(token(RecordId.new(START), KEY) + "="))
    raw[place] ^= 1
    assert read_token(base64.urlsafe_b64encode(raw).decode().rstrip("="), KEY) is None


def test_a_link_of_another_key_stops_nothing(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    answer = site.visit().post("/opposition/" + token(slip.record_id, bytes(32)))
    assert (answer.status_code, state_of(answer)) == (404, "objection_unknown")
    assert states(site) == ["live", "waiting_guard"]


def test_opening_the_link_changes_nothing_for_mail_programs_open_links_too(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    before = site.rows(audit)
    answer = site.visit().client.get(address(site, slip))
    assert (answer.status_code, state_of(answer)) == (200, "objection_open")
    assert (site.rows(audit), states(site)) == (before, ["live", "waiting_guard"])


def test_a_foreign_page_cannot_press_the_button(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    answer = site.visit().client.post(address(site, slip), headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, states(site)) == (403, ["live", "waiting_guard"])


def test_an_objection_to_a_code_that_is_already_good_kills_it_with_its_wraps(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    site.guard()
    assert state_of(site.visit().post(address(site, slip))) == "objection_done"
    assert "patient" not in {row["role"] for row in site.rows(wraps)}
    assert site.told()[-1] == "account_locked"


def test_an_objection_ends_an_activation_that_waits_for_its_one_time_code(post: VaultSite) -> None:
    dossier, _ = post.opened_dossier(contact=ROSE)
    slip = post.take_change(dossier, code=True)
    post.guard()
    thief = post.visit()
    assert state_of(thief.present(slip)) == "one_time_choose"
    post.visit().post(address(post, slip))
    assert state_of(thief.step("skip")) == "form"
    assert "passphrase" not in {row["role"] for row in post.rows(wraps)}


def test_a_used_code_cannot_be_objected_to_and_the_page_says_what_to_do(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    site.guard()
    site.activate_slip(slip)
    answer = site.visit().post(address(site, slip))
    assert (answer.status_code, state_of(answer)) == (410, "objection_gone")
    assert "adressez-vous" in answer.text
    assert "passphrase" in {row["role"] for row in site.rows(wraps)}


def test_the_page_of_objection_speaks_the_holders_language(post: VaultSite) -> None:
    dossier, _ = post.opened_dossier(contact=ROSE, language="ar")
    slip = post.take_change(dossier, code=True)
    page = post.visit().client.get(address(post, slip)).text
    assert 'lang="ar" dir="rtl"' in page
