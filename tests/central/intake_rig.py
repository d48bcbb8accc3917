"""A real intake over a real database in a folder, with terminals that send; no HTTP, no provisioning."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from sqlalchemy import Engine, Table, func, select, update

from central.devices.models import devices, offices, operators
from central.engine import make_engine, reading, writing
from central.intake.service import Intake, IntakeParts
from central.keys import CentralKeys
from central.ledger.rules import Rules, load_rules
from central.verification.service import Report, verify_all
from tests.fakes.databases import CENTRAL, database_in
from tests.fakes.terminal import LAUNCH, FakeTerminal
from wire.batch import BatchAnswer, Outcome, open_answer
from wire.configuration import Regime
from wire.evidence import Question
from wire.failpoints import Reach, pass_by
from wire.identifiers import TerminalId, milliseconds
from wire.nir import InsAuthority
from wire.trust import KeyUse, open_bundle, write_bundle

PHARMACY = "PHARMACIE-1"
HALL = "CPAM-75-HALL"
ARRIVAL = LAUNCH + timedelta(hours=1)
VAULT_KEY = X25519PrivateKey.generate()
"""The host's own, to open what central sealed for it."""

_OFFICES = (
    {"office_id": PHARMACY, "kind": "pharmacy", "departement": "974", "region": "04"},
    {"office_id": HALL, "kind": "cpam", "departement": "75", "region": "11"},
)
_OPERATORS = ((PHARMACY, "PHARMA-01", "pharmacist"), (HALL, "AGENT-01", "agent"))


def make_keys() -> CentralKeys:
    """Central's keys as provisioning would make them, in memory."""
    intake, root = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    answer, hand_over, vault = (Ed25519PrivateKey.generate() for _ in range(3))
    public = {
        KeyUse.INTAKE: intake.public_key().public_bytes_raw(),
        KeyUse.ANSWER: answer.public_key().public_bytes_raw(),
        KeyUse.HAND_OVER: hand_over.public_key().public_bytes_raw(),
        KeyUse.VAULT_ANSWER: vault.public_key().public_bytes_raw(),
        KeyUse.VAULT: VAULT_KEY.public_key().public_bytes_raw(),
    }
    span = {"valid_from": LAUNCH - timedelta(days=1), "valid_until": LAUNCH + timedelta(days=365)}
    bundle = open_bundle(write_bundle(public, root, serial=1, **span), root.public_key(), now=LAUNCH)
    return CentralKeys(intake, answer, hand_over, secrets.token_bytes(32), root.public_key(), bundle)


@dataclass
class IntakeRig:
    """Central as far as records are concerned."""

    folder: Path
    shards: int = 1
    rules: Rules = field(default_factory=load_rules)
    reach: Reach = pass_by
    regime: Regime = Regime.OPT_IN
    keys: CentralKeys = field(default_factory=make_keys)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.engine: Engine = make_engine(self.database)
        named = {"name": "Essai", "lines": "[]", "created_ms": 0}
        with writing(self.engine) as connection:
            connection.execute(offices.insert(), [{**office, **named} for office in _OFFICES])
            for office, operator, role in _OPERATORS:
                who = {"office_id": office, "operator_id": operator, "role": role}
                connection.execute(operators.insert(), {**who, "display_name": "-", "pin_hash": "-", "created_ms": 0})
        self.intake = self.worker()

    def worker(self) -> Intake:
        """One more process at the same database."""
        return Intake(self.parts, reach=self.reach)

    @property
    def database(self) -> str:
        """Its URL: the same folder has the same one."""
        return database_in(self.folder, CENTRAL)

    @property
    def parts(self) -> IntakeParts:
        """What intake and the openings that no terminal asks for work with."""
        return IntakeParts(self.engine, self.keys, self.rules, self.shards, InsAuthority.NIR_TEST, self.regime)

    def terminal(
        self,
        name: str = "T-PHARM-1",
        *,
        at_hall: bool = False,
        registered: datetime = LAUNCH,
        vault: X25519PublicKey | None = None,
    ) -> FakeTerminal:
        """A terminal that has registered an hour before its first enrolment."""
        place = {"office": HALL, "channel": "desk", "sub_channel": "hall_terminal"} if at_hall else {}
        terminal = FakeTerminal(name, self.keys.intake.public_key(), vault=vault, **place)
        said = terminal.place
        with writing(self.engine) as connection:
            connection.execute(
                devices.insert(),
                {
                    "terminal_id": name,
                    "office_id": said["office"],
                    "channel": said["channel"],
                    "sub_channel": said["sub_channel"],
                    "state": "registered",
                    "public_key": terminal.key.public_key().public_bytes_raw(),
                    "registered_ms": milliseconds(registered - timedelta(hours=1)),
                },
            )
        return terminal

    def revoke(self, terminal: FakeTerminal) -> None:
        with writing(self.engine) as connection:
            connection.execute(
                update(devices).where(devices.c.terminal_id == terminal.name).values(state="revoked", revoked_ms=0)
            )

    def send(self, terminal: FakeTerminal, *records: bytes, at: datetime = ARRIVAL) -> list[tuple[Outcome, str | None]]:
        """Post a batch (all the terminal made, when no record is named) and read the outcomes."""
        return self.post(terminal.name, terminal.batch(records or None), at=at)

    def post(self, terminal: str, body: bytes, *, at: datetime = ARRIVAL) -> list[tuple[Outcome, str | None]]:
        return [(outcome.outcome, outcome.code) for outcome in self.answer(terminal, body, at=at).outcomes]

    def answer(self, terminal: str, body: bytes, *, at: datetime = ARRIVAL) -> BatchAnswer:
        document = self.intake.receive(body, now=at)
        return open_answer(document, self.keys.answer.public_key(), terminal=TerminalId(terminal), batch=body)

    def rows(self, table: Table) -> list[Any]:
        with reading(self.engine) as connection:
            in_order = [table.c.sequence] if "sequence" in table.c else list(table.primary_key)
            return list(connection.execute(select(table).order_by(*in_order)))

    def count(self, table: Table) -> int:
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0

    def recount(self) -> Report:
        return verify_all(self.engine, shards=self.shards, rules=self.rules)

    def close(self) -> None:
        self.engine.dispose()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[IntakeRig]:
    central = IntakeRig(tmp_path / "central")
    yield central
    central.close()


@pytest.fixture
def busy(rig: IntakeRig) -> IntakeRig:
    """Central after some days: openings, second ones, refusals, things set aside, a held euro."""
    pharmacy, hall = rig.terminal(), rig.terminal("T-HALL-1", at_hall=True)
    for person in range(4):
        pharmacy.enrol(person)
    pharmacy.enrol(5, operator="NOBODY-1")
    pharmacy.refuse()
    pharmacy.enrol(6, routing={"version": 9})
    rig.send(pharmacy)
    hall.enrol(0, operator="AGENT-01", role="agent", accepted={Question.CENTRE_15: False})
    hall.enrol(7, operator="AGENT-01", role="agent")
    rig.send(hall, at=ARRIVAL + timedelta(days=30))
    return rig
