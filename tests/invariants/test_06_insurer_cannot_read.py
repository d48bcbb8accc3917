"""Invariant 6: neither a dump of central with every key it holds, nor its live process, yields anything medical.

Nothing medical is filed yet in this version; what would open it is the dossier's private key. So that key is looked
for: the test learns it as the patient would, with the code on the slip, seals a medical entry to the dossier as a
professional would, and then plays the insurer.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.town.canaries import code_on, seen_in, seen_in_memory
from tests.town.town import PHARMACY, Town
from tests.town.visitor import Wishes
from wire.dossier_keys import code_key, open_wrap
from wire.errors import SealError
from wire.identifiers import RecordId, TerminalId
from wire.records import read_record
from wire.sealing import SealPurpose, seal, unseal

pytestmark = pytest.mark.processes
MEDICAL = b"CANARI MEDICAL: compte rendu fictif"
TERMINAL = TerminalId(PHARMACY.terminal)


@pytest.fixture(scope="module")
def record(town: Town) -> RecordId:
    """One enrolment, sent and handed over."""
    town.start()
    assert town.visit(PHARMACY).enrol("crowd-60", Wishes(email="canari@exemple.fr")) == "done"
    town.wait_until_all_is_sent()
    ((value,),) = town.at_central("SELECT record_id FROM dossiers")
    return RecordId(value)


@pytest.fixture(scope="module")
def dossier_key(town: Town, record: RecordId) -> X25519PrivateKey:
    """What the patient can open at home, and nobody at the insurer."""
    ((wrap,),) = town.at_vault("SELECT sealed FROM wraps WHERE role = 'patient'")
    return open_wrap(wrap, code_key(code_on(town.papers()), record), SealPurpose.WRAP_PATIENT, record, TERMINAL)


@pytest.fixture(scope="module")
def entry(record: RecordId, dossier_key: X25519PrivateKey) -> bytes:
    """A medical entry as a professional would file it: with the public half only."""
    return seal(MEDICAL, dossier_key.public_key(), SealPurpose.ENTRY_KEY, record, TERMINAL)


def keys_of_central(town: Town) -> Iterator[X25519PrivateKey]:
    """Every private key in central's home, whatever it is for, as a key that opens seals."""
    for path in sorted((town.folder / "central").glob("*.key")):
        text = path.read_bytes()
        if text.startswith(b"-----BEGIN"):
            key = load_pem_private_key(text, password=None)
            assert isinstance(key, X25519PrivateKey | Ed25519PrivateKey)
            yield X25519PrivateKey.from_private_bytes(key.private_bytes_raw())
        else:
            yield X25519PrivateKey.from_private_bytes(text if len(text) == 32 else bytes.fromhex(text.decode()))


def test_invariant_06_the_patient_can_read_the_entry(
    entry: bytes, record: RecordId, dossier_key: X25519PrivateKey
) -> None:
    assert unseal(entry, dossier_key, SealPurpose.ENTRY_KEY, record, TERMINAL) == MEDICAL


def test_invariant_06_no_key_of_central_opens_the_entry(town: Town, entry: bytes, record: RecordId) -> None:
    keys = list(keys_of_central(town))
    assert len(keys) >= 4
    for key in keys:
        with pytest.raises(SealError):
            unseal(entry, key, SealPurpose.ENTRY_KEY, record, TERMINAL)


def test_invariant_06_no_key_of_central_opens_the_vault_part_it_carries(town: Town, record: RecordId) -> None:
    ((raw,),) = town.at_central("SELECT raw FROM records WHERE kind = 'enrolment'")
    part = read_record(raw).vault
    assert part is not None
    for key in keys_of_central(town):
        for purpose in SealPurpose:
            with pytest.raises(SealError):
                unseal(part, key, purpose, record, TERMINAL)


def test_invariant_06_the_dossier_key_is_not_in_centrals_database(town: Town, dossier_key: X25519PrivateKey) -> None:
    secret = dossier_key.private_bytes_raw()
    assert seen_in(town.folder / "central", {secret, secret.hex().encode(), MEDICAL}) == []


def test_invariant_06_the_dossier_key_is_not_in_centrals_live_process(
    town: Town, dossier_key: X25519PrivateKey
) -> None:
    secret = dossier_key.private_bytes_raw()
    assert seen_in_memory(town.central.pid, {secret, secret.hex().encode()}) == []
    # The look itself works: what central does hold is found.
    intake = load_pem_private_key((town.folder / "central" / "intake.key").read_bytes(), password=None)
    public: X25519PublicKey = intake.public_key()  # type: ignore[union-attr, assignment]
    assert seen_in_memory(town.central.pid, {public.public_bytes_raw(), b"CENTRAL_HOME", b"intake.key"}) != []


def test_invariant_06_the_vaults_keys_are_not_at_central(town: Town) -> None:
    secrets = set()
    for path in (town.folder / "vault").glob("*.key"):
        text = path.read_bytes()
        if text.startswith(b"-----BEGIN"):
            secrets.add(load_pem_private_key(text, password=None).private_bytes_raw())  # type: ignore[union-attr]
        secrets.add(text.strip())
    assert len(secrets) >= 5
    assert seen_in(town.folder / "central", secrets) == []
    assert seen_in_memory(town.central.pid, secrets) == []


def test_invariant_06_the_recovery_key_of_the_host_is_the_named_exception(town: Town, record: RecordId) -> None:
    ((wrap,),) = town.at_vault("SELECT sealed FROM wraps WHERE role = 'recovery'")
    key = load_pem_private_key((town.folder / "vault" / "recovery.key").read_bytes(), password=None)
    assert isinstance(key, X25519PrivateKey)
    assert open_wrap(wrap, key, SealPurpose.WRAP_RECOVERY, record, TERMINAL)
