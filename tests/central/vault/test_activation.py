from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from central.engine import writing
from central.vault.activation import Judgement, SlipRules, Verdict, judge
from central.vault.models import SlipState, WrapRole, attempts, audit, dossiers, generations, slips, wraps
from central.vault.slips import SlipOnFile
from central.vault.wraps import Bound, PassphraseWrap, open_with_passphrase
from tests.central.vault.site import PASSPHRASE, START, TERMINAL, Enrolment, VaultSite, new_dossier_id, state_of
from wire.codes import ActivationCode, Locator
from wire.handover import HandOverAction, VaultEventKind
from wire.identifiers import DossierId, RecordId, milliseconds

NOW_MS = milliseconds(START)
RULES = SlipRules(timedelta(days=42), wrong_tries=5)


def wrong() -> str:
    return ActivationCode.new().grouped()


def miss(site: VaultSite, enrolment: Enrolment, times: int) -> str:
    for number in range(times):
        answer = site.activate(enrolment.locator.grouped(), wrong(), address=f"198.51.100.{number}")
    return state_of(answer)


def roles(site: VaultSite) -> set[object]:
    return {row["role"] for row in site.rows(wraps)}


def test_the_right_code_makes_the_account_active(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    answer = site.activate_slip(enrolment)
    assert (answer.status_code, state_of(answer)) == (200, "activated")
    assert [row["account"] for row in site.rows(dossiers)] == ["active"]


def test_the_holder_reaches_the_dossier_key_with_the_passphrase_alone(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    site.activate_slip(enrolment)
    (row,) = (row for row in site.rows(wraps) if row["role"] == WrapRole.PASSPHRASE.value)
    kept = PassphraseWrap(row["sealed"], row["salt"], row["kdf"])  # type: ignore[arg-type]
    bound = Bound(enrolment.record_id, enrolment.terminal)
    opened = open_with_passphrase(kept, PASSPHRASE, site.pepper, bound, enrolment.dossier_public)
    assert opened.private_bytes_raw() == enrolment.dossier_key.private_bytes_raw()


def test_activation_replaces_the_wrap_of_the_code(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    site.activate_slip(enrolment)
    assert roles(site) == {"passphrase", "recovery", "break_glass", "centre_15"}


def test_activation_is_told_to_central_once(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier()
    site.activate_slip(enrolment)
    site.activate_slip(enrolment)
    told = [(event.number, event.kind, event.dossier_id) for event in site.events().events]
    assert told == [(1, VaultEventKind.ACCOUNT_ACTIVATED.value, dossier.value)]


def test_a_code_typed_in_small_letters_with_l_for_1_is_understood(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    typed = enrolment.code.grouped().lower().replace("1", "l").replace("-", " ").replace("0", "o")
    assert state_of(site.activate(enrolment.locator.grouped().lower(), typed)) == "activated"


def test_a_locator_the_vault_does_not_have_is_not_yet_transmitted(site: VaultSite) -> None:
    enrolment = site.enrol()
    answer = site.activate_slip(enrolment)
    assert (answer.status_code, state_of(answer)) == (404, "not_yet_transmitted")


def test_a_slip_works_once_it_has_arrived(site: VaultSite) -> None:
    enrolment = site.enrol()
    site.activate_slip(enrolment)
    site.hand_over(site.item(enrolment, new_dossier_id()))
    assert state_of(site.activate_slip(enrolment)) == "activated"


def test_a_used_slip_says_so_whatever_the_code(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    site.activate_slip(enrolment)
    answers = [site.activate_slip(enrolment), site.activate(enrolment.locator.grouped(), wrong())]
    assert [(answer.status_code, state_of(answer)) for answer in answers] == [(409, "used")] * 2


def test_a_slip_expires_42_days_after_it_arrived(site: VaultSite) -> None:
    _, last_moment = site.opened_dossier()
    _, too_late = site.opened_dossier()
    site.clock.pass_by(days=42, milliseconds=-1)
    assert state_of(site.activate_slip(last_moment)) == "activated"
    site.clock.pass_by(milliseconds=1)
    answer = site.activate_slip(too_late)
    assert (answer.status_code, state_of(answer)) == (410, "expired")


def test_a_wrong_code_says_how_many_tries_are_left(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    answer = site.activate(enrolment.locator.grouped(), wrong())
    assert (answer.status_code, state_of(answer)) == (403, "wrong_code")
    assert "Il vous reste 4 essais" in answer.text


def test_the_fifth_wrong_code_locks_the_slip_for_the_right_one_too(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    assert miss(site, enrolment, 4) == "wrong_code"
    assert miss(site, enrolment, 1) == "locked"
    answer = site.activate_slip(enrolment)
    assert (answer.status_code, state_of(answer)) == (423, "locked")


def test_locking_deletes_the_wrap_of_the_code_and_tells_central(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier()
    miss(site, enrolment, 5)
    assert "patient" not in roles(site)
    assert [(event.kind, event.dossier_id) for event in site.events().events] == [("account_locked", dossier.value)]
    assert [row["account"] for row in site.rows(dossiers)] == ["locked"]


def test_four_wrong_codes_then_the_right_one_activate(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    miss(site, enrolment, 4)
    assert state_of(site.activate_slip(enrolment)) == "activated"


def test_a_mistyped_check_symbol_costs_no_try(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    code = enrolment.code.grouped()
    mistyped = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _time in range(8):
        assert state_of(site.activate(enrolment.locator.grouped(), mistyped)) == "mistyped"
    assert site.count(attempts) == 0
    assert state_of(site.activate_slip(enrolment)) == "activated"


def test_the_slip_of_a_second_enrolment_waits_for_the_guard(site: VaultSite) -> None:
    dossier, first = site.opened_dossier()
    second = site.enrol()
    site.hand_over(site.item(second, dossier, HandOverAction.CODE_REQUEST))
    answer = site.activate_slip(second)
    assert (answer.status_code, state_of(answer)) == (409, "waiting_guard")
    assert state_of(site.activate_slip(first)) == "activated"


def test_the_code_of_another_slip_is_wrong(site: VaultSite) -> None:
    _, one = site.opened_dossier()
    _, other = site.opened_dossier()
    assert state_of(site.activate(one.locator.grouped(), other.code.grouped())) == "wrong_code"


def test_two_slips_that_share_a_locator_are_told_apart_by_the_code(site: VaultSite) -> None:
    shared = Locator.new()
    site.opened_dossier(locator=shared)
    dossier, second = site.opened_dossier(locator=shared)
    site.activate_slip(second)
    active = [row["dossier_id"] for row in site.rows(dossiers) if row["account"] == "active"]
    assert active == [dossier.value]


def test_no_race_gives_a_sixth_try(make_site: Callable[..., VaultSite]) -> None:
    site = make_site(locator_tries=100, address_tries=100, derivations_at_once=12)
    _, enrolment = site.opened_dossier()
    said: list[str] = []
    start = threading.Barrier(12)

    def attempt() -> None:
        start.wait()
        said.append(state_of(site.activate(enrolment.locator.grouped(), wrong())))

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["locked"] * 8 + ["wrong_code"] * 4
    assert [row["wrong_tries"] for row in site.rows(slips)] == [5]


def test_two_holders_of_one_code_at_once_activate_once(make_site: Callable[..., VaultSite]) -> None:
    site = make_site(locator_tries=100, address_tries=100, derivations_at_once=6)
    _, enrolment = site.opened_dossier()
    said: list[str] = []
    start = threading.Barrier(6)

    def attempt() -> None:
        start.wait()
        said.append(state_of(site.activate_slip(enrolment)))

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["activated"] + ["used"] * 5
    assert len(site.events().events) == 1


def test_a_locator_is_throttled_whoever_asks(site: VaultSite) -> None:
    locator = Locator.new().grouped()
    said = [state_of(site.activate(locator, wrong(), address=f"198.51.100.{number}")) for number in range(11)]
    assert said == ["not_yet_transmitted"] * 10 + ["throttled"]


def test_an_address_is_throttled_whatever_it_asks_for(site: VaultSite) -> None:
    said = [state_of(site.activate(Locator.new().grouped(), wrong())) for _ in range(21)]
    assert said == ["not_yet_transmitted"] * 20 + ["throttled"]


def test_a_throttled_answer_says_when_to_come_back_and_then_lets_in(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    for _time in range(20):
        site.activate(Locator.new().grouped(), wrong())
    site.clock.pass_by(minutes=5)
    answer = site.activate_slip(enrolment)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert "Réessayez dans 10 minutes" in answer.text
    site.clock.pass_by(minutes=10)
    assert state_of(site.activate_slip(enrolment)) == "activated"


def test_a_throttled_try_is_not_counted(site: VaultSite) -> None:
    for _time in range(25):
        site.activate(Locator.new().grouped(), wrong())
    assert site.count(attempts) == 2 * 20


def test_no_race_gives_a_try_above_the_limit_of_an_address(make_site: Callable[..., VaultSite]) -> None:
    site = make_site(address_tries=3, derivations_at_once=8)
    said: list[str] = []
    start = threading.Barrier(8)

    def attempt() -> None:
        start.wait()
        said.append(state_of(site.activate(Locator.new().grouped(), wrong())))

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["not_yet_transmitted"] * 3 + ["throttled"] * 5


def test_a_flood_that_is_throttled_does_not_ask_for_the_write_lock(make_site: Callable[..., VaultSite]) -> None:
    site = make_site(address_tries=1)
    site.activate(Locator.new().grouped(), wrong())
    with writing(site.engine):
        assert state_of(site.activate(Locator.new().grouped(), wrong())) == "throttled"


def test_tries_are_forgotten_once_no_window_reaches_them(site: VaultSite) -> None:
    site.activate(Locator.new().grouped(), wrong())
    site.clock.pass_by(minutes=15)
    site.activate(Locator.new().grouped(), wrong())
    assert site.count(attempts) == 2


def test_a_wrap_that_opens_nothing_is_said_to_be_no_fault_of_the_holder(site: VaultSite) -> None:
    dossier, enrolment = site.opened_dossier()
    with writing(site.engine) as conn:
        conn.execute(update(wraps).where(wraps.c.role == "patient").values(sealed=b"\x01\x01" + bytes(88)))
    assert state_of(site.activate_slip(enrolment)) == "unusable"
    assert [(event.kind, event.dossier_id) for event in site.events().events] == [("account_locked", dossier.value)]


def test_a_wrap_of_another_dossiers_key_does_not_activate(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    with writing(site.engine) as conn:
        conn.execute(update(generations).values(dossier_public=bytes(32)))
    assert state_of(site.activate_slip(enrolment)) == "unusable"


def test_each_change_of_the_account_has_one_audit_entry(site: VaultSite) -> None:
    _, one = site.opened_dossier()
    _, other = site.opened_dossier()
    site.activate_slip(one)
    site.activate_slip(one)
    miss(site, other, 6)
    tags = [row["tag"] for row in site.rows(audit)]
    opening = ["dossier:opened", "account:to_activate"]
    assert tags == [*opening, *opening, "account:activated", "account:locked"]


def on_file(state: SlipState = SlipState.LIVE, wrong_tries: int = 0, age: timedelta = timedelta()) -> SlipOnFile:
    record, dossier = RecordId.new(START), DossierId(bytes(16))
    since_ms = NOW_MS - age // timedelta(milliseconds=1)
    live_ms = None if state is SlipState.WAITING_GUARD else since_ms
    return SlipOnFile(
        record_id=record,
        terminal=TERMINAL,
        dossier_id=dossier,
        code_public=bytes(32),
        state=state,
        wrong_tries=wrong_tries,
        received_ms=since_ms,
        live_ms=live_ms,
        due_ms=None,
    )


def say(found: list[SlipOnFile], right: SlipOnFile | None = None) -> Judgement:
    return judge(found, lambda slip: slip is right, RULES, now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("slip", "verdict"),
    [
        (on_file(SlipState.USED), Verdict.USED),
        (on_file(SlipState.LOCKED), Verdict.LOCKED),
        (on_file(SlipState.WAITING_GUARD), Verdict.WAITING_GUARD),
        (on_file(age=timedelta(days=42)), Verdict.EXPIRED),
        (on_file(SlipState.USED, age=timedelta(days=99)), Verdict.USED),
        (on_file(SlipState.VOID), Verdict.VOID),
        (on_file(SlipState.OBJECTED), Verdict.OBJECTED),
        (on_file(SlipState.FAILED), Verdict.UNUSABLE),
    ],
)
def test_a_slip_that_is_not_live_answers_by_its_state_even_to_its_code(slip: SlipOnFile, verdict: Verdict) -> None:
    assert say([slip], right=slip) == Judgement(verdict)


def test_a_dead_slip_does_not_stand_before_a_live_one_of_the_same_locator() -> None:
    live = on_file()
    assert say([live, on_file(SlipState.USED)], right=live) == Judgement(Verdict.ACTIVATED, live)


def test_a_wrong_code_counts_on_every_live_slip_of_the_locator() -> None:
    fresh, tried = on_file(), on_file(wrong_tries=3)
    assert say([fresh, tried]) == Judgement(Verdict.WRONG_CODE, missed=(fresh, tried), tries_left=1)


@pytest.mark.parametrize("found", [[], [on_file(SlipState.USED)], [on_file()]])
def test_a_code_is_always_compared_once_so_that_answers_take_alike(found: list[SlipOnFile]) -> None:
    asked: list[SlipOnFile] = []
    judge(found, lambda slip: bool(asked.append(slip)), RULES, now_ms=NOW_MS)
    assert len(asked) == 1
