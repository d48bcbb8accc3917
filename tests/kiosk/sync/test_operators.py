"""PINs: the right one, the wrong one, and the lock-out that pulling the plug does not reset."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from kiosk.enrolment.errors import NotReadyError, OperatorLockedError
from kiosk.enrolment.place import Door, OperatorRole
from kiosk.sync.operators import LOCK_OUT, WRONG_TRIES, ConfiguredOperators
from tests.fakes.programme import AGENT_PIN, PHARMACIST_PIN
from tests.fakes.terminal_rig import TerminalRig
from wire.configuration import OperatorEntry


def directory(rig: TerminalRig) -> ConfiguredOperators:
    return ConfiguredOperators(rig.whereabouts.operators, rig.facts, rig.server_time.now)


def lock(rig: TerminalRig) -> None:
    operators = directory(rig)
    for _ in range(WRONG_TRIES - 1):
        assert operators.verify("000000") is None
    with pytest.raises(OperatorLockedError):
        operators.verify("000000")


@pytest.mark.parametrize(("pin", "role"), [(AGENT_PIN, OperatorRole.AGENT), (PHARMACIST_PIN, OperatorRole.PHARMACIST)])
def test_a_pin_finds_its_operator(pin: str, role: OperatorRole, rig: TerminalRig) -> None:
    found = directory(rig).verify(pin)
    assert found is not None
    assert found.role is role


@pytest.mark.parametrize("pin", ["", "000000", AGENT_PIN + "1", "9" * 100_000])
def test_a_wrong_pin_finds_nobody(pin: str, rig: TerminalRig) -> None:
    assert directory(rig).verify(pin) is None


def test_a_pin_that_two_operators_share_attests_in_nobodys_name(rig: TerminalRig) -> None:
    agent = next(entry for entry in rig.whereabouts.operators() if entry.role == "agent")
    namesake = replace(agent, operator="AGENT-00")
    operators = ConfiguredOperators(lambda: (namesake, agent), rig.facts, rig.server_time.now)
    assert operators.verify(AGENT_PIN) is None


def test_the_fifth_wrong_pin_locks_for_five_minutes_even_for_the_right_one(rig: TerminalRig) -> None:
    lock(rig)
    with pytest.raises(OperatorLockedError) as locked:
        directory(rig).verify(AGENT_PIN)
    assert locked.value.until == rig.clock.now() + LOCK_OUT
    rig.clock.forward(LOCK_OUT.total_seconds())
    assert directory(rig).verify(AGENT_PIN) is not None


def test_who_plays_at_the_panel_locks_no_agent_out_of_attesting(rig: TerminalRig) -> None:
    operators = directory(rig)
    for _ in range(WRONG_TRIES - 1):
        operators.verify("000000", Door.PANEL)
    with pytest.raises(OperatorLockedError):
        operators.verify("000000", Door.PANEL)
    with pytest.raises(OperatorLockedError):
        operators.verify(AGENT_PIN, Door.PANEL)
    assert operators.verify(AGENT_PIN) is not None


def test_a_restart_ends_neither_lock_nor_count(rig: TerminalRig) -> None:
    for _ in range(WRONG_TRIES - 1):
        directory(rig).verify("000000")
    rig.reopen()
    with pytest.raises(OperatorLockedError):
        directory(rig).verify("000000")
    rig.reopen()
    with pytest.raises(OperatorLockedError):
        directory(rig).verify(AGENT_PIN)


def test_the_right_pin_clears_the_count(rig: TerminalRig) -> None:
    operators = directory(rig)
    for _ in range(3):
        for _ in range(WRONG_TRIES - 1):
            assert operators.verify("000000") is None
        assert operators.verify(AGENT_PIN) is not None


def test_power_cut_during_the_comparison_has_cost_the_try(rig: TerminalRig, monkeypatch: pytest.MonkeyPatch) -> None:
    operators = directory(rig)

    def cut(_entry: OperatorEntry, _pin: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(operators, "_fits", cut)
    for _ in range(WRONG_TRIES):
        with pytest.raises(KeyboardInterrupt):
            operators.verify("000000")
    rig.reopen()
    with pytest.raises(OperatorLockedError):
        directory(rig).verify(AGENT_PIN)


def test_a_clock_set_back_locks_for_no_longer_than_five_minutes(rig: TerminalRig) -> None:
    lock(rig)
    rig.clock.at -= timedelta(days=1)
    with pytest.raises(OperatorLockedError) as locked:
        directory(rig).verify(AGENT_PIN)
    assert locked.value.until - rig.clock.now() <= LOCK_OUT


def test_without_a_verified_configuration_nobody_attests(rig: TerminalRig) -> None:
    (rig.home / "configuration.signed").write_bytes(b"rubbish")
    with pytest.raises(NotReadyError):
        directory(rig).verify(AGENT_PIN)


def test_no_pin_is_on_the_disk(rig: TerminalRig) -> None:
    directory(rig).verify(AGENT_PIN)
    directory(rig).verify("739105")
    assert AGENT_PIN.encode() not in rig.on_disk()
    assert b"739105" not in rig.on_disk()
