"""A real central in a folder, and those who talk to it: a manager with a browser, a terminal with its key."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, select
from werkzeug.test import TestResponse

from central.app import create_app
from central.audit.models import audit_entries
from central.counters.models import Measure
from central.counters.tally import Place, Tally, add
from central.devices.fleet import Fleet, NewOffice, NewOperator
from central.engine import in_transaction, make_engine, reading
from central.passwords import Argon2Cost, Passwords
from central.settings import CentralSettings
from central.staff.permissions import Role
from central.staff.provider.settings import ProviderSettings
from central.staff.service import add_manager
from provisioning.authority import Home, Programme, make_keys
from provisioning.keys import load_public_root
from provisioning.private_files import Owner
from tests.fakes.databases import CENTRAL, database_in
from tests.fakes.terminal import FakeTerminal
from wire import homes
from wire.configuration import ConfigurationQuery, write_configuration_query
from wire.identifiers import Finess, OfficeId, OperatorId, TerminalId, milliseconds
from wire.registration import RegistrationAnswer, Ticket, open_registration_answer, write_request
from wire.trust import KeyUse, open_bundle

START = datetime.fromisoformat("2026-11-22T09:00:00+00:00")
CHEAPEST = Argon2Cost(time=1, memory_kib=8, lanes=1)
"""Nothing but a test may be so cheap."""

PASSWORD = "quatre pommes sur un toit"
HALL = NewOffice(
    office=OfficeId("CPAM-75-BEAUVAU"),
    name="CPAM de Paris – accueil Beauvau",  # noqa: RUF001 - French
    kind="cpam",
    lines=["12 rue de l’Essai", "75008 Paris"],  # noqa: RUF001 - French
    departement="75",
    region="11",
)
PHARMACY = NewOffice(
    office=OfficeId("PHARM-974-01"),
    name="Pharmacie du Piton",
    kind="pharmacy",
    lines=["3 chemin des Filaos", "97400 Saint-Denis"],
    departement="974",
    region="04",
    finess=Finess.parse("750712184"),
)


@dataclass
class Clock:
    """A present that tests move."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class CentralSite:
    """Central's home, made by the real provisioning; ``app`` is built on first use."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    public_url: str = "http://localhost"
    second_factor: bool = False  # most tests are not about the door: they sign in by the password alone
    provider: ProviderSettings | None = None

    def __post_init__(self) -> None:
        owner = Owner.current()
        self.programme = Programme(*(Home(self.folder / name, owner) for name in ("root", "central", "vault")))
        make_keys(self.programme, now=self.clock.now, days=365)
        self.home = self.programme.central.folder
        self.root = load_public_root(self.programme.root.folder / homes.ROOT_PUBLIC, owner)
        self.engine: Engine = make_engine(self.settings.database)
        self.passwords = Passwords(CHEAPEST)
        self._app: Flask | None = None
        self._building = threading.Lock()

    @property
    def settings(self) -> CentralSettings:
        return CentralSettings(
            home=self.home,
            database=database_in(self.home, CENTRAL),
            public_url=self.public_url,
            second_factor=self.second_factor,
            provider=self.provider,
        )

    @property
    def app(self) -> Flask:
        with self._building:  # threads of one test ask for it at once
            if self._app is None:
                self._app = create_app(self.settings, clock=self.clock, passwords=self.passwords)
        return self._app

    def close(self) -> None:
        self.engine.dispose()
        if self._app is not None:
            self._app.extensions["central"].dispose()

    def browser(self) -> Browser:
        return Browser(self.app.test_client())

    # What commands do -------------------------------------------------------------------------------------------

    def manager(
        self, name: str, region: str | None = None, *, role: Role | None = None, is_printed: bool = False
    ) -> None:
        password_hash = self.passwords.hash(PASSWORD)

        def add(connection: Connection) -> None:
            add_manager(
                connection,
                name,
                region=region,
                role=role,
                password_hash=password_hash,
                is_printed=is_printed,
                now=self.clock.now,
                shards=1,
            )

        in_transaction(self.engine, add)

    def fleet(self, *offices: NewOffice) -> None:
        def add(connection: Connection) -> None:
            for office in offices:
                Fleet(connection, now=self.clock.now, shards=1).add_office(office)

        in_transaction(self.engine, add)

    def operator(self, name: str = "AGENT-1", office: OfficeId = HALL.office, role: str = "agent") -> None:
        operator = NewOperator(
            operator=OperatorId(name),
            office=office,
            role=role,
            display_name="A. Essai",
            pin_hash=self.passwords.hash("4711"),
        )
        in_transaction(
            self.engine, lambda connection: Fleet(connection, now=self.clock.now, shards=1).add_operator(operator)
        )

    def ticket(self, terminal: str = "HALL-75-01-A", office: OfficeId = HALL.office) -> Ticket:
        return in_transaction(
            self.engine,
            lambda connection: Fleet(connection, now=self.clock.now, shards=1).issue_ticket(
                TerminalId(terminal), office, central=self.public_url, root=self.root
            ),
        )

    def revoke(self, terminal: str) -> None:
        in_transaction(
            self.engine, lambda connection: Fleet(connection, now=self.clock.now, shards=1).revoke(TerminalId(terminal))
        )

    def count(self, measure: Measure, day: str, place: Place, value: int = 1) -> None:
        tally = Tally(place)
        tally.count(measure, day, value)
        in_transaction(self.engine, lambda connection: add(connection, tally, shard=0))

    def audit_tags(self) -> list[str]:
        with reading(self.engine) as connection:
            return list(connection.execute(select(audit_entries.c.tag).order_by(audit_entries.c.number)).scalars())

    # What a terminal does ---------------------------------------------------------------------------------------

    def register(self, ticket: Ticket, key: Ed25519PrivateKey) -> TestResponse:
        return self.app.test_client().post("/v1/registrations", data=write_request(ticket.token, key))

    def registered(self, terminal: str = "HALL-75-01-A", office: OfficeId = HALL.office) -> Terminal:
        key = Ed25519PrivateKey.generate()
        answer = self.register(self.ticket(terminal, office), key)
        assert answer.status_code == 200, answer.json
        return Terminal(self, terminal, key, open_registration_answer(answer.data))

    def send(self, terminal: FakeTerminal) -> TestResponse:
        """All that the terminal made, as one batch."""
        return self.app.test_client().post("/v1/batches", data=terminal.batch())

    def enrolling_terminal(self) -> FakeTerminal:
        """A counter terminal that registered, in an office whose operator may attest."""
        self.operator("PHARMA-01", PHARMACY.office, "pharmacist")
        intake = open_bundle((self.home / homes.TRUST_BUNDLE).read_bytes(), self.root, now=self.clock.now)
        terminal = FakeTerminal("PHARM-974-01-A", intake.sealing_key(KeyUse.INTAKE), office=PHARMACY.office)
        assert self.register(self.ticket(terminal.name, PHARMACY.office), terminal.key).status_code == 200
        return terminal


@dataclass
class Terminal:
    """A terminal that registered."""

    site: CentralSite
    name: str
    key: Ed25519PrivateKey
    answer: RegistrationAnswer

    def ask_configuration(self, held: str | None = None, *, key: Ed25519PrivateKey | None = None) -> TestResponse:
        query = ConfigurationQuery(terminal=self.name, asked_ms=milliseconds(self.site.clock.now), held=held)
        document = write_configuration_query(query, key or self.key)
        return self.site.app.test_client().post("/v1/configuration", data=document)


@dataclass
class Browser:
    """A browser as far as these pages need one: it keeps cookies, reads the token, says where a form comes from."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def post(self, path: str, page: str, **fields: str) -> TestResponse:
        found = re.search(r'name="csrf" value="([^"]+)"', self.client.get(page).text)
        token = found[1] if found else ""
        return self.client.post(path, data={"csrf": token, **fields}, headers={"Sec-Fetch-Site": "same-origin"})

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/connexion", "/connexion", name=name, password=password)

    def sign_out(self) -> TestResponse:
        return self.post("/deconnexion", "/tableau")


def words(answer: TestResponse) -> str:
    """What a page says, with plain spaces."""
    return html.unescape(answer.text).replace("\u202f", " ").replace("\u00a0", " ")
