"""The one-time code at activation: sent to the contact the holder gave, asked back before the passphrase is in force.

With a proved contact it is required; with one that nobody has proved yet it is offered: a code that comes back proves
it, and "I cannot receive it" goes on without, the contact staying unproved. Source: domain/dmp.md §5.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from central.engine import in_transaction, reading
from central.messaging.errors import NotSentError
from central.messaging.ports import Messenger
from central.vault import audit, challenges, contacts, events, keyring, slips, takeover, throttle, wording
from central.vault.audit import Tag
from central.vault.challenges import Challenge
from central.vault.contacts import Address, Channel, ContactBook, Ways
from central.vault.keys import VaultKeys
from central.vault.settings import VaultSettings
from central.vault.throttle import SubjectKind
from wire.handover import VaultEventKind
from wire.identifiers import DossierId, milliseconds

SESSION_LIFE = timedelta(minutes=30)
"""How long an activation waits for its one-time code (ours); then the slip's code is asked for again."""

_PROVED = {
    Channel.EMAIL: (Tag.EMAIL_PROVED, VaultEventKind.EMAIL_PROVED),
    Channel.MOBILE: (Tag.MOBILE_PROVED, VaultEventKind.MOBILE_PROVED),
}


class Word(enum.Enum):
    """What a step at the one-time code came to."""

    SENT = "sent"
    ACTIVATED = "activated"
    WRONG = "wrong"  # tries are left
    SPENT = "spent"  # too many tries, or too old: ask for a new one
    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"  # no more codes for this slip today
    NOT_SENT = "not_sent"  # the server for messages does not do its part
    OVER = "over"  # no such session, or what it waited for has changed: begin again


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """Where a code can go for this dossier, and whether there is no way on without one."""

    addresses: tuple[Address, ...]
    is_required: bool
    language: str


@dataclass(frozen=True, slots=True, repr=False)
class Stage:
    """What the page shows: where a code can go, and where the last one went."""

    offer: Offer
    sent_to: Address | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Reply:
    """``tries_left`` with WRONG, ``wait`` with TOO_SOON and TOO_MANY, ``language`` of the holder with ACTIVATED."""

    word: Word
    tries_left: int | None = None
    wait: timedelta | None = None
    language: str | None = None


def offer_for(conn: Connection, book: ContactBook, ways: Ways, dossier: keyring.Dossier) -> Offer | None:
    """Where a code can go; None without a contact that can be reached from here.

    Once one of them is proved only proved ones count: a code to an unproved one would say nothing about the person.
    """
    held = book.find(conn, dossier.dossier_id, dossier.bound)
    if held is None:
        return None
    found = contacts.addresses(held.contact, ways)
    proved = tuple(address for address in found if address.is_proved)
    if not found:
        return None
    return Offer(proved or found, bool(proved), held.language)


class SecondFactorDesk:
    """Takes the steps at the one-time code; one instance a process, used by all its threads."""

    def __init__(
        self,
        engine: Engine,
        keys: VaultKeys,
        messenger: Messenger,
        settings: VaultSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._book = ContactBook(keys.contact_key())
        self._messenger = messenger
        self._ways = Ways.of(messenger)
        self._settings = settings
        self._clock = clock

    def look(self, secret: str) -> Stage | None:
        """What the page of a session shows; None when the session is over."""
        now_ms = milliseconds(self._clock())
        with reading(self._engine) as conn:
            found = self._find(conn, secret, now_ms)
            offer = None if found is None else self._offer(conn, found.dossier_id)
        if found is None or offer is None:
            return None
        is_open = found.code_mac is not None and not self._is_old(found, now_ms)
        sent_to = [address for address in offer.addresses if is_open and address.channel is found.channel]
        minutes = self._settings.one_time_life // timedelta(minutes=1)
        return Stage(offer, sent_to[0] if sent_to else None, minutes)

    def send(self, secret: str, channel: Channel) -> Reply:
        """Draw a code and send it there.

        Steps:

        1. the session is one, and the channel one of those offered;
        2. not sooner than ``one_time_pause`` after the last code to that channel, and not more than
           ``one_time_sends`` codes for this slip in ``one_time_window``: both counted before anything is sent;
        3. the code is kept as a keyed code, a former one dies; committed;
        4. then it is sent, outside of the transaction: a slow server holds no lock.

        A code that could not be sent still counts (else a failing server would be a way around the limit).
        """
        now_ms = milliseconds(self._clock())
        code = challenges.draw_code()
        prepared = in_transaction(self._engine, lambda conn: self._prepare(conn, secret, channel, code, now_ms))
        if isinstance(prepared, Reply):
            return prepared
        address, language = prepared
        text = wording.one_time_code(language, code, self._settings.one_time_life)
        try:
            wording.send(self._messenger, address, text)  # 4
        except NotSentError:
            return Reply(Word.NOT_SENT)
        return Reply(Word.SENT)

    def check(self, secret: str, typed: str) -> Reply:
        """Settle what was typed.

        Steps, in one writing transaction:

        1. the session is one, and a code that is not too old was sent for it;
        2. a wrong code counts; the last try ends the code (not the slip: its own five tries are another matter);
        3. a right one proves the contact it went to, if it was not proved yet, and central is told;
        4. the passphrase comes into force.
        """
        now_ms = milliseconds(self._clock())
        return in_transaction(self._engine, lambda conn: self._check(conn, secret, typed, now_ms))

    def skip(self, secret: str) -> Reply:
        """Go on without a code, where it was only offered; the contact stays unproved."""
        now_ms = milliseconds(self._clock())
        return in_transaction(self._engine, lambda conn: self._skip(conn, secret, now_ms))

    def _prepare(
        self, conn: Connection, secret: str, channel: Channel, code: str, now_ms: int
    ) -> Reply | tuple[Address, str]:
        found = self._find(conn, secret, now_ms)  # 1
        offer = None if found is None else self._offer(conn, found.dossier_id)
        if found is None or offer is None:
            return Reply(Word.OVER)
        to = [address for address in offer.addresses if address.channel is channel]
        if not to:
            return Reply(Word.OVER)
        refused = self._throttled(conn, found, channel, now_ms)  # 2
        if refused is not None:
            return refused
        challenges.expect(conn, found, channel, code, self._keys.one_time_key(), now_ms=now_ms)  # 3
        return to[0], offer.language

    def _throttled(self, conn: Connection, found: Challenge, channel: Channel, now_ms: int) -> Reply | None:
        key, settings = self._keys.throttle_key(), self._settings
        slip = throttle.subject(SubjectKind.ONE_TIME_CODE, str(found.record_id), key)
        there = throttle.subject(SubjectKind.ONE_TIME_CODE, f"{found.dossier_id}:{channel.value}", key)
        window = settings.one_time_window
        many = throttle.wait(conn, slip, limit=settings.one_time_sends, window=window, now_ms=now_ms)
        if many is not None:
            return Reply(Word.TOO_MANY, wait=many)
        soon = throttle.wait(conn, there, limit=1, window=settings.one_time_pause, now_ms=now_ms)
        if soon is not None:
            return Reply(Word.TOO_SOON, wait=soon)
        throttle.note(conn, slip, window=window, now_ms=now_ms)
        throttle.note(conn, there, window=settings.one_time_pause, now_ms=now_ms)
        return None

    def _check(self, conn: Connection, secret: str, typed: str, now_ms: int) -> Reply:
        found = self._find(conn, secret, now_ms)
        if found is None:
            return Reply(Word.OVER)
        if found.code_mac is None or found.channel is None or self._is_old(found, now_ms):  # 1
            return Reply(Word.SPENT)
        if not challenges.is_right(found, typed, self._keys.one_time_key()):  # 2
            left = self._settings.one_time_tries - found.wrong_tries - 1
            challenges.miss(conn, found, is_last=left <= 0)
            return Reply(Word.WRONG, tries_left=left) if left > 0 else Reply(Word.SPENT)
        reply = self._complete(conn, found, now_ms)  # 4
        if reply.word is Word.ACTIVATED:
            self._prove(conn, found.dossier_id, found.channel, now_ms)  # 3
        return reply

    def _skip(self, conn: Connection, secret: str, now_ms: int) -> Reply:
        found = self._find(conn, secret, now_ms)
        if found is None or found.is_required:
            return Reply(Word.OVER)
        # Proved meanwhile, at another place: then nobody goes on without.
        offer = self._offer(conn, found.dossier_id)
        if offer is not None and offer.is_required:
            return Reply(Word.OVER)
        return self._complete(conn, found, now_ms)

    def _complete(self, conn: Connection, found: Challenge, now_ms: int) -> Reply:
        slip, offer = slips.of_record(conn, found.record_id), self._offer(conn, found.dossier_id)
        challenges.end(conn, found)
        if slip is None or not takeover.come_into_force(conn, slip, found.pending, now_ms=now_ms):
            return Reply(Word.OVER)
        return Reply(Word.ACTIVATED, language=None if offer is None else offer.language)

    def _prove(self, conn: Connection, dossier_id: DossierId, channel: Channel, now_ms: int) -> None:
        dossier = keyring.find(conn, dossier_id)
        offer = self._offer(conn, dossier_id)
        if dossier is None or offer is None or offer.is_required:
            return
        self._book.prove(conn, dossier_id, dossier.bound, channel)
        tag, kind = _PROVED[channel]
        audit.write_entry(conn, tag, at_ms=now_ms, dossier=dossier_id)
        events.tell(conn, kind, dossier_id, at_ms=now_ms)

    def _find(self, conn: Connection, secret: str, now_ms: int) -> Challenge | None:
        found = challenges.find(conn, secret)
        oldest_ms = now_ms - SESSION_LIFE // timedelta(milliseconds=1)
        return found if found is not None and found.made_ms > oldest_ms else None

    def _offer(self, conn: Connection, dossier_id: DossierId) -> Offer | None:
        dossier = keyring.find(conn, dossier_id)
        return None if dossier is None else offer_for(conn, self._book, self._ways, dossier)

    def _is_old(self, found: Challenge, now_ms: int) -> bool:
        life_ms = self._settings.one_time_life // timedelta(milliseconds=1)
        return found.sent_ms is None or found.sent_ms + life_ms <= now_ms
