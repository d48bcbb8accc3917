"""The holder's way to say "that was not me" about a new code: one link, one button.

The link names the request by its record and carries a keyed code over it; it can only stop, never open. Opening it
shows a page and changes nothing (mail programs open links by themselves); the button does.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hmac
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine

from central.engine import in_transaction, reading
from central.vault import audit, challenges, contacts, keyring, slips, takeover
from central.vault.audit import Tag
from central.vault.contacts import ContactBook
from central.vault.keys import VaultKeys
from central.vault.models import SlipState
from central.vault.slips import SlipOnFile
from wire.errors import IdentifierError
from wire.identifiers import RecordId, milliseconds

_RECORD_BYTES = 16
_CODE_BYTES = 16
_LONGEST = 64


class Objection(enum.Enum):
    """What a link leads to."""

    OPEN = "open"  # the request can be stopped
    DONE = "done"
    GONE = "gone"  # nothing is left to stop
    UNKNOWN = "unknown"  # no link of ours


def token(record: RecordId, key: bytes) -> str:
    """What stands at the end of the link."""
    return base64.urlsafe_b64encode(record.value + _code(record.value, key)).decode().rstrip("=")


def read_token(text: str, key: bytes) -> RecordId | None:
    """The record a link names; None unless we made it."""
    try:
        raw = base64.b64decode(text[:_LONGEST] + "=" * (-len(text[:_LONGEST]) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    record, code = raw[:_RECORD_BYTES], raw[_RECORD_BYTES:]
    if not hmac.compare_digest(code, _code(record, key)):
        return None
    try:
        return RecordId(record)
    except IdentifierError:
        return None


class ObjectionDesk:
    """Takes objections; one instance a process, used by all its threads."""

    def __init__(self, engine: Engine, keys: VaultKeys, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._keys = keys
        self._book = ContactBook(keys.contact_key())
        self._clock = clock

    def look(self, text: str) -> tuple[Objection, str]:
        """What a link leads to, and the holder's language; changes nothing."""
        record = read_token(text, self._keys.objection_key())
        if record is None:
            return Objection.UNKNOWN, contacts.LANGUAGES[0]
        with reading(self._engine) as conn:
            slip = slips.of_record(conn, record)
            return _stage(slip), self._language(conn, slip)

    def stop(self, text: str) -> tuple[Objection, str]:
        """Stop the request.

        Steps, in one writing transaction:

        1. the link is one of ours;
        2. a request that waits dies; a code that is already good dies with its wraps; one that was used stays used;
        3. an activation that waits for its one-time code ends; the audit has its entry.

        Not checked: who presses the button. It takes the link, and all it does is to keep the state before.
        """
        record = read_token(text, self._keys.objection_key())
        if record is None:
            return Objection.UNKNOWN, contacts.LANGUAGES[0]
        now_ms = milliseconds(self._clock())
        return in_transaction(self._engine, lambda conn: self._stop(conn, record, now_ms))

    def _stop(self, conn: Connection, record: RecordId, now_ms: int) -> tuple[Objection, str]:
        slip = slips.of_record(conn, record)
        stage, language = _stage(slip), self._language(conn, slip)
        if slip is None or stage is not Objection.OPEN:
            return stage, language
        if slip.state is SlipState.LIVE:
            takeover.lock(conn, slip, SlipState.OBJECTED, now_ms=now_ms)
        else:
            slips.settle(conn, slip, SlipState.OBJECTED)
            audit.write_entry(conn, Tag.CODE_OBJECTED, at_ms=now_ms, dossier=slip.dossier_id, record=slip.record_id)
        challenges.end_all(conn, slip.dossier_id)
        return Objection.DONE, language

    def _language(self, conn: Connection, slip: SlipOnFile | None) -> str:
        dossier = None if slip is None else keyring.find(conn, slip.dossier_id)
        held = None if dossier is None else self._book.find(conn, dossier.dossier_id, dossier.bound)
        return contacts.known_language(None if held is None else held.language)


def _stage(slip: SlipOnFile | None) -> Objection:
    if slip is None or slip.state not in {SlipState.WAITING_GUARD, SlipState.LIVE}:
        return Objection.GONE
    return Objection.OPEN


def _code(record: bytes, key: bytes) -> bytes:
    return hmac.digest(key, record, "sha256")[:_CODE_BYTES]
