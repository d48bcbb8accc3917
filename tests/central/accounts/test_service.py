from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.accounts.models import accounts
from central.accounts.service import AccountState, Move, project
from central.engine import writing
from central.enrolments.models import dossiers
from tests.central.intake_rig import ARRIVAL, IntakeRig
from wire.identifiers import milliseconds

AT = milliseconds(ARRIVAL)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[IntakeRig]:
    central = IntakeRig(tmp_path)
    terminal = central.terminal()
    terminal.enrol(1)
    central.send(terminal)
    yield central
    central.close()


def after(rig: IntakeRig, *states: AccountState) -> tuple[list[Move], str, str | None]:
    [dossier] = rig.rows(dossiers)
    with writing(rig.engine) as connection:
        moves = [project(connection, dossier.dossier_id, state, at_ms=AT) for state in states]
    [row] = rig.rows(accounts)
    return moves, row.state, row.activated_on


def test_the_first_activation_is_told_apart_and_dated(rig: IntakeRig) -> None:
    assert after(rig, AccountState.ACTIVE) == ([Move.FIRST_ACTIVATION], "active", "2018-11-06")


def test_the_same_again_is_nothing(rig: IntakeRig) -> None:
    moves, state, _ = after(rig, AccountState.ACTIVE, AccountState.ACTIVE)
    assert (moves, state) == ([Move.FIRST_ACTIVATION, Move.NOTHING], "active")


def test_a_lock_before_any_activation_leaves_no_date(rig: IntakeRig) -> None:
    assert after(rig, AccountState.LOCKED) == ([Move.MOVED], "locked", None)


def test_back_from_a_lock_is_no_first_activation(rig: IntakeRig) -> None:
    moves, state, _ = after(rig, AccountState.ACTIVE, AccountState.LOCKED, AccountState.ACTIVE)
    assert (moves, state) == ([Move.FIRST_ACTIVATION, Move.MOVED, Move.MOVED], "active")


def test_an_account_nobody_has_does_not_move(rig: IntakeRig) -> None:
    with writing(rig.engine) as connection:
        assert project(connection, bytes(16), AccountState.ACTIVE, at_ms=AT) is Move.NOTHING
