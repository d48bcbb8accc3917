"""A hostile terminal, registered or revoked, cannot fill central's disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from central.devices.models import device_days
from central.devices.quota import Quota
from central.errors import TerminalRevokedError, TooManyError
from central.intake.models import quarantine, records
from central.intake.service import Intake
from tests.central.intake_rig import ARRIVAL, IntakeRig, rig  # noqa: F401 - a fixture is found by its name here
from tests.fakes.terminal import LAUNCH
from wire.batch import Outcome
from wire.identifiers import RecordId


@pytest.fixture
def bounded(rig: IntakeRig) -> IntakeRig:  # noqa: F811 - the fixture
    """Five records a day and a terminal, two after its revocation."""
    rig.intake = Intake(replace(rig.parts, quota=Quota(records=5, revoked=2)))
    return rig


def test_what_is_beyond_a_days_quota_is_refused_and_kept_nowhere(bounded: IntakeRig) -> None:
    terminal = bounded.terminal()
    made = [terminal.enrol(person) for person in range(7)]
    bounded.send(terminal, *made[:4])
    with pytest.raises(TooManyError) as caught:
        bounded.send(terminal, *made[4:])
    assert caught.value.code == "terminal_quota"
    assert bounded.count(records) == 4
    assert bounded.send(terminal, made[4]) == [(Outcome.DURABLE_NEW, None)]


def test_the_next_day_it_goes_on_where_it_was(bounded: IntakeRig) -> None:
    terminal = bounded.terminal()
    made = [terminal.enrol(person) for person in range(6)]
    bounded.send(terminal, *made[:5])
    with pytest.raises(TooManyError):
        bounded.send(terminal, made[5])
    tomorrow = ARRIVAL + timedelta(days=1)
    assert bounded.send(terminal, made[5], at=tomorrow) == [(Outcome.DURABLE_NEW, None)]


def test_one_terminals_quota_is_not_anothers(bounded: IntakeRig) -> None:
    greedy, other = bounded.terminal(), bounded.terminal("T-PHARM-2")
    bounded.send(greedy, *[greedy.enrol(person) for person in range(5)])
    assert bounded.send(other, other.enrol(9)) == [(Outcome.DURABLE_NEW, None)]


def test_what_central_has_already_costs_nothing(bounded: IntakeRig) -> None:
    """A line that breaks after each batch makes a terminal send the same again and again: that is no flood."""
    terminal = bounded.terminal()
    made = [terminal.enrol(person) for person in range(5)]
    bounded.send(terminal, *made)
    assert {outcome for outcome, _ in bounded.send(terminal, *made)} == {Outcome.DURABLE_ALREADY}


def test_long_records_are_bounded_by_their_bytes(rig: IntakeRig) -> None:  # noqa: F811 - the fixture
    rig.intake = Intake(replace(rig.parts, quota=Quota(size=10_000)))
    terminal = rig.terminal()
    with pytest.raises(TooManyError):
        rig.send(terminal, terminal.enrol(1, vault_part=bytes(10_000)))
    assert rig.count(records) == 0


def test_damaged_records_count_though_they_are_not_kept(bounded: IntakeRig) -> None:
    terminal = bounded.terminal()
    terminal.enrol(1)
    for bit in range(5):
        body = bytearray(terminal.batch())
        body[len(body) // 2 + bit] ^= 1  # within what is sealed
        bounded.post(terminal.name, bytes(body))
    with pytest.raises(TooManyError):
        bounded.send(terminal)


def test_somebody_elses_batch_in_its_name_uses_up_nothing(bounded: IntakeRig) -> None:
    terminal, stranger = bounded.terminal(), bounded.terminal("T-PHARM-2")
    made = [terminal.enrol(person) for person in range(5)]
    for _ in range(3):
        with pytest.raises(Exception, match="not that of the terminal"):
            bounded.post(terminal.name, terminal.batch(made, key=stranger.key))
    assert bounded.count(device_days) == 0
    assert len(bounded.send(terminal, *made)) == 5


def test_a_revoked_terminal_is_heard_for_a_bounded_number_of_records_and_then_refused(bounded: IntakeRig) -> None:
    """What it had made before it was revoked is kept for a person; what it goes on making fills nothing."""
    terminal = bounded.terminal()
    bounded.revoke(terminal)
    made = [terminal.enrol(person) for person in range(3)]
    assert [code for _, code in bounded.send(terminal, *made[:2])] == ["quarantined"] * 2
    for day in range(3):
        with pytest.raises(TerminalRevokedError):
            bounded.send(terminal, made[2], at=ARRIVAL + timedelta(days=day))
    assert (bounded.count(records), bounded.count(quarantine)) == (2, 2)


def test_known_ids_with_other_content_count_for_each_is_written_down(bounded: IntakeRig) -> None:
    terminal, record_id = bounded.terminal(), RecordId.new(LAUNCH)
    bounded.send(terminal, terminal.enrol(1, record_id=record_id))
    for person in range(2, 6):
        bounded.send(terminal, terminal.enrol(person, record_id=record_id))
    with pytest.raises(TooManyError):
        bounded.send(terminal, terminal.enrol(6, record_id=record_id))


def test_a_revoked_terminal_cannot_go_on_with_damage_either(bounded: IntakeRig) -> None:
    terminal = bounded.terminal()
    bounded.revoke(terminal)
    terminal.enrol(1)
    for day in range(2):
        body = bytearray(terminal.batch())
        body[len(body) // 2 + day] ^= 1
        bounded.post(terminal.name, bytes(body), at=ARRIVAL + timedelta(days=day))
    with pytest.raises(TerminalRevokedError):
        bounded.send(terminal, at=ARRIVAL + timedelta(days=9))
