from __future__ import annotations

from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

from tests.conftest import load_vectors
from wire.errors import SealError
from wire.identifiers import RecordId, TerminalId
from wire.sealing import SealPurpose, key_id, key_id_of, seal, unseal

TERMINAL = TerminalId("TERM-TEST-1")


@pytest.fixture
def key() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


@pytest.fixture
def record(now: datetime) -> RecordId:
    return RecordId.new(now)


@pytest.mark.parametrize("vector", load_vectors("wire/seals.json"), ids=lambda vector: vector["purpose"])
def test_what_an_independent_implementation_sealed_opens(vector: dict[str, str]) -> None:
    opened = unseal(
        bytes.fromhex(vector["sealed"]),
        X25519PrivateKey.from_private_bytes(bytes.fromhex(vector["private"])),
        SealPurpose[vector["purpose"]],
        RecordId(bytes.fromhex(vector["record_id"])),
        TerminalId(vector["terminal"]),
    )
    assert opened.hex() == vector["plaintext"]


def test_what_we_seal_an_independent_implementation_opens(key: X25519PrivateKey, record: RecordId) -> None:
    sealed = seal(b"words", key.public_key(), SealPurpose.VAULT_PART, record, TERMINAL)
    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    info = b"dmp-seal" + bytes([1, 1, SealPurpose.VAULT_PART]) + record.value + TERMINAL.encode()
    recipient = suite.kem.deserialize_private_key(key.private_bytes_raw())
    context = suite.create_recipient_context(sealed[10:42], recipient, info=info)
    assert context.open(sealed[42:]) == b"words"


def test_a_part_moved_to_another_record_does_not_open(key: X25519PrivateKey, record: RecordId, now: datetime) -> None:
    sealed = seal(b"words", key.public_key(), SealPurpose.ADMINISTRATIVE, record, TERMINAL)
    with pytest.raises(SealError):
        unseal(sealed, key, SealPurpose.ADMINISTRATIVE, RecordId.new(now), TERMINAL)


def test_a_part_moved_to_another_terminal_does_not_open(key: X25519PrivateKey, record: RecordId) -> None:
    sealed = seal(b"words", key.public_key(), SealPurpose.ADMINISTRATIVE, record, TERMINAL)
    with pytest.raises(SealError):
        unseal(sealed, key, SealPurpose.ADMINISTRATIVE, record, TerminalId("TERM-TEST-12"))


def test_a_part_taken_for_another_use_does_not_open(key: X25519PrivateKey, record: RecordId) -> None:
    sealed = seal(b"words", key.public_key(), SealPurpose.WRAP_BREAK_GLASS, record, TERMINAL)
    with pytest.raises(SealError):
        unseal(sealed, key, SealPurpose.WRAP_CENTRE_15, record, TERMINAL)


def test_another_key_does_not_open(key: X25519PrivateKey, record: RecordId) -> None:
    sealed = seal(b"words", key.public_key(), SealPurpose.ADMINISTRATIVE, record, TERMINAL)
    with pytest.raises(SealError):
        unseal(sealed, X25519PrivateKey.generate(), SealPurpose.ADMINISTRATIVE, record, TERMINAL)


def test_a_flipped_bit_anywhere_is_noticed(key: X25519PrivateKey, record: RecordId) -> None:
    sealed = seal(b"words", key.public_key(), SealPurpose.ADMINISTRATIVE, record, TERMINAL)
    for place in [0, 1, *range(10, len(sealed))]:  # 2 to 9 name the key and protect nothing
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealError):
            unseal(altered, key, SealPurpose.ADMINISTRATIVE, record, TERMINAL)


@pytest.mark.parametrize("length", [0, 1, 9, 10, 41, 57])
def test_a_cut_part_is_refused_with_our_error(key: X25519PrivateKey, record: RecordId, length: int) -> None:
    sealed = seal(b"words", key.public_key(), SealPurpose.ADMINISTRATIVE, record, TERMINAL)
    with pytest.raises(SealError):
        unseal(sealed[:length], key, SealPurpose.ADMINISTRATIVE, record, TERMINAL)


def test_the_head_names_the_key_for_rotation(key: X25519PrivateKey, record: RecordId) -> None:
    sealed = seal(b"words", key.public_key(), SealPurpose.ADMINISTRATIVE, record, TERMINAL)
    assert key_id_of(sealed) == key_id(key.public_key())
