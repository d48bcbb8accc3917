"""The keys of one dossier and who may get at them: made on the terminal, wrapped at once, opened at the vault.

A wrap is the 32 bytes of the dossier's private key sealed to somebody's public key (:mod:`wire.sealing`). The
patient's first wrap is sealed to a key derived from the activation code alone: HKDF-SHA256, salt = record id.
A wrap that the person refused is never made (invariant 7); the recovery wrap is the named exception.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wire.codes import ActivationCode, Locator
from wire.evidence import Contact
from wire.identifiers import RecordId, TerminalId
from wire.sealing import SealPurpose, seal, unseal
from wire.trust import KeyUse, TrustBundle
from wire.vault_parts import VaultPart

_CODE_INFO = b"dmp activation code v1"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class EmergencyChoices:
    """What the person accepted."""

    break_glass: bool
    centre_15: bool


def code_key(code: ActivationCode, record_id: RecordId) -> X25519PrivateKey:
    """The key pair that an activation code stands for, for one record."""
    derived = HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=record_id.value, info=_CODE_INFO)
    return X25519PrivateKey.from_private_bytes(derived.derive(code.secret))


def make_vault_part(
    dossier: X25519PrivateKey,
    record_id: RecordId,
    terminal: TerminalId,
    trust: TrustBundle,
    choices: EmergencyChoices,
    slip: tuple[Locator, ActivationCode] | None,
    *,
    contact: Contact | None = None,
    language: str | None = None,
) -> VaultPart:
    """Wrap a dossier's private key for everyone who may get at it, and for nobody else.

    ``slip`` is None when the person wanted no activation slip: then only recovery (and the accepted emergency roles)
    can reach the key until a code is asked for. ``contact`` is where the host sends its one-time code and notices.
    """
    secret = dossier.private_bytes_raw()

    def wrap(to: X25519PublicKey, purpose: SealPurpose) -> bytes:
        return seal(secret, to, purpose, record_id, terminal)

    def role(use: KeyUse, purpose: SealPurpose) -> bytes:
        return wrap(trust.sealing_key(use), purpose)

    patient = None if slip is None else code_key(slip[1], record_id).public_key()
    return VaultPart(
        dossier_public=dossier.public_key().public_bytes_raw(),
        wrap_recovery=role(KeyUse.RECOVERY, SealPurpose.WRAP_RECOVERY),
        locator=None if slip is None else slip[0].value,
        code_public=None if patient is None else patient.public_bytes_raw(),
        wrap_patient=None if patient is None else wrap(patient, SealPurpose.WRAP_PATIENT),
        wrap_break_glass=role(KeyUse.BREAK_GLASS, SealPurpose.WRAP_BREAK_GLASS) if choices.break_glass else None,
        wrap_centre_15=role(KeyUse.CENTRE_15, SealPurpose.WRAP_CENTRE_15) if choices.centre_15 else None,
        contact=contact,
        language=language,
    )


def open_wrap(
    wrap: bytes, key: X25519PrivateKey, purpose: SealPurpose, record_id: RecordId, terminal: TerminalId
) -> X25519PrivateKey:
    """The dossier's private key, for whoever holds the key of that wrap.

    Raises:
        SealError: not their wrap.
    """
    return X25519PrivateKey.from_private_bytes(unseal(wrap, key, purpose, record_id, terminal))
