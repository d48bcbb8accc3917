"""A batch costs as many statements as it has kinds of rows, however many records it has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from central.enrolments.models import dossiers
from central.handover.models import outbox
from central.intake.models import records
from central.ledger.models import ledger_entries
from tests.central.intake_rig import IntakeRig
from tests.fakes.terminal import LAUNCH, FakeTerminal
from wire.batch import Outcome
from wire.evidence import Contact, Question
from wire.identifiers import RecordId

FEW, MANY = 3, 40
NO_GLASS = {Question.BREAK_GLASS: False}


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def everything(terminal: FakeTerminal, first: int, many: int) -> None:
    """For each person: an opening with an e-mail said to be proved, a second one, other accesses, a slip; a refusal."""
    for person in range(first, first + many):
        contact = Contact(email=f"p{person}@exemple.fr", email_proof=RecordId.new(LAUNCH).value)
        opened = terminal.enrol(person, contact=contact, accepted=NO_GLASS)
        terminal.enrol(person, at=LAUNCH + timedelta(minutes=1), contact=contact)
        terminal.come_back("consent_change", person, at=LAUNCH + timedelta(minutes=2))
        terminal.settle_slip(opened)
        terminal.refuse()


def statements_of(rig: IntakeRig, terminal: FakeTerminal, first: int, many: int) -> list[str]:
    before = len(terminal.made)
    everything(terminal, first, many)
    body = terminal.batch(terminal.made[before:])
    with counted(rig.engine) as said:
        outcomes = rig.post(terminal.name, body)
    assert {outcome for outcome, _ in outcomes} == {Outcome.DURABLE_NEW}
    return said


def test_forty_persons_cost_as_many_statements_as_three(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    few = statements_of(rig, terminal, 1, FEW)
    many = statements_of(rig, terminal, 100, MANY)
    assert len(many) == len(few)
    assert rig.count(dossiers) == rig.count(ledger_entries) == FEW + MANY
    assert rig.recount().agrees


def test_each_table_is_written_once(rig: IntakeRig) -> None:
    said = statements_of(rig, rig.terminal(), 1, MANY)
    inserts = [" ".join(statement.split()[:3]) for statement in said if statement.startswith("INSERT")]
    heads = [insert for insert in inserts if insert.endswith("chain_heads")]
    assert len(heads) == 2  # the ledger's and the audit's
    rest = [insert for insert in inserts if insert not in heads]
    assert len(rest) == len(set(rest))
    assert {f"INSERT INTO {table.name}" for table in (records, dossiers, ledger_entries, outbox)} <= set(rest)


def test_records_that_are_known_cost_two_questions_and_are_not_opened(
    rig: IntakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = rig.terminal()
    everything(terminal, 1, FEW)
    body = terminal.batch()
    rig.post(terminal.name, body)

    def opened(*_given: Any, **_named: Any) -> None:
        raise AssertionError("a record that central has was opened again")

    monkeypatch.setattr("central.intake.opening.unseal", opened)
    with counted(rig.engine) as said:
        assert {outcome for outcome, _ in rig.post(terminal.name, body)} == {Outcome.DURABLE_ALREADY}
    assert [statement.split()[0] for statement in said if not statement.startswith("BEGIN")] == ["SELECT", "SELECT"]


def test_one_record_that_is_refused_leaves_the_others_their_rows(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    for person in range(MANY):
        terminal.enrol(person, routing={"terminal": "T-OTHER-9"} if person == FEW else {})
    outcomes = rig.send(terminal)
    assert outcomes[FEW][0] is not Outcome.DURABLE_NEW
    assert rig.count(dossiers) == sum(outcome is Outcome.DURABLE_NEW for outcome, _ in outcomes) > 0
    assert rig.recount().agrees
