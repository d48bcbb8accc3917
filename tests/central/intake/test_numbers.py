"""A child without a number waits; when the number is found the dossier opens as it was asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from central.audit.models import audit_entries
from central.engine import in_transaction
from central.enrolments.models import dossiers, pending_ins
from central.errors import AlreadyThereError, NotFoundError, SetupError
from central.handover.models import outbox
from central.intake.models import quarantine
from central.intake.numbers import give
from central.ledger.models import ledger_entries
from tests.central.intake_rig import ARRIVAL, VAULT_KEY, IntakeRig
from tests.fakes.terminal import LAUNCH, fictitious_nir, id_of
from wire.batch import Outcome
from wire.evidence import Question
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.nir import Nir, key_of
from wire.sealing import SealPurpose, unseal
from wire.vault_parts import read_vault_change

_BODY = "1140399000001"  # born in March 2014, like the fake terminal's child
CHILD = Nir.parse(f"{_BODY}{key_of(_BODY):02d}")
PARENT = fictitious_nir(1)


def found(rig: IntakeRig, raw: bytes, nir: Nir = CHILD) -> str | None:
    now_ms = milliseconds(ARRIVAL + timedelta(days=3))
    return in_transaction(
        rig.engine, lambda connection: give(connection, rig.parts, id_of(raw), nir, by="AGENT-7", now_ms=now_ms)
    )


def waiting(rig: IntakeRig, **changes: object) -> bytes:
    terminal = rig.terminal()
    raw = terminal.wait_for_number(**changes)
    assert rig.send(terminal, raw) == [(Outcome.DURABLE_NEW, "pending_ins")]
    return raw


def test_opens_nothing_while_it_waits(rig: IntakeRig) -> None:
    waiting(rig)
    assert [rig.count(table) for table in (pending_ins, dossiers, outbox, quarantine)] == [1, 0, 0, 0]
    assert rig.recount().agrees


def test_the_number_opens_it_as_of_the_day_it_was_asked_for(rig: IntakeRig) -> None:
    raw = waiting(rig, accepted={Question.CENTRE_15: False})
    assert found(rig, raw) is None
    [dossier], [row], [paid] = rig.rows(dossiers), rig.rows(outbox), rig.rows(ledger_entries)
    assert (dossier.record_id, dossier.opened_on, dossier.centre_15_refused) == (id_of(raw), "2018-11-06", True)
    assert (row.action, row.vault, row.kind) == ("make", b"", "pending_ins")
    assert (paid.cents, paid.opened_on, paid.state) == (100, "2018-11-06", "accrued")
    tags = [(entry.tag, entry.actor) for entry in rig.rows(audit_entries)]
    assert tags == [(tag, "person:AGENT-7") for tag in ("dossier:opened", "ledger:accrued", "record:number_given")]
    report = rig.recount()
    assert report.agrees, report.lines()


def test_it_is_given_once(rig: IntakeRig) -> None:
    raw = waiting(rig)
    found(rig, raw)
    with pytest.raises(NotFoundError):
        found(rig, raw)


def test_a_record_that_waits_for_none_takes_none(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    raw = terminal.enrol(1)
    rig.send(terminal, raw)
    with pytest.raises(NotFoundError):
        found(rig, raw)


@pytest.mark.parametrize("month", ["04", "12"])
def test_a_number_of_another_month_is_refused(rig: IntakeRig, month: str) -> None:
    raw = waiting(rig)
    body = f"114{month}99000001"
    with pytest.raises(SetupError, match="another birth"):
        found(rig, raw, Nir.parse(f"{body}{key_of(body):02d}"))


def test_the_parent_s_number_opens_nothing(rig: IntakeRig) -> None:
    raw = waiting(rig)
    with pytest.raises(SetupError) as refused:
        found(rig, raw, PARENT)
    assert (refused.value.code, rig.count(dossiers)) == ("ins_birth", 0)
    assert PARENT.compact not in str(refused.value)


def test_a_provisional_number_opens_nothing(rig: IntakeRig) -> None:
    raw = waiting(rig)
    body = "7140399000001"
    with pytest.raises(SetupError):
        found(rig, raw, Nir.parse(f"{body}{key_of(body):02d}"))


def test_a_child_that_has_a_dossier_gets_no_second_and_a_refusal_reaches_the_vault(rig: IntakeRig) -> None:
    raw = waiting(rig, accepted={Question.BREAK_GLASS: False})
    terminal = rig.terminal("T-PHARM-2")
    rig.send(terminal, terminal.enrol(CHILD))
    assert found(rig, raw) == "second_enrolment"
    [dossier] = rig.rows(dossiers)
    [row] = [row for row in rig.rows(outbox) if row.record_id == id_of(raw)]
    sealed_for = RecordId(row.record_id), TerminalId(row.terminal_id)
    change = read_vault_change(unseal(row.vault, VAULT_KEY, SealPurpose.VAULT_PART, *sealed_for))
    assert (dossier.break_glass_refused, change.break_glass, change.centre_15) == (True, False, None)
    assert rig.count(ledger_entries) == 1
    assert rig.recount().agrees


def test_a_closed_dossier_is_not_opened_by_a_number(rig: IntakeRig) -> None:
    raw = waiting(rig)
    terminal = rig.terminal("T-PHARM-2")
    rig.send(terminal, terminal.enrol(CHILD))
    rig.send(terminal, terminal.come_back("closure_request", CHILD, at=LAUNCH + timedelta(minutes=5)))
    with pytest.raises(AlreadyThereError):
        found(rig, raw)


def test_what_waited_for_the_dossier_takes_effect(rig: IntakeRig) -> None:
    raw = waiting(rig)
    terminal = rig.terminal("T-PHARM-2")
    later = LAUNCH + timedelta(minutes=5)
    rig.send(terminal, terminal.come_back("consent_change", CHILD, at=later, accepted={Question.CENTRE_15: False}))
    found(rig, raw)
    assert rig.rows(dossiers)[0].centre_15_refused
