"""What every ``StatusDesk``, ``OperatorDirectory`` and ``Whereabouts`` owes the enrolment: the fakes and the real."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.enrolment.desks import StatusDesk
from kiosk.enrolment.errors import NotReadyError, OperatorLockedError
from kiosk.enrolment.place import OperatorDirectory, OperatorRole, Whereabouts
from kiosk.sync.desk import OnlineStatusDesk
from kiosk.sync.operators import ConfiguredOperators
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.drafts import NIR
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN, FakeOperatorDirectory
from tests.fakes.place import FakeWhereabouts, hall
from tests.fakes.programme import PRESENT, TERMINAL, Programme
from tests.fakes.status_word import FakeStatusDesk
from tests.fakes.terminal_rig import TerminalRig
from wire.status import PersonStatus


@dataclass(frozen=True)
class Outside:
    desk: StatusDesk
    operators: OperatorDirectory
    whereabouts: Whereabouts
    say: Callable[[PersonStatus], None]
    lock: Callable[[], None]
    revoke: Callable[[], None]


def _fakes(_folder: Path, programme: Programme) -> contextlib.AbstractContextManager[Outside]:
    desk, operators, whereabouts = FakeStatusDesk(), FakeOperatorDirectory(), FakeWhereabouts(hall(programme))
    return contextlib.nullcontext(
        Outside(
            desk,
            operators,
            whereabouts,
            say=lambda word: setattr(desk, "word", word),
            lock=lambda: setattr(operators, "locked_until", PRESENT + timedelta(minutes=5)),
            revoke=lambda: setattr(whereabouts, "reason", "revoked"),
        )
    )


@contextlib.contextmanager
def _real(folder: Path, programme: Programme) -> Iterator[Outside]:
    central = CentralSimulator(programme)
    rig = TerminalRig(programme.furnish(folder / "home"), programme, central)
    operators = ConfiguredOperators(rig.whereabouts.operators, rig.facts, rig.server_time.now)

    def lock() -> None:
        with contextlib.suppress(OperatorLockedError):
            for _ in range(5):
                operators.verify("000000")

    def say(word: PersonStatus) -> None:
        central.status_word, central.down = word, word is PersonStatus.UNKNOWN

    desk = OnlineStatusDesk(central, programme.device, rig.whereabouts, rig.server_time)
    yield Outside(desk, operators, rig.whereabouts, say, lock, rig.whereabouts.revoke)
    rig.close()


@pytest.fixture(params=[_fakes, _real], ids=["fake", "real"])
def outside(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside]:
    with request.param(tmp_path, Programme()) as made:
        yield made


@pytest.mark.parametrize("word", PersonStatus)
def test_the_desk_gives_a_word_and_never_raises(word: PersonStatus, outside: Outside) -> None:
    outside.say(word)
    assert outside.desk.status_of(NIR).status is word


@pytest.mark.parametrize(("pin", "role"), [(AGENT_PIN, OperatorRole.AGENT), (PHARMACIST_PIN, OperatorRole.PHARMACIST)])
def test_a_pin_finds_its_operator_and_role(pin: str, role: OperatorRole, outside: Outside) -> None:
    found = outside.operators.verify(pin)
    assert found is not None
    assert found.role is role


def test_a_wrong_pin_finds_nobody(outside: Outside) -> None:
    assert outside.operators.verify("000000") is None


def test_a_locked_directory_says_until_when_even_to_the_right_pin(outside: Outside) -> None:
    outside.lock()
    with pytest.raises(OperatorLockedError) as locked:
        outside.operators.verify(AGENT_PIN)
    assert locked.value.until == PRESENT + timedelta(minutes=5)


def test_the_place_is_that_of_this_terminal(outside: Outside) -> None:
    assert outside.whereabouts.current().terminal == TERMINAL


def test_a_revoked_terminal_is_not_ready_and_says_why(outside: Outside) -> None:
    outside.revoke()
    with pytest.raises(NotReadyError) as refused:
        outside.whereabouts.current()
    assert refused.value.code == "revoked"
