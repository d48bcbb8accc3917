"""What a terminal is told: its office, its channel, its operators, where the activation page is. Signed by central.

Fetched with the ETag of the one held; unchanged costs central nothing but the answer 304.
"""

from __future__ import annotations

import enum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import TrustError
from wire.identifiers import TerminalId
from wire.records import Channel, SubChannel
from wire.signing import SigningPurpose, open_document, sign_document

CONFIGURATION_LIMIT = 64 * 1024  # bytes


class Regime(enum.Enum):
    """Under which law dossiers are opened (dmp.md §1)."""

    OPT_IN = "opt_in"  # consent creates
    OPT_OUT = "opt_out"  # a letter, six weeks, opened unless opposed


class OperatorEntry(WireStruct, frozen=True):
    """Who works at this office: ``pin_hash`` is an argon2id string; ``role`` is agent, pharmacist or preparer."""

    operator: str
    role: str
    display_name: str
    pin_hash: str


class Configuration(WireStruct, frozen=True):
    """One terminal's configuration. ``version`` grows with each change; ``ins_oid`` is the test OID in demos.

    ``languages`` are offered in that order, the first is the one a screen wakes up in. ``proves_contacts``: central
    sends one-time codes. ``pre_ticked_emergency``: the guide's way (EX_1.1-1050), at a counter only.
    """

    terminal: str
    office: str
    office_name: str
    office_lines: tuple[str, ...]
    channel: Channel
    sub_channel: SubChannel
    operators: tuple[OperatorEntry, ...]
    activation_url: str
    ins_oid: str
    issued_ms: int
    finess: str | None = None
    help_line: str | None = None
    version: int = 1
    regime: Regime = Regime.OPT_IN
    languages: tuple[str, ...] = ("fr", "en", "ar")
    proves_contacts: bool = True
    pre_ticked_emergency: bool = False


def write_configuration(configuration: Configuration, key: Ed25519PrivateKey) -> bytes:
    """Sign with central's answer key."""
    return sign_document(SigningPurpose.CONFIGURATION, encode(configuration), key)


def open_configuration(document: bytes, key: Ed25519PublicKey, *, terminal: TerminalId) -> Configuration:
    """The configuration of exactly this terminal.

    Raises:
        TrustError: ``configuration_other``: signed, but for another terminal.
    """
    payload = open_document(SigningPurpose.CONFIGURATION, document, key, limit=CONFIGURATION_LIMIT)
    configuration = decode(payload, Configuration, limit=CONFIGURATION_LIMIT)
    if configuration.terminal != terminal:
        raise TrustError("this configuration is of another terminal", code="configuration_other")
    return configuration


class Condition(WireStruct, frozen=True):
    """How a terminal is: codes of its present faults that somebody should mend (docs/faults.md), can people enrol."""

    faults: tuple[str, ...]
    enrols: bool


class ConfigurationQuery(WireStruct, frozen=True):
    """A terminal asks for its configuration; signed, so that nobody else learns an office's operators.

    It asks every minute, and tells by the way how it is; None while it has not looked, or from an older release.
    """

    terminal: str
    asked_ms: int
    held: str | None = None
    condition: Condition | None = None
    version: int = 1


def write_configuration_query(query: ConfigurationQuery, key: Ed25519PrivateKey) -> bytes:
    """Sign the question."""
    return sign_document(SigningPurpose.CONFIGURATION_QUERY, encode(query), key)


def open_configuration_query(document: bytes, key: Ed25519PublicKey) -> ConfigurationQuery:
    """The question, once the terminal's signature holds."""
    payload = open_document(SigningPurpose.CONFIGURATION_QUERY, document, key, limit=CONFIGURATION_LIMIT)
    return decode(payload, ConfigurationQuery, limit=CONFIGURATION_LIMIT)
