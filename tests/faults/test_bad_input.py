"""Bad input from a terminal: each gets its code, nothing is lost, and the rest flows on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from tests.fakes.drafts import enrolment
from tests.town.crowd import person
from tests.town.forger import Forger, without
from tests.town.launcher import ROOT
from tests.town.town import HALL, Town, copy_of
from wire.batch import BATCH_LIMIT, BatchMessage, Outcome, RecordOutcome
from wire.canonical import decode, encode
from wire.evidence import Traits
from wire.identifiers import RecordId, TerminalId, milliseconds

pytestmark = pytest.mark.processes


@pytest.fixture
def forger(founded_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forger]:
    """A terminal's key in wrong hands, towards a central and a vault that are new."""
    town = copy_of(founded_town, tmp_path_factory.mktemp("town") / "town")
    town.central.start()
    yield Forger(town, HALL)
    town.stop()


def good(forger: Forger, number: int, record_id: RecordId | None = None, **traits: object) -> bytes:
    """A whole enrolment of somebody of the crowd."""
    draft = enrolment(datetime.now(UTC), forger.terminal, forger.trust)
    facts = draft.administrative
    somebody: Traits = without(facts.traits, **{"nir": person(number).number, **traits})  # type: ignore[union-attr]
    name = record_id or draft.record_id
    return forger.record("enrolment", without(facts, traits=somebody), draft.vault, record_id=name)


def said(outcomes: list[RecordOutcome]) -> list[tuple[Outcome, str | None]]:
    return [(one.outcome, one.code) for one in outcomes]


def signed(forger: Forger, *records: bytes) -> bytes:
    return forger.key.batch(forger.terminal, records, sent_ms=milliseconds(datetime.now(UTC)))


def dossiers(forger: Forger) -> int:
    ((count,),) = forger.town.at_central("SELECT count(*) FROM dossiers")
    return int(count)


def incidents(forger: Forger) -> set[str]:
    return {kind for (kind,) in forger.town.at_central("SELECT kind FROM chain_incidents")}


NEW = (Outcome.DURABLE_NEW, None)


def test_a_batch_sent_again_is_recognised_and_changes_nothing(forger: Forger) -> None:
    records = [good(forger, number) for number in (300, 301)]
    assert said(forger.send(*records)) == [NEW, NEW]
    assert {one.outcome for one in forger.send(*records)} == {Outcome.DURABLE_ALREADY}
    assert dossiers(forger) == 2


def test_the_same_id_with_another_content_is_refused_and_shown(forger: Forger) -> None:
    name = RecordId.new(datetime.now(UTC))
    assert said(forger.send(good(forger, 302, name))) == [NEW]
    assert said(forger.send(good(forger, 303, name), good(forger, 304))) == [(Outcome.REJECTED, "id_conflict"), NEW]
    assert dossiers(forger) == 2
    assert "id_conflict" in incidents(forger)


def test_a_gap_is_shown_and_holds_nothing_up(forger: Forger) -> None:
    forger.send(good(forger, 305))
    good(forger, 306)  # never sent
    assert said(forger.send(good(forger, 307))) == [NEW]
    assert dossiers(forger) == 2
    assert incidents(forger) == {"gap"}


def test_what_was_missing_is_taken_when_it_comes_late(forger: Forger) -> None:
    late = good(forger, 308)
    assert said(forger.send(good(forger, 309))) == [NEW]
    assert said(forger.send(late)) == [NEW]
    assert dossiers(forger) == 2


def test_a_fork_of_a_restored_disk_is_shown_and_both_branches_are_kept(forger: Forger) -> None:
    forger.send(good(forger, 310))
    sequence, head = forger.sequence, forger.head
    forger.send(good(forger, 311))
    forger.sequence, forger.head = sequence, head
    assert said(forger.send(good(forger, 312))) == [NEW]
    assert dossiers(forger) == 3
    assert "fork" in incidents(forger)


def test_an_unknown_kind_is_kept_for_a_later_release(forger: Forger) -> None:
    raw = forger.record("organ_donation", None, None)
    outcomes = forger.send(raw, good(forger, 313))
    assert said(outcomes) == [(Outcome.DURABLE_NEW, "quarantined"), NEW]
    assert forger.town.at_central("SELECT raw FROM records WHERE kind NOT IN ('enrolment')") == [(raw,)]


def test_a_record_of_a_later_version_is_kept(forger: Forger) -> None:
    outcomes = forger.send(forger.record("refusal", version=99), good(forger, 314))
    assert said(outcomes) == [(Outcome.DURABLE_NEW, "quarantined"), NEW]


def test_a_number_with_a_wrong_key_opens_nothing(forger: Forger) -> None:
    wrong = person(315).number[:13] + "00"
    outcomes = forger.send(good(forger, 315, nir=wrong), good(forger, 316))
    assert said(outcomes) == [(Outcome.DURABLE_NEW, "quarantined"), NEW]
    assert dossiers(forger) == 1


def test_a_real_persons_oid_opens_nothing_in_a_test_programme(forger: Forger) -> None:
    outcomes = forger.send(good(forger, 317, ins_oid="1.2.250.1.213.1.4.8"))
    assert said(outcomes) == [(Outcome.DURABLE_NEW, "quarantined")]


def test_a_revoked_terminals_records_are_kept_and_open_nothing(forger: Forger) -> None:
    home = str(forger.town.folder / "central")
    revoke = [sys.executable, "-m", "central", "revoke-terminal", HALL.terminal, "--home", home]
    subprocess.run(revoke, cwd=ROOT, check=True, capture_output=True)
    assert said(forger.send(good(forger, 318))) == [(Outcome.DURABLE_NEW, "quarantined")]
    assert dossiers(forger) == 0
    assert forger.town.at_central("SELECT count(*) FROM records") == [(1,)]


def test_a_record_that_claims_a_pharmacy_for_a_hall_earns_nothing(forger: Forger) -> None:
    draft = enrolment(datetime.now(UTC), forger.terminal, forger.trust)
    raw = forger.record("enrolment", draft.administrative, draft.vault, record_id=draft.record_id, channel="pharmacy")
    forger.send(raw)
    accrued = "SELECT coalesce(sum(cents), 0) FROM ledger_entries WHERE state = 'accrued'"
    assert forger.town.at_central(accrued) == [(0,)]


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_a_flipped_bit_in_one_record_leaves_the_others_through(forger: Forger) -> None:
    records = [good(forger, number) for number in (320, 321, 322)]
    message = decode(signed(forger, *records), BatchMessage, limit=BATCH_LIMIT)
    hurt = flip(records[0], records[0].index(b"administrative") + 40)
    damaged = encode(msgspec.structs.replace(message, records=(hurt, *records[1:])))
    assert forger.post(damaged).status_code == 200
    assert dossiers(forger) == 2
    assert forger.post(signed(forger, *records)).status_code == 200
    assert dossiers(forger) == 3


@pytest.mark.parametrize("where", ["header", "signature"])
def test_a_batch_whose_signature_does_not_hold_leaves_nothing(forger: Forger, where: str) -> None:
    message = decode(signed(forger, good(forger, 323)), BatchMessage, limit=BATCH_LIMIT)
    part = message.header if where == "header" else message.signature
    hurt = flip(part, len(part) - 1)
    answer = forger.post(encode(msgspec.structs.replace(message, **{where: hurt})))
    assert (answer.status_code, answer.json()["code"]) == (401, "signature")
    assert forger.town.at_central("SELECT count(*) FROM records") == [(0,)]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"rubbish", 400, "malformed"),
        (b"\xdd\xff\xff\xff\xff", 400, "malformed"),
        (b"\0" * 10_000_000, 413, "too_long"),
    ],
    ids=["nothing", "rubbish", "a length that lies", "ten megabytes"],
)
def test_what_is_no_batch_is_refused_with_its_code(forger: Forger, body: bytes, status: int, code: str) -> None:
    answer = forger.post(body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert said(forger.send(good(forger, 324))) == [NEW]


def test_a_terminal_that_was_never_registered_is_refused(forger: Forger) -> None:
    stranger = TerminalId("BORNE-INCONNUE")
    body = forger.key.batch(stranger, [forger.record("refusal", terminal=stranger)], sent_ms=1)
    answer = forger.post(body)
    assert (answer.status_code, answer.json()["code"]) == (403, "terminal_unknown")


def test_two_halves_of_one_batch_in_the_wrong_order_are_both_kept(forger: Forger) -> None:
    first, second = [good(forger, 325), good(forger, 326)], [good(forger, 327), good(forger, 328)]
    assert said(forger.send(*second)) == [NEW, NEW]
    assert said(forger.send(*first)) == [NEW, NEW]
    assert dossiers(forger) == 4


def test_a_person_enrolled_twice_has_one_dossier_and_the_second_record_is_kept(forger: Forger) -> None:
    outcomes = forger.send(good(forger, 329), good(forger, 329))
    assert said(outcomes) == [NEW, (Outcome.DURABLE_NEW, "second_enrolment")]
    assert dossiers(forger) == 1
    assert forger.town.at_central("SELECT count(*) FROM records") == [(2,)]
