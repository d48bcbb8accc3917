"""A real vault in a folder, and the two that talk to it: central with its hand-over key, a holder with a browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import asdict
from sqlalchemy import Engine, Table, func, select
from werkzeug.test import TestResponse

from central.engine import reading
from central.vault.app import create_app
from central.vault.db import open_engine
from central.vault.models import audit, dossiers, wraps
from central.vault.settings import VaultSettings
from central.vault.worker import GuardWorker, make_worker
from central.vault.wraps import KdfParameters
from provisioning.authority import Home, Programme, make_keys, rotate_signing_key
from provisioning.keys import load_public_root, load_signing_key
from provisioning.private_files import Owner
from tests.fakes.databases import VAULT, database_in
from tests.fakes.messenger import FakeMessenger, Message
from wire import homes
from wire.canonical import encode
from wire.codes import ActivationCode, Locator
from wire.dossier_keys import EmergencyChoices, code_key, make_vault_part
from wire.evidence import Contact
from wire.failpoints import Reach, pass_by
from wire.handover import (
    EventsAnswer,
    EventsQuery,
    HandOver,
    HandOverAction,
    HandOverAnswer,
    HandOverItem,
    HandOverOutcome,
    HandOverResult,
    open_events_answer,
    open_hand_over_answer,
    write_events_query,
    write_hand_over,
)
from wire.identifiers import DossierId, RecordId, TerminalId, milliseconds
from wire.sealing import SealPurpose, seal
from wire.trust import KeyUse, TrustBundle, open_bundle
from wire.vault_parts import VaultChange, VaultPart

CHEAPEST_KDF = KdfParameters(memory_kib=8, passes=1, lanes=1)
"""Nothing but a test may be so cheap."""

TERMINAL = TerminalId("HALL-75-01-A")
PASSPHRASE = "quatre pommes sur un toit"
START = datetime.fromisoformat("2026-11-22T09:00:00+00:00")
BOTH = EmergencyChoices(break_glass=True, centre_15=True)


@dataclass
class Clock:
    """A present that tests move."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True)
class Enrolment:
    """What a terminal made: the record's id, the dossier's key, the slip, and the part for the vault."""

    record_id: RecordId
    dossier_key: X25519PrivateKey
    locator: Locator
    code: ActivationCode
    part: VaultPart
    terminal: TerminalId = TERMINAL

    @property
    def dossier_public(self) -> bytes:
        return self.dossier_key.public_key().public_bytes_raw()


@dataclass(frozen=True)
class Change:
    """A change that a terminal made: its record, the part for the vault, and the slip if it asks for a new code."""

    record_id: RecordId
    part: VaultChange
    locator: Locator
    code: ActivationCode
    terminal: TerminalId = TERMINAL


_SAID_BY = {
    "code_reissue": {"locator", "code_public"},
    "consent_change": {"break_glass", "centre_15"},
    "contact_change": {"contact"},
    "closure_request": {"is_closed", "delete_now"},
}


def kind_of(part: VaultChange) -> str:
    """The kind of record that says this and no more; a reactivation says several things."""
    if part.is_closed is False:
        return "reactivation"
    fields = asdict(part) | {"language": None, "delete_now": part.delete_now or None}
    said = {name for name, value in fields.items() if value is not None}
    return next((kind for kind, allowed in _SAID_BY.items() if said <= allowed), "reactivation")


def silent() -> FakeMessenger:
    """Nothing is set: the vault of the first version."""
    return FakeMessenger(email=False, sms=False)


@dataclass
class VaultSite:
    """The vault's home, made by the real provisioning; ``app`` is built on first use."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    changes: dict[str, object] = field(default_factory=dict)
    reach: Reach = pass_by
    messenger: FakeMessenger = field(default_factory=silent)

    def __post_init__(self) -> None:
        owner = Owner.current()
        self.programme = Programme(*(Home(self.folder / name, owner) for name in ("root", "central", "vault")))
        make_keys(self.programme, now=self.clock.now, days=365)
        self.home = self.programme.vault.folder
        self.hand_over_key = self.service_key(KeyUse.HAND_OVER)
        self.root = load_public_root(self.programme.root.folder / homes.ROOT_PUBLIC, owner)
        self.engine: Engine = open_engine(self.settings.database_url)
        self._app: Flask | None = None
        self._building = threading.Lock()

    @property
    def settings(self) -> VaultSettings:
        usual: dict[str, object] = {
            "home": self.home,
            "database_url": database_in(self.home, VAULT),
            "kdf": CHEAPEST_KDF,
            "weak_kdf_for_tests": True,
            "public_url": "https://coffre.exemple",
        }
        return VaultSettings(**(usual | self.changes))  # type: ignore[arg-type]

    @property
    def app(self) -> Flask:
        with self._building:  # threads of one test ask for it at once
            if self._app is None:
                self._app = create_app(self.settings, clock=self.clock, reach=self.reach, messenger=self.messenger)
        return self._app

    @property
    def worker(self) -> GuardWorker:
        """The guard as it runs beside the server."""
        return make_worker(self.settings, self.engine, self.messenger, self.clock)

    def guard(self) -> None:
        """One round of it."""
        self.worker.round()

    def restart(self) -> None:
        if self._app is not None:
            self._app.extensions["vault"].dispose()
        self._app = None

    def close(self) -> None:
        self.engine.dispose()
        if self._app is not None:
            self._app.extensions["vault"].dispose()

    @property
    def bundle(self) -> TrustBundle:
        return open_bundle((self.home / homes.TRUST_BUNDLE).read_bytes(), self.root, now=self.clock.now)

    @property
    def pepper(self) -> bytes:
        return bytes.fromhex((self.home / homes.PEPPER_KEY).read_text())

    def service_key(self, use: KeyUse) -> Ed25519PrivateKey:
        return load_signing_key(self.programme.key_path(use), Owner.current())

    def rotate(self, use: KeyUse) -> None:
        rotate_signing_key(self.programme, use, now=self.clock.now, days=365)
        self.hand_over_key = self.service_key(KeyUse.HAND_OVER)

    # What a terminal does

    def enrol(
        self,
        choices: EmergencyChoices = BOTH,
        *,
        slip: bool = True,
        locator: Locator | None = None,
        dossier_key: X25519PrivateKey | None = None,
        contact: Contact | None = None,
        language: str | None = None,
    ) -> Enrolment:
        record_id = RecordId.new(self.clock.now)
        key = dossier_key or X25519PrivateKey.generate()
        shown, code = locator or Locator.new(), ActivationCode.new()
        part = make_vault_part(
            key,
            record_id,
            TERMINAL,
            self.bundle,
            choices,
            (shown, code) if slip else None,
            contact=contact,
            language=language,
        )
        return Enrolment(record_id, key, shown, code, part)

    def change(self, *, code: bool = False, **fields: Any) -> Change:
        """What a terminal makes of a change; ``code``: with a new code."""
        record_id, locator, secret = RecordId.new(self.clock.now), Locator.new(), ActivationCode.new()
        if code:
            public = code_key(secret, record_id).public_key().public_bytes_raw()
            fields |= {"locator": locator.value, "code_public": public}
        return Change(record_id, VaultChange(**fields), locator, secret)

    # What central does

    def item(
        self,
        enrolment: Enrolment,
        dossier: DossierId,
        action: HandOverAction = HandOverAction.OPEN,
        *,
        break_glass_refused: bool = False,
        centre_15_refused: bool = False,
        part: VaultPart | None = None,
    ) -> HandOverItem:
        sealed = seal(
            encode(part or enrolment.part),
            self.bundle.sealing_key(KeyUse.VAULT),
            SealPurpose.VAULT_PART,
            enrolment.record_id,
            enrolment.terminal,
        )
        return HandOverItem(
            record_id=enrolment.record_id.value,
            action=action,
            dossier_id=dossier.value,
            terminal=enrolment.terminal,
            vault=sealed,
            break_glass_refused=break_glass_refused,
            centre_15_refused=centre_15_refused,
        )

    def change_item(self, change: Change, dossier: DossierId, **flags: Any) -> HandOverItem:
        """``flags``: central's refusals and when they were decided."""
        key = self.bundle.sealing_key(KeyUse.VAULT)
        usual: dict[str, Any] = {"break_glass_refused": False, "centre_15_refused": False, "kind": kind_of(change.part)}
        return HandOverItem(
            record_id=change.record_id.value,
            action=HandOverAction.CHANGE,
            dossier_id=dossier.value,
            terminal=change.terminal,
            vault=seal(encode(change.part), key, SealPurpose.VAULT_PART, change.record_id, change.terminal),
            **(usual | flags),
        )

    def take_change(self, dossier: DossierId, *, decided_ms: int = 0, **fields: Any) -> Change:
        """A change that the vault has taken; ``decided_ms``: of what its answers say."""
        change = self.change(**fields)
        part = change.part
        flags = {
            "break_glass_refused": part.break_glass is False,
            "centre_15_refused": part.centre_15 is False,
            "break_glass_decided_ms": 0 if part.break_glass is None else decided_ms,
            "centre_15_decided_ms": 0 if part.centre_15 is None else decided_ms,
        }
        (result,) = self.hand_over(self.change_item(change, dossier, **flags))
        assert result.outcome is HandOverOutcome.KEPT, result.code
        return change

    def make_item(self, dossier: DossierId, **flags: Any) -> HandOverItem:
        """Central asks the vault to make the key."""
        usual: dict[str, Any] = {"break_glass_refused": False, "centre_15_refused": False}
        return HandOverItem(
            record_id=RecordId.new(self.clock.now).value,
            action=HandOverAction.MAKE,
            dossier_id=dossier.value,
            terminal="CENTRAL",
            vault=b"",
            **(usual | flags),
        )

    def request(self, items: Sequence[HandOverItem], key: Ed25519PrivateKey | None = None) -> bytes:
        hand_over = HandOver(sent_ms=milliseconds(self.clock.now), items=tuple(items))
        return write_hand_over(hand_over, key or self.hand_over_key)

    def post(self, path: str, document: bytes) -> TestResponse:
        return self.app.test_client().post(path, data=document, content_type="application/octet-stream")

    def hand_over(self, *items: HandOverItem) -> tuple[HandOverResult, ...]:
        document = self.request(items)
        answer = self.post("/v1/hand-over", document)
        assert answer.status_code == 200, answer.text
        return self.opened(answer.data, document).results

    def opened(self, answer: bytes, document: bytes) -> HandOverAnswer:
        return open_hand_over_answer(answer, self.bundle.verifying_key(KeyUse.VAULT_ANSWER), request=document)

    def events_query(self, after: int = 0, limit: int = 100, key: Ed25519PrivateKey | None = None) -> bytes:
        query = EventsQuery(after=after, limit=limit, sent_ms=milliseconds(self.clock.now))
        return write_events_query(query, key or self.hand_over_key)

    def events(self, after: int = 0, limit: int = 100) -> EventsAnswer:
        document = self.events_query(after, limit)
        answer = self.post("/v1/events", document)
        assert answer.status_code == 200, answer.text
        return open_events_answer(answer.data, self.bundle.verifying_key(KeyUse.VAULT_ANSWER), request=document)

    def opened_dossier(self, choices: EmergencyChoices = BOTH, **how: object) -> tuple[DossierId, Enrolment]:
        """A dossier that the vault already has."""
        enrolment, dossier = self.enrol(choices, **how), new_dossier_id()  # type: ignore[arg-type]
        (result,) = self.hand_over(self.item(enrolment, dossier))
        assert result.outcome is HandOverOutcome.KEPT
        return dossier, enrolment

    # What a holder does

    def activate(
        self,
        locator: str,
        code: str,
        passphrase: str = PASSPHRASE,
        again: str | None = None,
        address: str = "192.0.2.7",
        **headers: str,
    ) -> TestResponse:
        client = self.app.test_client()
        form = {
            "csrf": csrf_of(client),
            "locator": locator,
            "code": code,
            "passphrase": passphrase,
            "passphrase_again": passphrase if again is None else again,
        }
        return client.post(
            "/activation",
            data=form,
            headers={"Sec-Fetch-Site": "same-origin", **headers},
            environ_base={"REMOTE_ADDR": address},
        )

    def activate_slip(self, enrolment: Enrolment | Change, **how: str) -> TestResponse:
        return self.activate(enrolment.locator.grouped(), enrolment.code.grouped(), **how)

    def visit(self) -> Holder:
        """A browser of its own."""
        return Holder(self.app.test_client())

    @property
    def letters(self) -> list[Message]:
        """What was sent so far."""
        return self.messenger.sent

    # What one sees in the database

    def count(self, table: Table) -> int:
        with reading(self.engine) as conn:
            return int(conn.execute(select(func.count()).select_from(table)).scalar_one())

    def rows(self, table: Table) -> list[dict[str, Any]]:
        with reading(self.engine) as conn:
            in_order = [table.c.place] if "place" in table.c else list(table.primary_key)
            return [dict(row._mapping) for row in conn.execute(select(table).order_by(*in_order))]

    def roles(self, dossier: DossierId) -> set[str]:
        """For whom there are wraps of its newest generation."""
        (row,) = (row for row in self.rows(dossiers) if row["dossier_id"] == dossier.value)
        newest = row["generation"]
        return {
            wrap["role"]
            for wrap in self.rows(wraps)
            if wrap["dossier_id"] == dossier.value and wrap["generation"] == newest
        }

    def tags(self) -> list[str]:
        """The audit, word by word."""
        return [row["tag"] for row in self.rows(audit)]

    def told(self) -> list[str]:
        """The kinds of all events."""
        return [event.kind for event in self.events().events]


@dataclass
class Holder:
    """A person's browser: keeps its cookies from page to page."""

    client: FlaskClient
    address: str = "192.0.2.7"

    def post(self, path: str, **fields: str) -> TestResponse:
        page = self.client.get(path if path.startswith("/opposition") else "/activation").text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        token = csrf_of(self.client) if found is None else found.group(1)
        return self.client.post(
            path,
            data={"csrf": token} | fields,
            headers={"Sec-Fetch-Site": "same-origin"},
            environ_base={"REMOTE_ADDR": self.address},
        )

    def present(self, slip: Enrolment | Change, passphrase: str = PASSPHRASE) -> TestResponse:
        """Locator, code and passphrase; ends at the page that the browser is led to."""
        answer = self.post(
            "/activation",
            locator=slip.locator.grouped(),
            code=slip.code.grouped(),
            passphrase=passphrase,
            passphrase_again=passphrase,
        )
        return self.client.get(answer.headers["Location"]) if answer.status_code == 303 else answer

    def step(self, do: str, one_time: str = "") -> TestResponse:
        """A button at the one-time code; ends at the page that the browser is led to."""
        answer = self.post("/activation/code", do=do, one_time=one_time)
        return self.client.get(answer.headers["Location"]) if answer.status_code == 303 else answer


def new_dossier_id() -> DossierId:
    return DossierId(RecordId.new(START).value)


def csrf_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/activation").text)
    assert found is not None
    return found.group(1)


def state_of(answer: TestResponse) -> str:
    found = re.search(r'<main [^>]*data-state="([a-z_]+)"', answer.text)
    assert found is not None, answer.text
    return found.group(1)
