from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.audit.models import audit_entries
from central.devices.models import devices
from central.enrolments.fingerprint import fingerprint
from central.enrolments.models import dossiers
from central.errors import NonceUsedError, NotSignedError, TerminalRevokedError, TerminalUnknownError, TooManyError
from central.intake.status import StatusDesk, StatusLimits
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.terminal import FakeTerminal, fictitious_nir
from wire.errors import FormatError, SealError
from wire.identifiers import RecordId, milliseconds
from wire.status import PersonStatus, open_status, write_query


def desk(rig: IntakeRig, limits: StatusLimits | None = None) -> StatusDesk:
    return StatusDesk(rig.engine, rig.keys, shards=rig.shards, limits=limits)


def question(
    rig: IntakeRig,
    terminal: FakeTerminal,
    *,
    at: datetime = ARRIVAL,
    nonce: RecordId | None = None,
    key: Ed25519PrivateKey | None = None,
) -> bytes:
    intake = rig.keys.intake.public_key()
    return write_query(
        fictitious_nir(1), terminal.name, intake, key or terminal.key, at=at, nonce=nonce or RecordId.new(at)
    )


def ask(rig: IntakeRig, terminal: FakeTerminal) -> PersonStatus:
    nonce = RecordId.new(ARRIVAL)
    document = desk(rig).answer(question(rig, terminal, nonce=nonce), now=ARRIVAL)
    return open_status(document, rig.keys.answer.public_key(), terminal=terminal.name, nonce=nonce).status


def test_says_none_active_and_closed(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    words = [ask(rig, terminal)]
    rig.send(terminal, terminal.enrol(1))
    words.append(ask(rig, terminal))
    with rig.engine.begin() as connection:
        connection.execute(dossiers.update().values(state="closed"))
    words.append(ask(rig, terminal))
    assert words == [PersonStatus.NONE, PersonStatus.ACTIVE, PersonStatus.CLOSED]


def test_each_question_is_audited_under_the_keyed_fingerprint(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    ask(rig, terminal)
    [row] = rig.rows(audit_entries)
    person = fingerprint(fictitious_nir(1), rig.keys.person_index)
    assert (row.tag, row.subject, row.actor, row.detail) == (
        "person:status_asked",
        person,
        "terminal:T-PHARM-1",
        "none",
    )


def test_a_question_replayed_is_refused(rig: IntakeRig) -> None:
    document = question(rig, rig.terminal())
    desk(rig).answer(document, now=ARRIVAL)
    with pytest.raises(NonceUsedError):
        desk(rig).answer(document, now=ARRIVAL)


@pytest.mark.parametrize("days", [-2, 2])
def test_a_question_of_another_day_is_refused_so_that_nonces_may_be_forgotten(rig: IntakeRig, days: int) -> None:
    terminal = rig.terminal()
    with pytest.raises(NonceUsedError) as refused:
        desk(rig).answer(question(rig, terminal, at=ARRIVAL + timedelta(days=days)), now=ARRIVAL)
    assert refused.value.code == "query_stale"


def test_a_nonce_is_remembered_for_as_long_as_its_question_is_fresh(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    document = question(rig, terminal, at=ARRIVAL + timedelta(hours=23))
    desk(rig).answer(document, now=ARRIVAL)
    desk(rig).answer(question(rig, terminal, at=ARRIVAL + timedelta(hours=46)), now=ARRIVAL + timedelta(hours=46))
    with pytest.raises(NonceUsedError):
        desk(rig).answer(document, now=ARRIVAL + timedelta(hours=46))


def test_too_many_questions_are_refused_until_the_window_has_passed(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    limited = desk(rig, StatusLimits(per_window=2, window_ms=60_000))
    for _ in range(2):
        limited.answer(question(rig, terminal), now=ARRIVAL)
    with pytest.raises(TooManyError):
        limited.answer(question(rig, terminal), now=ARRIVAL)
    limited.answer(question(rig, terminal), now=ARRIVAL + timedelta(minutes=2))


def test_one_terminals_questions_do_not_count_against_another(rig: IntakeRig) -> None:
    one, other = rig.terminal("T-PHARM-1"), rig.terminal("T-PHARM-2")
    limited = desk(rig, StatusLimits(per_window=1))
    limited.answer(question(rig, one), now=ARRIVAL)
    assert limited.answer(question(rig, other), now=ARRIVAL)


def test_a_stranger_learns_nothing(rig: IntakeRig) -> None:
    stranger = FakeTerminal("T-STRANGE-1", rig.keys.intake.public_key())
    with pytest.raises(TerminalUnknownError):
        desk(rig).answer(question(rig, stranger), now=ARRIVAL)


def test_a_revoked_terminal_learns_nothing(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    rig.revoke(terminal)
    with pytest.raises(TerminalRevokedError):
        desk(rig).answer(question(rig, terminal), now=ARRIVAL)


def test_a_question_signed_by_another_is_refused_and_not_audited(rig: IntakeRig) -> None:
    with pytest.raises(NotSignedError):
        desk(rig).answer(question(rig, rig.terminal(), key=Ed25519PrivateKey.generate()), now=ARRIVAL)
    assert rig.count(audit_entries) == 0


def test_a_question_sealed_to_another_key_does_not_open(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    sealed_elsewhere = write_query(
        fictitious_nir(1),
        terminal.name,
        X25519PrivateKey.generate().public_key(),
        terminal.key,
        at=ARRIVAL,
        nonce=RecordId.new(ARRIVAL),
    )
    with pytest.raises(SealError):
        desk(rig).answer(sealed_elsewhere, now=ARRIVAL)


def test_rubbish_is_refused(rig: IntakeRig) -> None:
    with pytest.raises(FormatError):
        desk(rig).answer(b"rubbish", now=ARRIVAL)


def test_who_asks_was_heard_of(rig: IntakeRig) -> None:
    ask(rig, rig.terminal())
    assert [row.last_seen_ms for row in rig.rows(devices)] == [milliseconds(ARRIVAL)]


def test_says_how_many_slips_there_are_for_the_dossier(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    rig.send(terminal, terminal.enrol(1), terminal.come_back("code_reissue", 1, at=ARRIVAL))
    nonce = RecordId.new(ARRIVAL)
    document = desk(rig).answer(question(rig, terminal, nonce=nonce), now=ARRIVAL)
    answer = open_status(document, rig.keys.answer.public_key(), terminal=terminal.name, nonce=nonce)
    assert (answer.status, answer.copies) == (PersonStatus.ACTIVE, 2)
