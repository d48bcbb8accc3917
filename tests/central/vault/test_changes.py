from __future__ import annotations

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.engine import reading
from central.vault.audit import verify_chain
from central.vault.contacts import ContactBook
from central.vault.keys import load_keys
from central.vault.models import awaited, contacts, decisions, dossiers, generations, owed, quarantine, slips, wraps
from central.vault.wraps import Bound, PassphraseWrap, open_with_passphrase
from tests.central.vault.site import BOTH, PASSPHRASE, TERMINAL, VaultSite, new_dossier_id, state_of
from tests.fakes.databases import written_by
from wire import homes
from wire.dossier_keys import EmergencyChoices, open_wrap
from wire.evidence import Contact
from wire.handover import HandOverAction, HandOverItem, HandOverOutcome
from wire.identifiers import DossierId, RecordId, TerminalId
from wire.sealing import SealPurpose

REFUSED_BOTH = EmergencyChoices(break_glass=False, centre_15=False)
ROLE_FILES = {
    "break_glass": (homes.BREAK_GLASS_KEY, SealPurpose.WRAP_BREAK_GLASS),
    "centre_15": (homes.CENTRE_15_KEY, SealPurpose.WRAP_CENTRE_15),
    "recovery": (homes.RECOVERY_KEY, SealPurpose.WRAP_RECOVERY),
}


def outcome(site: VaultSite, item: HandOverItem) -> tuple[HandOverOutcome, str | None]:
    (result,) = site.hand_over(item)
    return result.outcome, result.code


def opened_by(site: VaultSite, dossier: DossierId, role: str, generation: int) -> bytes:
    """The public half of what that role's private key finds in its wrap."""
    file, purpose = ROLE_FILES[role]
    key = load_pem_private_key((site.home / file).read_bytes(), password=None)
    assert isinstance(key, X25519PrivateKey)
    (row,) = (row for row in site.rows(dossiers) if row["dossier_id"] == dossier.value)
    (wrap,) = (
        wrap["sealed"]
        for wrap in site.rows(wraps)
        if (wrap["dossier_id"], wrap["role"], wrap["generation"]) == (dossier.value, role, generation)
    )
    found = open_wrap(wrap, key, purpose, RecordId(row["record_id"]), TerminalId(row["terminal"]))
    return found.public_key().public_bytes_raw()


def publics(site: VaultSite, dossier: DossierId) -> dict[int, bytes]:
    rows = site.rows(generations)
    return {row["generation"]: row["dossier_public"] for row in rows if row["dossier_id"] == dossier.value}


def account(site: VaultSite) -> list[object]:
    return [row["account"] for row in site.rows(dossiers)]


# Emergency access


def test_invariant_07_who_refused_at_enrolment_has_no_emergency_wrap_until_an_explicit_later_grant(
    site: VaultSite,
) -> None:
    dossier, _ = site.opened_dossier(REFUSED_BOTH)
    site.guard()
    site.take_change(dossier, contact=Contact(email="a@exemple.fr"))
    site.guard()
    assert site.roles(dossier) == {"patient", "recovery"}
    site.take_change(dossier, break_glass=True, decided_ms=5)
    assert site.roles(dossier) == {"patient", "recovery"}
    site.guard()
    assert site.roles(dossier) == {"patient", "recovery", "break_glass"}


def test_a_granted_access_opens_the_dossiers_key(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier(REFUSED_BOTH)
    site.take_change(dossier, centre_15=True, decided_ms=5)
    site.guard()
    assert opened_by(site, dossier, "centre_15", 0) == enrolment.dossier_public
    assert site.tags()[-2:] == ["centre_15:granted", "centre_15:wrapped"]


def test_an_access_granted_after_a_new_generation_opens_all_that_was_filed(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(BOTH)
    site.take_change(dossier, break_glass=False, decided_ms=5)
    site.take_change(dossier, break_glass=True, decided_ms=6)
    site.guard()
    keys = publics(site, dossier)
    assert {generation: opened_by(site, dossier, "break_glass", generation) for generation in (0, 1)} == keys


def test_a_withdrawn_access_loses_every_wrap_and_the_key_a_generation(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier(BOTH)
    site.take_change(dossier, break_glass=False, decided_ms=5)
    assert "break_glass" not in {row["role"] for row in site.rows(wraps)}
    keys = publics(site, dossier)
    assert keys[0] == enrolment.dossier_public != keys[1]
    assert [(row["generation"], row["dossier_public"]) for row in site.rows(dossiers)] == [(1, keys[1])]
    assert opened_by(site, dossier, "centre_15", 1) == opened_by(site, dossier, "recovery", 1) == keys[1]
    assert site.tags()[-2:] == ["break_glass:refused", "key:renewed"]


def test_a_code_printed_before_a_new_generation_opens_both(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier(BOTH)
    site.take_change(dossier, break_glass=False, decided_ms=5)
    assert state_of(site.activate_slip(enrolment)) == "activated"
    assert holders_keys(site, dossier) == publics(site, dossier)


def test_the_holders_passphrase_opens_a_generation_that_was_made_later(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier(BOTH)
    site.activate_slip(enrolment)
    site.take_change(dossier, centre_15=False, decided_ms=5)
    assert holders_keys(site, dossier) == publics(site, dossier)
    assert len(publics(site, dossier)) == 2


def holders_keys(site: VaultSite, dossier: DossierId) -> dict[int, bytes]:
    """Generation → public half of what the passphrase opens."""
    (row,) = (row for row in site.rows(dossiers) if row["dossier_id"] == dossier.value)
    bound, keys = Bound(RecordId(row["record_id"]), TerminalId(row["terminal"])), publics(site, dossier)
    found = {}
    for wrap in site.rows(wraps):
        if wrap["role"] == "passphrase" and wrap["dossier_id"] == dossier.value:
            kept, generation = PassphraseWrap(wrap["sealed"], wrap["salt"], wrap["kdf"]), wrap["generation"]
            opened = open_with_passphrase(kept, PASSPHRASE, site.pepper, bound, keys[generation])
            found[generation] = opened.public_key().public_bytes_raw()
    return found


def test_granting_what_is_accepted_already_changes_nothing(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(BOTH)
    before = site.rows(wraps)
    site.take_change(dossier, break_glass=True, centre_15=True, decided_ms=5)
    site.guard()
    assert (site.rows(wraps), site.tags()[2:]) == (before, [])


def test_a_replayed_grant_does_not_undo_a_later_refusal(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(REFUSED_BOTH)
    grant = site.change_item(site.change(break_glass=True), dossier, break_glass_decided_ms=5)
    site.hand_over(grant)
    site.guard()
    site.take_change(dossier, break_glass=False, decided_ms=6)
    assert outcome(site, grant) == (HandOverOutcome.ALREADY, None)
    site.guard()
    assert "break_glass" not in site.roles(dossier)


def test_a_replayed_refusal_does_not_undo_a_later_grant(site: VaultSite) -> None:
    dossier = new_dossier_id()
    opening = site.item(site.enrol(REFUSED_BOTH), dossier, break_glass_refused=True, centre_15_refused=True)
    opening = msgspec.structs.replace(opening, break_glass_decided_ms=3, centre_15_decided_ms=3)
    site.hand_over(opening)
    site.take_change(dossier, break_glass=True, decided_ms=5)
    site.guard()
    assert outcome(site, opening) == (HandOverOutcome.ALREADY, None)
    assert "break_glass" in site.roles(dossier)


def test_a_second_enrolment_that_refused_before_a_grant_does_not_undo_it_when_it_comes_late(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(BOTH)
    site.take_change(dossier, break_glass=True, decided_ms=9)
    late = site.item(site.enrol(REFUSED_BOTH), dossier, HandOverAction.CODE_REQUEST)
    late = msgspec.structs.replace(late, break_glass_decided_ms=9, centre_15_refused=True, centre_15_decided_ms=4)
    site.hand_over(late)
    assert site.roles(dossier) == {"patient", "recovery", "break_glass"}


def test_at_the_same_moment_the_refusal_wins(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(BOTH)
    site.take_change(dossier, break_glass=False, decided_ms=5)
    site.take_change(dossier, break_glass=True, decided_ms=5)
    site.guard()
    assert "break_glass" not in site.roles(dossier)


def test_a_yes_that_central_sends_beside_its_own_later_refusal_grants_nothing(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(REFUSED_BOTH)
    late = site.change_item(site.change(break_glass=True), dossier, break_glass_refused=True, break_glass_decided_ms=8)
    site.hand_over(late)
    site.guard()
    assert "break_glass" not in site.roles(dossier)


def test_a_grant_without_a_time_counts_for_nothing_against_a_refusal(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(REFUSED_BOTH)
    site.take_change(dossier, break_glass=True, decided_ms=0)
    site.guard()
    assert "break_glass" not in site.roles(dossier)


def test_a_refusal_before_the_guards_round_leaves_nothing_owed_and_no_new_generation(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(REFUSED_BOTH)
    site.take_change(dossier, break_glass=True, decided_ms=5)
    site.take_change(dossier, break_glass=False, decided_ms=6)
    site.guard()
    assert (site.count(owed), site.roles(dossier)) == (0, {"patient", "recovery"})
    assert len(publics(site, dossier)) == 1


WORDS = st.tuples(st.sampled_from(["break_glass", "centre_15"]), st.booleans(), st.integers(1, 6))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.booleans(), words=st.lists(WORDS, max_size=6), data=st.data())
def test_in_whatever_order_changes_come_the_wraps_are_those_of_the_latest_decisions(
    site: VaultSite, first: bool, words: list[tuple[str, bool, int]], data: st.DataObject
) -> None:
    dossier = new_dossier_id()
    choices = EmergencyChoices(break_glass=first, centre_15=first)
    opening = site.item(site.enrol(choices), dossier, break_glass_refused=not first, centre_15_refused=not first)
    items = []
    for role, granted, decided_ms in words:
        flags = {f"{role}_refused": not granted, f"{role}_decided_ms": decided_ms}
        items.append(site.change_item(site.change(**{role: granted}), dossier, **flags))
    sent = [
        opening,
        *data.draw(
            st.permutations(items + data.draw(st.lists(st.sampled_from(items), max_size=3)) if items else items)
        ),
    ]
    replayed = data.draw(st.lists(st.sampled_from(sent), max_size=3))
    for item in [*sent, *replayed]:
        site.hand_over(item)
        if data.draw(st.booleans()):
            site.guard()
    site.guard()

    def is_granted(role: str) -> bool:
        said = [(decided_ms, not granted) for name, granted, decided_ms in words if name == role]
        return not max([(0, not first), *said])[1]

    expected = {"patient", "recovery"} | {role for role in ("break_glass", "centre_15") if is_granted(role)}
    assert site.roles(dossier) == expected
    everywhere = {row["role"] for row in site.rows(wraps) if row["dossier_id"] == dossier.value}
    assert everywhere == expected
    with reading(site.engine) as conn:
        verify_chain(conn)


# Order


def test_a_change_waits_for_its_dossier(site: VaultSite) -> None:
    enrolment, dossier = site.enrol(REFUSED_BOTH), new_dossier_id()
    change = site.change_item(site.change(break_glass=True), dossier, break_glass_decided_ms=5)
    assert outcome(site, change) == (HandOverOutcome.LATER, "dossier_unknown")
    assert (site.count(quarantine), site.count(decisions)) == (0, 0)
    site.hand_over(site.item(enrolment, dossier))
    assert outcome(site, change) == (HandOverOutcome.KEPT, None)
    site.guard()
    assert "break_glass" in site.roles(dossier)


def test_changes_that_waited_are_taken_in_the_order_they_first_came(site: VaultSite) -> None:
    enrolment, dossier = site.enrol(), new_dossier_id()
    closing = site.change_item(site.change(is_closed=True), dossier)
    opening = site.change_item(site.change(is_closed=False), dossier)
    site.hand_over(closing)
    site.hand_over(opening)
    site.hand_over(site.item(enrolment, dossier))
    assert outcome(site, opening) == (HandOverOutcome.LATER, "change_order")
    assert outcome(site, closing) == (HandOverOutcome.KEPT, None)
    assert outcome(site, opening) == (HandOverOutcome.KEPT, None)
    assert ([row["closed_ms"] for row in site.rows(dossiers)], site.count(awaited)) == ([None], 0)


def test_a_waiting_change_that_turns_out_to_be_broken_does_not_hold_up_the_next(site: VaultSite) -> None:
    enrolment, dossier = site.enrol(), new_dossier_id()
    first = site.change_item(site.change(is_closed=True), dossier)
    second = site.change_item(site.change(contact=Contact(email="a@exemple.fr")), dossier)
    for item in (first, second, site.item(enrolment, dossier)):
        site.hand_over(item)
    assert outcome(site, msgspec.structs.replace(first, vault=b""))[0] is HandOverOutcome.REFUSED
    assert outcome(site, second)[0] is HandOverOutcome.KEPT


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"locator": "AB3D9KXM"}, "slip_incomplete"),
        ({"locator": "abcdefgh", "code_public": bytes(32)}, "locator_form"),
        ({"locator": "AB", "code_public": bytes(32)}, "locator_length"),
        ({"locator": "AB3D9KXM", "code_public": bytes(31)}, "wrap_key"),
    ],
)
def test_a_change_that_does_not_hold_together_is_put_aside(
    site: VaultSite, fields: dict[str, object], code: str
) -> None:
    dossier, _ = site.opened_dossier()
    item = site.change_item(site.change(**fields), dossier)
    assert outcome(site, item) == (HandOverOutcome.REFUSED, code)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("contact_change", {"contact": Contact(email="a@exemple.fr"), "is_closed": True, "delete_now": True}),
        ("contact_change", {"contact": Contact(email="a@exemple.fr"), "code": True}),
        ("contact_change", {"contact": Contact(email="a@exemple.fr"), "break_glass": True}),
        ("code_reissue", {"code": True, "contact": Contact(email="a@exemple.fr")}),
        ("consent_change", {"break_glass": True, "is_closed": False}),
        ("closure_request", {"is_closed": True, "code": True}),
        ("reactivation", {"is_closed": True}),
        ("closure_request", {"is_closed": False}),
        ("enrolment", {"contact": Contact(email="a@exemple.fr")}),
    ],
)
def test_a_change_that_says_more_than_its_record_was_attested_for_is_put_aside(
    site: VaultSite, kind: str, said: dict[str, Any]
) -> None:
    dossier, _ = site.opened_dossier(REFUSED_BOTH)
    before = site.rows(dossiers), site.rows(wraps), site.rows(contacts), site.rows(slips)
    item = site.change_item(site.change(**said), dossier, kind=kind)
    assert outcome(site, item) == (HandOverOutcome.REFUSED, "change_kind")
    assert (site.rows(dossiers), site.rows(wraps), site.rows(contacts), site.rows(slips)) == before


def test_a_change_of_another_record_or_terminal_does_not_open(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    item, other = (site.change_item(site.change(is_closed=True), dossier) for _ in range(2))
    moved = msgspec.structs.replace(item, vault=other.vault)
    elsewhere = msgspec.structs.replace(other, terminal="HALL-13-02-B")
    assert [outcome(site, moved), outcome(site, elsewhere)] == [(HandOverOutcome.REFUSED, "seal")] * 2


def test_a_dossiers_keys_are_no_change(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    enrolment = site.enrol()
    item = msgspec.structs.replace(site.item(enrolment, dossier), action=HandOverAction.CHANGE)
    before = site.rows(wraps)
    outcome(site, item)
    assert site.rows(wraps) == before


# The vault makes the key


def test_the_vault_makes_the_key_where_no_terminal_did(site: VaultSite) -> None:
    dossier = new_dossier_id()
    assert outcome(site, site.make_item(dossier)) == (HandOverOutcome.KEPT, None)
    assert (site.roles(dossier), account(site)) == ({"recovery", "break_glass", "centre_15"}, ["none"])
    key = publics(site, dossier)[0]
    assert {opened_by(site, dossier, role, 0) for role in ("recovery", "break_glass", "centre_15")} == {key}
    assert (site.count(slips), site.tags()) == (0, ["dossier:opened"])


def test_a_key_made_here_has_no_wrap_for_what_central_says_was_refused(site: VaultSite) -> None:
    dossier = new_dossier_id()
    site.hand_over(site.make_item(dossier, centre_15_refused=True, centre_15_decided_ms=4))
    assert site.roles(dossier) == {"recovery", "break_glass"}


def test_a_key_is_made_once(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    assert outcome(site, site.make_item(dossier)) == (HandOverOutcome.REFUSED, "dossier_known")


def test_a_code_for_a_dossier_whose_key_was_made_here_opens_it(site: VaultSite) -> None:
    dossier = new_dossier_id()
    site.hand_over(site.make_item(dossier))
    slip = site.take_change(dossier, code=True)
    site.guard()
    assert state_of(site.activate_slip(slip)) == "activated"
    assert holders_keys(site, dossier) == publics(site, dossier)
    assert site.told() == ["account_to_activate", "account_activated"]


# Closing and opening again


def test_a_closed_dossier_is_reached_by_recovery_alone_and_its_content_stays(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier()
    site.activate_slip(enrolment)
    waiting = site.take_change(dossier, code=True)
    site.take_change(dossier, is_closed=True)
    assert site.roles(dossier) == {"recovery"}
    assert account(site) == ["disabled"]
    assert site.told() == ["account_activated", "account_disabled"]
    site.clock.pass_by(days=2)
    site.guard()
    assert state_of(site.activate_slip(waiting)) == "void"


def test_closing_kills_the_code_that_was_printed(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier()
    site.take_change(dossier, is_closed=True)
    answer = site.activate_slip(enrolment)
    assert (answer.status_code, state_of(answer)) == (410, "void")


def test_a_dossier_is_closed_once_with_an_audit_entry_for_each_state(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, is_closed=True)
    site.take_change(dossier, is_closed=True)
    assert site.tags()[2:] == ["dossier:closed", "account:disabled"]


def test_a_dossier_opened_again_has_a_generation_of_its_own_a_code_and_the_accesses_of_the_new_answers(
    site: VaultSite,
) -> None:
    dossier, enrolment = site.opened_dossier()
    site.activate_slip(enrolment)
    site.take_change(dossier, is_closed=True, delete_now=True)
    slip = site.take_change(dossier, is_closed=False, code=True, break_glass=True, centre_15=False, decided_ms=7)
    site.clock.pass_by(hours=25)  # it was somebody's account: the guard waits as for any new code
    site.guard()
    assert site.roles(dossier) == {"recovery", "patient", "break_glass"}
    assert len(publics(site, dossier)) == 2
    assert [row["destroy_due_ms"] for row in site.rows(dossiers)] == [None]
    assert state_of(site.activate_slip(slip)) == "activated"
    assert holders_keys(site, dossier) == publics(site, dossier)
    assert site.told()[-3:] == ["account_disabled", "account_to_activate", "account_activated"]


def test_opening_what_is_open_still_asks_for_the_code(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    slip = site.take_change(dossier, is_closed=False, code=True)
    site.guard()
    assert state_of(site.activate_slip(slip)) == "activated"
    assert "dossier:reopened" not in site.tags()


def test_a_grant_while_closed_waits_until_the_dossier_is_opened_again(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(REFUSED_BOTH)
    site.take_change(dossier, is_closed=True)
    site.take_change(dossier, break_glass=True, decided_ms=5)
    site.guard()
    assert site.roles(dossier) == {"recovery"}
    site.take_change(dossier, is_closed=False)
    site.guard()
    assert site.roles(dossier) == {"recovery", "break_glass"}


# Contacts


def held(site: VaultSite, dossier: DossierId) -> tuple[Contact | None, str]:
    (row,) = (row for row in site.rows(contacts) if row["dossier_id"] == dossier.value)
    (context,) = (row for row in site.rows(dossiers) if row["dossier_id"] == dossier.value)
    book = ContactBook(load_keys(site.home).contact_key())
    bound = Bound(RecordId(context["record_id"]), TERMINAL)
    return None if row["sealed"] is None else book.open(row["sealed"], bound), row["language"]


def test_the_contact_and_language_of_an_enrolment_are_kept(post: VaultSite) -> None:
    contact = Contact(email="rose@exemple.fr", mobile="+33600000001", mobile_proved=True)
    dossier, _ = post.opened_dossier(contact=contact, language="ar")
    assert held(post, dossier) == (contact, "ar")


def test_a_contact_change_replaces_and_what_it_does_not_prove_is_unproved(post: VaultSite) -> None:
    dossier, _ = post.opened_dossier(contact=Contact(email="rose@exemple.fr", email_proved=True))
    post.take_change(dossier, contact=Contact(email="iris@exemple.fr"), language="en")
    assert held(post, dossier) == (Contact(email="iris@exemple.fr"), "en")


def test_the_contact_of_a_second_enrolment_is_kept_where_none_was_known(post: VaultSite) -> None:
    dossier = new_dossier_id()
    post.hand_over(post.make_item(dossier))
    contact = Contact(email="rose@exemple.fr")
    second = post.enrol(contact=contact, language="en")
    post.hand_over(post.item(second, dossier, HandOverAction.CODE_REQUEST))
    (context,) = post.rows(dossiers)
    (row,) = post.rows(contacts)
    book = ContactBook(load_keys(post.home).contact_key())
    bound = Bound(RecordId(context["record_id"]), TerminalId(context["terminal"]))
    assert (book.open(row["sealed"], bound), row["language"]) == (contact, "en")


def test_the_contact_of_a_second_enrolment_replaces_none(post: VaultSite) -> None:
    first = Contact(email="rose@exemple.fr")
    dossier, _ = post.opened_dossier(contact=first)
    second = post.enrol(contact=Contact(email="voleur@exemple.fr"))
    post.hand_over(post.item(second, dossier, HandOverAction.CODE_REQUEST))
    assert held(post, dossier) == (first, "fr")


def test_an_unknown_language_is_french(post: VaultSite) -> None:
    dossier, _ = post.opened_dossier(language="klingon-and-much-longer-than-any-column")
    assert held(post, dossier)[1] == "fr"


def test_no_contact_is_in_anything_the_vault_writes_or_logs(post: VaultSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    first = Contact(email="canari-un@exemple.fr", mobile="+33611223344")
    dossier, enrolment = post.opened_dossier(contact=first)
    post.take_change(dossier, contact=Contact(email="canari-deux@exemple.fr"), code=True)
    post.activate_slip(enrolment)
    post.guard()
    written = written_by(post.engine)
    assert enrolment.locator.value.encode() in written
    for canary in ("canari-un", "canari-deux", "611223344"):
        assert canary.encode() not in written
        assert canary not in caplog.text
