"""The terminal's keys: the one module of the terminal that opens or makes any.

The device key lies in a PKCS#8 PEM file of mode 0600 that provisioning wrote. Nothing else reads that file, and
nothing else sees the private half: others hold a :class:`DeviceKey` and ask it to sign one of five documents. A TPM
(ECDSA P-256) later is another class with the same five methods (design.md §4).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from kiosk.sync.errors import KeyFileError
from wire.batch import write_batch
from wire.configuration import ConfigurationQuery, write_configuration_query
from wire.figures import FiguresQuery, write_figures_query
from wire.identifiers import RecordId, TerminalId
from wire.nir import Nir
from wire.proofs import CheckCode, SendCode, write_request
from wire.status import write_query

_FORBIDDEN_BITS = stat.S_IRWXG | stat.S_IRWXO
_KEY_FILE_MODE = 0o600
_KEY_FILE_LIMIT = 4096  # bytes; a PEM of Ed25519 has 119

RootKey = Ed25519PublicKey
"""The programme root's public half, pinned at registration."""


class DeviceKey:
    """The terminal's signing key (Ed25519): signs batches and questions, never shows its private half."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> DeviceKey:
        """Make a new one from the system's randomness (tests and benches; in the field provisioning makes it)."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def open(cls, path: Path) -> DeviceKey:
        """Read the key from its file.

        Steps:

        1. the file is a regular one that belongs to this user and that nobody else may read or write;
        2. it holds an unencrypted Ed25519 key in PKCS#8 PEM.

        Not checked: whether central knows this key, or has revoked it.

        Raises:
            KeyFileError: ``key_missing``, ``key_exposed`` or ``key_format``.
        """
        data = _read_private(path)  # 1
        try:
            key = load_pem_private_key(data, password=None)  # 2
        except (ValueError, TypeError) as error:
            raise KeyFileError(f"{path.name} is not a private key in PEM", code="key_format") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFileError(f"{path.name} is not an Ed25519 key", code="key_format")
        return cls(key)

    def save(self, path: Path) -> None:
        """Write the key to a new file of mode 0600; an existing file is never overwritten.

        Raises:
            KeyFileError: ``key_exists``.
        """
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _KEY_FILE_MODE)
        except FileExistsError as error:
            raise KeyFileError(f"{path.name} exists and is not overwritten", code="key_exists") from error
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())

    @property
    def public(self) -> bytes:
        """The 32 raw bytes that central knows this terminal by."""
        return self._key.public_key().public_bytes_raw()

    def batch(self, terminal: TerminalId, records: Sequence[bytes], *, sent_ms: int) -> bytes:
        """Sign contiguous records as one batch (:func:`wire.batch.write_batch`)."""
        return write_batch(terminal, records, self._key, sent_ms=sent_ms)

    def status_query(
        self, nir: Nir, terminal: TerminalId, intake: X25519PublicKey, *, at: datetime, nonce: RecordId
    ) -> bytes:
        """Seal and sign the question whether a person has a dossier (:func:`wire.status.write_query`)."""
        return write_query(nir, terminal, intake, self._key, at=at, nonce=nonce)

    def proof_request(
        self,
        asked: SendCode | CheckCode,
        terminal: TerminalId,
        intake: X25519PublicKey,
        *,
        at: datetime,
        nonce: RecordId,
    ) -> bytes:
        """Seal and sign a question about a one-time code (:func:`wire.proofs.write_request`)."""
        return write_request(asked, terminal, intake, self._key, at=at, nonce=nonce)

    def figures_query(self, query: FiguresQuery) -> bytes:
        """Sign the question for this office's month."""
        return write_figures_query(query, self._key)

    def configuration_query(self, query: ConfigurationQuery) -> bytes:
        """Sign the question for this terminal's configuration."""
        return write_configuration_query(query, self._key)

    def __repr__(self) -> str:
        return "DeviceKey(hidden)"


def open_root_key(path: Path) -> RootKey:
    """The programme root's public key from its file of 64 hexadecimal digits.

    Raises:
        KeyFileError: ``key_missing`` or ``key_format``.
    """
    try:
        # from_public_bytes refuses any other length than 32.
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except OSError as error:
        raise KeyFileError(f"{path.name} cannot be read: register the terminal", code="key_missing") from error
    except ValueError as error:
        raise KeyFileError(f"{path.name} is not a public key in 64 hexadecimal digits", code="key_format") from error


def make_dossier_key() -> X25519PrivateKey:
    """A new dossier key, from the system's randomness: made per enrolment, wrapped at once, never stored."""
    return X25519PrivateKey.generate()


def _read_private(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise KeyFileError(f"{path.name} cannot be read: register the terminal", code="key_missing") from error
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_mode & _FORBIDDEN_BITS or facts.st_uid != os.geteuid():
            raise KeyFileError(
                f"{path.name} must be a file that only its user may read: chmod 600 and the right owner",
                code="key_exposed",
            )
        return file.read(_KEY_FILE_LIMIT)
