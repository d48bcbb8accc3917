from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from central.engine import reading, writing
from central.vault import slips as slips_module
from central.vault.audit import verify_chain
from central.vault.models import audit, contacts, decisions, dossiers, generations, quarantine, records, slips, wraps
from central.vault.slips import SlipOnFile
from tests.central.vault.site import BOTH, VaultSite, new_dossier_id
from tests.fakes.databases import refuse_rows
from wire.dossier_keys import EmergencyChoices
from wire.errors import ChainError
from wire.failpoints import Failpoint
from wire.handover import (
    HAND_OVER_LIMIT,
    HandOverAction,
    HandOverItem,
    HandOverOutcome,
    HandOverResult,
    open_hand_over_answer,
)
from wire.trust import KeyUse

OPEN, CODE_REQUEST = HandOverAction.OPEN, HandOverAction.CODE_REQUEST
KEPT, ALREADY, REFUSED = HandOverOutcome.KEPT, HandOverOutcome.ALREADY, HandOverOutcome.REFUSED
ONLY_BREAK_GLASS = EmergencyChoices(break_glass=True, centre_15=False)


def outcomes(results: tuple[HandOverResult, ...]) -> list[tuple[HandOverOutcome, str | None]]:
    return [(result.outcome, result.code) for result in results]


def roles(site: VaultSite) -> set[object]:
    return {row["role"] for row in site.rows(wraps)}


def tags(site: VaultSite) -> list[object]:
    return [row["tag"] for row in site.rows(audit)]


def test_a_new_dossier_is_kept_with_each_wrap_that_was_made(site: VaultSite) -> None:
    site.opened_dossier()
    assert roles(site) == {"patient", "recovery", "break_glass", "centre_15"}
    assert tags(site) == ["dossier:opened", "account:to_activate"]


def test_a_dossier_without_a_slip_has_no_account_to_activate(site: VaultSite) -> None:
    site.opened_dossier(slip=False)
    assert (site.count(slips), roles(site)) == (0, {"recovery", "break_glass", "centre_15"})
    assert [row["account"] for row in site.rows(dossiers)] == ["none"]


def test_invariant_07_a_refused_access_has_no_wrap(site: VaultSite) -> None:
    site.opened_dossier(EmergencyChoices(break_glass=False, centre_15=True))
    assert roles(site) == {"patient", "recovery", "centre_15"}


def test_invariant_07_a_wrap_that_a_flag_refuses_is_not_kept_even_when_a_terminal_made_it(site: VaultSite) -> None:
    enrolment = site.enrol(BOTH)
    site.hand_over(site.item(enrolment, new_dossier_id(), centre_15_refused=True))
    assert roles(site) == {"patient", "recovery", "break_glass"}
    assert [(row["generation"], row["generation_due"]) for row in site.rows(dossiers)] == [(1, 1)]


def test_a_refusal_at_enrolment_needs_no_new_generation_for_no_wrap_was_made(site: VaultSite) -> None:
    site.opened_dossier(ONLY_BREAK_GLASS)
    assert [row["generation_due"] for row in site.rows(dossiers)] == [0]


def test_the_refusal_of_a_second_enrolment_deletes_the_wrap_of_the_first(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(BOTH)
    second = site.enrol(ONLY_BREAK_GLASS)
    site.hand_over(site.item(second, dossier, CODE_REQUEST, centre_15_refused=True))
    assert roles(site) == {"patient", "recovery", "break_glass"}
    assert [(row["generation"], row["generation_due"]) for row in site.rows(dossiers)] == [(1, 1)]


def test_the_absence_of_a_wrap_in_a_second_part_refuses_even_where_central_says_nothing(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(BOTH)
    site.hand_over(site.item(site.enrol(ONLY_BREAK_GLASS), dossier, CODE_REQUEST))
    assert "centre_15" not in roles(site)


def test_a_second_enrolment_that_accepts_does_not_undo_the_refusal_of_the_first(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(ONLY_BREAK_GLASS)
    site.hand_over(site.item(site.enrol(BOTH), dossier, CODE_REQUEST))
    assert roles(site) == {"patient", "recovery", "break_glass"}


def test_a_refusal_that_central_learns_between_two_sendings_still_deletes_the_wrap(site: VaultSite) -> None:
    enrolment, dossier = site.enrol(BOTH), new_dossier_id()
    item = site.item(enrolment, dossier)
    site.hand_over(item)
    again = site.hand_over(msgspec.structs.replace(item, break_glass_refused=True))
    assert (outcomes(again), roles(site)) == ([(ALREADY, None)], {"patient", "recovery", "centre_15"})


def test_each_refusal_has_one_audit_entry_however_often_it_is_said(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(BOTH)
    item = site.item(site.enrol(ONLY_BREAK_GLASS), dossier, CODE_REQUEST, centre_15_refused=True)
    site.hand_over(item)
    site.hand_over(item)
    assert tags(site)[2:] == ["centre_15:refused", "key:renewed", "code:requested"]


def test_the_wraps_of_a_second_enrolment_are_not_kept(site: VaultSite) -> None:
    dossier, first = site.opened_dossier()
    site.hand_over(site.item(site.enrol(), dossier, CODE_REQUEST))
    assert [row["dossier_public"] for row in site.rows(dossiers)] == [first.dossier_public]
    assert site.count(wraps) == 4


def test_a_replayed_hand_over_is_recognised_and_changes_nothing(site: VaultSite) -> None:
    document = site.request([site.item(site.enrol(), new_dossier_id())])
    site.post("/v1/hand-over", document)
    before = {table.name: site.rows(table) for table in (dossiers, wraps, slips, audit, records)}
    again = site.opened(site.post("/v1/hand-over", document).data, document)
    assert outcomes(again.results) == [(ALREADY, None)]
    assert {table.name: site.rows(table) for table in (dossiers, wraps, slips, audit, records)} == before


def test_the_same_item_twice_in_one_request_is_kept_once(site: VaultSite) -> None:
    item = site.item(site.enrol(), new_dossier_id())
    assert outcomes(site.hand_over(item, item)) == [(KEPT, None), (ALREADY, None)]


def test_a_replay_after_activation_does_not_bring_the_code_back(site: VaultSite) -> None:
    enrolment, dossier = site.enrol(), new_dossier_id()
    item = site.item(enrolment, dossier)
    site.hand_over(item)
    site.activate_slip(enrolment)
    site.hand_over(item)
    assert "patient" not in roles(site)


def test_a_forged_hand_over_is_refused_and_nothing_is_kept(site: VaultSite) -> None:
    item = site.item(site.enrol(), new_dossier_id())
    answer = site.post("/v1/hand-over", site.request([item], Ed25519PrivateKey.generate()))
    assert (answer.status_code, answer.json) == (
        401,
        {"code": "signature", "message": "the signature does not hold"},
    )
    assert answer.content_type == "application/problem+json"
    assert (site.count(records), site.count(quarantine)) == (0, 0)


def test_a_hand_over_signed_with_another_key_of_the_programme_is_refused(site: VaultSite) -> None:
    key = site.service_key(KeyUse.ANSWER)
    answer = site.post("/v1/hand-over", site.request([site.item(site.enrol(), new_dossier_id())], key))
    assert answer.status_code == 401


def test_an_events_query_is_no_hand_over(site: VaultSite) -> None:
    assert site.post("/v1/hand-over", site.events_query()).status_code == 401


@pytest.mark.parametrize("place", range(0, 1000, 37))
def test_a_flipped_bit_is_refused(make_site: Callable[..., VaultSite], place: int) -> None:
    site = make_site()
    document = bytearray(site.request([site.item(site.enrol(), new_dossier_id())]))
    document[place % len(document)] ^= 1
    assert site.post("/v1/hand-over", bytes(document)).status_code in {400, 401}
    assert site.count(records) == 0


def test_a_hand_over_above_the_limit_is_too_long(site: VaultSite) -> None:
    answer = site.post("/v1/hand-over", bytes(HAND_OVER_LIMIT + 1))
    assert (answer.status_code, answer.json["code"]) == (413, "too_long")  # type: ignore[index]


def test_rubbish_is_malformed(site: VaultSite) -> None:
    answer = site.post("/v1/hand-over", b"\x93rubbish")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")  # type: ignore[index]


def test_more_items_than_agreed_are_refused(site: VaultSite) -> None:
    item = site.item(site.enrol(), new_dossier_id())
    answer = site.post("/v1/hand-over", site.request([item] * 201))
    assert (answer.status_code, answer.json["code"]) == (400, "hand_over_count")  # type: ignore[index]


def test_the_answer_to_one_request_is_none_to_another(site: VaultSite) -> None:
    one, other = (site.request([site.item(site.enrol(), new_dossier_id())]) for _ in range(2))
    answer = site.post("/v1/hand-over", one).data
    with pytest.raises(ChainError):
        open_hand_over_answer(answer, site.bundle.verifying_key(KeyUse.VAULT_ANSWER), request=other)


def moved(item: HandOverItem, other: HandOverItem) -> HandOverItem:
    return msgspec.structs.replace(item, vault=other.vault)


def test_a_part_moved_to_another_record_is_put_aside_and_the_rest_flows_on(site: VaultSite) -> None:
    good, bad, other = (site.item(site.enrol(), new_dossier_id()) for _ in range(3))
    results = site.hand_over(moved(bad, other), good)
    assert outcomes(results) == [(REFUSED, "seal"), (KEPT, None)]
    assert [row["code"] for row in site.rows(quarantine)] == ["seal"]


def test_a_part_of_another_terminal_does_not_open(site: VaultSite) -> None:
    item = msgspec.structs.replace(site.item(site.enrol(), new_dossier_id()), terminal="HALL-13-02-B")
    assert outcomes(site.hand_over(item)) == [(REFUSED, "seal")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"record_id": b"short"}, "record_id"),
        ({"dossier_id": b"short"}, "dossier_id"),
        ({"terminal": "no terminal"}, "terminal_id"),
        ({"vault": b""}, "seal_version"),
    ],
)
def test_an_item_that_is_none_is_put_aside(site: VaultSite, change: dict[str, object], code: str) -> None:
    item = msgspec.structs.replace(site.item(site.enrol(), new_dossier_id()), **change)
    assert outcomes(site.hand_over(item)) == [(REFUSED, code)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"wrap_patient": None}, "slip_incomplete"),
        ({"locator": "AB"}, "locator_length"),
        ({"locator": "abcdefgh"}, "locator_form"),
        ({"code_public": bytes(32)}, "wrap_key"),
        ({"code_public": bytes(31)}, "wrap_key"),
        ({"wrap_patient": b"rubbish"}, "seal_version"),
        ({"dossier_public": bytes(31)}, "dossier_key"),
        ({"generation": -1}, "dossier_key"),
        ({"generation": 1 << 63}, "dossier_key"),  # no database holds it
    ],
)
def test_a_part_that_does_not_hold_together_is_put_aside(site: VaultSite, change: dict[str, object], code: str) -> None:
    enrolment = site.enrol()
    part = msgspec.structs.replace(enrolment.part, **change)
    assert outcomes(site.hand_over(site.item(enrolment, new_dossier_id(), part=part))) == [(REFUSED, code)]
    assert (site.count(dossiers), site.count(quarantine)) == (0, 1)


def test_the_same_record_with_another_content_is_put_aside(site: VaultSite) -> None:
    enrolment, dossier = site.enrol(), new_dossier_id()
    site.hand_over(site.item(enrolment, dossier))
    other = site.item(enrolment, dossier)  # sealed anew: other bytes
    assert outcomes(site.hand_over(other)) == [(REFUSED, "id_conflict")]


def test_a_dossier_is_opened_by_one_record_only(site: VaultSite) -> None:
    dossier, first = site.opened_dossier()
    assert outcomes(site.hand_over(site.item(site.enrol(), dossier))) == [(REFUSED, "dossier_known")]
    assert [row["record_id"] for row in site.rows(dossiers)] == [first.record_id.value]


def test_a_refusal_in_an_item_that_is_put_aside_is_not_lost(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier(BOTH)
    broken = msgspec.structs.replace(site.item(site.enrol(), dossier, CODE_REQUEST), vault=b"", centre_15_refused=True)
    site.hand_over(broken)
    assert "centre_15" not in roles(site)


def test_what_is_put_aside_twice_is_kept_and_audited_once(site: VaultSite) -> None:
    item = msgspec.structs.replace(site.item(site.enrol(), new_dossier_id()), vault=b"")
    assert outcomes(site.hand_over(item) + site.hand_over(item)) == [(REFUSED, "seal_version")] * 2
    assert (site.count(quarantine), tags(site)) == (1, ["record:quarantined"])


def test_what_was_put_aside_is_released_when_it_can_be_kept(site: VaultSite) -> None:
    """A dossier id that central gave twice by mistake: the second waits until a person has set the first right."""
    dossier, first = site.opened_dossier()
    item = site.item(site.enrol(), dossier)
    site.hand_over(item)
    with writing(site.engine) as conn:
        for table in (dossiers, generations, wraps, slips, contacts):
            conn.execute(table.delete().where(table.c.dossier_id == dossier.value))
    assert outcomes(site.hand_over(item)) == [(KEPT, None)]
    assert (site.count(quarantine), tags(site)[-1]) == (0, "record:released")
    assert first.record_id.value not in {row["record_id"] for row in site.rows(dossiers)}


def test_trouble_with_one_item_leaves_it_for_later_and_keeps_the_others(site: VaultSite) -> None:
    bad, good = site.enrol(), site.enrol()
    refuse_rows(site.engine, slips, locator=bad.locator.value)
    results = site.hand_over(site.item(bad, new_dossier_id()), site.item(good, new_dossier_id()))
    assert outcomes(results) == [(HandOverOutcome.LATER, "internal"), (KEPT, None)]
    assert [row["record_id"] for row in site.rows(dossiers)] == [good.record_id.value]
    with reading(site.engine) as conn:
        assert verify_chain(conn) == 2


def test_one_item_that_no_code_of_ours_expects_does_not_stop_the_hand_over_of_the_others(
    site: VaultSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of 25,000 terminals is hostile: what it seals for the vault must not keep the rest from their dossiers."""
    bad, good = site.enrol(), site.enrol()
    keep = slips_module.keep

    def surprised(conn: Connection, slip: SlipOnFile, locator: str) -> None:
        keep(conn, slip, locator)
        if slip.record_id == bad.record_id:
            raise OverflowError

    monkeypatch.setattr(slips_module, "keep", surprised)
    results = site.hand_over(site.item(bad, new_dossier_id()), site.item(good, new_dossier_id()))
    assert outcomes(results) == [(HandOverOutcome.LATER, "internal"), (KEPT, None)]
    assert [row["record_id"] for row in site.rows(slips)] == [good.record_id.value]


class PowerCutError(Exception):
    pass


@pytest.mark.parametrize(("where", "kept"), [(Failpoint.VAULT_BEFORE_COMMIT, 0), (Failpoint.VAULT_AFTER_COMMIT, 1)])
def test_a_power_cut_leaves_all_of_a_request_or_nothing(
    make_site: Callable[..., VaultSite], where: Failpoint, kept: int
) -> None:
    reached: list[Failpoint] = []

    def cut(point: Failpoint) -> None:
        reached.append(point)
        if point is where:
            raise PowerCutError

    site = make_site(reach=cut)
    document = site.request([site.item(site.enrol(), new_dossier_id())])
    assert site.post("/v1/hand-over", document).status_code == 500
    assert reached[-1] is where
    assert (site.count(dossiers), site.count(records)) == (kept, kept)


def test_a_bundle_that_names_another_hand_over_key_ends_the_old_one(site: VaultSite) -> None:
    former = site.hand_over_key
    site.rotate(KeyUse.HAND_OVER)
    item = site.item(site.enrol(), new_dossier_id())
    assert site.post("/v1/hand-over", site.request([item], former)).status_code == 401
    assert outcomes(site.hand_over(item)) == [(KEPT, None)]


def test_after_the_bundle_has_run_out_nothing_is_taken(site: VaultSite) -> None:
    document = site.request([site.item(site.enrol(), new_dossier_id())])
    assert site.app
    site.clock.pass_by(days=366)
    answer = site.post("/v1/hand-over", document)
    assert (answer.status_code, answer.json["code"]) == (503, "trust_validity")  # type: ignore[index]


def test_the_log_names_no_locator_and_no_id(site: VaultSite, caplog: pytest.LogCaptureFixture) -> None:
    enrolment = site.enrol()
    item = msgspec.structs.replace(site.item(enrolment, new_dossier_id()), vault=b"")
    site.hand_over(item)
    site.activate_slip(enrolment)
    assert enrolment.locator.value not in caplog.text
    assert str(enrolment.record_id) not in caplog.text


CHOICES = st.builds(EmergencyChoices, break_glass=st.booleans(), centre_15=st.booleans())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=CHOICES, others=st.lists(st.tuples(CHOICES, st.booleans(), st.booleans()), max_size=3), data=st.data())
def test_whatever_the_order_and_repetition_the_same_wraps_remain(
    site: VaultSite, first: EmergencyChoices, others: list[tuple[EmergencyChoices, bool, bool]], data: st.DataObject
) -> None:
    dossier = new_dossier_id()
    opening = site.enrol(first)
    items = [site.item(opening, dossier)]
    items += [
        site.item(site.enrol(choices), dossier, CODE_REQUEST, break_glass_refused=flag, centre_15_refused=other)
        for choices, flag, other in others
    ]
    sent = data.draw(st.permutations(items + data.draw(st.lists(st.sampled_from(items), max_size=3))))
    cut = data.draw(st.integers(0, len(sent)))
    for group in (sent[:cut], sent[cut:]):
        if group:
            site.hand_over(*group)

    break_glass = first.break_glass and all(each.break_glass and not flag for each, flag, _ in others)
    centre_15 = first.centre_15 and all(each.centre_15 and not flag for each, _, flag in others)
    accepted = {"break_glass": break_glass, "centre_15": centre_15}
    expected = {"patient", "recovery"} | {role for role, kept in accepted.items() if kept}
    here = [row for row in site.rows(wraps) if row["dossier_id"] == dossier.value]
    assert {row["role"] for row in here} == expected
    (state,) = (row for row in site.rows(dossiers) if row["dossier_id"] == dossier.value)
    lost = (first.break_glass and not break_glass) + (first.centre_15 and not centre_15)
    assert bool(lost) <= state["generation"] == state["generation_due"] <= lost  # type: ignore[operator]
    assert [row["state"] for row in site.rows(slips) if row["dossier_id"] == dossier.value].count("live") == 1
    noted = [row for row in site.rows(decisions) if row["dossier_id"] == dossier.value]
    assert len(noted) == (not break_glass) + (not centre_15)
    written = [row["tag"] for row in site.rows(audit) if row["dossier_id"] == dossier.value]
    assert sorted(map(str, written)) == sorted(
        ["dossier:opened", "account:to_activate"]
        + ["key:renewed"] * state["generation"]  # type: ignore[operator]
        + ["code:requested"] * len(others)
        + ["break_glass:refused"] * (not break_glass)
        + ["centre_15:refused"] * (not centre_15)
    )
