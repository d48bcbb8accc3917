"""A whole programme's keys in memory, and the documents they sign: what provisioning makes in the field."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.sync.keys import DeviceKey
from wire import homes
from wire.configuration import Configuration, OperatorEntry, write_configuration
from wire.identifiers import TerminalId, milliseconds
from wire.records import Channel, SubChannel
from wire.trust import KeyUse, write_bundle

TERMINAL = TerminalId("T-HALL-01")
PRESENT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
AGENT_PIN = "482913"
PHARMACIST_PIN = "702554"
TEST_OID = "1.2.250.1.213.1.4.10"
_SEALING = (KeyUse.INTAKE, KeyUse.VAULT, KeyUse.BREAK_GLASS, KeyUse.CENTRE_15, KeyUse.RECOVERY)
_SIGNING = (KeyUse.ANSWER, KeyUse.HAND_OVER, KeyUse.VAULT_ANSWER)


def _sealing_keys() -> dict[KeyUse, X25519PrivateKey]:
    return {use: X25519PrivateKey.generate() for use in _SEALING}


def _signing_keys() -> dict[KeyUse, Ed25519PrivateKey]:
    return {use: Ed25519PrivateKey.generate() for use in _SIGNING}


@dataclass(frozen=True)
class Programme:
    """Root, service keys and one device key."""

    root: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    sealing: dict[KeyUse, X25519PrivateKey] = field(default_factory=_sealing_keys)
    signing: dict[KeyUse, Ed25519PrivateKey] = field(default_factory=_signing_keys)
    device: DeviceKey = field(default_factory=DeviceKey.generate)

    @property
    def intake(self) -> X25519PrivateKey:
        return self.sealing[KeyUse.INTAKE]

    @property
    def answer(self) -> Ed25519PrivateKey:
        return self.signing[KeyUse.ANSWER]

    def device_public(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.device.public)

    def with_new_answer_key(self) -> Programme:
        return replace(self, signing=_signing_keys())

    def bundle(self, *, serial: int = 1, start: datetime = PRESENT, days: int = 365) -> bytes:
        public = {use: key.public_key().public_bytes_raw() for use, key in self.sealing.items()}
        public |= {use: key.public_key().public_bytes_raw() for use, key in self.signing.items()}
        return write_bundle(
            public,
            self.root,
            serial=serial,
            valid_from=start - timedelta(days=1),
            valid_until=start + timedelta(days=days),
        )

    def configuration(self, *, terminal: TerminalId = TERMINAL, version: int = 1, **changes: object) -> bytes:
        fields: dict[str, object] = {
            "terminal": terminal,
            "office": "CPAM-031-01",
            "office_name": "CPAM de démonstration",
            "office_lines": ("1 rue de l'Essai", "31000 TOULOUSE"),
            "channel": Channel.DESK,
            "sub_channel": SubChannel.HALL_TERMINAL,
            "operators": OPERATORS,
            "activation_url": "http://127.0.0.1:8102/activation",
            "ins_oid": TEST_OID,
            "issued_ms": milliseconds(PRESENT),
            "version": version,
        }
        return write_configuration(Configuration(**{**fields, **changes}), self.answer)  # type: ignore[arg-type]

    def furnish(self, home: Path, *, central_url: str = "http://127.0.0.1:9") -> Path:
        """Write a registered terminal's home."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.device.save(home / homes.DEVICE_KEY)
        (home / homes.ROOT_PUBLIC).write_text(self.root.public_key().public_bytes_raw().hex())
        (home / homes.TRUST_BUNDLE).write_bytes(self.bundle())
        (home / homes.CONFIGURATION).write_bytes(self.configuration())
        (home / homes.CENTRAL_URL).write_text(central_url)
        (home / homes.TERMINAL_NAME).write_text(TERMINAL)
        return home


def _entry(operator: str, role: str, pin: str) -> OperatorEntry:
    hasher = PasswordHasher.from_parameters(CHEAPEST)  # tests only: the real ones cost 30 ms
    return OperatorEntry(operator=operator, role=role, display_name="Agent A.", pin_hash=hasher.hash(pin))


OPERATORS = (_entry("AGENT-01", "agent", AGENT_PIN), _entry("PHARMA-01", "pharmacist", PHARMACIST_PIN))
