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

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, delete, insert, select, update

from central.messaging.ports import Messenger
from central.vault.models import contacts
from central.vault.wraps import Bound
from wire.canonical import decode, encode
from wire.errors import WireError
from wire.evidence import Contact
from wire.identifiers import DossierId
from wire.records import VAULT_LIMIT
from wire.sealing import SealPurpose, seal, unseal

_log = logging.getLogger("central.vault.contacts")

LANGUAGES = ("fr", "en", "ar")
FORMER_HEARD = timedelta(days=30)
"""How long a replaced contact is still told of new codes (ours): who replaces it first must not be alone with them."""


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


@dataclass(frozen=True, slots=True, repr=False)
class Reachable:
    """A dossier's contact as kept, opened."""

    contact: Contact | None
    language: str
    former: Contact | None
    replaced_ms: int | None


class ContactBook:
    """The contacts of all dossiers, for who holds the key."""

    def __init__(self, key: X25519PrivateKey) -> None:
        self._key = key

    def seal(self, contact: Contact, bound: Bound) -> bytes:
        """A contact as it may lie in the database."""
        to = self._key.public_key()
        return seal(encode(contact), to, SealPurpose.CONTACT_AT_REST, bound.record_id, bound.terminal)

    def open(self, sealed: bytes, bound: Bound) -> Contact:
        """A sealed contact.

        Raises:
            SealError: of another dossier or key.
        """
        opened = unseal(sealed, self._key, SealPurpose.CONTACT_AT_REST, bound.record_id, bound.terminal)
        return decode(opened, Contact, limit=VAULT_LIMIT)

    def find(self, conn: Connection, dossier: DossierId, bound: Bound) -> Reachable | None:
        """What is known of a dossier's holder; None before anything was said."""
        row = conn.execute(select(contacts).where(contacts.c.dossier_id == dossier.value)).one_or_none()
        if row is None:
            return None
        contact, former = (self._opened(sealed, bound) for sealed in (row.sealed, row.former))
        return Reachable(contact, row.language, former, row.replaced_ms)

    def _opened(self, sealed: bytes | None, bound: Bound) -> Contact | None:
        try:
            return None if sealed is None else self.open(sealed, bound)
        except WireError as error:  # of another pepper, or damaged: the dossier works on, without its contact
            _log.error("a contact does not open: %s", error.code)
            return None

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
        """Another contact; the one before is kept aside for a while (FORMER_HEARD)."""
        held = conn.execute(select(contacts.c.sealed).where(contacts.c.dossier_id == dossier.value)).scalar()
        conn.execute(
            update(contacts)
            .where(contacts.c.dossier_id == dossier.value)
            .values(sealed=self.seal(contact, bound), changed_ms=now_ms, former=held, replaced_ms=now_ms)
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
