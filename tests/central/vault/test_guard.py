from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import update

from central.engine import reading, writing
from central.vault import wording
from central.vault.audit import verify_chain
from central.vault.errors import HomeError, SettingsError
from central.vault.guard import Guard, GuardParts
from central.vault.keys import load_keys, load_root
from central.vault.models import dossiers, notices, slips, wraps
from central.vault.notices import TRIES
from central.vault.trust_file import TrustFile
from tests.central.vault.site import Change, Enrolment, VaultSite, new_dossier_id, state_of
from tests.fakes.messenger import FakeMessenger
from wire import homes
from wire.evidence import Contact
from wire.handover import HandOverAction
from wire.identifiers import DossierId

ROSE = Contact(email="rose@exemple.fr")


def active(site: VaultSite, **how: object) -> tuple[DossierId, Enrolment]:
    """A dossier whose holder has a passphrase (the contact, if any, unproved and the code declined)."""
    dossier, enrolment = site.opened_dossier(**how)  # type: ignore[arg-type]
    holder = site.visit()
    if state_of(holder.present(enrolment)) != "activated":
        assert state_of(holder.step("skip")) == "activated"
    return dossier, enrolment


def state(site: VaultSite, slip: Change | Enrolment) -> str:
    (row,) = (row for row in site.rows(slips) if row["record_id"] == slip.record_id.value)
    return str(row["state"])


# When


def test_a_code_for_an_account_that_was_never_activated_is_good_at_the_guards_next_round(site: VaultSite) -> None:
    dossier, first = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    assert state(site, slip) == "waiting_guard"
    site.guard()
    assert state_of(site.activate_slip(first)) == "void"
    assert state_of(site.activate_slip(slip)) == "activated"


def test_a_code_for_an_active_account_waits_a_day(site: VaultSite) -> None:
    dossier, _ = active(site)
    slip = site.take_change(dossier, code=True)
    site.clock.pass_by(hours=24, milliseconds=-1)
    site.guard()
    assert state(site, slip) == "waiting_guard"
    site.clock.pass_by(milliseconds=1)
    site.guard()
    assert state(site, slip) == "live"


def test_closing_and_opening_again_is_no_way_around_the_delay(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    post.take_change(dossier, is_closed=True)
    slip = post.take_change(dossier, is_closed=False, code=True, contact=Contact(email="voleur@exemple.fr"))
    post.guard()
    assert state(post, slip) == "waiting_guard"
    assert [letter.to for letter in post.letters if "nouveau code" in letter.body] == ["rose@exemple.fr"]
    post.clock.pass_by(hours=24, seconds=1)
    post.guard()
    assert state(post, slip) == "live"


def test_the_delay_is_a_setting(make_site: Callable[..., VaultSite]) -> None:
    site = make_site(guard_delay=timedelta(hours=2))
    dossier, _ = active(site)
    slip = site.take_change(dossier, code=True)
    site.clock.pass_by(hours=2)
    site.guard()
    assert state(site, slip) == "live"


def test_an_account_activated_between_the_request_and_the_round_gets_its_delay(site: VaultSite) -> None:
    dossier, first = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    site.activate_slip(first)
    site.guard()
    assert state(site, slip) == "waiting_guard"
    site.clock.pass_by(hours=24)
    site.guard()
    assert state(site, slip) == "live"


def test_the_page_says_from_when_a_waiting_slip_is_good(site: VaultSite) -> None:
    dossier, _ = active(site)
    slip = site.take_change(dossier, code=True)
    answer = site.activate_slip(slip)
    assert (answer.status_code, state_of(answer)) == (409, "waiting_guard")
    assert wording.when(site.clock.now + timedelta(hours=24), "fr") in answer.text


def test_a_second_enrolments_slip_becomes_good(site: VaultSite) -> None:
    dossier, first = site.opened_dossier()
    second = site.enrol()
    site.hand_over(site.item(second, dossier, HandOverAction.CODE_REQUEST))
    site.guard()
    assert state_of(site.activate_slip(first)) == "void"
    assert state_of(site.activate_slip(second)) == "activated"


def test_a_request_that_came_before_its_dossier_gives_way_to_the_slip_that_came_with_it(site: VaultSite) -> None:
    first, second, dossier = site.enrol(), site.enrol(), new_dossier_id()
    site.hand_over(site.item(second, dossier, HandOverAction.CODE_REQUEST))
    site.guard()
    site.hand_over(site.item(first, dossier))
    site.clock.pass_by(minutes=1)
    site.guard()
    assert (state(site, first), state(site, second)) == ("live", "void")


def test_a_request_that_came_before_a_dossier_without_a_slip_is_made_good_once_it_is_there(site: VaultSite) -> None:
    first, second, dossier = site.enrol(slip=False), site.enrol(), new_dossier_id()
    site.hand_over(site.item(second, dossier, HandOverAction.CODE_REQUEST))
    site.guard()
    site.hand_over(site.item(first, dossier))
    site.clock.pass_by(minutes=1)
    site.guard()
    assert state_of(site.activate_slip(second)) == "activated"


# What it does


def test_the_life_of_a_code_counts_from_when_it_is_good(site: VaultSite) -> None:
    dossier, _ = active(site)
    slip = site.take_change(dossier, code=True)
    site.clock.pass_by(days=40)
    site.guard()
    site.clock.pass_by(days=41)
    assert state_of(site.activate_slip(slip)) == "activated"


def test_an_active_account_stays_active_until_the_new_code_replaces_the_passphrase(site: VaultSite) -> None:
    dossier, _ = active(site)
    former = [row["sealed"] for row in site.rows(wraps) if row["role"] == "passphrase"]
    slip = site.take_change(dossier, code=True)
    site.clock.pass_by(days=1)
    site.guard()
    assert site.roles(dossier) == {"recovery", "break_glass", "centre_15", "passphrase", "patient"}
    assert state_of(site.activate_slip(slip)) == "activated"
    (now,) = (row["sealed"] for row in site.rows(wraps) if row["role"] == "passphrase")
    assert now not in former
    assert site.tags()[-1] == "passphrase:replaced"
    assert site.told() == ["account_activated"]


def test_a_locked_account_is_to_be_activated_with_its_new_code(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier()
    for number in range(5):
        site.activate(enrolment.locator.grouped(), site.enrol().code.grouped(), address=f"198.51.100.{number}")
    site.take_change(dossier, code=True)
    site.guard()
    assert site.told() == ["account_locked", "account_to_activate"]
    assert [row["account"] for row in site.rows(dossiers)] == ["to_activate"]


def test_wrong_tries_at_a_new_code_do_not_shut_out_the_holder_of_a_passphrase(site: VaultSite) -> None:
    dossier, _ = active(site)
    slip = site.take_change(dossier, code=True)
    site.clock.pass_by(days=1)
    site.guard()
    for number in range(5):
        site.activate(slip.locator.grouped(), site.enrol().code.grouped(), address=f"198.51.100.{number}")
    assert state(site, slip) == "locked"
    assert [row["account"] for row in site.rows(dossiers)] == ["active"]
    assert (site.roles(dossier) & {"passphrase", "patient"}, site.tags()[-1]) == ({"passphrase"}, "slip:locked")


def test_of_two_requests_the_one_that_came_last_stays_good(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    one, other = (site.take_change(dossier, code=True) for _ in range(2))
    site.guard()
    assert (state(site, one), state(site, other)) == ("void", "live")


def test_two_requests_in_one_hand_over_keep_their_order(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    changes = [site.change(code=True) for _ in range(4)]
    site.hand_over(*(site.change_item(change, dossier) for change in changes))
    site.guard()
    assert [state(site, change) for change in changes] == ["void", "void", "void", "live"]


def test_a_request_that_waits_longer_than_a_later_one_does_not_kill_its_code(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    older = post.take_change(dossier, code=True)
    post.messenger.failure = "unreachable"
    post.guard()
    post.messenger.failure = "recipient"
    newer = post.take_change(dossier, code=True)
    post.guard()
    post.messenger.failure = None
    post.clock.pass_by(hours=1)
    post.guard()
    for _day in range(2):
        post.clock.pass_by(hours=24)
        post.guard()
    assert (state(post, older), state(post, newer)) == ("void", "live")


def test_a_second_round_changes_nothing(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, code=True, break_glass=True, decided_ms=5)
    site.guard()
    before = (site.rows(wraps), site.rows(slips), site.tags())
    site.guard()
    assert (site.rows(wraps), site.rows(slips), site.tags()) == before


def test_a_damaged_recovery_wrap_makes_a_code_unusable_and_stops_nobody_else(site: VaultSite) -> None:
    damaged, _ = site.opened_dossier()
    whole, _ = site.opened_dossier()
    with writing(site.engine) as conn:
        of_damaged = (wraps.c.dossier_id == damaged.value, wraps.c.role == "recovery")
        conn.execute(update(wraps).where(*of_damaged).values(sealed=bytes(60)))
    bad, good = site.take_change(damaged, code=True), site.take_change(whole, code=True)
    site.guard()
    assert (state(site, bad), state(site, good)) == ("failed", "live")
    assert state_of(site.activate_slip(bad)) == "unusable"


def test_a_code_whose_key_is_a_trick_does_not_stop_the_guard(site: VaultSite) -> None:
    """A public key of low order: X25519 refuses to agree with it, only when it is used."""
    tricked, other = site.opened_dossier()[0], site.opened_dossier()[0]
    bad = site.change(locator="AB3D9KXM", code_public=bytes(32))
    site.hand_over(site.change_item(bad, tricked))
    good = site.take_change(other, code=True)
    site.guard()
    assert (state(site, bad), state(site, good)) == ("failed", "live")


def test_the_audit_holds_after_all_of_it(site: VaultSite) -> None:
    dossier, _ = active(site)
    site.take_change(dossier, code=True, break_glass=False, decided_ms=5)
    site.clock.pass_by(days=1)
    site.guard()
    with reading(site.engine) as conn:
        assert verify_chain(conn) == len(site.tags())


# With which key


def test_without_the_recovery_key_there_is_no_guard_and_no_new_code(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    (site.home / homes.RECOVERY_KEY).unlink()
    with pytest.raises(HomeError, match=homes.RECOVERY_KEY):
        site.guard()
    assert state(site, slip) == "waiting_guard"


def test_another_recovery_key_than_the_bundles_is_refused_at_start(site: VaultSite, tmp_path: Path) -> None:
    stranger = VaultSite(tmp_path / "stranger")
    (site.home / homes.RECOVERY_KEY).write_bytes((stranger.home / homes.RECOVERY_KEY).read_bytes())
    stranger.close()
    with pytest.raises(HomeError) as caught:
        site.guard()
    assert caught.value.code == "key_other"


def test_a_key_that_is_not_recoverys_makes_no_wrap(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    slip = site.take_change(dossier, code=True)
    trust = TrustFile(site.home / homes.TRUST_BUNDLE, load_root(site.home), lambda _bundle: None)
    parts = GuardParts(site.engine, X25519PrivateKey.generate(), trust, site.settings, site.clock)
    Guard(parts).round()
    assert state(site, slip) == "failed"
    assert state_of(site.activate_slip(slip)) == "unusable"


def test_the_pages_and_the_hand_over_never_hold_the_recovery_key(site: VaultSite) -> None:
    keys = load_keys(site.home)
    recovery = site.bundle.keys
    held = {keys.vault.public_key().public_bytes_raw(), keys.contact_key().public_key().public_bytes_raw()}
    assert not held & {public for use, public in recovery.items() if use.value == "recovery"}


# Notices


def test_the_contact_known_before_is_told_with_a_link_and_the_day(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    post.take_change(dossier, code=True, contact=Contact(email="voleur@exemple.fr"))
    post.guard()
    of_code = [letter for letter in post.letters if "nouveau code" in letter.body]
    assert [letter.to for letter in of_code] == ["rose@exemple.fr"]
    assert "https://coffre.exemple/opposition/" in of_code[0].body
    assert wording.when(post.clock.now + timedelta(hours=24), "fr") in of_code[0].body


def test_who_replaces_the_contact_first_is_not_alone_with_the_notice_of_a_code(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    post.take_change(dossier, contact=Contact(mobile="+33611223344"))
    post.guard()
    post.clock.pass_by(days=3)
    post.take_change(dossier, code=True)
    post.guard()
    of_code = {letter.to for letter in post.letters if "nouveau code" in letter.body}
    assert of_code == {"rose@exemple.fr", "+33611223344"}


@pytest.mark.parametrize("times", [2, 30])
def test_who_replaces_the_contact_again_and_again_is_not_alone_with_the_notice_of_a_code(
    post: VaultSite, times: int
) -> None:
    dossier, _ = active(post, contact=ROSE)
    for number in range(times):
        post.take_change(dossier, contact=Contact(email=f"voleur{number}@exemple.fr"))
        post.clock.pass_by(minutes=1)
    post.take_change(dossier, code=True)
    for _round in range(4):
        post.guard()
    assert "rose@exemple.fr" in {letter.to for letter in post.letters if "nouveau code" in letter.body}


def test_a_replaced_contact_is_heard_no_more_after_a_month(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    post.take_change(dossier, contact=Contact(mobile="+33611223344"))
    post.guard()
    post.clock.pass_by(days=31)
    post.take_change(dossier, code=True)
    post.guard()
    assert [letter.to for letter in post.letters if "nouveau code" in letter.body] == ["+33611223344"]


def test_a_replaced_address_is_told_so_once(post: VaultSite) -> None:
    dossier, _ = active(post, contact=Contact(email="rose@exemple.fr", mobile="+33611223344"))
    post.take_change(dossier, contact=Contact(email="iris@exemple.fr", mobile="+33611223344"))
    post.guard()
    post.guard()
    assert [(letter.to, letter.subject) for letter in post.letters] == [
        ("rose@exemple.fr", "Votre adresse ou votre numéro a été remplacé")
    ]


@pytest.mark.parametrize(("language", "words"), [("en", "Stop this request"), ("ar", "أوقف هذا الطلب")])
def test_a_notice_speaks_the_holders_language(post: VaultSite, language: str, words: str) -> None:
    dossier, _ = active(post, contact=ROSE, language=language)
    post.take_change(dossier, code=True)
    post.guard()
    assert words in post.letters[-1].body


def test_the_delay_runs_from_the_notice_where_it_left_late(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    slip = post.take_change(dossier, code=True)
    post.messenger.failure = "unreachable"
    post.guard()
    post.clock.pass_by(minutes=30)
    post.messenger.failure = None
    post.guard()
    assert len(post.letters) == 1
    post.clock.pass_by(hours=24, milliseconds=-1)
    post.guard()
    assert state(post, slip) == "waiting_guard"
    post.clock.pass_by(milliseconds=1)
    post.guard()
    assert state(post, slip) == "live"


def test_a_notice_that_never_leaves_is_given_up_and_written_down(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    slip = post.take_change(dossier, code=True)
    post.messenger.failure = "unreachable"
    for _time in range(TRIES):
        assert "notice:failed" not in post.tags()
        post.guard()
        post.clock.pass_by(hours=3)
    assert (post.count(notices), post.tags().count("notice:failed")) == (0, 1)
    post.clock.pass_by(hours=24)
    post.guard()
    assert state(post, slip) == "live"


def test_the_address_of_a_notice_is_gone_once_it_left(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    post.take_change(dossier, code=True)
    assert post.count(notices) == 1
    post.guard()
    assert post.count(notices) == 0


def test_notices_need_an_address_where_holders_can_object(make_site: Callable[..., VaultSite]) -> None:
    site = make_site(messenger=FakeMessenger(), public_url=None)
    with pytest.raises(SettingsError, match="VAULT_PUBLIC_URL"):
        site.guard()


def link_in(site: VaultSite) -> str:
    found = re.search(r"https://coffre\.exemple(/opposition/\S+)", site.letters[-1].body)
    assert found is not None
    return found[1]


def test_an_objection_kills_the_request(post: VaultSite) -> None:
    dossier, _ = active(post, contact=ROSE)
    slip = post.take_change(dossier, code=True)
    post.guard()
    answer = post.visit().post(link_in(post))
    assert (answer.status_code, state_of(answer)) == (200, "objection_done")
    post.clock.pass_by(days=2)
    post.guard()
    assert (state(post, slip), "patient" in post.roles(dossier)) == ("objected", False)
    assert state_of(post.activate_slip(slip)) == "objected"
    assert post.tags()[-1] == "code:objected"
