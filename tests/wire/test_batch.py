from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.conftest import load_vectors
from wire.batch import (
    BATCH_LIMIT,
    RECORDS_LIMIT,
    BatchAnswer,
    BatchItem,
    BatchMessage,
    Outcome,
    RecordOutcome,
    open_answer,
    read_batch,
    verify_batch,
    write_answer,
    write_batch,
)
from wire.canonical import decode, encode
from wire.codes import ActivationCode
from wire.dossier_keys import code_key, open_wrap
from wire.errors import ChainError, FormatError, SealError, SignatureError, WireError
from wire.facts import read_administrative
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.records import Routing, first_link, record_hash, sha256, write_record
from wire.sealing import SealPurpose, unseal
from wire.vault_parts import read_vault_part

VECTOR: dict[str, Any] = load_vectors("wire/messages.json")
TERMINAL = TerminalId("TERM-TEST-1")


def private(name: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["private"][name]))


@pytest.fixture
def device() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def chain(count: int, now: datetime, terminal: TerminalId = TERMINAL) -> list[bytes]:
    raw, previous = [], first_link(terminal)
    for sequence in range(1, count + 1):
        routing = Routing(
            record_id=RecordId.new(now).value,
            kind="enrolment",
            terminal=terminal,
            office="OFFICE-1",
            channel="desk",
            sub_channel="hall_terminal",
            sequence=sequence,
            captured_ms=milliseconds(now),
            previous_hash=previous,
            administrative_hash=sha256(b"sealed"),
        )
        raw.append(write_record(routing, b"sealed", None))
        previous = record_hash(encode(routing))
    return raw


class TestPublishedVector:
    def test_the_batch_verifies(self) -> None:
        batch = read_batch(bytes.fromhex(VECTOR["batch"]))
        verify_batch(batch, Ed25519PublicKey.from_public_bytes(bytes.fromhex(VECTOR["device_public"])))

    def test_the_administrative_part_opens_for_intake_only(self) -> None:
        item = read_batch(bytes.fromhex(VECTOR["batch"])).items[0]
        assert isinstance(item, BatchItem)
        context = (SealPurpose.ADMINISTRATIVE, RecordId(item.routing.record_id), TerminalId(VECTOR["terminal"]))
        sealed = item.record.administrative
        assert sealed is not None
        opened = unseal(sealed, private("intake"), *context)
        assert encode(read_administrative(opened)).hex() == VECTOR["facts"]
        with pytest.raises(SealError):
            unseal(sealed, private("vault"), *context)

    def test_the_printed_code_opens_the_patient_wrap_and_the_refused_wrap_does_not_exist(self) -> None:
        part = read_vault_part(bytes.fromhex(VECTOR["vault_part"]))
        record, terminal = RecordId(bytes.fromhex(VECTOR["record_id"])), TerminalId(VECTOR["terminal"])
        key = code_key(ActivationCode.parse(VECTOR["code"]), record)
        assert part.wrap_patient is not None
        opened = open_wrap(part.wrap_patient, key, SealPurpose.WRAP_PATIENT, record, terminal)
        assert opened.private_bytes_raw().hex() == VECTOR["private"]["dossier"]
        assert part.wrap_centre_15 is None

    def test_the_answer_is_for_this_batch(self) -> None:
        answer = open_answer(
            bytes.fromhex(VECTOR["answer"]),
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(VECTOR["answer_public"])),
            terminal=TerminalId(VECTOR["terminal"]),
            batch=bytes.fromhex(VECTOR["batch"]),
        )
        assert [one.outcome for one in answer.outcomes] == [Outcome.DURABLE_NEW] * 2


def test_200_records_travel_under_one_signature(device: Ed25519PrivateKey, now: datetime) -> None:
    batch = read_batch(write_batch(TERMINAL, chain(RECORDS_LIMIT, now), device, sent_ms=1))
    verify_batch(batch, device.public_key())
    assert len(batch.items) == RECORDS_LIMIT


@pytest.mark.parametrize("count", [0, RECORDS_LIMIT + 1])
def test_an_empty_or_overfull_batch_is_not_written(device: Ed25519PrivateKey, now: datetime, count: int) -> None:
    with pytest.raises(FormatError):
        write_batch(TERMINAL, chain(count, now), device, sent_ms=1)


def test_ten_megabytes_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(FormatError) as caught:
        read_batch(b"\x00" * 10_000_000)
    assert caught.value.code == "too_long"
    assert BATCH_LIMIT < 10_000_000


def test_a_bit_flipped_anywhere_is_noticed(device: Ed25519PrivateKey, now: datetime) -> None:
    data = write_batch(TERMINAL, chain(2, now), device, sent_ms=1)
    for place in range(0, len(data), 3):
        altered = data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]
        with pytest.raises(WireError):
            verify_batch(read_batch(altered), device.public_key())


def reordered(data: bytes, order: list[int]) -> bytes:
    message = decode(data, BatchMessage, limit=BATCH_LIMIT)
    return encode(msgspec.structs.replace(message, records=tuple(message.records[place] for place in order)))


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 0, 1], [0, 2, 1], [2, 1, 0]])
def test_records_in_another_order_are_refused(device: Ed25519PrivateKey, now: datetime, order: list[int]) -> None:
    data = reordered(write_batch(TERMINAL, chain(3, now), device, sent_ms=1), order)
    with pytest.raises(ChainError):
        verify_batch(read_batch(data), device.public_key())


def test_a_record_left_out_is_noticed_by_the_count(device: Ed25519PrivateKey, now: datetime) -> None:
    data = reordered(write_batch(TERMINAL, chain(3, now), device, sent_ms=1), [0, 1])
    with pytest.raises(FormatError) as caught:
        read_batch(data)
    assert caught.value.code == "batch_count"


def test_a_batch_signed_by_another_terminal_is_refused(device: Ed25519PrivateKey, now: datetime) -> None:
    data = write_batch(TERMINAL, chain(1, now), device, sent_ms=1)
    with pytest.raises(SignatureError):
        verify_batch(read_batch(data), Ed25519PrivateKey.generate().public_key())


def test_records_of_another_terminal_under_my_signature_are_refused(device: Ed25519PrivateKey, now: datetime) -> None:
    foreign = chain(1, now, TerminalId("TERM-TEST-2"))
    with pytest.raises(ChainError) as caught:
        verify_batch(read_batch(write_batch(TERMINAL, foreign, device, sent_ms=1)), device.public_key())
    assert caught.value.code == "chain_terminal"


def test_an_exchanged_sealed_part_is_refused(device: Ed25519PrivateKey, now: datetime) -> None:
    data = write_batch(TERMINAL, chain(1, now), device, sent_ms=1)
    with pytest.raises(ChainError) as caught:
        verify_batch(read_batch(data.replace(b"sealed", b"SEALED", 1)), device.public_key())
    assert caught.value.code == "part_hash"


def test_one_damaged_record_leaves_the_others_readable(device: Ed25519PrivateKey, now: datetime) -> None:
    message = decode(write_batch(TERMINAL, chain(3, now), device, sent_ms=1), BatchMessage, limit=BATCH_LIMIT)
    damaged = msgspec.structs.replace(message, records=(message.records[0], b"rubbish", message.records[2]))
    kinds = [type(item).__name__ for item in read_batch(encode(damaged)).items]
    assert kinds == ["BatchItem", "FormatError", "BatchItem"]


class TestAnswer:
    @pytest.fixture
    def central(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.generate()

    @pytest.fixture
    def batch(self, device: Ed25519PrivateKey, now: datetime) -> bytes:
        return write_batch(TERMINAL, chain(1, now), device, sent_ms=1)

    def answer(self, batch: bytes, central: Ed25519PrivateKey, terminal: str = TERMINAL) -> bytes:
        taken = read_batch(batch)
        item = taken.items[0]
        assert isinstance(item, BatchItem)
        outcome = RecordOutcome(record_hash=item.hash, outcome=Outcome.DURABLE_NEW)
        return write_answer(
            BatchAnswer(terminal=terminal, batch_digest=taken.digest, server_ms=1, outcomes=(outcome,)), central
        )

    def test_an_answer_to_this_batch_is_opened(self, batch: bytes, central: Ed25519PrivateKey) -> None:
        opened = open_answer(self.answer(batch, central), central.public_key(), terminal=TERMINAL, batch=batch)
        assert opened.outcomes[0].outcome is Outcome.DURABLE_NEW

    def test_an_answer_to_an_earlier_batch_is_refused(
        self, batch: bytes, central: Ed25519PrivateKey, device: Ed25519PrivateKey, now: datetime
    ) -> None:
        later = write_batch(TERMINAL, chain(2, now + timedelta(hours=1)), device, sent_ms=2)
        with pytest.raises(ChainError):
            open_answer(self.answer(batch, central), central.public_key(), terminal=TERMINAL, batch=later)

    def test_an_answer_to_another_terminal_is_refused(self, batch: bytes, central: Ed25519PrivateKey) -> None:
        with pytest.raises(ChainError):
            open_answer(
                self.answer(batch, central, "TERM-TEST-2"), central.public_key(), terminal=TERMINAL, batch=batch
            )

    def test_an_answer_that_central_did_not_sign_is_refused(self, batch: bytes, central: Ed25519PrivateKey) -> None:
        forged = self.answer(batch, Ed25519PrivateKey.generate())
        with pytest.raises(SignatureError):
            open_answer(forged, central.public_key(), terminal=TERMINAL, batch=batch)
