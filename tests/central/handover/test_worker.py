from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.accounts.models import accounts
from central.audit.models import audit_entries
from central.engine import reading, writing
from central.enrolments.models import dossiers
from central.errors import VaultError
from central.handover import outbox as outbox_rows
from central.handover.models import outbox
from central.handover.worker import HandOverParts, HandOverWorker, Pace
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.terminal import LAUNCH, FakeTerminal, id_of
from tests.fakes.vault import FakeVault
from wire.errors import ChainError, SignatureError
from wire.evidence import Question
from wire.failpoints import Failpoint, Reach, pass_by
from wire.handover import (
    HandOver,
    HandOverAction,
    HandOverOutcome,
    HandOverResult,
    VaultEventKind,
    write_hand_over,
)
from wire.identifiers import milliseconds


class PowerCutError(Exception):
    pass


@dataclass
class Clock:
    now: datetime = ARRIVAL + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """Central's side of the hand-over: a rig, a fake vault, a worker."""

    rig: IntakeRig
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        vault_key = Ed25519PrivateKey.generate()
        self.vault = FakeVault(vault_key, self.rig.keys.hand_over.public_key())
        self.parts = HandOverParts(
            self.rig.engine, self.vault, self.rig.keys.hand_over, vault_key.public_key(), self.clock, self.rig.shards
        )
        self.worker = HandOverWorker(self.parts)
        self.terminal: FakeTerminal = self.rig.terminal()

    def enrol(self, person: int, **changes: object) -> bytes:
        """An enrolment that central has; its record id."""
        raw = self.terminal.enrol(person, **changes)
        self.rig.send(self.terminal, raw, at=ARRIVAL + timedelta(seconds=len(self.terminal.made)))
        return id_of(raw)

    def comes_back(self, kind: str, hours: int, **changes: object) -> bytes:
        """Person 1 again, so many hours later; the record's id."""
        raw = self.terminal.come_back(kind, 1, at=LAUNCH + timedelta(hours=hours), **changes)
        self.rig.send(self.terminal, raw, at=ARRIVAL + timedelta(hours=hours))
        self.clock.now = max(self.clock.now, ARRIVAL + timedelta(hours=hours, minutes=1))
        return id_of(raw)

    def interrupted(self, at: Failpoint) -> HandOverWorker:
        def cut(point: Failpoint) -> None:
            if point is at:
                raise PowerCutError

        reach: Reach = cut
        return HandOverWorker(self.parts, reach=reach)

    def waiting(self) -> int:
        return self.rig.count(outbox)

    def tags(self) -> list[str]:
        return [row.tag for row in self.rig.rows(audit_entries)]


@pytest.fixture
def office(rig: IntakeRig) -> Office:
    return Office(rig)


class TestHandOver:
    def test_what_the_vault_keeps_leaves_the_outbox(self, office: Office) -> None:
        record_id = office.enrol(1)
        assert office.worker.round().sent == 1
        assert (office.waiting(), list(office.vault.kept)) == (0, [record_id])

    def test_an_answer_lost_is_asked_for_again_and_kept_once(self, office: Office) -> None:
        office.enrol(1)
        with pytest.raises(PowerCutError):
            office.interrupted(Failpoint.HAND_OVER_AFTER).round()
        assert office.waiting() == 1
        office.worker.round()
        assert (office.waiting(), len(office.vault.kept), len(office.vault.requests)) == (0, 1, 2)

    def test_power_that_fails_before_sending_loses_nothing(self, office: Office) -> None:
        office.enrol(1)
        with pytest.raises(PowerCutError):
            office.interrupted(Failpoint.HAND_OVER_BEFORE).round()
        assert (office.waiting(), office.vault.requests) == (1, [])

    def test_while_the_vault_is_down_the_outbox_grows_and_then_drains_in_order(self, office: Office) -> None:
        office.vault.down = True
        sent = []
        for person in range(5):
            sent.append(office.enrol(person))
            with pytest.raises(VaultError):
                office.worker.round()
        assert office.waiting() == 5
        office.vault.down = False
        office.worker.round()
        assert (office.waiting(), list(office.vault.kept)) == (0, sent)

    def test_later_means_later_and_longer_each_time(self, office: Office) -> None:
        record_id = office.enrol(1)
        office.vault.verdicts[record_id] = HandOverResult(record_id=record_id, outcome=HandOverOutcome.LATER)
        waits = []
        for _ in range(3):
            assert office.worker.round().sent == 1
            [row] = office.rig.rows(outbox)
            waits.append(row.next_ms - milliseconds(office.clock.now))
            assert office.worker.round().sent == 0
            office.clock.now += timedelta(milliseconds=waits[-1])
        assert waits == [5_000, 10_000, 20_000]

    def test_an_item_the_answer_does_not_name_waits_too(self, office: Office) -> None:
        office.vault.silent_about.add(office.enrol(1))
        office.worker.round()
        [row] = office.rig.rows(outbox)
        assert (row.state, row.attempts) == ("waiting", 1)

    def test_what_the_vault_refuses_stays_for_a_person_and_is_audited(self, office: Office) -> None:
        record_id, other = office.enrol(1), office.enrol(2)
        refused = HandOverResult(record_id=record_id, outcome=HandOverOutcome.REFUSED, code="seal")
        office.vault.verdicts[record_id] = refused
        office.worker.round()
        assert office.worker.round().sent == 0
        [row] = office.rig.rows(outbox)
        assert (row.record_id, row.state, row.code) == (record_id, "dead", "seal")
        assert list(office.vault.kept) == [other]
        assert office.tags().count("handover:refused") == 1

    def test_what_was_refused_can_be_sent_again_when_it_was_put_right(self, office: Office) -> None:
        record_id = office.enrol(1)
        refused = HandOverResult(record_id=record_id, outcome=HandOverOutcome.REFUSED, code="seal")
        office.vault.verdicts[record_id] = refused
        office.worker.round()
        office.vault.verdicts.clear()
        with writing(office.rig.engine) as connection:
            assert outbox_rows.revive(connection, now_ms=milliseconds(office.clock.now)) == 1
        office.worker.round()
        assert office.waiting() == 0

    def test_a_refusal_learnt_before_sending_travels_with_the_opening(self, office: Office) -> None:
        first = office.enrol(1)
        second = office.enrol(1, accepted={Question.CENTRE_15: False})
        office.worker.round()
        office.worker.round()
        items = office.vault.kept
        assert [items[first].centre_15_refused, items[second].centre_15_refused] == [True, True]
        assert [items[one].action.value for one in (first, second)] == ["open", "code_request"]

    def test_of_one_dossier_one_after_the_other_so_that_nothing_overtakes(self, office: Office) -> None:
        opened = office.enrol(1)
        closed, reopened = office.comes_back("closure_request", 1), office.comes_back("reactivation", 2)
        later = HandOverResult(record_id=closed, outcome=HandOverOutcome.LATER)
        office.vault.verdicts[closed] = later
        assert [office.worker.round().sent for _ in range(3)] == [1, 1, 0]
        office.vault.verdicts.clear()
        office.clock.now += timedelta(minutes=1)
        assert [office.worker.round().sent for _ in range(3)] == [1, 1, 0]
        assert list(office.vault.kept) == [opened, closed, reopened]

    def test_a_closing_the_vault_refused_is_not_sent_again_once_it_was_undone(self, office: Office) -> None:
        office.enrol(1)
        office.worker.round()
        closed = office.comes_back("closure_request", 1)
        office.vault.verdicts[closed] = HandOverResult(record_id=closed, outcome=HandOverOutcome.REFUSED, code="seal")
        office.worker.round()
        office.comes_back("reactivation", 2)
        with writing(office.rig.engine) as connection:
            assert outbox_rows.revive(connection, now_ms=milliseconds(office.clock.now)) == 0

    def test_while_one_dossier_waits_the_others_go_on(self, office: Office) -> None:
        office.enrol(1)
        office.comes_back("closure_request", 1)
        other = office.enrol(2)
        office.worker.round()
        assert other in office.vault.kept

    def test_a_change_names_its_kind_and_when_the_accesses_were_decided(self, office: Office) -> None:
        office.enrol(1)
        record_id = office.comes_back("consent_change", 1, accepted={Question.BREAK_GLASS: False})
        office.worker.round()
        office.worker.round()
        item = office.vault.kept[record_id]
        assert (item.action, item.kind) == (HandOverAction.CHANGE, "consent_change")
        decided_ms = milliseconds(LAUNCH + timedelta(hours=1))
        assert (item.break_glass_refused, item.centre_15_refused) == (True, False)
        assert (item.break_glass_decided_ms, item.centre_15_decided_ms) == (decided_ms, decided_ms)

    def test_an_opening_that_nobody_refused_anything_in_has_no_decided_time(self, office: Office) -> None:
        record_id = office.enrol(1)
        office.worker.round()
        item = office.vault.kept[record_id]
        assert (item.break_glass_decided_ms, item.centre_15_decided_ms) == (0, 0)

    def test_a_great_many_go_in_several_requests(self, office: Office) -> None:
        for start in (0, 150):
            batch = [office.terminal.enrol(person) for person in range(start, start + 150)]
            office.rig.send(office.terminal, *batch)
        assert [office.worker.round().sent for _ in range(3)] == [200, 100, 0]

    def test_an_answer_of_another_is_not_believed(self, office: Office) -> None:
        office.enrol(1)
        office.vault.key = Ed25519PrivateKey.generate()
        with pytest.raises(SignatureError):
            office.worker.round()
        assert office.waiting() == 1

    def test_an_answer_to_another_request_is_not_believed(self, office: Office) -> None:
        office.enrol(1)
        other = write_hand_over(HandOver(sent_ms=1, items=()), office.rig.keys.hand_over)
        replayed = office.vault.hand_over(other)
        office.vault.hand_over = lambda _request: replayed  # type: ignore[method-assign]
        with pytest.raises(ChainError):
            office.worker.round()
        assert office.waiting() == 1


class TestEvents:
    def dossier(self, office: Office) -> bytes:
        office.enrol(1)
        [row] = office.rig.rows(dossiers)
        return bytes(row.dossier_id)

    def state(self, office: Office) -> str:
        [row] = office.rig.rows(accounts)
        return str(row.state)

    def test_an_activation_is_projected_audited_and_counted_once(self, office: Office) -> None:
        office.vault.tell(VaultEventKind.ACCOUNT_ACTIVATED, self.dossier(office), at_ms=milliseconds(ARRIVAL))
        assert [office.worker.round().events, office.worker.round().events] == [1, 0]
        assert self.state(office) == "active"
        assert office.tags().count("account:activated") == 1
        report = office.rig.recount()
        assert report.agrees, report.lines()

    def test_a_lock_after_an_activation_is_shown(self, office: Office) -> None:
        dossier = self.dossier(office)
        for kind in (VaultEventKind.ACCOUNT_ACTIVATED, VaultEventKind.ACCOUNT_LOCKED):
            office.vault.tell(kind, dossier, at_ms=milliseconds(ARRIVAL))
        office.worker.round()
        assert self.state(office) == "locked"
        assert office.rig.recount().agrees

    def test_a_second_activation_is_audited_but_not_counted_again(self, office: Office) -> None:
        dossier = self.dossier(office)
        for kind in (
            VaultEventKind.ACCOUNT_ACTIVATED,
            VaultEventKind.ACCOUNT_LOCKED,
            VaultEventKind.ACCOUNT_ACTIVATED,
        ):
            office.vault.tell(kind, dossier, at_ms=milliseconds(ARRIVAL))
        office.worker.round()
        assert office.tags().count("account:activated") == 2
        report = office.rig.recount()
        assert report.agrees, report.lines()

    def test_the_same_state_told_twice_changes_nothing(self, office: Office) -> None:
        dossier = self.dossier(office)
        for _ in range(2):
            office.vault.tell(VaultEventKind.ACCOUNT_ACTIVATED, dossier, at_ms=milliseconds(ARRIVAL))
        office.worker.round()
        assert office.tags().count("account:activated") == 1

    def told(self, office: Office, *kinds: VaultEventKind, at: datetime = ARRIVAL + timedelta(hours=9)) -> str:
        """The account's state once the vault has told these of the one dossier."""
        [row] = office.rig.rows(dossiers)
        for kind in kinds:
            office.vault.tell(kind, row.dossier_id, at_ms=milliseconds(at))
        office.worker.round()
        return self.state(office)

    def test_a_new_code_makes_an_account_to_activate_again(self, office: Office) -> None:
        self.dossier(office)
        assert self.told(office, VaultEventKind.ACCOUNT_ACTIVATED, VaultEventKind.ACCOUNT_TO_ACTIVATE) == "to_activate"
        assert office.tags().count("account:to_activate") == 2

    def test_the_closing_of_a_dossier_is_told_once_by_central_or_the_vault(self, office: Office) -> None:
        self.dossier(office)
        office.comes_back("closure_request", 1)
        assert self.told(office, VaultEventKind.ACCOUNT_DISABLED) == "disabled"
        assert office.tags().count("account:disabled") == 1

    @pytest.mark.parametrize(
        "kind",
        [VaultEventKind.ACCOUNT_ACTIVATED, VaultEventKind.ACCOUNT_LOCKED, VaultEventKind.ACCOUNT_TO_ACTIVATE],
    )
    def test_what_happened_before_a_closing_does_not_undo_it(self, office: Office, kind: VaultEventKind) -> None:
        self.dossier(office)
        office.comes_back("closure_request", 1)
        assert self.told(office, kind) == "disabled"

    def test_a_closing_that_was_undone_since_does_not_disable_the_account(self, office: Office) -> None:
        self.dossier(office)
        office.comes_back("closure_request", 1)
        office.comes_back("reactivation", 2)
        assert self.told(office, VaultEventKind.ACCOUNT_DISABLED) == "to_activate"
        assert office.rig.recount().agrees

    def test_a_contact_is_proved_once(self, office: Office) -> None:
        self.dossier(office)
        self.told(office, VaultEventKind.EMAIL_PROVED, VaultEventKind.EMAIL_PROVED)
        [row] = office.rig.rows(accounts)
        assert (row.email_proved, office.tags().count("account:email_proved")) == (True, 1)

    def test_a_contact_that_is_not_there_is_not_proved(self, office: Office) -> None:
        self.dossier(office)
        self.told(office, VaultEventKind.MOBILE_PROVED)
        [row] = office.rig.rows(accounts)
        assert (row.mobile_proved, office.tags().count("account:mobile_proved")) == (False, 0)

    def test_the_proof_of_an_earlier_address_does_not_count_for_the_next(self, office: Office) -> None:
        self.dossier(office)
        office.comes_back("contact_change", 5)
        self.told(office, VaultEventKind.EMAIL_PROVED, at=ARRIVAL + timedelta(hours=1))
        [row] = office.rig.rows(accounts)
        assert not row.email_proved

    def test_an_event_of_a_later_version_or_an_unknown_dossier_is_passed(self, office: Office) -> None:
        dossier = self.dossier(office)
        office.vault.tell("key_rotated", dossier, at_ms=0)
        office.vault.tell(VaultEventKind.ACCOUNT_ACTIVATED, bytes(16), at_ms=0)
        office.vault.tell(VaultEventKind.ACCOUNT_ACTIVATED, dossier, at_ms=milliseconds(ARRIVAL))
        assert office.worker.round().events == 3
        assert self.state(office) == "active"


class TestTheThread:
    def test_goes_on_after_failures_and_stops_when_told(self, office: Office) -> None:
        office.enrol(1)
        office.vault.down = True
        stop, tried = threading.Event(), threading.Event()
        hand_over = office.vault.hand_over

        def seen(request: bytes) -> bytes:
            try:
                return hand_over(request)
            finally:
                if office.vault.down:
                    office.vault.down = False
                else:
                    tried.set()

        office.vault.hand_over = seen  # type: ignore[method-assign]
        worker = HandOverWorker(office.parts, pace=Pace(idle_s=0.01, longest_s=0.02), reach=pass_by)
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        assert tried.wait(10)
        stop.set()
        thread.join(10)
        assert not thread.is_alive()
        with reading(office.rig.engine) as connection:
            assert outbox_rows.count(connection, outbox_rows.WAITING) == 0

    def test_logs_a_code_and_never_what_was_written(self, office: Office, caplog: pytest.LogCaptureFixture) -> None:
        office.vault.down = True
        office.enrol(1)
        stop = threading.Event()

        worker = HandOverWorker(replace(office.parts, clock=lambda: _stop(stop, office.clock.now)))
        worker.run(stop)
        assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == ["vault_silent"]


def _stop(stop: threading.Event, now: datetime) -> datetime:
    stop.set()
    return now
