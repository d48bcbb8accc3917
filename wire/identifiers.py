"""The names of things on the wire, as types: terminals, offices, operators, records, dossiers, structures.

Each has ``parse`` (or is built from bytes) and refuses what is not of its form with :class:`IdentifierError`.
"""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NewType

from stdnum import luhn

from wire.errors import IdentifierError

TerminalId = NewType("TerminalId", str)
OfficeId = NewType("OfficeId", str)
OperatorId = NewType("OperatorId", str)

_SLUG = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}")
_FINESS = re.compile(r"[0-9]{9}")
_FINESS_OF_CORSICA = re.compile(r"2[AB][0-9]{7}")
_RPPS = re.compile(r"[0-9]{11}")
_RANDOM_BYTES_OF_RECORD_ID = 10
_UUID_BYTES = 16
_UUID_VERSION = 7
_UUID_VARIANT = 0b10


def terminal_id(text: str) -> TerminalId:
    """A terminal's name: 3 to 32 capitals, digits and dashes."""
    return TerminalId(_slug(text, "terminal"))


def office_id(text: str) -> OfficeId:
    """The name of a CPAM hall or a pharmacy: 3 to 32 capitals, digits and dashes."""
    return OfficeId(_slug(text, "office"))


def operator_id(text: str) -> OperatorId:
    """The name under which an operator attests: 3 to 32 capitals, digits and dashes; never a person's name."""
    return OperatorId(_slug(text, "operator"))


def _slug(text: str, what: str) -> str:
    if not _SLUG.fullmatch(text):
        raise IdentifierError(f"a {what} id has 3 to 32 capitals, digits or dashes", code=f"{what}_id")
    return text


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """UUIDv7 (RFC 9562 §5.7) of one fact: ordered by time, so that central's index grows at its end."""

    value: bytes

    def __post_init__(self) -> None:
        if len(self.value) != _UUID_BYTES or self.value[6] >> 4 != _UUID_VERSION or self.value[8] >> 6 != _UUID_VARIANT:
            raise IdentifierError("a record id is a UUID of version 7", code="record_id")

    @classmethod
    def new(cls, at: datetime, entropy: bytes | None = None) -> RecordId:
        """Make an id whose first 48 bits are ``at`` in milliseconds; ``entropy`` is 10 bytes, chance when absent.

        A refusal hands in its hour, so that the id tells no more than the record does.
        """
        noise = secrets.token_bytes(_RANDOM_BYTES_OF_RECORD_ID) if entropy is None else entropy
        return cls(time_prefix(at) + bytes([0x70 | noise[0] & 0x0F, noise[1], 0x80 | noise[2] & 0x3F]) + noise[3:])

    @property
    def made_at(self) -> datetime:
        """The time in the id, aware UTC: the maker's clock, right or wrong; a refusal's is its hour."""
        return moment(int.from_bytes(self.value[:6], "big"))

    def __str__(self) -> str:
        return str(uuid.UUID(bytes=self.value))


@dataclass(frozen=True, slots=True, order=True)
class DossierId:
    """Central's name for a dossier; the vault knows the dossier by this and by nothing else."""

    value: bytes

    def __post_init__(self) -> None:
        if len(self.value) != _UUID_BYTES:
            raise IdentifierError("a dossier id has 16 bytes", code="dossier_id")

    def __str__(self) -> str:
        return str(uuid.UUID(bytes=self.value))


@dataclass(frozen=True, slots=True)
class Finess:
    """Number of a health establishment: 9 digits, the last one by Luhn.

    For Corsica's 2A and 2B only the shape is checked: no public source says how letters enter the key.
    """

    value: str

    @classmethod
    def parse(cls, text: str) -> Finess:
        """Read a FINESS; blanks do not count."""
        compact = text.replace(" ", "").upper()
        if _FINESS_OF_CORSICA.fullmatch(compact) or (_FINESS.fullmatch(compact) and luhn.is_valid(compact)):
            return cls(compact)
        raise IdentifierError("a FINESS has 9 digits, the last one being their Luhn key", code="finess")


@dataclass(frozen=True, slots=True)
class Rpps:
    """Number of a health professional: 11 digits, the last one by Luhn (vitale.md §7)."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Rpps:
        """Read an RPPS; blanks do not count."""
        compact = text.replace(" ", "")
        if _RPPS.fullmatch(compact) and luhn.is_valid(compact):
            return cls(compact)
        raise IdentifierError("an RPPS has 11 digits, the last one being their Luhn key", code="rpps")


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970 of an aware time: the form every time has on the wire."""
    if at.tzinfo is None:
        raise IdentifierError("a time on the wire is aware", code="naive_time")
    return int(at.timestamp() * 1000)


def time_prefix(at: datetime) -> bytes:
    """The 6 bytes with which the ids of records made then begin; sorts before them, and after all earlier ids."""
    return milliseconds(at).to_bytes(6, "big")


def moment(value: int) -> datetime:
    """The aware UTC time of milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise IdentifierError("this is not a time of our days", code="time") from error
