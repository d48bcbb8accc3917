from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.conftest import load_vectors
from wire.canonical import encode
from wire.errors import TrustError
from wire.identifiers import milliseconds
from wire.signing import SigningPurpose, sign_document
from wire.trust import BundleBody, BundleKey, KeyUse, open_bundle, write_bundle

VECTOR = load_vectors("wire/trust.json")
YEAR = timedelta(days=365)


@pytest.fixture
def root() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def keys() -> dict[KeyUse, bytes]:
    return {use: Ed25519PrivateKey.generate().public_key().public_bytes_raw() for use in KeyUse}


def test_the_published_bundle_opens_with_its_root(now: datetime) -> None:
    root = Ed25519PublicKey.from_public_bytes(bytes.fromhex(VECTOR["root_public"]))
    bundle = open_bundle(bytes.fromhex(VECTOR["document"]), root, now=now)
    assert {use.value: key.hex() for use, key in bundle.keys.items()} == VECTOR["keys"]


def test_a_bundle_not_signed_by_the_root_is_refused(root: Ed25519PrivateKey, now: datetime) -> None:
    forged = write_bundle(keys(), Ed25519PrivateKey.generate(), serial=9, valid_from=now, valid_until=now + YEAR)
    with pytest.raises(TrustError) as caught:
        open_bundle(forged, root.public_key(), now=now)
    assert caught.value.code == "trust_root"


def test_rubbish_is_no_bundle(root: Ed25519PrivateKey, now: datetime) -> None:
    with pytest.raises(TrustError):
        open_bundle(b"rubbish", root.public_key(), now=now)


def test_an_older_bundle_never_comes_back(root: Ed25519PrivateKey, now: datetime) -> None:
    old = write_bundle(keys(), root, serial=3, valid_from=now, valid_until=now + YEAR)
    with pytest.raises(TrustError) as caught:
        open_bundle(old, root.public_key(), now=now, lowest_serial=4)
    assert caught.value.code == "trust_rollback"


@pytest.mark.parametrize("offset", [timedelta(seconds=-1), YEAR])
def test_a_bundle_out_of_its_time_is_refused(root: Ed25519PrivateKey, now: datetime, offset: timedelta) -> None:
    bundle = write_bundle(keys(), root, serial=1, valid_from=now, valid_until=now + YEAR)
    with pytest.raises(TrustError) as caught:
        open_bundle(bundle, root.public_key(), now=now + offset)
    assert caught.value.code == "trust_validity"


def test_a_use_named_twice_is_refused(root: Ed25519PrivateKey, now: datetime) -> None:
    twice = tuple(BundleKey(use=KeyUse.INTAKE, public=bytes([n]) * 32) for n in range(2))
    body = BundleBody(serial=1, valid_from_ms=0, valid_until_ms=milliseconds(now + YEAR), keys=twice)
    with pytest.raises(TrustError) as caught:
        open_bundle(sign_document(SigningPurpose.TRUST_BUNDLE, encode(body), root), root.public_key(), now=now)
    assert caught.value.code == "trust_twice"


def test_a_missing_key_is_named_when_it_is_asked_for(root: Ed25519PrivateKey, now: datetime) -> None:
    only = {KeyUse.INTAKE: keys()[KeyUse.INTAKE]}
    bundle = open_bundle(
        write_bundle(only, root, serial=1, valid_from=now, valid_until=now + YEAR), root.public_key(), now=now
    )
    with pytest.raises(TrustError, match="vault"):
        bundle.sealing_key(KeyUse.VAULT)


def test_a_signing_key_is_never_handed_out_for_sealing(root: Ed25519PrivateKey, now: datetime) -> None:
    bundle = open_bundle(
        write_bundle(keys(), root, serial=1, valid_from=now, valid_until=now + YEAR), root.public_key(), now=now
    )
    with pytest.raises(TrustError):
        bundle.sealing_key(KeyUse.ANSWER)
    with pytest.raises(TrustError):
        bundle.verifying_key(KeyUse.INTAKE)
