"""A counter learns what its own office did this month, and nothing of anybody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.errors import NonceUsedError, NotSignedError, TerminalRevokedError, TerminalUnknownError
from central.intake.figures import FiguresDesk
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.terminal import FakeTerminal
from wire.errors import FormatError
from wire.figures import FiguresQuery, OfficeFigures, open_figures, write_figures_query
from wire.identifiers import milliseconds


def question(terminal: FakeTerminal, at: datetime, key: Ed25519PrivateKey | None = None) -> bytes:
    return write_figures_query(FiguresQuery(terminal=terminal.name, asked_ms=milliseconds(at)), key or terminal.key)


def ask(rig: IntakeRig, terminal: FakeTerminal, at: datetime = ARRIVAL) -> OfficeFigures:
    asked = question(terminal, at)
    document = FiguresDesk(rig.engine, rig.keys).answer(asked, now=at)
    return open_figures(document, rig.keys.answer.public_key(), query=asked, terminal=terminal.name)


def test_tells_openings_and_cents_of_the_own_office(rig: IntakeRig) -> None:
    counter, hall = rig.terminal(), rig.terminal("T-HALL-1", at_hall=True)
    counter.enrol(1)
    counter.enrol(2, operator="NOBODY-1")
    rig.send(counter)
    hall.enrol(3, operator="AGENT-01", role="agent")
    rig.send(hall)
    mine, theirs = ask(rig, counter), ask(rig, hall)
    assert (mine.month, mine.openings, mine.cents_accrued, mine.cents_held) == ("2018-11", 2, 100, 100)
    assert (theirs.openings, theirs.cents_accrued) == (1, 0)


def test_a_second_terminal_of_the_office_is_told_the_same(rig: IntakeRig) -> None:
    first, second = rig.terminal(), rig.terminal("T-PHARM-2")
    rig.send(first, first.enrol(1))
    assert ask(rig, second).openings == 1


def test_the_month_begins_at_midnight_in_paris(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    rig.send(terminal, terminal.enrol(1))
    end = datetime(2018, 11, 30, 22, 59, tzinfo=UTC)
    months = [
        (ask(rig, terminal, at).month, ask(rig, terminal, at).openings) for at in (end, end + timedelta(minutes=2))
    ]
    assert months == [("2018-11", 1), ("2018-12", 0)]


def test_a_question_another_key_signed_is_refused(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    with pytest.raises(NotSignedError):
        FiguresDesk(rig.engine, rig.keys).answer(question(terminal, ARRIVAL, Ed25519PrivateKey.generate()), now=ARRIVAL)


def test_a_question_of_another_day_is_refused(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    with pytest.raises(NonceUsedError):
        FiguresDesk(rig.engine, rig.keys).answer(question(terminal, ARRIVAL), now=ARRIVAL + timedelta(days=2))


def test_an_unknown_and_a_revoked_terminal_are_told_nothing(rig: IntakeRig) -> None:
    stranger = FakeTerminal("T-NOBODY", rig.keys.intake.public_key())
    with pytest.raises(TerminalUnknownError):
        ask(rig, stranger)
    terminal = rig.terminal()
    rig.revoke(terminal)
    with pytest.raises(TerminalRevokedError):
        ask(rig, terminal)


def test_rubbish_is_malformed(rig: IntakeRig) -> None:
    with pytest.raises(FormatError):
        FiguresDesk(rig.engine, rig.keys).answer(b"rubbish", now=ARRIVAL)
