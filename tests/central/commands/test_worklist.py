"""What waits for a person, listed and settled from the command line; and the recount."""

from __future__ import annotations

import argparse
import io
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from central.audit.models import audit_entries
from central.commands import checks, worklist
from central.commands.desk import Desk
from central.engine import writing
from central.errors import NotFoundError
from central.handover.models import outbox
from central.intake.models import chain_incidents
from central.passwords import Passwords
from central.settings import CentralSettings
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.terminal import FakeTerminal, id_of
from wire.evidence import Question

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[IntakeRig]:
    central = IntakeRig(tmp_path)
    yield central
    central.close()


@pytest.fixture
def run(rig: IntakeRig) -> Run:
    def command(*arguments: str, at: datetime = ARRIVAL) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parsers = parser.add_subparsers()
        for offered in (checks, worklist):
            offered.add_parsers(parsers)
        options = parser.parse_args(arguments)
        out = io.StringIO()
        settings = CentralSettings(home=rig.folder, database=rig.database)
        desk = Desk(settings, lambda: at, out, str, Passwords())
        try:
            return options.command(desk, options), out.getvalue()
        finally:
            desk.engine.dispose()

    return command


@pytest.fixture
def terminal(rig: IntakeRig) -> FakeTerminal:
    """A terminal with a gap before its second record, which is then set aside."""
    one = rig.terminal()
    one.enrol(1)
    rig.send(one, one.enrol(2, routing={"version": 9}))
    return one


def test_lists_what_waits_and_names_nobody(run: Run, terminal: FakeTerminal) -> None:
    code, out = run("worklist")
    assert code == 0
    assert "incident  T-PHARM-1  gap  2  1 time(s), 1 missing" in out
    assert f"set aside  T-PHARM-1  version_unknown  record {uuid.UUID(bytes=id_of(terminal.made[1]))}" in out


def test_an_incident_is_closed_once_by_somebody_named(run: Run, rig: IntakeRig, terminal: FakeTerminal) -> None:
    assert run("close-incident", terminal.name, "gap", "2", "--by", "MARTIN-1")[0] == 0
    [row] = rig.rows(chain_incidents)
    assert row.closed_by == "MARTIN-1"
    assert "incident:closed" in [entry.tag for entry in rig.rows(audit_entries)]
    with pytest.raises(NotFoundError):
        run("close-incident", terminal.name, "gap", "2", "--by", "MARTIN-1")


def test_a_record_set_aside_is_settled_and_its_bytes_stay(run: Run, rig: IntakeRig, terminal: FakeTerminal) -> None:
    record = str(uuid.UUID(bytes=id_of(terminal.made[1])))
    assert run("settle-record", record, "--by", "MARTIN-1")[0] == 0
    assert "set aside" not in run("worklist")[1]
    assert rig.recount().agrees
    with pytest.raises(NotFoundError):
        run("settle-record", record, "--by", "MARTIN-1")


def test_what_the_vault_refused_is_listed_and_sent_again(run: Run, rig: IntakeRig) -> None:
    terminal = rig.terminal()
    rig.send(terminal, terminal.enrol(1))
    with writing(rig.engine) as connection:
        connection.execute(outbox.update().values(state="dead", code="seal"))
    assert "refused by the vault  T-PHARM-1  seal" in run("worklist")[1]
    assert run("hand-over-again") == (0, "1 will be sent again\n")
    assert run("worklist") == (0, "nothing waits for anybody\n")


def test_verify_exits_0_when_all_agrees_and_1_when_a_cent_does_not(run: Run, rig: IntakeRig) -> None:
    terminal = rig.terminal()
    rig.send(terminal, terminal.enrol(1))
    assert run("verify")[0] == 0
    with writing(rig.engine) as connection:
        connection.exec_driver_sql("UPDATE ledger_entries SET cents = 101")
    code, out = run("verify")
    assert code == 1
    assert "BROKEN" in out


def test_a_child_without_a_number_waits_for_somebody(rig: IntakeRig, run: Run) -> None:
    terminal = rig.terminal()
    waiting = terminal.wait_for_number()
    rig.send(terminal)
    assert f"waits for a number  {terminal.name}  record {uuid.UUID(bytes=id_of(waiting))}" in run("worklist")[1]


@pytest.mark.parametrize(("day", "is_overdue"), [(3, False), (4, True)])
def test_a_destruction_waits_for_somebody_when_it_is_ten_days_overdue(
    rig: IntakeRig, run: Run, day: int, *, is_overdue: bool
) -> None:
    terminal = rig.terminal()
    terminal.enrol(1)
    terminal.come_back("closure_request", 1, at=ARRIVAL, accepted={Question.DELETION: True})
    rig.send(terminal)
    _, out = run("worklist", at=datetime(2019, 2, day, 12, tzinfo=UTC))
    assert ("2018-11-06  not destroyed by the vault  due 2019-01-24  dossier " in out) == is_overdue
