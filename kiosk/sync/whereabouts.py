"""Where the terminal stands and whom it trusts: verified documents, held on disk, replaced only by newer verified ones.

Deciding comes first, disk second, memory last: a document is verified, then written atomically, then used.
"""

from __future__ import annotations

import contextlib
import threading
from datetime import datetime
from pathlib import Path

from kiosk.enrolment.errors import NotReadyError, StoreError
from kiosk.enrolment.place import TerminalPlace, Whereabouts
from kiosk.sync.errors import REVOKED, RefusedError
from kiosk.sync.facts import Fact, Facts
from kiosk.sync.files import replace_file
from kiosk.sync.keys import RootKey
from kiosk.sync.link import Fetched
from kiosk.sync.server_time import ServerTime
from wire.configuration import Configuration, OperatorEntry, open_configuration
from wire.errors import TrustError, WireError
from wire.homes import CONFIGURATION, TRUST_BUNDLE
from wire.identifiers import TerminalId, milliseconds, moment, office_id
from wire.nir import InsAuthority
from wire.records import SubChannel
from wire.trust import KeyUse, TrustBundle, open_bundle

_NOTED_EVERY_MS = 3600 * 1000  # a terminal asks each minute: its disk need not hear of each time


class HeldWhereabouts(Whereabouts):
    """Whereabouts over the two signed documents in the terminal's home. Safe for threads.

    Construction never fails for a bad document: the terminal then runs, says why it is not ready, and fetches.
    """

    def __init__(self, home: Path, terminal: TerminalId, root: RootKey, facts: Facts, server_time: ServerTime) -> None:
        self._home = home
        self._terminal = terminal
        self._root = root
        self._facts = facts
        self._server_time = server_time
        self._lock = threading.RLock()
        self._trust: TrustBundle | None = None
        self._configuration: Configuration | None = None
        self._revoked = facts.get(Fact.REVOKED) is not None
        self._confirmed_ms = facts.number(Fact.CONFIGURATION_CONFIRMED_MS)

    @property
    def terminal(self) -> TerminalId:
        """This terminal's name."""
        return self._terminal

    def current(self) -> TerminalPlace:
        """The place now.

        Steps:

        1. central has not said that this terminal is revoked;
        2. the trust bundle is the root's, not older than one seen before, and valid at the later of clock and floor;
        3. the configuration is this terminal's, signed with the bundle's answer key.

        Raises:
            kiosk.enrolment.errors.NotReadyError: ``revoked``, ``not_registered``, ``configuration`` or the code of
                the wire's error (``trust_root``, ``trust_rollback``, ``trust_validity``, …).
        """
        with self._lock:
            if self._revoked:  # 1
                raise NotReadyError("this terminal is revoked: call the operator of the fleet", code="revoked")
            return _place(self._terminal, self._held_configuration(), self.trust())  # 2, 3

    def sub_channel(self) -> SubChannel | None:
        """By the configuration held, also while revoked; None when none verifies."""
        with self._lock:
            held = self._configuration_or_none()
            return None if held is None else held.sub_channel

    def trust(self) -> TrustBundle:
        """The trust bundle, valid now; also for a revoked terminal, which must still deliver what it holds.

        Raises:
            kiosk.enrolment.errors.NotReadyError: as for :meth:`current`, step 2.
        """
        with self._lock:
            now_ms = milliseconds(self._server_time.now())
            held = self._trust
            if held is None or not held.valid_from_ms <= now_ms < held.valid_until_ms:
                self._trust = held = self._open_trust(self._read(TRUST_BUNDLE))
                self._remember(held)
            return held

    def operators(self) -> tuple[OperatorEntry, ...]:
        """Who may attest here.

        Raises:
            kiosk.enrolment.errors.NotReadyError: there is no verified configuration.
        """
        with self._lock:
            return self._held_configuration().operators

    def accept_trust(self, fetched: Fetched) -> None:
        """Take over a trust bundle that has come.

        Steps: the one held is read, so that its serial counts; the new one is opened (root's signature, no rollback,
        valid now), written, used. Not checked: that the configuration held is signed with its answer key (the caller
        fetches a configuration after each new bundle), and the serial of a bundle of the registration that ran out
        before it was ever used.

        Raises:
            kiosk.enrolment.errors.NotReadyError: not acceptable; what was held stays.
            kiosk.enrolment.errors.StoreError: the disk refused; what was held stays.
        """
        with self._lock:
            with contextlib.suppress(NotReadyError):
                self.trust()
            bundle = self._open_trust(fetched.document)
            self._write(TRUST_BUNDLE, fetched.document)
            # Without its ETag the whole configuration comes again, signed with the new bundle's answer key.
            etags: dict[Fact, str | int | None] = {Fact.TRUST_ETAG: fetched.etag, Fact.CONFIGURATION_ETAG: None}
            self._facts.set({**etags, Fact.TRUST_SERIAL: bundle.serial})
            self._trust = bundle

    def accept_configuration(self, fetched: Fetched) -> None:
        """Take over a configuration that has come; it also lifts a revocation.

        Steps:

        1. it is this terminal's, signed with the bundle's answer key;
        2. it is not older than the one held: version first, then time of issue;
        3. it can be used: office and INS authority are of their form;
        4. it is written, then used.

        Raises:
            kiosk.enrolment.errors.NotReadyError: not acceptable; what was held stays.
            kiosk.enrolment.errors.StoreError: the disk refused; what was held stays.
        """
        with self._lock:
            trust = self.trust()
            configuration = self._open_configuration(fetched.document, trust)  # 1
            held = self._configuration_or_none()
            if held is not None and _age(configuration) < _age(held):  # 2
                raise NotReadyError("the configuration is older than the one held", code="configuration_rollback")
            _place(self._terminal, configuration, trust)  # 3
            self._write(CONFIGURATION, fetched.document)  # 4
            self._facts.set({Fact.CONFIGURATION_ETAG: fetched.etag, Fact.REVOKED: None})
            self._configuration = configuration
            self._revoked = False

    def confirm_configuration(self) -> None:
        """Central has just said that the configuration held is the right one; on the disk at most once an hour.

        Raises:
            kiosk.enrolment.errors.StoreError: the disk refused; in memory it is known all the same.
        """
        with self._lock:
            self._confirmed_ms = now_ms = milliseconds(self._server_time.now())
            if now_ms - (self._facts.number(Fact.CONFIGURATION_CONFIRMED_MS) or 0) >= _NOTED_EVERY_MS:
                self._facts.set({Fact.CONFIGURATION_CONFIRMED_MS: now_ms})

    def confirmed_at(self) -> datetime | None:
        """When central last confirmed the configuration; None when it never did."""
        with self._lock:
            confirmed_ms = self._confirmed_ms
            return None if confirmed_ms is None else moment(confirmed_ms)

    def configuration_version(self) -> int | None:
        """The version of the configuration in use, None when none verifies."""
        with self._lock:
            held = self._configuration_or_none()
            return None if held is None else held.version

    def heed(self, failure: Exception) -> None:
        """Take in why a question to central failed: a revocation is believed, all else changes nothing.

        On the word of whoever the TLS context vouches for: it can stop the terminal until a signed configuration comes,
        never make it lose a record.
        """
        if isinstance(failure, RefusedError) and failure.code == REVOKED:
            self.revoke()

    def revoke(self) -> None:
        """Central says that this terminal is revoked: no enrolment until a signed configuration comes again."""
        with self._lock:
            self._facts.set({Fact.REVOKED: 1})
            self._revoked = True

    def trust_etag(self) -> str | None:
        """The ETag of the bundle in use, None when none can be used."""
        try:
            self.trust()
        except NotReadyError:
            return None
        return self._facts.get(Fact.TRUST_ETAG)

    def configuration_etag(self) -> str | None:
        """The ETag of the configuration in use; None when none is, or when revoked: then the signed one is wanted."""
        with self._lock:
            usable = self._configuration_or_none() is not None and not self._revoked
            return self._facts.get(Fact.CONFIGURATION_ETAG) if usable else None

    def _held_configuration(self) -> Configuration:
        if self._configuration is None:
            self._configuration = self._open_configuration(self._read(CONFIGURATION), self.trust())
        return self._configuration

    def _configuration_or_none(self) -> Configuration | None:
        try:
            return self._held_configuration()
        except NotReadyError:
            return None

    def _open_trust(self, document: bytes) -> TrustBundle:
        lowest = self._facts.number(Fact.TRUST_SERIAL) or 0
        try:
            return open_bundle(document, self._root, now=self._server_time.now(), lowest_serial=lowest)
        except TrustError as error:
            raise NotReadyError(str(error), code=error.code) from error

    def _remember(self, bundle: TrustBundle) -> None:
        """Nothing older from now on, also after a restart; the bundle of the registration was never fetched by us."""
        if bundle.serial > (self._facts.number(Fact.TRUST_SERIAL) or 0):
            with contextlib.suppress(StoreError):  # a full disk must not close the terminal; the next start tries again
                self._facts.set({Fact.TRUST_SERIAL: bundle.serial})

    def _open_configuration(self, document: bytes, trust: TrustBundle) -> Configuration:
        try:
            key = trust.verifying_key(KeyUse.ANSWER)
            return open_configuration(document, key, terminal=self._terminal)
        except WireError as error:
            raise NotReadyError("this is no configuration of central for this terminal", code=error.code) from error

    def _read(self, name: str) -> bytes:
        try:
            return (self._home / name).read_bytes()
        except OSError as error:
            raise NotReadyError(f"{name} cannot be read: register this terminal", code="not_registered") from error

    def _write(self, name: str, document: bytes) -> None:
        try:
            replace_file(self._home / name, document)
        except OSError as error:
            raise StoreError(f"{name} could not be written") from error


def _age(configuration: Configuration) -> tuple[int, int]:
    return configuration.version, configuration.issued_ms


def _place(terminal: TerminalId, configuration: Configuration, trust: TrustBundle) -> TerminalPlace:
    try:
        return TerminalPlace(
            terminal=terminal,
            office=office_id(configuration.office),
            office_name=configuration.office_name,
            office_lines=configuration.office_lines,
            channel=configuration.channel,
            sub_channel=configuration.sub_channel,
            activation_url=configuration.activation_url,
            ins_authority=InsAuthority(configuration.ins_oid),
            finess=configuration.finess,
            help_line=configuration.help_line,
            trust=trust,
            regime=configuration.regime,
            languages=configuration.languages,
            proves_contacts=configuration.proves_contacts,
            pre_ticked_emergency=configuration.pre_ticked_emergency,
        )
    except (WireError, ValueError) as error:
        raise NotReadyError(
            "the configuration cannot be used: office or INS authority", code="configuration"
        ) from error
