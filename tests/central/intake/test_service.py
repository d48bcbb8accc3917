from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.accounts.models import accounts
from central.audit.models import audit_entries
from central.devices.models import devices
from central.enrolments.models import consents, dossiers, persons, slips
from central.errors import NotSignedError, TerminalUnknownError
from central.handover.models import outbox
from central.intake.models import chain_incidents, quarantine, records
from central.intake.service import DAMAGED_RETRY_MS
from central.ledger.models import ledger_entries
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.terminal import LAUNCH, FakeTerminal, enrolment_facts, fictitious_nir, hash_of, id_of, text_shown
from wire.batch import BATCH_LIMIT, BatchMessage, Outcome, write_batch
from wire.canonical import decode, encode
from wire.errors import FormatError
from wire.evidence import Question
from wire.failpoints import Failpoint
from wire.identifiers import RecordId, milliseconds
from wire.nir import Nir, key_of
from wire.records import read_record
from wire.sealing import SealPurpose, seal

NEW = (Outcome.DURABLE_NEW, None)
ALREADY = (Outcome.DURABLE_ALREADY, None)
SECOND = (Outcome.DURABLE_NEW, "second_enrolment")
SET_ASIDE = (Outcome.DURABLE_NEW, "quarantined")


class PowerCutError(Exception):
    pass


def reasons(rig: IntakeRig) -> list[str]:
    return sorted(row.reason for row in rig.rows(quarantine))


def incidents(rig: IntakeRig) -> list[tuple[str, int, int | None]]:
    return sorted((row.kind, row.sequence, row.missing) for row in rig.rows(chain_incidents))


def with_records(body: bytes, change: Any) -> bytes:
    """The same signed header over other record bytes."""
    message = decode(body, BatchMessage, limit=BATCH_LIMIT)
    raws = list(message.records)
    change(raws)
    return encode(msgspec.structs.replace(message, records=tuple(raws)))


def flip(raw: bytes, place: int) -> bytes:
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


class TestOneEnrolment:
    def test_opens_a_dossier_with_all_that_hangs_on_it(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        assert rig.send(terminal) == [NEW]
        tables = (records, persons, dossiers, consents, accounts, outbox, ledger_entries)
        assert [rig.count(table) for table in tables] == [1] * 7

    def test_keeps_the_record_as_it_came(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        raw = terminal.enrol(1)
        rig.send(terminal)
        [row] = rig.rows(records)
        assert (row.raw, row.record_hash, row.record_id) == (raw, hash_of(raw), id_of(raw))

    def test_hands_the_vault_part_on_unopened(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        raw = terminal.enrol(1)
        rig.send(terminal)
        [row] = rig.rows(outbox)
        assert (row.vault, row.action, row.state) == (read_record(raw).vault, "open", "waiting")

    def test_writes_the_refusals_of_emergency_access(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, accepted={Question.CENTRE_15: False})
        rig.send(terminal)
        [row] = rig.rows(dossiers)
        assert (row.break_glass_refused, row.centre_15_refused) == (False, True)

    def test_pays_the_pharmacy_one_euro_that_names_its_record(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        raw = terminal.enrol(1)
        rig.send(terminal)
        [row] = rig.rows(ledger_entries)
        assert (row.cents, row.state, row.record_id, row.rule) == (100, "accrued", id_of(raw), "pharmacy-opening-2018")

    def test_pays_nothing_at_a_desk(self, rig: IntakeRig) -> None:
        terminal = rig.terminal(at_hall=True)
        terminal.enrol(1, operator="AGENT-01", role="agent")
        rig.send(terminal)
        assert rig.count(dossiers) == 1
        assert rig.count(ledger_entries) == 0

    def test_holds_the_euro_when_nobody_of_the_office_attested(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, operator="PHARMA-99")
        assert rig.send(terminal) == [NEW]
        [row] = rig.rows(ledger_entries)
        assert (row.state, row.reason, row.cents) == ("held", "operator_unknown", 100)

    def test_audits_each_change_once_in_order(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        rig.send(terminal)
        tags = [row.tag for row in rig.rows(audit_entries)]
        assert tags == ["dossier:opened", "account:to_activate", "ledger:accrued"]

    def test_without_contact_and_slip_makes_no_account_to_activate(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        facts = enrolment_facts(fictitious_nir(1))
        terminal.enrol(1, activation_slip=False, contact=msgspec.structs.replace(facts.contact, email=None))
        rig.send(terminal)
        assert [row.state for row in rig.rows(accounts)] == ["none"]

    def test_leaves_no_identity_in_the_database(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        rig.send(terminal)
        rig.close()
        written = b"".join(path.read_bytes() for path in rig.folder.iterdir())
        canaries = [fictitious_nir(1).compact, fictitious_nir(1).body, "SPÉCIMEN", "lea.specimen@exemple.fr"]
        assert [canary for canary in canaries if canary.encode() in written] == []


class TestOtherFacts:
    def test_a_refusal_is_counted_and_opens_nothing(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.refuse()
        assert rig.send(terminal) == [NEW]
        assert (rig.count(dossiers), rig.count(persons), rig.count(audit_entries)) == (0, 0, 0)

    def test_a_refusal_that_carries_sealed_parts_is_not_kept(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.record("refusal", RecordId.new(LAUNCH), b"somebody", None, at=LAUNCH)
        assert rig.send(terminal) == [(Outcome.REJECTED, "refusal_not_anonymous")]
        assert rig.count(records) == 0

    def test_a_slip_outcome_hangs_on_its_enrolment(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        enrolment = terminal.enrol(1)
        terminal.settle_slip(enrolment, slip="B", result="unknown")
        assert rig.send(terminal) == [NEW, NEW]
        [row] = rig.rows(slips)
        assert (row.enrolment_id, row.slip, row.result) == (id_of(enrolment), "B", "unknown")


class TestASecondEnrolmentOfAPerson:
    def test_opens_and_pays_nothing_more(self, rig: IntakeRig) -> None:
        first, second = rig.terminal("T-PHARM-1"), rig.terminal("T-PHARM-2")
        first.enrol(1)
        second.enrol(1)
        assert [rig.send(first), rig.send(second)] == [[NEW], [SECOND]]
        assert (rig.count(dossiers), rig.count(ledger_entries), rig.count(consents)) == (1, 1, 2)

    def test_within_one_batch_is_seen_too(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        terminal.enrol(1)
        assert rig.send(terminal) == [NEW, SECOND]
        assert rig.count(dossiers) == 1

    def test_asks_the_vault_for_a_new_code(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        again = terminal.enrol(1)
        rig.send(terminal)
        [row] = [row for row in rig.rows(outbox) if row.record_id == id_of(again)]
        assert (row.action, row.dossier_id) == ("code_request", rig.rows(dossiers)[0].dossier_id)

    @pytest.mark.parametrize("refused_first", [True, False])
    def test_a_refusal_wins_whichever_came_first(self, rig: IntakeRig, *, refused_first: bool) -> None:
        terminal = rig.terminal()
        answers = [{Question.BREAK_GLASS: False}, {}]
        for accepted in answers if refused_first else answers[::-1]:
            rig.send(terminal, terminal.enrol(1, accepted=accepted))
        [row] = rig.rows(dossiers)
        assert (row.break_glass_refused, row.centre_15_refused) == (True, False)

    def test_a_later_refusal_is_audited_once(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        for _ in range(2):
            terminal.enrol(1, accepted={Question.BREAK_GLASS: False})
        rig.send(terminal)
        tags = [row.tag for row in rig.rows(audit_entries)]
        assert tags.count("dossier:break_glass_refused") == 1

    def test_of_a_closed_dossier_is_set_aside(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        rig.send(terminal, terminal.enrol(1))
        with rig.engine.begin() as connection:
            connection.execute(dossiers.update().values(state="closed"))
        assert rig.send(terminal, terminal.enrol(1)) == [SET_ASIDE]
        assert reasons(rig) == ["dossier_closed"]


class TestReplays:
    def test_the_same_batch_again_changes_nothing(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        for person in range(3):
            terminal.enrol(person)
        rig.send(terminal)
        before = [rig.rows(table) for table in (dossiers, ledger_entries, audit_entries, outbox)]
        assert rig.send(terminal) == [ALREADY] * 3
        assert [rig.rows(table) for table in (dossiers, ledger_entries, audit_entries, outbox)] == before

    def test_months_later_are_still_recognised(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        rig.send(terminal)
        assert rig.send(terminal, at=ARRIVAL + timedelta(days=300)) == [ALREADY]

    def test_end_before_any_signature_is_verified(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        rig.send(terminal)
        unsigned = terminal.batch(key=Ed25519PrivateKey.generate())
        assert rig.post(terminal.name, unsigned) == [ALREADY]

    def test_beside_new_records_get_their_own_outcome(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        rig.send(terminal)
        terminal.enrol(2)
        assert rig.send(terminal) == [ALREADY, NEW]
        assert incidents(rig) == []

    def test_an_answer_lost_after_the_commit_costs_nothing(self, rig: IntakeRig) -> None:
        def cut(point: Failpoint) -> None:
            if point is Failpoint.INTAKE_AFTER_COMMIT:
                raise PowerCutError

        terminal = rig.terminal()
        terminal.enrol(1)
        rig.reach = cut
        with pytest.raises(PowerCutError):
            rig.worker().receive(terminal.batch(), now=ARRIVAL)
        assert rig.send(terminal) == [ALREADY]
        assert rig.recount().agrees

    def test_power_that_fails_before_the_commit_leaves_nothing(self, rig: IntakeRig) -> None:
        def cut(point: Failpoint) -> None:
            if point is Failpoint.INTAKE_BEFORE_COMMIT:
                raise PowerCutError

        terminal = rig.terminal()
        terminal.enrol(1)
        rig.reach = cut
        with pytest.raises(PowerCutError):
            rig.worker().receive(terminal.batch(), now=ARRIVAL)
        assert [rig.count(table) for table in (records, dossiers, ledger_entries, audit_entries)] == [0] * 4
        assert rig.send(terminal) == [NEW]


class TestTheWholeIsRefused:
    def test_when_the_terminal_is_unknown(self, rig: IntakeRig) -> None:
        stranger = FakeTerminal("T-STRANGE-1", rig.keys.intake.public_key())
        stranger.enrol(1)
        with pytest.raises(TerminalUnknownError):
            rig.send(stranger)

    def test_when_another_key_signed(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        with pytest.raises(NotSignedError):
            rig.post(terminal.name, terminal.batch(key=Ed25519PrivateKey.generate()))
        assert rig.count(records) == 0

    def test_and_a_flood_of_forged_batches_writes_once_a_minute(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        for seconds in (0, 1, 30, 62, 63):
            forged = terminal.batch(key=Ed25519PrivateKey.generate())
            with pytest.raises(NotSignedError):
                rig.post(terminal.name, forged, at=ARRIVAL + timedelta(seconds=seconds))
        [row] = rig.rows(chain_incidents)
        assert (row.kind, row.times) == ("signature", 2)

    def test_when_it_is_longer_than_a_batch_may_be(self, rig: IntakeRig) -> None:
        with pytest.raises(FormatError, match="may come") as refused:
            rig.intake.receive(bytes(10_000_000), now=ARRIVAL)
        assert refused.value.code == "too_long"

    def test_when_it_is_rubbish(self, rig: IntakeRig) -> None:
        with pytest.raises(FormatError) as refused:
            rig.intake.receive(b"\xc1rubbish", now=ARRIVAL)
        assert refused.value.code == "malformed"

    def test_when_its_number_of_records_is_not_the_signed_one(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        terminal.enrol(2)
        with pytest.raises(FormatError) as refused:
            rig.post(terminal.name, with_records(terminal.batch(), lambda raws: raws.pop()))
        assert refused.value.code == "batch_count"


class TestDamage:
    def test_a_flipped_bit_is_asked_for_again_and_the_rest_flows_on(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        for person in range(4):
            terminal.enrol(person)

        def damage(raws: list[bytes]) -> None:
            raws[1] = flip(raws[1], raws[1].index(b"routing") + 40)

        outcomes = rig.post(terminal.name, with_records(terminal.batch(), damage))
        assert [outcome for outcome, _ in outcomes] == [
            Outcome.PENDING,
            Outcome.PENDING,
            Outcome.DURABLE_NEW,
            Outcome.DURABLE_NEW,
        ]
        assert outcomes[0][1] == "unreached"

    def test_once_healed_all_arrive_and_the_gap_closes_by_itself(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        for person in range(4):
            terminal.enrol(person)
        rig.post(terminal.name, with_records(terminal.batch(), lambda raws: raws.__setitem__(1, b"\x80")))
        [gap] = [row for row in rig.rows(chain_incidents) if row.kind == "gap"]
        assert (gap.missing, gap.closed_ms) == (2, None)
        assert rig.send(terminal, *terminal.made[:2]) == [NEW, NEW]
        [gap] = [row for row in rig.rows(chain_incidents) if row.kind == "gap"]
        assert (gap.missing, gap.closed_by) == (0, "filled")
        assert rig.count(dossiers) == 4

    def test_the_pending_outcome_names_the_hash_the_terminal_knows(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        for person in range(3):
            terminal.enrol(person)
        body = with_records(terminal.batch(), lambda raws: raws.__setitem__(1, b"\x80"))
        damaged = rig.answer(terminal.name, body).outcomes[1]
        assert damaged.record_hash == hash_of(terminal.made[1])
        assert damaged.retry_ms == milliseconds(ARRIVAL) + DAMAGED_RETRY_MS

    def test_the_same_damage_twice_is_rejected(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        body = with_records(terminal.batch(), lambda raws: raws.__setitem__(0, b"\x80"))
        assert rig.post(terminal.name, body) == [(Outcome.PENDING, "malformed")]
        assert rig.post(terminal.name, body) == [(Outcome.REJECTED, "malformed")]

    def test_an_exchanged_sealed_part_damages_its_record_alone(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        for person in range(3):
            terminal.enrol(person)

        def exchange(raws: list[bytes]) -> None:
            other = read_record(raws[0]).vault
            raws[1] = encode(msgspec.structs.replace(read_record(raws[1]), vault=other))

        outcomes = rig.post(terminal.name, with_records(terminal.batch(), exchange))
        assert outcomes == [NEW, (Outcome.PENDING, "part_hash"), NEW]

    def test_records_out_of_order_do_not_pass_as_signed(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        for person in range(3):
            terminal.enrol(person)
        outcomes = rig.post(terminal.name, with_records(terminal.batch(), lambda raws: raws.reverse()))
        assert {outcome for outcome, _ in outcomes} == {Outcome.PENDING}
        assert rig.count(records) == 0


class TestTheChain:
    def test_a_gap_is_shown_and_stops_nothing(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        rig.send(terminal, terminal.enrol(1))
        terminal.enrol(2)
        assert rig.send(terminal, terminal.enrol(3)) == [NEW]
        assert incidents(rig) == [("gap", 3, 1)]

    def test_a_gap_before_the_very_first_record_is_shown(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        rig.send(terminal, terminal.enrol(2))
        assert incidents(rig) == [("gap", 2, 1)]

    def test_late_records_fill_the_gap_and_close_it(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        late = [terminal.enrol(1), terminal.enrol(2)]
        rig.send(terminal, terminal.enrol(3))
        assert rig.send(terminal, *late) == [NEW, NEW]
        [gap] = rig.rows(chain_incidents)
        assert (gap.kind, gap.missing, gap.closed_by) == ("gap", 0, "filled")

    def test_a_restored_image_is_shown_as_a_fork_and_stops_nothing(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        image = terminal.image()
        terminal.enrol(2)
        rig.send(terminal)
        terminal.restore(image)
        assert rig.send(terminal, terminal.enrol(3)) == [NEW]
        assert incidents(rig) == [("fork", 2, None)]

    def test_after_a_fork_the_new_branch_goes_on_quietly(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        image = terminal.image()
        for person in range(3):
            terminal.enrol(person)
        rig.send(terminal)
        terminal.restore(image)
        rig.send(terminal, terminal.enrol(10))
        rig.send(terminal, terminal.enrol(11))
        assert [kind for kind, *_ in incidents(rig)] == ["fork"]

    def test_the_head_stands_at_the_last_record(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        last = terminal.refuse()
        rig.send(terminal)
        [row] = rig.rows(devices)
        assert (row.last_sequence, row.last_hash) == (2, hash_of(last))

    def test_the_same_id_with_another_content_is_rejected_and_shown(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        first = terminal.enrol(1)
        rig.send(terminal)
        again = terminal.enrol(2, record_id=RecordId(id_of(first)))
        after = terminal.enrol(3)
        assert rig.send(terminal, again, after) == [(Outcome.REJECTED, "id_conflict"), NEW]
        assert incidents(rig) == [("id_conflict", 2, None)]

    def test_the_same_id_twice_in_one_batch_is_a_conflict_too(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        first = terminal.enrol(1)
        terminal.enrol(2, record_id=RecordId(id_of(first)))
        assert rig.send(terminal) == [NEW, (Outcome.REJECTED, "id_conflict")]
        assert rig.count(dossiers) == 1


class TestSetAside:
    """Kept as they came, called durable, shown to a person; nothing opened, nothing paid."""

    def check(self, rig: IntakeRig, terminal: FakeTerminal, reason: str) -> None:
        good = terminal.enrol(1000)
        *others, last = rig.send(terminal)
        assert {*others} == {SET_ASIDE}
        assert reasons(rig) == [reason]
        assert [row.raw for row in rig.rows(records)] == terminal.made
        if reason != "terminal_revoked":
            assert last == NEW
            assert [row.record_id for row in rig.rows(dossiers)] == [id_of(good)]

    def test_a_kind_of_a_later_version(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.record("destruction", RecordId.new(LAUNCH), b"sealed", None, at=LAUNCH)
        self.check(rig, terminal, "kind_unknown")

    def test_a_record_of_a_later_version(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, routing={"version": 2})
        self.check(rig, terminal, "version_unknown")

    def test_what_does_not_open(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.record("enrolment", RecordId.new(LAUNCH), b"\x01\x01" + bytes(100), b"vault", at=LAUNCH)
        self.check(rig, terminal, "not_opened")

    def test_a_part_sealed_for_another_record(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        key, facts = rig.keys.intake.public_key(), encode(enrolment_facts(fictitious_nir(1)))
        moved = seal(facts, key, SealPurpose.ADMINISTRATIVE, RecordId.new(LAUNCH), terminal.name)
        terminal.record("enrolment", RecordId.new(LAUNCH), moved, b"vault", at=LAUNCH)
        self.check(rig, terminal, "not_opened")

    @pytest.mark.parametrize(
        "facts", [b"", b"\xc1", encode({"kind": "enrolment", "traits": 7}), encode({"kind": "later"})]
    )
    def test_facts_that_are_not_of_the_form(self, rig: IntakeRig, facts: bytes) -> None:
        terminal, record_id = rig.terminal(), RecordId.new(LAUNCH)
        sealed = seal(facts, rig.keys.intake.public_key(), SealPurpose.ADMINISTRATIVE, record_id, terminal.name)
        terminal.record("enrolment", record_id, sealed, b"vault", at=LAUNCH)
        self.check(rig, terminal, "malformed")

    def test_facts_of_another_kind(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, routing={"kind": "slip_outcome"})
        self.check(rig, terminal, "kind_mismatch")

    @pytest.mark.parametrize("field", ["office", "channel", "sub_channel"])
    def test_a_place_that_is_not_the_terminals(self, rig: IntakeRig, field: str) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, routing={field: "pro"})
        self.check(rig, terminal, "place_mismatch")

    def test_a_nir_whose_key_does_not_fit(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        facts = enrolment_facts(fictitious_nir(1))
        body = fictitious_nir(1).body
        terminal.enrol(1, traits=msgspec.structs.replace(facts.traits, nir=f"{body}{key_of(body) % 97 + 1:02d}"))
        self.check(rig, terminal, "nir_key")

    def test_a_provisional_number(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        body = "7130000000000"
        terminal.enrol(Nir.parse(f"{body}{key_of(body):02d}"))
        self.check(rig, terminal, "pending_ins")

    def test_a_real_persons_number_in_a_programme_of_fictitious_ones(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        facts = enrolment_facts(fictitious_nir(1))
        terminal.enrol(1, traits=msgspec.structs.replace(facts.traits, ins_oid="1.2.250.1.213.1.4.8"))
        self.check(rig, terminal, "ins_authority")

    def test_a_part_longer_than_the_vault_takes(self, rig: IntakeRig) -> None:
        """130 of them would make one hand-over too long for the vault, and stop everybody's."""
        terminal = rig.terminal()
        terminal.enrol(1, vault_part=bytes(16_000))
        self.check(rig, terminal, "vault_part_too_long")
        assert rig.count(outbox) == 1

    def test_an_enrolment_without_keys_for_the_vault(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        record_id, facts = RecordId.new(LAUNCH), encode(enrolment_facts(fictitious_nir(1)))
        key = rig.keys.intake.public_key()
        sealed = seal(facts, key, SealPurpose.ADMINISTRATIVE, record_id, terminal.name)
        terminal.record("enrolment", record_id, sealed, None, at=LAUNCH)
        self.check(rig, terminal, "vault_part_missing")

    @pytest.mark.parametrize(
        "changes",
        [
            {"accepted": {Question.CREATION: False}},
            {"answers": ()},
            {"notice": msgspec.structs.replace(text_shown("notice"), version="")},
            {"operator": ""},
            {"role": ""},
        ],
        ids=["creation refused", "nothing asked", "notice not named", "nobody attested", "no role"],
    )
    def test_incomplete_evidence_of_consent(self, rig: IntakeRig, changes: dict[str, Any]) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, **changes)
        self.check(rig, terminal, "evidence_incomplete")

    def test_everything_of_a_revoked_terminal(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        rig.revoke(terminal)
        terminal.enrol(1)
        assert rig.send(terminal) == [SET_ASIDE]
        assert reasons(rig) == ["terminal_revoked"]
        assert (rig.count(dossiers), rig.count(ledger_entries), rig.count(records)) == (0, 0, 1)

    def test_is_audited_and_counted(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, routing={"version": 2})
        rig.send(terminal)
        assert [row.tag for row in rig.rows(audit_entries)] == ["record:quarantined"]
        assert rig.recount().agrees


class TestBeyondStoring:
    def test_a_record_without_a_record_id_is_rejected(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.refuse(record_id=b"short")
        assert rig.send(terminal, terminal.made[0]) == [(Outcome.REJECTED, "record_id")]

    def test_a_time_no_database_holds_is_rejected(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, routing={"captured_ms": 1 << 60})
        good = terminal.enrol(2)
        assert rig.send(terminal) == [(Outcome.REJECTED, "out_of_range"), NEW]
        assert [row.record_id for row in rig.rows(records)] == [id_of(good)]

    def test_an_id_of_a_time_no_calendar_has_is_rejected_and_the_rest_flows_on(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        terminal.enrol(1, record_id=RecordId(b"\xff" * 6 + b"\x70\x00\x80" + bytes(7)))
        terminal.enrol(2)
        assert rig.send(terminal) == [(Outcome.REJECTED, "out_of_range"), NEW]

    @pytest.mark.parametrize("sequence", [-1, 1 << 53, (1 << 64) - 1])
    def test_a_number_no_chain_comes_to_is_rejected_and_does_not_become_the_head(
        self, rig: IntakeRig, sequence: int
    ) -> None:
        terminal = rig.terminal()
        terminal.enrol(1)
        terminal.enrol(2, routing={"sequence": sequence})
        assert rig.send(terminal) == [NEW, (Outcome.REJECTED, "out_of_range")]
        assert [row.last_sequence for row in rig.rows(devices)] == [1]

    def test_a_record_that_names_another_terminal_is_rejected(self, rig: IntakeRig) -> None:
        terminal = rig.terminal()
        rig.terminal("T-PHARM-2")
        terminal.enrol(1, routing={"terminal": "T-PHARM-2"})
        terminal.enrol(2)
        assert rig.send(terminal) == [(Outcome.REJECTED, "terminal_mismatch"), NEW]


class TestTime:
    """Invariant 12, through the door."""

    def opened_on(self, rig: IntakeRig, *, at: Any, arrival: Any, **routing: Any) -> str:
        terminal = rig.terminal()
        terminal.enrol(1, at=at, routing=routing)
        assert rig.send(terminal, at=arrival) == [NEW]
        return str(rig.rows(dossiers)[0].opened_on)

    def test_a_clock_in_the_future_opens_on_the_day_of_arrival(self, rig: IntakeRig) -> None:
        assert self.opened_on(rig, at=LAUNCH + timedelta(days=900), arrival=LAUNCH) == "2018-11-06"

    def test_a_clock_in_the_past_opens_on_the_day_of_the_last_signed_time(self, rig: IntakeRig) -> None:
        floor = {"floor_ms": milliseconds(LAUNCH), "since_floor_ms": 2 * 24 * 3600 * 1000}
        day = self.opened_on(rig, at=LAUNCH - timedelta(days=900), arrival=LAUNCH + timedelta(days=9), **floor)
        assert day == "2018-11-08"

    def test_a_week_offline_opens_on_the_day_it_happened(self, rig: IntakeRig) -> None:
        floor = {"floor_ms": milliseconds(LAUNCH - timedelta(minutes=5))}
        assert self.opened_on(rig, at=LAUNCH, arrival=LAUNCH + timedelta(days=7), **floor) == "2018-11-06"


def test_two_workers_at_once_keep_each_record_once(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    for person in range(20):
        terminal.enrol(person)
    bodies = [terminal.batch(terminal.made[:15]), terminal.batch(terminal.made[5:])]
    seen: list[bytes] = []

    def other_first(point: Failpoint) -> None:
        if point is Failpoint.INTAKE_AFTER_COMMIT and not seen:
            seen.append(b"once")
            rig.intake.receive(bodies[1], now=ARRIVAL)

    rig.reach = other_first
    rig.worker().receive(bodies[0], now=ARRIVAL)
    assert rig.count(dossiers) == 20
    assert rig.recount().agrees


def test_who_sends_a_stolen_record_first_does_not_make_its_terminal_forget_it(rig: IntakeRig) -> None:
    victim, thief = rig.terminal("T-PHARM-1"), rig.terminal("T-PHARM-2")
    victim.enrol(1)
    stolen = write_batch(thief.name, victim.made, thief.key, sent_ms=0)
    assert rig.post(thief.name, stolen) == [(Outcome.REJECTED, "terminal_mismatch")]
    assert rig.send(victim) == [NEW]
    assert [row.terminal_id for row in rig.rows(ledger_entries)] == [victim.name]
