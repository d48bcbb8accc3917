"""How a dossier's holder is reached: kept sealed, opened only to send a one-time code or a notice.

Sealed (HPKE) to a key derived from the pepper, in the context of the dossier's own record: a dump of the database
names nobody, and a row moved to another dossier does not open. "Proved" is the terminal's word until a one-time code
of the vault's own has come back.
"""

from __future__ import annotations

import enum
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, delete, insert, select, update

from central.messaging.ports import Messenger
from central.vault.models import contacts
from central.vault.wraps import Bound
from wire.canonical import WireStruct, decode, encode
from wire.errors import WireError
from wire.evidence import Contact
from wire.identifiers import DossierId
from wire.records import VAULT_LIMIT
from wire.sealing import SealPurpose, seal, unseal

_log = logging.getLogger("central.vault.contacts")
_Kept = TypeVar("_Kept", bound=WireStruct)

LANGUAGES = ("fr", "en", "ar")
FORMER_HEARD = timedelta(days=30)
"""How long a replaced contact is still told of new codes (ours): who replaces it first must not be alone with them."""

_FORMER_KEPT = 16
"""Replaced contacts of one dossier; beyond, the oldest stay: who replaces again and again must not push them out."""


class Channel(enum.Enum):
    """A way to reach somebody."""

    EMAIL = "email"
    MOBILE = "mobile"


@dataclass(frozen=True, slots=True)
class Ways:
    """What can be sent from here at all."""

    email: bool
    mobile: bool

    @classmethod
    def of(cls, messenger: Messenger) -> Ways:
        """Those of a messenger."""
        return cls(messenger.has_email, messenger.has_sms)


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """One place to send to."""

    channel: Channel
    value: str
    is_proved: bool


class FormerContact(WireStruct, frozen=True):
    """A contact that was replaced, and when."""

    contact: Contact
    replaced_ms: int


class _FormerContacts(WireStruct, frozen=True):
    each: tuple[FormerContact, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Reachable:
    """A dossier's contact as kept, opened; ``former``: those replaced not long ago, oldest first."""

    contact: Contact | None
    language: str
    former: tuple[FormerContact, ...]

    def still_heard(self, *, now_ms: int) -> tuple[Contact, ...]:
        """The replaced contacts that are told of new codes still."""
        oldest_ms = now_ms - FORMER_HEARD // timedelta(milliseconds=1)
        return tuple(one.contact for one in self.former if one.replaced_ms > oldest_ms)


class ContactBook:
    """The contacts of all dossiers, for who holds the key."""

    def __init__(self, key: X25519PrivateKey) -> None:
        self._key = key

    def seal(self, contact: Contact, bound: Bound) -> bytes:
        """A contact as it may lie in the database."""
        return self._write(contact, bound)

    def open(self, sealed: bytes, bound: Bound) -> Contact:
        """A sealed contact.

        Raises:
            SealError: of another dossier or key.
        """
        return self._read(sealed, bound, Contact)

    def find(self, conn: Connection, dossier: DossierId, bound: Bound) -> Reachable | None:
        """What is known of a dossier's holder; None before anything was said."""
        row = conn.execute(select(contacts).where(contacts.c.dossier_id == dossier.value)).one_or_none()
        if row is None:
            return None
        contact, former = self._opened(row.sealed, bound, Contact), self._opened(row.former, bound, _FormerContacts)
        return Reachable(contact, row.language, () if former is None else former.each)

    def _opened(self, sealed: bytes | None, bound: Bound, kind: type[_Kept]) -> _Kept | None:
        try:
            return None if sealed is None else self._read(sealed, bound, kind)
        except WireError as error:  # of another pepper, or damaged: the dossier works on, without its contact
            _log.error("a contact does not open: %s", error.code)
            return None

    def _write(self, kept: WireStruct, bound: Bound) -> bytes:
        to = self._key.public_key()
        return seal(encode(kept), to, SealPurpose.CONTACT_AT_REST, bound.record_id, bound.terminal)

    def _read(self, sealed: bytes, bound: Bound, kind: type[_Kept]) -> _Kept:
        opened = unseal(sealed, self._key, SealPurpose.CONTACT_AT_REST, bound.record_id, bound.terminal)
        return decode(opened, kind, limit=VAULT_LIMIT * _FORMER_KEPT)

    def keep(
        self,
        conn: Connection,
        dossier: DossierId,
        bound: Bound,
        contact: Contact | None,
        language: str | None,
        *,
        now_ms: int,
    ) -> None:
        """The first contact and language of a dossier."""
        conn.execute(
            insert(contacts).values(
                dossier_id=dossier.value,
                sealed=None if contact is None else self.seal(contact, bound),
                language=known_language(language),
                changed_ms=now_ms,
            )
        )

    def replace(self, conn: Connection, dossier: DossierId, bound: Bound, contact: Contact, *, now_ms: int) -> None:
        """Another contact; each one before is kept aside for a while (FORMER_HEARD), also when this one is replaced."""
        held = self.find(conn, dossier, bound)
        former = _FormerContacts(each=() if held is None else _with_replaced(held, now_ms))
        aside = {"former": self._write(former, bound), "replaced_ms": now_ms} if former.each else {}
        conn.execute(
            update(contacts)
            .where(contacts.c.dossier_id == dossier.value)
            .values(sealed=self.seal(contact, bound), changed_ms=now_ms, **aside)
        )

    def prove(self, conn: Connection, dossier: DossierId, bound: Bound, channel: Channel) -> None:
        """A one-time code came back from there."""
        held = self.find(conn, dossier, bound)
        if held is None or held.contact is None:
            return
        proved = msgspec.structs.replace(held.contact, **{f"{channel.value}_proved": True})
        conn.execute(
            update(contacts).where(contacts.c.dossier_id == dossier.value).values(sealed=self.seal(proved, bound))
        )


def _with_replaced(held: Reachable, now_ms: int) -> tuple[FormerContact, ...]:
    """The former contacts that count, and the one that is replaced now."""
    heard = held.still_heard(now_ms=now_ms)
    replaced = held.contact
    others = tuple(one for one in held.former if one.contact in heard and one.contact != replaced)
    if replaced is None or not (replaced.email or replaced.mobile):
        return others
    return (*others, FormerContact(contact=replaced, replaced_ms=now_ms))[:_FORMER_KEPT]


def speak(conn: Connection, dossier: DossierId, language: str) -> None:
    """Write to the holder in another language from now on."""
    conn.execute(
        update(contacts).where(contacts.c.dossier_id == dossier.value).values(language=known_language(language))
    )


def forget_former(conn: Connection, *, now_ms: int) -> None:
    """Drop replaced contacts that are no longer told of anything."""
    oldest = now_ms - FORMER_HEARD // timedelta(milliseconds=1)
    conn.execute(update(contacts).where(contacts.c.replaced_ms <= oldest).values(former=None, replaced_ms=None))


def forget(conn: Connection, dossier: DossierId) -> None:
    """Drop a dossier's contact, former one and language."""
    conn.execute(delete(contacts).where(contacts.c.dossier_id == dossier.value))


def known_language(language: str | None) -> str:
    """One of LANGUAGES: another word is French, as on every screen."""
    return language if language in LANGUAGES else LANGUAGES[0]


def addresses(contact: Contact | None, ways: Ways) -> tuple[Address, ...]:
    """Where a contact can be reached from here, the e-mail first."""
    if contact is None:
        return ()
    found = []
    if contact.email and ways.email:
        found.append(Address(Channel.EMAIL, contact.email, contact.email_proved))
    if contact.mobile and ways.mobile:
        found.append(Address(Channel.MOBILE, contact.mobile, contact.mobile_proved))
    return tuple(found)
