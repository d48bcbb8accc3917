"""What is sent: batches of a few terminals, and the rows that central makes of each, learnt in a rehearsal."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from bench.intake_speed.rows import RowsOfTable, recorded
from central.devices.models import devices, offices, operators
from central.devices.quota import Quota
from central.engine import make_engine, writing
from central.intake.service import Intake, IntakeParts
from central.keys import CentralKeys
from central.ledger.rules import load_rules
from central.schema import upgrade
from tests.fakes.terminal import FakeTerminal
from wire.batch import RECORDS_LIMIT
from wire.nir import InsAuthority
from wire.trust import KeyUse

RECORDS = RECORDS_LIMIT
"""In a batch: what a terminal with a backlog sends."""

TERMINALS = 8
SHARDS = 8
"""Four times the two workers, as docs/scaling.md says."""

_OFFICE = "PHARMACIE-1"
_PLACE = {"office_id": _OFFICE, "kind": "pharmacy", "departement": "75", "region": "11"}
_OPERATOR = {"office_id": _OFFICE, "operator_id": "PHARMA-01", "role": "pharmacist"}
_DEVICE = {"office_id": _OFFICE, "channel": "pharmacy", "sub_channel": "counter", "state": "registered"}


@dataclass(frozen=True, slots=True)
class Load:
    """A batch: which terminal's, the key it is signed with, its bytes, and the rows that come of it."""

    terminal: str
    public_key: bytes
    body: bytes
    rows: tuple[RowsOfTable, ...] = ()


class Sender:
    """Terminals of one pharmacy that make batches in turn, each person another one."""

    def __init__(self, keys: CentralKeys, terminals: int = TERMINALS) -> None:
        intake = keys.trust.sealing_key(KeyUse.INTAKE)
        self._terminals = [FakeTerminal(f"T-BENCH-{number}", intake) for number in range(1, terminals + 1)]
        self._start = datetime.now(UTC) - timedelta(days=1)
        self._made = self._enrolled = 0

    def register(self, engine: Engine) -> None:
        """Make the pharmacy, its pharmacist and the terminals known to a central."""
        with writing(engine) as connection:
            connection.execute(offices.insert(), _PLACE | {"name": "Essai", "lines": "[]", "created_ms": 0})
            connection.execute(operators.insert(), _OPERATOR | {"display_name": "-", "pin_hash": "-", "created_ms": 0})
            rows = [
                {"terminal_id": one.name, "public_key": one.key.public_key().public_bytes_raw(), "registered_ms": 0}
                for one in self._terminals
            ]
            connection.execute(devices.insert(), [_DEVICE | row for row in rows])

    def batches(self, count: int, size: int = RECORDS) -> list[Load]:
        """The next batches; the terminals take turns, so every so-manieth is the same one's."""
        return [self._batch(size) for _ in range(count)]

    def _batch(self, size: int) -> Load:
        terminal = self._terminals[self._made % len(self._terminals)]
        persons = range(self._enrolled, self._enrolled + size)
        self._made += 1
        self._enrolled += size
        records = [terminal.enrol(person, at=self._start + timedelta(milliseconds=person)) for person in persons]
        terminal.made.clear()  # sent; a long stream must not be kept
        return Load(terminal.name, terminal.key.public_key().public_bytes_raw(), terminal.batch(records))


def parts_of(engine: Engine, keys: CentralKeys, shards: int = SHARDS) -> IntakeParts:
    """Intake's parts as central's own settings make them."""
    return IntakeParts(engine, keys, load_rules(), shards, InsAuthority.NIR_TEST, quota=Quota())


def rehearsed(sender: Sender, batches: Sequence[Load], keys: CentralKeys) -> list[Load]:
    """The same batches with the rows that the real intake writes for each, into a database of its own."""
    with tempfile.TemporaryDirectory(prefix="dmp-rehearsal-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'central.db'}")
        upgrade(engine)
        sender.register(engine)
        intake, learnt = Intake(parts_of(engine, keys)), []
        with recorded(engine) as rows:
            for batch in batches:
                intake.receive(batch.body, now=datetime.now(UTC))
                learnt.append(Load(batch.terminal, batch.public_key, batch.body, tuple(rows)))
                rows.clear()
        engine.dispose()
        return learnt
