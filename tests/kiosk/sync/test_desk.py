"""The status desk: central's word in time, or "unknown"."""

from __future__ import annotations

import threading
import time

import pytest

from kiosk.enrolment.errors import NotReadyError
from kiosk.sync.desk import OnlineStatusDesk
from kiosk.sync.errors import RefusedError
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.drafts import NIR
from tests.fakes.programme import Programme
from tests.fakes.terminal_rig import TerminalRig
from wire.identifiers import milliseconds
from wire.status import PersonStatus


def desk_of(rig: TerminalRig, programme: Programme, deadline_s: float = 2.0) -> OnlineStatusDesk:
    return OnlineStatusDesk(rig.link, programme.device, rig.whereabouts, rig.server_time, deadline_s=deadline_s)


@pytest.mark.parametrize("word", [PersonStatus.NONE, PersonStatus.ACTIVE, PersonStatus.CLOSED])
def test_centrals_word_is_given(
    word: PersonStatus, rig: TerminalRig, central: CentralSimulator, programme: Programme
) -> None:
    central.status_word = word
    assert desk_of(rig, programme).status_of(NIR).status is word
    assert central.questions == [NIR.compact]


def test_offline_it_is_unknown(rig: TerminalRig, central: CentralSimulator, programme: Programme) -> None:
    central.down = True
    assert desk_of(rig, programme).status_of(NIR).status is PersonStatus.UNKNOWN


def test_a_revoked_terminal_does_not_ask(rig: TerminalRig, central: CentralSimulator, programme: Programme) -> None:
    rig.whereabouts.revoke()
    assert desk_of(rig, programme).status_of(NIR).status is PersonStatus.UNKNOWN
    assert central.questions == []


def test_a_word_signed_by_another_is_unknown(rig: TerminalRig, central: CentralSimulator, programme: Programme) -> None:
    central.status_word = PersonStatus.ACTIVE
    central.programme = programme.with_new_answer_key()
    assert desk_of(rig, programme).status_of(NIR).status is PersonStatus.UNKNOWN


def test_a_word_to_an_earlier_question_is_unknown(
    rig: TerminalRig, central: CentralSimulator, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    central.status_word = PersonStatus.ACTIVE
    honest = central.status
    answers: list[bytes] = []

    def replaying(query: bytes) -> bytes:
        answers.append(honest(query))
        return answers[0]

    monkeypatch.setattr(central, "status", replaying)
    desk = desk_of(rig, programme)
    assert desk.status_of(NIR).status is PersonStatus.ACTIVE
    assert desk.status_of(NIR).status is PersonStatus.UNKNOWN


def test_a_line_that_hangs_costs_the_deadline_once_and_then_nothing(
    rig: TerminalRig, central: CentralSimulator, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def hanging(query: bytes) -> bytes:
        released.wait(10)
        return query

    monkeypatch.setattr(central, "status", hanging)
    desk = desk_of(rig, programme, deadline_s=0.2)
    began = time.monotonic()
    assert desk.status_of(NIR).status is PersonStatus.UNKNOWN
    first = time.monotonic() - began
    assert desk.status_of(NIR).status is PersonStatus.UNKNOWN
    both = time.monotonic() - began
    released.set()
    assert 0.2 <= first < 1.0
    assert both - first < 0.1


def test_the_signed_time_of_an_answer_is_learned(
    rig: TerminalRig, central: CentralSimulator, programme: Programme
) -> None:
    desk_of(rig, programme).status_of(NIR)
    assert rig.server_time.floor().floor_ms == milliseconds(central.now)


def test_a_terminal_that_was_revoked_learns_it_from_its_first_question(
    rig: TerminalRig, programme: Programme, central: CentralSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_query: bytes) -> bytes:
        raise RefusedError("no", status=403, code="terminal_revoked")

    monkeypatch.setattr(central, "status", refuse)
    assert desk_of(rig, programme).status_of(NIR).status is PersonStatus.UNKNOWN
    with pytest.raises(NotReadyError):
        rig.whereabouts.current()
