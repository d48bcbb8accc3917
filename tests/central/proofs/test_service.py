"""One-time codes: what a person, a mistake, an impatient finger and an attacker get."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.audit.models import audit_entries
from central.devices.models import devices
from central.errors import NonceUsedError, NotSignedError, TerminalRevokedError, TerminalUnknownError, TooManyError
from central.messaging.deadline import Deadline
from central.messaging.messenger import RoutedMessenger
from central.proofs.book import ProofLimits
from central.proofs.models import contact_proofs, proof_nonces
from central.proofs.questions import QuestionLimits
from central.proofs.service import ProofDesk
from tests.central.intake_rig import ARRIVAL
from tests.central.proofs.conftest import EMAIL, MOBILE, Counter
from tests.fakes.terminal import FakeTerminal
from wire.errors import FormatError, SealError
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.proofs import CheckCode, ContactKind, ProofOutcome, SendCode, write_request

SENT, PROVED, WRONG, SPENT = ProofOutcome.SENT, ProofOutcome.PROVED, ProofOutcome.WRONG, ProofOutcome.SPENT
TOO_SOON, NOT_NOW = ProofOutcome.TOO_SOON, ProofOutcome.NOT_NOW
CounterWith = Callable[..., Counter]


@pytest.mark.parametrize(("address", "contact"), [(EMAIL, ContactKind.EMAIL), (MOBILE, ContactKind.MOBILE)])
def test_the_code_that_was_sent_proves_the_contact(counter: Counter, address: str, contact: ContactKind) -> None:
    sent = counter.send(address)
    assert (sent.outcome, counter.messenger.sent[0].to) == (SENT, address)
    answer = counter.check(sent.proof, counter.code)
    assert (answer.outcome, answer.proof) == (PROVED, sent.proof)
    assert counter.is_proved(sent.proof, address, contact)


def test_a_code_has_six_digits_and_its_message_says_how_long_it_lives(counter_with: CounterWith) -> None:
    counter = counter_with(limits=ProofLimits(validity_ms=5 * 60_000))
    sent = counter.send()
    assert len(counter.code) == 6
    assert "5 minutes" in counter.messenger.sent[0].body
    assert sent.valid_until_ms == milliseconds(ARRIVAL + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "votre code"), ("en", "your code"), ("ar", "رمزك"), ("xx", "votre code")]
)
def test_the_message_speaks_the_persons_language(counter: Counter, language: str, word: str) -> None:
    counter.send(language=language)
    assert word in counter.messenger.sent[0].body


def test_nothing_is_proved_before_the_code_comes_back(counter: Counter) -> None:
    assert not counter.is_proved(counter.send().proof)


def test_three_wrong_tries_spend_the_code_even_for_who_has_it(counter: Counter) -> None:
    proof = counter.send().proof
    answers = [counter.check(proof, counter.wrong_code) for _ in range(3)]
    assert [(answer.outcome, answer.tries_left) for answer in answers] == [(WRONG, 2), (WRONG, 1), (SPENT, 0)]
    assert counter.check(proof, counter.code).outcome is SPENT
    assert not counter.is_proved(proof)


def test_the_third_try_may_still_be_the_right_one(counter: Counter) -> None:
    proof = counter.send().proof
    for _ in range(2):
        counter.check(proof, counter.wrong_code)
    assert counter.check(proof, counter.code).outcome is PROVED


@pytest.mark.parametrize(("seconds", "outcome"), [(599, PROVED), (600, SPENT), (86_400 * 2, SPENT)])
def test_a_code_lives_ten_minutes(counter: Counter, seconds: int, outcome: ProofOutcome) -> None:
    proof = counter.send().proof
    counter.pass_by(seconds=seconds)
    assert counter.check(proof, counter.code).outcome is outcome


def test_a_code_works_once(counter: Counter) -> None:
    proof = counter.send().proof
    assert [counter.check(proof, counter.code).outcome for _ in range(2)] == [PROVED, SPENT]
    assert counter.is_proved(proof)


def test_the_code_of_one_proof_is_worth_nothing_for_another(counter: Counter) -> None:
    first = counter.send()
    code = counter.code
    second = counter.send(MOBILE)
    assert counter.check(second.proof, code).outcome is WRONG
    assert counter.check(first.proof, code).outcome is PROVED


def test_a_new_code_makes_the_earlier_one_worthless(counter: Counter) -> None:
    first, code = counter.send(), counter.code
    counter.pass_by(seconds=61)
    counter.send()
    assert counter.check(first.proof, code).outcome is SPENT


@pytest.mark.parametrize("proof", [b"", b"short", b"\0" * 16, b"x" * 400])
def test_a_proof_that_was_never_sent_is_spent(counter: Counter, proof: bytes) -> None:
    assert counter.check(proof, "123456").outcome is SPENT


@pytest.mark.parametrize("code", ["", "1", "12345a", "\N{ARABIC-INDIC DIGIT ONE}23456", "9" * 400])
def test_what_is_no_code_is_wrong(counter: Counter, code: str) -> None:
    assert counter.check(counter.send().proof, code).outcome is WRONG


# Whose proof it is ---------------------------------------------------------------------------------------------------


def test_another_terminal_cannot_use_the_code(counter: Counter) -> None:
    other = counter.rig.terminal("T-PHARM-2")
    proof = counter.send().proof
    assert counter.check(proof, counter.code, other).outcome is SPENT
    assert counter.check(proof, counter.code).outcome is PROVED


def test_a_proof_speaks_for_its_own_terminal_address_and_kind_alone(counter: Counter) -> None:
    proof = counter.send().proof
    counter.check(proof, counter.code)
    assert not counter.is_proved(proof, "autre@exemple.fr")
    assert not counter.is_proved(proof, EMAIL, ContactKind.MOBILE)
    assert not counter.is_proved(proof, terminal_id="T-PHARM-2")
    assert not counter.is_proved(RecordId.new(ARRIVAL).value)


# How often -----------------------------------------------------------------------------------------------------------


def test_the_same_address_waits_a_minute_wherever_it_is_asked(counter: Counter) -> None:
    other = counter.rig.terminal("T-PHARM-2")
    counter.send()
    counter.pass_by(seconds=20)
    again = counter.send(EMAIL.upper(), terminal=other)
    assert again.outcome is TOO_SOON
    assert (again.retry_ms or 0) - again.server_ms == 40_000
    counter.pass_by(seconds=41)
    assert counter.send(terminal=other).outcome is SENT


def test_an_address_is_not_flooded(counter_with: CounterWith) -> None:
    counter = counter_with(limits=ProofLimits(per_address=2))
    outcomes = []
    for _ in range(3):
        outcomes.append(counter.send().outcome)
        counter.pass_by(minutes=2)
    assert outcomes == [SENT, SENT, TOO_SOON]
    counter.pass_by(minutes=60)
    assert counter.send().outcome is SENT


def test_one_terminal_cannot_send_without_end(counter_with: CounterWith) -> None:
    counter = counter_with(limits=ProofLimits(per_terminal=2))
    other = counter.rig.terminal("T-PHARM-2")
    assert [counter.send(f"a{n}@exemple.fr").outcome for n in range(3)] == [SENT, SENT, NOT_NOW]
    assert counter.send("b@exemple.fr", terminal=other).outcome is SENT


def test_too_many_questions_are_refused_until_the_window_has_passed(counter_with: CounterWith) -> None:
    counter = counter_with(question_limits=QuestionLimits(per_window=2, window_ms=60_000))
    counter.send()
    counter.check(b"", "1")
    with pytest.raises(TooManyError):
        counter.check(b"", "1")
    counter.pass_by(seconds=61)
    assert counter.check(b"", "1").outcome is SPENT


# When it cannot be sent ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", ["unreachable", "refused", "busy", "recipient"])
def test_a_message_that_never_left_is_not_now_and_may_be_asked_for_at_once(counter: Counter, failure: str) -> None:
    counter.messenger.failure = failure
    assert counter.send().outcome is NOT_NOW
    counter.messenger.failure = None
    assert counter.send().outcome is SENT


def test_a_message_that_may_still_arrive_counts_and_its_code_is_worthless(counter: Counter) -> None:
    counter.messenger.failure = "silent"
    assert counter.send().outcome is NOT_NOW
    counter.messenger.failure = None
    assert counter.send().outcome is TOO_SOON
    [row] = counter.rig.rows(contact_proofs)
    assert row.code_hash is None


@pytest.mark.parametrize("address", [EMAIL, MOBILE])
def test_without_a_route_it_is_not_now_and_nothing_is_kept(counter: Counter, address: str) -> None:
    counter.messenger.email = counter.messenger.sms = False
    assert counter.send(address).outcome is NOT_NOW
    assert counter.rig.rows(contact_proofs) == []


@pytest.mark.parametrize("address", [f"{EMAIL}\r\nBcc: victime@exemple.fr", "a@b.fr, c@d.fr", "@"])
def test_an_address_that_carries_more_gets_no_message(counter: Counter, address: str) -> None:
    assert counter.send(address).outcome is NOT_NOW
    assert counter.messenger.sent == []


def test_a_gateway_that_hangs_costs_its_deadline_and_then_nothing(counter: Counter) -> None:
    released = threading.Event()

    class Hanging:
        def send(self, *_given: str) -> None:
            released.wait(60)

    deadline = Deadline(0.2, at_once=1)
    hanging = RoutedMessenger(Hanging(), Hanging(), deadline)  # type: ignore[arg-type]
    counter.desk = ProofDesk(counter.rig.engine, counter.rig.keys, hanging, shards=1)
    began = time.monotonic()
    assert counter.send().outcome is NOT_NOW
    assert counter.send(MOBILE).outcome is NOT_NOW
    assert time.monotonic() - began < 20  # not 60: a machine under load may be slow, never that slow
    tried = {row.contact for row in counter.rig.rows(contact_proofs)}
    assert tried == {"email"}  # the second found the place taken, and never left
    released.set()


# Who asks ------------------------------------------------------------------------------------------------------------


def ask_to_send(counter: Counter, **other: object) -> bytes:
    given = {
        "terminal": TerminalId(counter.terminal.name),
        "intake": counter.rig.keys.intake.public_key(),
        "key": counter.terminal.key,
        "at": counter.now,
        "nonce": RecordId.new(counter.now),
    } | other
    asked = SendCode(contact=ContactKind.EMAIL, address=EMAIL, language="fr")
    return write_request(asked, **given)  # type: ignore[arg-type]


def test_a_question_replayed_sends_no_second_message(counter: Counter) -> None:
    document = ask_to_send(counter)
    counter.desk.answer(document, now=counter.now)
    counter.pass_by(minutes=2)
    with pytest.raises(NonceUsedError):
        counter.desk.answer(document, now=counter.now)
    assert len(counter.messenger.sent) == 1


def test_a_typed_code_replayed_costs_no_try(counter: Counter) -> None:
    proof = counter.send().proof
    nonce = RecordId.new(counter.now)
    document = counter.write(CheckCode(proof=proof or b"", code=counter.wrong_code), nonce)
    counter.desk.answer(document, now=counter.now)
    for _ in range(3):
        with pytest.raises(NonceUsedError):
            counter.desk.answer(document, now=counter.now)
    assert counter.check(proof, counter.code).outcome is PROVED


@pytest.mark.parametrize("days", [-2, 2])
def test_a_question_of_another_day_is_refused(counter: Counter, days: int) -> None:
    with pytest.raises(NonceUsedError) as refused:
        counter.desk.answer(ask_to_send(counter, at=ARRIVAL + timedelta(days=days)), now=ARRIVAL)
    assert refused.value.code == "query_stale"


def test_a_stranger_sends_nothing(counter: Counter) -> None:
    stranger = FakeTerminal("T-STRANGE-1", counter.rig.keys.intake.public_key())
    with pytest.raises(TerminalUnknownError):
        counter.send(terminal=stranger)


def test_a_revoked_terminal_sends_nothing(counter: Counter) -> None:
    counter.rig.revoke(counter.terminal)
    with pytest.raises(TerminalRevokedError):
        counter.send()


def test_a_question_signed_by_another_is_refused(counter: Counter) -> None:
    with pytest.raises(NotSignedError):
        counter.desk.answer(ask_to_send(counter, key=Ed25519PrivateKey.generate()), now=ARRIVAL)
    assert counter.rig.rows(proof_nonces) == []


def test_a_question_sealed_to_another_key_does_not_open(counter: Counter) -> None:
    document = ask_to_send(counter, intake=X25519PrivateKey.generate().public_key())
    with pytest.raises(SealError):
        counter.desk.answer(document, now=ARRIVAL)


def test_rubbish_is_refused(counter: Counter) -> None:
    with pytest.raises(FormatError):
        counter.desk.answer(b"rubbish", now=ARRIVAL)


# What stays ----------------------------------------------------------------------------------------------------------


def test_sending_and_proving_are_each_audited_once_without_the_address(counter: Counter) -> None:
    proof = counter.send().proof
    counter.check(proof, counter.wrong_code)
    counter.check(proof, counter.code)
    entries = [(row.tag, row.subject, row.actor, row.detail) for row in counter.rig.rows(audit_entries)]
    assert entries == [
        ("contact:code_sent", proof, "terminal:T-PHARM-1", None),
        ("contact:proved", proof, "terminal:T-PHARM-1", None),
    ]


def test_who_asks_was_heard_of(counter: Counter) -> None:
    counter.send()
    assert [row.last_seen_ms for row in counter.rig.rows(devices)] == [milliseconds(ARRIVAL)]


def test_neither_code_nor_address_is_in_the_database_or_a_log(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen = []
    for address in (EMAIL, MOBILE):
        proof = counter.send(address).proof
        seen.append(counter.code)
        counter.check(proof, counter.wrong_code)
        counter.check(proof, counter.code)
    counter.messenger.failure = "refused"
    counter.send("autre.canari@exemple.fr")
    counter.rig.engine.dispose()
    disk = b"".join(path.read_bytes() for path in counter.rig.folder.iterdir())
    for word in (*seen, "canari", MOBILE[1:]):
        assert word.encode() not in disk
        assert word not in caplog.text


def test_old_codes_are_forgotten_and_proofs_kept_for_late_records(counter: Counter) -> None:
    proof = counter.send().proof
    counter.check(proof, counter.code)
    counter.send(MOBILE)
    counter.pass_by(days=2)
    counter.send("autre@exemple.fr")
    assert {row.contact for row in counter.rig.rows(contact_proofs)} == {"email"}
    assert counter.is_proved(proof)
    counter.pass_by(days=90)
    counter.send("encore@exemple.fr")
    assert len(counter.rig.rows(contact_proofs)) == 1
    assert not counter.is_proved(proof)


def test_nonces_are_forgotten_when_their_questions_are_stale_anyway(counter: Counter) -> None:
    counter.send()
    counter.pass_by(days=3)
    counter.send()
    assert len(counter.rig.rows(proof_nonces)) == 1
