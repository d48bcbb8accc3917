"""Who was informed that a dossier will open for them: a list from the mailing, kept by fingerprint, identities sealed.

The list is a CSV file in UTF-8, fields between semicolons, with exactly this first line:

    nir;ins_oid;family_name;given_name;birth_date;informed_on

``nir`` has 13 characters and its key; ``birth_date`` is YYYYMMDD as on a card, lunar dates included; ``informed_on`` is
YYYY-MM-DD, the day on which the letter reached the person (R.1111-28: six weeks run from it). The form is ours.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import Connection

from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.automatic.models import RegisterState, register
from central.db import shard_of
from central.devices.registry import NO_TERMINAL
from central.engine import insert_into
from central.enrolments.fingerprint import fingerprint
from central.errors import SetupError
from central.keys import CentralKeys
from wire.birth_dates import legal_birth_date
from wire.canonical import WireStruct, encode
from wire.errors import IdentifierError
from wire.evidence import Traits
from wire.identifiers import RecordId
from wire.nir import InsAuthority, Nir, NirKind
from wire.sealing import SealPurpose, seal

COLUMNS = ("nir", "ins_oid", "family_name", "given_name", "birth_date", "informed_on")
_DOMAIN = b"dmp-letter-v1"
_NOISE_BYTES = 10
_LONGEST_NAME = 80
_FIRST_DAY = date(2000, 1, 1)  # ours: an older day is a slip of the pen


class InformedPerson(WireStruct, frozen=True):
    """Whom a letter informed; sealed to intake in the context of the letter's id and :data:`NO_TERMINAL`."""

    traits: Traits
    informed_on: str
    version: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One line of the list, checked."""

    nir: Nir
    person: InformedPerson


def read_letters(lines: Iterable[str], authority: InsAuthority, *, today: date) -> list[Letter]:
    """Check a whole list before anything of it is kept.

    Raises:
        SetupError: ``letters_form``, naming the line and the column, never what stands there.
    """
    rows = csv.reader(lines, delimiter=";", strict=True)
    try:
        if tuple(next(rows, ())) != COLUMNS:
            raise SetupError(f"the first line names the columns: {';'.join(COLUMNS)}", code="letters_form")
        return [_letter(row, rows.line_num, authority, today) for row in rows if row]
    except (csv.Error, UnicodeDecodeError):
        raise SetupError(f"line {rows.line_num} is no CSV in UTF-8", code="letters_form") from None


def note_letters(
    connection: Connection, letters: Sequence[Letter], keys: CentralKeys, *, shards: int, now_ms: int
) -> int:
    """Keep who was informed; how many were new. The day of a first letter stands: a second one starts nothing anew.

    Who opposes already goes on opposing. Each new person is one entry of the audit, under the fingerprint.
    """
    new = 0
    for letter in letters:
        person = fingerprint(letter.nir, keys.person_index)
        if _note(connection, person, letter, keys.intake.public_key()):
            new += 1
            entry = AuditEntry(AuditTag.PERSON_INFORMED, person, "command")
            audit.append(connection, shard_of(person, shards), [entry], at_ms=now_ms)
    return new


def _note(connection: Connection, person: bytes, letter: Letter, intake: X25519PublicKey) -> bool:
    informed_on = letter.person.informed_on
    letter_id = _letter_id(person, informed_on)
    insert = insert_into(connection, register)
    told = {name: insert.excluded[name] for name in ("informed_on", "letter_id", "sealed")}
    noted = connection.execute(
        insert.on_conflict_do_update(index_elements=["fingerprint"], set_=told, where=register.c.informed_on.is_(None)),
        {
            "fingerprint": person,
            "state": RegisterState.INFORMED.value,
            "informed_on": informed_on,
            "letter_id": letter_id.value,
            "sealed": seal(encode(letter.person), intake, SealPurpose.ADMINISTRATIVE, letter_id, NO_TERMINAL),
        },
    )
    return bool(noted.rowcount)


def _letter_id(person: bytes, informed_on: str) -> RecordId:
    """The same person and day make the same id, so that a list read twice opens nothing twice."""
    noise = hashlib.sha256(_DOMAIN + person).digest()[:_NOISE_BYTES]
    return RecordId.new(datetime.combine(date.fromisoformat(informed_on), time(), UTC), noise)


def _letter(row: list[str], line: int, authority: InsAuthority, today: date) -> Letter:
    wrong = next(_faults(row, authority, today), None)
    if wrong is not None:
        raise SetupError(f"line {line}: {wrong}", code="letters_form")
    nir, ins_oid, family_name, given_name, birth_date, informed_on = (field.strip() for field in row)
    number = Nir.parse(nir)
    traits = Traits(
        nir=number.compact,
        ins_oid=ins_oid,
        family_name=family_name,
        given_name=given_name,
        birth_date=birth_date,
        position=0,
    )
    return Letter(number, InformedPerson(traits=traits, informed_on=informed_on))


def _faults(row: list[str], authority: InsAuthority, today: date) -> Iterator[str]:
    """What is wrong with a line, in the order in which later checks lean on earlier ones."""
    if len(row) != len(COLUMNS):
        yield f"{len(row)} fields where {len(COLUMNS)} must stand"
        return
    nir, ins_oid, family_name, given_name, birth_date, informed_on = (field.strip() for field in row)
    try:
        if Nir.parse(nir).kind is not NirKind.NIR:
            yield "nir: a provisional number opens nothing"
    except IdentifierError as error:
        yield f"nir: {error}"
    if ins_oid != authority.value:
        yield "ins_oid: not the authority of this programme"
    if not all(0 < len(name) <= _LONGEST_NAME for name in (family_name, given_name)):
        yield f"names have 1 to {_LONGEST_NAME} characters"
    if legal_birth_date(birth_date) is None:
        yield "birth_date: not YYYYMMDD"
    day = _day(informed_on)
    if day is None:
        yield "informed_on: not YYYY-MM-DD"
    elif not _FIRST_DAY <= day <= today:
        yield "informed_on: lies in the future, or before any letter"


def _day(text: str) -> date | None:
    """The day; None in any other form of ISO 8601 too: days are kept as text and compared as text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
