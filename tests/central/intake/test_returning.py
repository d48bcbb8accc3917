"""Who comes back: what each kind does, what it leaves alone, and that order makes no difference."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from central.accounts.models import accounts
from central.audit.models import audit_entries
from central.counters.models import counters
from central.engine import writing
from central.enrolments.models import changes, consents, dossiers, waiting_facts
from central.handover.models import outbox
from central.intake.models import quarantine
from central.ledger.models import ledger_entries
from central.proofs.codes import ProofSecret
from central.proofs.models import contact_proofs
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.terminal import LAUNCH, FakeTerminal, fictitious_nir, id_of, representation, returning_facts
from wire.batch import Outcome
from wire.evidence import Contact, Measure, Question
from wire.identifiers import RecordId
from wire.proofs import ContactKind
from wire.records import read_record

NEW = (Outcome.DURABLE_NEW, None)
HOUR = timedelta(hours=1)


def told(code: str) -> tuple[Outcome, str]:
    return (Outcome.DURABLE_NEW, code)


def proof_of(address: str, rig: IntakeRig, *, at: str) -> bytes:
    """That e-mail was proved at that terminal."""
    proof = RecordId.new(LAUNCH).value
    row = {
        "proof_id": proof,
        "terminal_id": at,
        "contact": "email",
        "address_hash": ProofSecret.of(rig.keys).address_hash(ContactKind.EMAIL, address),
        "code_hash": None,
        "wrong_tries": 0,
        "asked_ms": 0,
        "valid_until_ms": 0,
        "proved_ms": 1,
    }
    with writing(rig.engine) as connection:
        connection.execute(contact_proofs.insert(), row)
    return proof


class Visit:
    """One person's visits at one counter; each is sent at once, an hour after it was made."""

    def __init__(self, rig: IntakeRig) -> None:
        self.rig = rig
        self.terminal: FakeTerminal = rig.terminal()

    def enrols(self, *, hours: int = 0, **changes: Any) -> tuple[Outcome, str | None]:
        return self._send(self.terminal.enrol(1, at=LAUNCH + hours * HOUR, **changes), hours)

    def comes_back(self, kind: str, *, hours: int = 1, **changes: Any) -> tuple[Outcome, str | None]:
        return self._send(self.terminal.come_back(kind, 1, at=LAUNCH + hours * HOUR, **changes), hours)

    def _send(self, raw: bytes, hours: int) -> tuple[Outcome, str | None]:
        [outcome] = self.rig.send(self.terminal, raw, at=ARRIVAL + hours * HOUR)
        return outcome

    @property
    def dossier(self) -> Any:
        [row] = self.rig.rows(dossiers)
        return row

    @property
    def account(self) -> Any:
        [row] = self.rig.rows(accounts)
        return row

    def tags(self) -> list[str]:
        return [row.tag for row in self.rig.rows(audit_entries)]

    def counted(self, measure: str) -> int:
        rows = self.rig.rows(counters)
        return sum(row.value for row in rows if (row.dimension, row.period, row.measure) == ("total", "all", measure))

    def handed_over(self) -> list[tuple[str, str]]:
        return [(row.action, row.kind) for row in sorted(self.rig.rows(outbox), key=lambda row: row.queued_ms)]


@pytest.fixture
def visit(rig: IntakeRig) -> Visit:
    return Visit(rig)


@pytest.fixture(autouse=True)
def _recount(rig: IntakeRig) -> Any:
    yield
    report = rig.recount()
    assert report.agrees, report.lines()


class TestClosure:
    def test_closes_for_ten_years_and_disables_the_account(self, visit: Visit) -> None:
        visit.enrols()
        assert visit.comes_back("closure_request") == NEW
        row = visit.dossier
        assert (row.state, row.motive, row.closed_on) == ("closed", "PATIENT_REQUEST", "2018-11-06")
        assert (row.purge_on, row.deletion_asked, visit.account.state) == ("2028-11-06", False, "disabled")
        assert visit.tags()[-2:] == ["dossier:closed", "account:disabled"]
        assert visit.handed_over()[-1] == ("change", "closure_request")

    def test_with_deletion_ends_in_three_months(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request", accepted={Question.DELETION: True})
        assert (visit.dossier.purge_on, visit.dossier.deletion_asked) == ("2019-01-24", True)

    def test_by_who_acts_for_the_holder_says_so(self, visit: Visit) -> None:
        visit.enrols()
        acting = representation(measure=Measure.REPRESENTATION, quality="TUTEUR")
        visit.comes_back("closure_request", representation=acting)
        assert visit.dossier.motive == "REPRESENTATIVE_REQUEST"

    def test_again_changes_nothing_but_a_wish_to_delete_counts(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request")
        assert visit.comes_back("closure_request", hours=2) == told("already_closed")
        assert visit.comes_back("closure_request", hours=3, accepted={Question.DELETION: True}) == NEW
        assert (visit.dossier.deletion_asked, visit.counted("closures")) == (True, 1)
        assert visit.tags().count("dossier:deletion_asked") == 1

    def test_a_plain_enrolment_after_it_is_still_set_aside(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request")
        assert visit.enrols(hours=2) == told("quarantined")
        assert [row.reason for row in visit.rig.rows(quarantine)] == ["dossier_closed"]


class TestReactivation:
    def test_opens_again_without_a_bonus_and_leaves_nothing_of_the_closing(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request")
        assert visit.comes_back("reactivation", hours=2) == NEW
        row = visit.dossier
        assert (row.state, row.closed_on, row.motive, row.purge_on) == ("created", None, None, None)
        assert (visit.account.state, visit.rig.count(ledger_entries)) == ("to_activate", 1)
        assert visit.tags()[-2:] == ["dossier:reactivated", "account:to_activate"]
        assert (visit.counted("reactivations"), visit.counted("dossiers_opened")) == (1, 1)
        assert visit.handed_over()[-1] == ("change", "reactivation")

    def test_its_answers_set_both_accesses(self, visit: Visit) -> None:
        visit.enrols(accepted={Question.BREAK_GLASS: False})
        visit.comes_back("closure_request")
        visit.comes_back("reactivation", hours=2, accepted={Question.CENTRE_15: False})
        assert (visit.dossier.break_glass_refused, visit.dossier.centre_15_refused) == (False, True)

    def test_without_slip_and_contact_there_is_no_account(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request")
        visit.comes_back("reactivation", hours=2, activation_slip=False, contact=Contact())
        assert visit.account.state == "none"

    def test_of_an_open_dossier_opens_nothing_but_its_code_and_answers_count(self, visit: Visit) -> None:
        visit.enrols()
        assert visit.comes_back("reactivation", accepted={Question.BREAK_GLASS: False}) == told("already_open")
        assert (visit.dossier.state, visit.dossier.break_glass_refused) == ("created", True)
        assert visit.handed_over()[-1] == ("change", "reactivation")
        assert (visit.counted("reactivations"), visit.dossier.copies) == (0, 2)

    def test_after_the_ten_years_comes_too_late(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request")
        years = 24 * (365 * 10 + 4)
        assert visit.comes_back("reactivation", hours=years) == told("too_late")
        assert visit.dossier.state == "closed"

    def test_made_before_the_closing_it_arrives_after_does_not_undo_it(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request", hours=3)
        early = visit.rig.terminal("T-PHARM-2")
        raw = early.come_back("reactivation", 1, at=LAUNCH + 2 * HOUR)
        assert visit.rig.send(early, raw, at=ARRIVAL + 9 * HOUR) == [told("superseded")]
        assert (visit.dossier.state, visit.handed_over()[-1]) == ("closed", ("change", "closure_request"))


class TestNewCode:
    def test_is_handed_to_the_vault_and_counted(self, visit: Visit) -> None:
        visit.enrols()
        assert visit.comes_back("code_reissue") == NEW
        assert (visit.dossier.copies, visit.counted("code_reissues")) == (2, 1)
        assert visit.handed_over() == [("open", "enrolment"), ("change", "code_reissue")]
        assert visit.tags()[-1] == "dossier:code_reissued"

    def test_the_part_goes_to_the_vault_as_the_terminal_sealed_it(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("code_reissue")
        raw = visit.terminal.made[-1]
        assert id_of(raw) in {row.record_id for row in visit.rig.rows(outbox)}
        assert read_record(raw).vault in {row.vault for row in visit.rig.rows(outbox)}

    def test_of_a_closed_dossier_waits_until_it_opens_again(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request")
        assert visit.comes_back("code_reissue", hours=3) == told("dossier_closed")
        assert (visit.rig.count(waiting_facts), visit.counted("code_reissues")) == (1, 0)
        visit.comes_back("reactivation", hours=2)
        assert (visit.rig.count(waiting_facts), visit.counted("code_reissues")) == (0, 1)


class TestConsentChange:
    def test_withdraws_and_gives_again(self, visit: Visit) -> None:
        visit.enrols()
        assert visit.comes_back("consent_change", accepted={Question.BREAK_GLASS: False}) == NEW
        assert (visit.dossier.break_glass_refused, visit.dossier.centre_15_refused) == (True, False)
        assert visit.comes_back("consent_change", hours=2) == NEW
        assert not visit.dossier.break_glass_refused
        flags = [tag for tag in visit.tags() if "break_glass" in tag or "centre_15" in tag]
        assert flags == ["dossier:break_glass_refused", "dossier:break_glass_granted"]
        assert visit.counted("consent_changes") == 2

    def test_the_same_word_again_is_kept_and_changes_nothing(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("consent_change", accepted={Question.CENTRE_15: False})
        assert visit.comes_back("consent_change", hours=2, accepted={Question.CENTRE_15: False}) == NEW
        assert visit.tags().count("dossier:centre_15_refused") == 1
        assert (visit.counted("consent_changes"), visit.rig.count(changes)) == (1, 2)

    def test_an_older_grant_that_comes_late_does_not_undo_a_refusal(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("consent_change", hours=5, accepted={Question.BREAK_GLASS: False})
        late = visit.rig.terminal("T-PHARM-2")
        raw = late.come_back("consent_change", 1, at=LAUNCH + 2 * HOUR)
        assert visit.rig.send(late, raw, at=ARRIVAL + 9 * HOUR) == [told("superseded")]
        assert visit.dossier.break_glass_refused
        assert id_of(raw) not in {row.record_id for row in visit.rig.rows(outbox)}

    def test_a_clock_set_ahead_gives_no_word_a_later_time_than_its_arrival(self, visit: Visit) -> None:
        visit.enrols()
        raw = visit.terminal.come_back("consent_change", 1, at=LAUNCH + timedelta(days=400))
        visit.rig.send(visit.terminal, raw, at=ARRIVAL + HOUR)
        visit.comes_back("consent_change", hours=2, accepted={Question.BREAK_GLASS: False})
        assert visit.dossier.break_glass_refused

    def test_a_second_enrolments_yes_does_not_undo_a_refusal(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("consent_change", accepted={Question.BREAK_GLASS: False})
        visit.enrols(hours=2)
        assert visit.dossier.break_glass_refused

    def test_a_second_enrolments_no_does_not_undo_a_later_grant(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("consent_change", hours=5)
        late = visit.rig.terminal("T-PHARM-2")
        raw = late.enrol(1, at=LAUNCH + 2 * HOUR, accepted={Question.BREAK_GLASS: False})
        visit.rig.send(late, raw, at=ARRIVAL + 9 * HOUR)
        assert not visit.dossier.break_glass_refused

    def test_a_closed_dossier_keeps_the_word_and_the_vault_hears_nothing(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("closure_request")
        visit.comes_back("consent_change", hours=2, accepted={Question.BREAK_GLASS: False})
        assert visit.dossier.break_glass_refused
        assert visit.handed_over()[-1] == ("change", "closure_request")

    def test_its_evidence_is_kept(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("consent_change")
        assert id_of(visit.terminal.made[-1]) in {row.record_id for row in visit.rig.rows(consents)}


class TestContactChange:
    def test_keeps_which_contacts_there_are_and_not_what_they_are(self, visit: Visit) -> None:
        visit.enrols()
        assert visit.comes_back("contact_change", contact=Contact(mobile="+33612345678")) == NEW
        row = visit.account
        assert (row.has_email, row.has_mobile, row.mobile_proved) == (False, True, False)
        assert visit.handed_over()[-1] == ("change", "contact_change")
        visit.rig.engine.dispose()
        written = b"".join(path.read_bytes() for path in visit.rig.folder.iterdir())
        assert b"612345678" not in written

    def test_a_record_s_own_word_that_it_is_proved_is_not_believed(self, visit: Visit) -> None:
        claimed = Contact(email="a@exemple.fr", email_proved=True, email_proof=bytes(16))
        visit.enrols(contact=claimed)
        assert (visit.account.has_email, visit.account.email_proved) == (True, False)

    @pytest.mark.parametrize(
        ("address", "proved_at", "believed"),
        [
            ("a@exemple.fr", "T-PHARM-1", True),
            ("b@exemple.fr", "T-PHARM-1", False),
            ("a@exemple.fr", "T-PHARM-9", False),
        ],
    )
    def test_central_s_own_proof_of_that_very_address_at_that_terminal_is(
        self, visit: Visit, address: str, proved_at: str, *, believed: bool
    ) -> None:
        proof = proof_of("a@exemple.fr", visit.rig, at=proved_at)
        visit.enrols(contact=Contact(email=address, email_proof=proof))
        assert visit.account.email_proved is believed

    def test_a_proof_that_holds_for_one_record_of_a_batch_holds_for_no_other_address_in_it(self, visit: Visit) -> None:
        proof = proof_of("voleur@exemple.fr", visit.rig, at="T-PHARM-1")
        visit.terminal.enrol(1, contact=Contact(email="voleur@exemple.fr", email_proof=proof))
        visit.terminal.enrol(2, contact=Contact(email="rose@exemple.fr", email_proof=proof))
        visit.rig.send(visit.terminal)
        assert sorted(row.email_proved for row in visit.rig.rows(accounts)) == [False, True]

    def test_an_older_one_that_comes_late_does_not_replace_the_newer(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("contact_change", hours=5, contact=Contact(mobile="+33612345678"))
        late = visit.rig.terminal("T-PHARM-2")
        raw = late.come_back("contact_change", 1, at=LAUNCH + HOUR, contact=Contact())
        assert visit.rig.send(late, raw, at=ARRIVAL + 9 * HOUR) == [told("superseded")]
        assert visit.account.has_mobile


class TestBeforeTheDossier:
    @pytest.mark.parametrize(
        "kind", ["reactivation", "code_reissue", "consent_change", "contact_change", "closure_request"]
    )
    def test_it_is_kept_and_changes_nothing(self, visit: Visit, kind: str) -> None:
        assert visit.comes_back(kind) == told("no_dossier")
        assert [visit.rig.count(table) for table in (dossiers, changes, outbox, audit_entries)] == [0, 0, 0, 0]
        assert visit.rig.count(waiting_facts) == 1

    def test_a_refusal_holds_when_the_dossier_opens_after_it(self, visit: Visit) -> None:
        other = visit.rig.terminal("T-PHARM-2")
        raw = other.come_back("consent_change", 1, at=LAUNCH + HOUR, accepted={Question.BREAK_GLASS: False})
        visit.rig.send(other, raw, at=ARRIVAL + 2 * HOUR)
        visit.enrols(hours=0)
        assert visit.dossier.break_glass_refused
        assert visit.handed_over() == [("open", "enrolment"), ("change", "consent_change")]
        assert visit.rig.count(waiting_facts) == 0

    def test_a_closure_closes_it_when_it_opens(self, visit: Visit) -> None:
        other = visit.rig.terminal("T-PHARM-2")
        visit.rig.send(other, other.come_back("closure_request", 1, at=LAUNCH + HOUR), at=ARRIVAL + 2 * HOUR)
        visit.enrols(hours=0)
        assert (visit.dossier.state, visit.counted("closures")) == ("closed", 1)

    def test_what_waited_is_counted_where_it_was_made(self, visit: Visit) -> None:
        other = visit.rig.terminal("T-HALL-1", at_hall=True)
        made = {"operator": "AGENT-01", "role": "agent"}
        visit.rig.send(other, other.come_back("closure_request", 1, at=LAUNCH + HOUR, **made), at=ARRIVAL + 2 * HOUR)
        visit.enrols(hours=0)
        places = {
            row.member for row in visit.rig.rows(counters) if (row.dimension, row.measure) == ("terminal", "closures")
        }
        assert places == {"T-HALL-1"}

    def test_a_code_asked_for_before_the_dossier_does_not_kill_the_slip_that_came_with_it(self, visit: Visit) -> None:
        thief = visit.rig.terminal("T-PHARM-2")
        visit.rig.send(thief, thief.come_back("code_reissue", 1, at=LAUNCH), at=ARRIVAL)
        visit.enrols(hours=24)
        assert visit.handed_over() == [("open", "enrolment")]
        assert [row.effect for row in visit.rig.rows(changes)] == ["superseded"]

    def test_nor_does_a_planted_reactivation_bring_its_code_and_contact(self, visit: Visit) -> None:
        thief = visit.rig.terminal("T-PHARM-2")
        visit.rig.send(thief, thief.come_back("reactivation", 1, at=LAUNCH), at=ARRIVAL)
        visit.enrols(hours=24)
        assert visit.handed_over() == [("open", "enrolment")]
        assert [row.effect for row in visit.rig.rows(changes)] == ["superseded"]

    def test_what_waited_from_a_terminal_that_was_revoked_since_is_set_aside(self, visit: Visit) -> None:
        stolen = visit.rig.terminal("T-PHARM-2")
        visit.rig.send(stolen, stolen.come_back("closure_request", 1, at=LAUNCH + HOUR), at=ARRIVAL + 2 * HOUR)
        visit.rig.revoke(stolen)
        visit.enrols(hours=0)
        assert visit.dossier.state == "created"
        assert [row.reason for row in visit.rig.rows(quarantine)] == ["terminal_revoked"]
        assert visit.rig.count(waiting_facts) == 0

    def test_in_one_batch_with_the_enrolment_that_follows_it_takes_effect_too(self, visit: Visit) -> None:
        visit.terminal.come_back("consent_change", 1, at=LAUNCH, accepted={Question.CENTRE_15: False})
        visit.terminal.enrol(1, at=LAUNCH + HOUR)
        assert visit.rig.send(visit.terminal, at=ARRIVAL + HOUR) == [told("no_dossier"), NEW]
        assert visit.dossier.centre_15_refused


class TestPlace:
    def test_a_preparer_attests_nothing(self, visit: Visit) -> None:
        assert visit.enrols(role="preparer") == told("quarantined")
        assert [row.reason for row in visit.rig.rows(quarantine)] == ["attestor_role"]

    def test_a_minor_s_record_without_representative_is_set_aside(self, visit: Visit) -> None:
        assert visit.comes_back("closure_request", birth_date="20100101") == told("quarantined")
        assert [row.reason for row in visit.rig.rows(quarantine)] == ["evidence_incomplete"]

    def test_facts_of_another_kind_than_the_routing_says_are_set_aside(self, visit: Visit) -> None:
        assert visit.comes_back("closure_request", routing={"kind": "consent_change"}) == told("quarantined")
        assert [row.reason for row in visit.rig.rows(quarantine)] == ["kind_mismatch"]

    def test_a_change_without_a_part_for_the_vault_is_set_aside(self, visit: Visit) -> None:
        facts = returning_facts("code_reissue", fictitious_nir(1))
        bare = visit.terminal.tell("pending_ins", facts, routing={"kind": "code_reissue"})
        assert visit.rig.send(visit.terminal, bare) == [told("quarantined")]
        assert [row.reason for row in visit.rig.rows(quarantine)] == ["vault_part_missing"]


class TestCopies:
    def test_every_slip_made_for_a_dossier_is_counted(self, visit: Visit) -> None:
        visit.enrols()
        visit.comes_back("code_reissue")
        visit.enrols(hours=2)
        visit.enrols(hours=3, activation_slip=False)
        visit.comes_back("closure_request", hours=4)
        visit.comes_back("reactivation", hours=5)
        assert visit.dossier.copies == 4


def test_over_several_shards_everything_agrees(tmp_path: Path) -> None:
    sharded = IntakeRig(tmp_path / "sharded", shards=3)
    visit = Visit(sharded)
    visit.enrols()
    for hours, kind in enumerate(("consent_change", "closure_request", "reactivation", "code_reissue"), 1):
        visit.comes_back(kind, hours=hours)
    report = sharded.recount()
    assert report.agrees, report.lines()
    sharded.close()
