"""The only cryptography of the vault: opening and making wraps, checking codes, keys from passphrases.

All primitives come from ``cryptography``: HPKE (through :mod:`wire`) for every wrap, Argon2id for passphrases. A wrap
under a passphrase is sealed to the X25519 key pair that Argon2id makes of it. The pepper is Argon2's secret input
(RFC 9106 §3.1) and lies outside the database: without it a stolen table cannot be guessed at.

Not promised: Python cannot wipe memory; codes, passphrases and dossier keys live until the interpreter reuses their
place. The operator keeps swap and core dumps off (design.md §3, invariant 3).
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from central.vault.errors import SettingsError, WrapError
from wire.codes import ActivationCode
from wire.dossier_keys import code_key, open_wrap
from wire.errors import WireError
from wire.identifiers import RecordId, TerminalId
from wire.sealing import SealPurpose, seal

SALT_BYTES = 16
_KEY_BYTES = 32
_KDF_FORM = "argon2id v=19 m={memory_kib} t={passes} p={lanes}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KdfParameters:
    """Cost of one Argon2id: ``memory_kib`` KiB, ``passes`` over it, ``lanes`` in parallel."""

    memory_kib: int
    passes: int
    lanes: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what :meth:`text` wrote beside a wrap."""
        try:
            algorithm, version, memory, passes, lanes = text.split()
            found = cls(memory_kib=int(memory[2:]), passes=int(passes[2:]), lanes=int(lanes[2:]))
        except ValueError as error:
            raise WrapError("the wrap's derivation is not known here", code="kdf_unknown") from error
        if (algorithm, version) != ("argon2id", "v=19") or found.text() != text:
            raise WrapError("the wrap's derivation is not known here", code="kdf_unknown")
        return found

    def text(self) -> str:
        """Algorithm, version and cost, as stored beside each wrap: a later raise leaves older wraps readable."""
        return _KDF_FORM.format(memory_kib=self.memory_kib, passes=self.passes, lanes=self.lanes)

    def at_least(self, floor: KdfParameters) -> bool:
        """Whether no cost is below the floor's."""
        return self.memory_kib >= floor.memory_kib and self.passes >= floor.passes and self.lanes >= floor.lanes

    def check(self) -> None:
        """Refuse what Argon2 itself refuses (RFC 9106 §3.1), before the first passphrase meets it."""
        if self.lanes < 1 or self.passes < 1 or self.memory_kib < 8 * self.lanes:
            raise SettingsError("Argon2id needs a pass, a lane, and 8 KiB of memory for each lane")


RFC_9106_SECOND = KdfParameters(memory_kib=64 * 1024, passes=3, lanes=4)
"""Second recommended option of RFC 9106 §4, for machines where 2 GiB a passphrase is too much: 0.23 s of CPU here."""

OWASP_FLOOR = KdfParameters(memory_kib=19 * 1024, passes=2, lanes=1)
"""The least OWASP's password storage cheat sheet allows for Argon2id; nothing cheaper is accepted outside tests."""


@dataclass(frozen=True, slots=True, repr=False)
class Bound:
    """The context of a seal: for a dossier's wraps the record and terminal that made its first key.

    The patient's wrap stands in the context of the record that made its code.
    """

    record_id: RecordId
    terminal: TerminalId


@dataclass(frozen=True, slots=True, repr=False)
class PassphraseWrap:
    """A dossier key under its holder's passphrase, as stored."""

    sealed: bytes
    salt: bytes
    kdf: str
    sealed_to: bytes | None = None  # the passphrase's public half; not kept by the first version


@dataclass(frozen=True, slots=True, repr=False)
class PassphraseKey:
    """The key pair that a passphrase stands for, with how it was made. Lives while it is used."""

    private: X25519PrivateKey
    salt: bytes
    kdf: str


def public_key(raw: bytes) -> X25519PublicKey:
    """A public key from its 32 bytes.

    Raises:
        WrapError: ``wrap_key``: it is none.
    """
    try:
        return X25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise WrapError("this is no public key", code="wrap_key") from error


def seal_dossier_key(dossier: X25519PrivateKey, to: X25519PublicKey, purpose: SealPurpose, bound: Bound) -> bytes:
    """A wrap: a dossier's private key sealed to somebody."""
    return seal(dossier.private_bytes_raw(), to, purpose, bound.record_id, bound.terminal)


def open_for_guard(sealed: bytes, recovery: X25519PrivateKey, bound: Bound, dossier_public: bytes) -> X25519PrivateKey:
    """The dossier's private key from the recovery wrap: the guard's act, and nobody else's.

    Raises:
        WrapError: the wrap does not open, or holds another key: the terminal that made it was at fault.
    """
    return _open(sealed, recovery, SealPurpose.WRAP_RECOVERY, bound, dossier_public)


def code_matches(code: ActivationCode, code_public: bytes, record_id: RecordId) -> bool:
    """Whether this is the code of that slip; the comparison itself takes constant time."""
    return hmac.compare_digest(code_key(code, record_id).public_key().public_bytes_raw(), code_public)


def open_with_code(sealed: bytes, code: ActivationCode, bound: Bound, dossier_public: bytes) -> X25519PrivateKey:
    """The dossier's private key from the patient's wrap.

    Raises:
        WrapError: the wrap does not open, or holds another key: the terminal that made it was at fault.
    """
    return _open(sealed, code_key(code, bound.record_id), SealPurpose.WRAP_PATIENT, bound, dossier_public)


def prepare_passphrase(passphrase: str) -> str:
    """The one form of a passphrase whatever keyboard typed it: RFC 8265 §4.2 (OpaqueString): spaces, then NFC."""
    spaced = "".join(" " if unicodedata.category(symbol) == "Zs" else symbol for symbol in passphrase)
    return unicodedata.normalize("NFC", spaced)


def derive_passphrase_key(
    passphrase: str, pepper: bytes, cost: KdfParameters, *, salt: bytes | None = None
) -> PassphraseKey:
    """Argon2id over the passphrase; ``salt`` is 16 bytes, chance when absent. Costs what ``cost`` says, on purpose."""
    drawn = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    derivation = Argon2id(
        salt=drawn,
        length=_KEY_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
        secret=pepper,
    )
    derived = derivation.derive(prepare_passphrase(passphrase).encode())
    return PassphraseKey(X25519PrivateKey.from_private_bytes(derived), drawn, cost.text())


def wrap_for_passphrase(dossier: X25519PrivateKey, key: PassphraseKey, bound: Bound) -> PassphraseWrap:
    """Seal a dossier's private key to its holder's passphrase."""
    to = key.private.public_key()
    sealed = seal_dossier_key(dossier, to, SealPurpose.WRAP_PASSPHRASE, bound)
    return PassphraseWrap(sealed, key.salt, key.kdf, to.public_bytes_raw())


def open_with_passphrase(
    wrap: PassphraseWrap, passphrase: str, pepper: bytes, bound: Bound, dossier_public: bytes
) -> X25519PrivateKey:
    """The dossier's private key, for its holder.

    Raises:
        WrapError: ``wrap``: another passphrase or pepper, or a damaged wrap; the three cannot be told apart.
            ``kdf_unknown``: made by a version not known here.
    """
    key = derive_passphrase_key(passphrase, pepper, KdfParameters.parse(wrap.kdf), salt=wrap.salt)
    return _open(wrap.sealed, key.private, SealPurpose.WRAP_PASSPHRASE, bound, dossier_public)


def _open(
    sealed: bytes, key: X25519PrivateKey, purpose: SealPurpose, bound: Bound, dossier_public: bytes
) -> X25519PrivateKey:
    try:
        dossier = open_wrap(sealed, key, purpose, bound.record_id, bound.terminal)
    except (WireError, ValueError) as error:
        raise WrapError("the wrap does not open") from error
    if not hmac.compare_digest(dossier.public_key().public_bytes_raw(), dossier_public):
        raise WrapError("the wrap holds the key of something else", code="wrap_other_key")
    return dossier
