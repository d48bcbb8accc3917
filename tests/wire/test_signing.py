from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.conftest import load_vectors
from wire.errors import FormatError, SignatureError
from wire.signing import SigningPurpose, open_document, sign, sign_document, verify


@pytest.mark.parametrize("vector", load_vectors("wire/signatures.json"), ids=lambda vector: vector["purpose"])
def test_published_signatures_hold_and_hold_for_nothing_else(vector: dict[str, str]) -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(vector["public"]))
    payload, signature = bytes.fromhex(vector["payload"]), bytes.fromhex(vector["signature"])
    for purpose in SigningPurpose:
        if purpose is SigningPurpose[vector["purpose"]]:
            verify(purpose, payload, signature, key)
        else:
            with pytest.raises(SignatureError):
                verify(purpose, payload, signature, key)


def test_a_signature_of_another_key_is_refused() -> None:
    signature = sign(SigningPurpose.BATCH, b"payload", Ed25519PrivateKey.generate())
    with pytest.raises(SignatureError):
        verify(SigningPurpose.BATCH, b"payload", signature, Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize("algorithm", [0, 2, 255])
def test_an_unknown_algorithm_is_named_and_never_tried(algorithm: int) -> None:
    key = Ed25519PrivateKey.generate()
    signature = bytes([algorithm]) + sign(SigningPurpose.BATCH, b"payload", key)[1:]
    with pytest.raises(SignatureError) as caught:
        verify(SigningPurpose.BATCH, b"payload", signature, key.public_key())
    assert caught.value.code == "algorithm_unknown"


def test_an_empty_signature_is_refused() -> None:
    with pytest.raises(SignatureError):
        verify(SigningPurpose.BATCH, b"payload", b"", Ed25519PrivateKey.generate().public_key())


def test_a_document_gives_its_payload_only_through_verification() -> None:
    key = Ed25519PrivateKey.generate()
    document = sign_document(SigningPurpose.ANSWER, b"payload", key)
    assert open_document(SigningPurpose.ANSWER, document, key.public_key(), limit=500) == b"payload"
    with pytest.raises(SignatureError):
        open_document(SigningPurpose.BATCH, document, key.public_key(), limit=500)


def test_rubbish_is_no_document() -> None:
    with pytest.raises(FormatError):
        open_document(SigningPurpose.ANSWER, b"rubbish", Ed25519PrivateKey.generate().public_key(), limit=500)
