"""A central whose months pass: openings, annulments, refusals of the vault, closings, payments, and both auditors."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text

from central.abuse import desk as case_desk
from central.abuse.scores import Suspicion
from central.abuse.verdicts import Verdict
from central.devices.models import devices, offices, operators
from central.engine import in_transaction, reading, writing
from central.enrolments.models import dossiers
from central.enrolments.persons import dossier_of
from central.handover import outbox
from central.handover.link import VaultLink
from central.handover.models import outbox as outbox_rows
from central.handover.worker import HandOverParts, HandOverWorker
from central.intake.annulment import annul
from central.ledger.amending import amend
from central.ledger.months import last_closed
from central.ledger.reasons import VAULT_REFUSED
from central.ledger.repricing import reprice
from central.ledger.rules import Rule
from central.ledger.service import Saying
from central.ledger.standing import Word
from central.payments.accounts import BankAccount, read_account, set_account
from central.payments.ordering import Ordered, Wish, order
from central.statements.closing import close_upto
from central.statements.models import statement_steps
from central.verification.export import write_export
from tests.central.intake_rig import ARRIVAL, PHARMACY, IntakeRig
from tests.fakes.terminal import FakeTerminal, id_of
from wire.handover import HandOverAnswer, HandOverOutcome, HandOverResult
from wire.identifiers import milliseconds

ROOT = Path(__file__).parents[2]
SQL = (ROOT / "scripts" / "audit-ledger.sql").read_text(encoding="utf-8")
EXPORT_AUDITOR = ROOT / "scripts" / "audit-ledger-export"
RATE = "SELECT 'pharmacy', '2018-01-01', '9999-12-31', 100"
OTHER = "PHARMACIE-2"
PAYER = read_account("Assurance maladie", "FR14 2004 1010 0505 0001 3M02 606", "PSSTFRPPPAR")
ACCOUNT = read_account("Pharmacie d’Essai", "DE89 3704 0044 0532 0130 00", None)  # noqa: RUF001 - French
BY = "MARTIN-1"


class MoneyRig(IntakeRig):
    """``now`` moves forward only; ``opened`` is the record that opened each person's dossier."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.now = ARRIVAL
        self.opened: dict[int, bytes] = {}
        second = {"office_id": OTHER, "kind": "pharmacy", "departement": "75", "region": "11", "finess": "750712184"}
        with writing(self.engine) as connection:
            connection.execute(
                offices.insert(),
                [{**second, "name": "Pharmacie de l’Œuf", "lines": "[]", "created_ms": 0}],  # noqa: RUF001
            )

    @property
    def now_ms(self) -> int:
        return milliseconds(self.now)

    def pass_by(self, days: float) -> None:
        self.now += timedelta(days=days)

    def at(self, moment: str) -> None:
        self.now = datetime.fromisoformat(moment)

    def enrol(self, terminal: FakeTerminal, person: int, **changes: Any) -> bytes:
        """A person enrols now, and the record arrives now."""
        raw = terminal.enrol(person, at=self.now - timedelta(minutes=5), **changes)
        self.send(terminal, raw, at=self.now)
        self.opened.setdefault(person, id_of(raw))
        return id_of(raw)

    def enrol_elsewhere(self, person: int = 90) -> bytes:
        """A person enrols at the other pharmacy."""
        terminal = FakeTerminal("T-PHARM-OTHER", self.keys.intake.public_key(), office=OTHER)
        with writing(self.engine) as connection:
            who = {"office_id": OTHER, "operator_id": "PHARMA-01", "role": "pharmacist"}
            connection.execute(operators.insert(), {**who, "display_name": "-", "pin_hash": "-", "created_ms": 0})
            connection.execute(
                devices.insert(),
                {
                    "terminal_id": terminal.name,
                    "office_id": OTHER,
                    "channel": "pharmacy",
                    "sub_channel": "counter",
                    "state": "registered",
                    "public_key": terminal.key.public_key().public_bytes_raw(),
                    "registered_ms": 0,
                },
            )
        return self.enrol(terminal, person)

    def dossier(self, person: int) -> bytes:
        return dossier_of(self.opened[person])

    def amend(self, person: int, word: Word, reason: str) -> list[Any]:
        saying = Saying(self.dossier(person), word, reason)
        return in_transaction(
            self.engine,
            lambda connection: amend(connection, [saying], actor="test", shards=self.shards, now_ms=self.now_ms),
        )

    def annul(self, person: int) -> int:
        return in_transaction(
            self.engine,
            lambda connection: annul(
                connection, self.parts, self.opened[person], because="no_consent", by=BY, now_ms=self.now_ms
            ),
        )

    def vault_says(self, person: int, outcome: HandOverOutcome) -> None:
        """The vault answers for what waits of this person, as the hand-over worker takes it in."""
        worker = HandOverWorker(
            HandOverParts(
                self.engine,
                _NoLink(),
                Ed25519PrivateKey.generate(),
                Ed25519PrivateKey.generate().public_key(),
                lambda: self.now,
                self.shards,
            )
        )
        with reading(self.engine) as connection:
            waiting = outbox.due(connection, now_ms=self.now_ms + 10**9)
        mine = [row for row in waiting if row.item.dossier_id == self.dossier(person)]
        results = tuple(HandOverResult(record_id=row.item.record_id, outcome=outcome, code="seal") for row in mine)
        answer = HandOverAnswer(request_digest=b"", results=results, server_ms=0)
        in_transaction(self.engine, lambda connection: worker._settle(connection, mine, answer))

    def send_again(self) -> None:
        """What ``hand-over-again`` does."""

        def work(connection: Any) -> None:
            refused = connection.execute(outbox.REFUSED_OPENINGS).scalars()
            sayings = [Saying(one, Word.REINSTATED, VAULT_REFUSED) for one in refused]
            amend(connection, sayings, actor="command", shards=self.shards, now_ms=self.now_ms)
            outbox.revive(connection, now_ms=self.now_ms)

        in_transaction(self.engine, work)

    def suspect(self, *persons: int, percent: int = 120, score: str = "bursts") -> bytes:
        """A case that rests on these persons' openings."""
        suspicion = Suspicion(
            score=score,
            office_id=PHARMACY,
            subject="T-PHARM-1",
            percent=percent,
            figures="…",
            evidence=tuple(self.dossier(person) for person in persons),
        )

        def work(connection: Any) -> bytes:
            before = {row.case_id for row in case_desk.open_cases(connection)}
            case_desk.file_cases(connection, [suspicion], shards=self.shards, now_ms=self.now_ms)
            new = [row.case_id for row in case_desk.open_cases(connection) if row.case_id not in before]
            return bytes(new[0]) if new else b""

        return in_transaction(self.engine, work)

    def decide(self, case_id: bytes, verdict: Verdict) -> int:
        return in_transaction(
            self.engine,
            lambda connection: case_desk.decide(
                connection, case_id, verdict, because="seen", by=BY, shards=self.shards, now_ms=self.now_ms
            ),
        )

    def close_months(self, period: str | None = None) -> tuple[list[str], int]:
        """Close a period, or all that are over."""
        upto = period or (self.now.date().replace(day=1) - timedelta(days=1)).isoformat()[:7]
        return close_upto(self.engine, upto, by=BY, shards=self.shards, now_ms=self.now_ms)

    def account(self, office: str = PHARMACY, account: BankAccount = ACCOUNT) -> None:
        in_transaction(
            self.engine,
            lambda connection: set_account(connection, office, account, by=BY, shards=self.shards, now_ms=self.now_ms),
        )

    def pay(self, month: str) -> Ordered:
        wish = Wish(month=month, execution_on=date(2019, 2, 1), payer=PAYER, by=BY)
        return in_transaction(
            self.engine, lambda connection: order(connection, wish, shards=self.shards, now_ms=self.now_ms)
        )

    def new_rules(self, cents: int, first: str) -> None:
        """From ``first`` on another rate; the days before keep theirs. What was booked otherwise is corrected."""
        day = date.fromisoformat(first)
        kept = [replace_until(rule, day) for rule in self.rules.rules if rule.first < day]
        added = Rule(
            rule=f"rate-{cents}-{first}", channel="pharmacy", profession="pharmacist", cents=cents, first=day, basis="b"
        )
        self.rules = replace(self.rules, version=self.rules.version + 1, rules=(*kept, added), document=b"")
        self.intake = self.worker()
        after: bytes | None = b""
        while after is not None:
            after = in_transaction(self.engine, self._reprice(after))

    def _reprice(self, after: bytes) -> Any:
        return lambda connection: reprice(connection, self.rules, shards=self.shards, now_ms=self.now_ms, after=after)[
            1
        ]

    def waiting(self, person: int) -> list[str]:
        """What the vault is still to be told of a person, oldest first."""
        rows = self.rows(outbox_rows)
        mine = [row for row in rows if row.dossier_id == self.dossier(person) and row.state == outbox.WAITING]
        return [row.action for row in sorted(mine, key=lambda row: (row.queued_ms, row.record_id))]

    def closed_upto(self) -> str:
        """The last month that is closed; one long ago when none is."""
        with reading(self.engine) as connection:
            return last_closed(connection) or "2018-01"

    def statements(self) -> dict[tuple[str, str], int]:
        """What each closed month states: never to change."""
        return {(row.office_id, row.month): row.owed for row in self.rows(statement_steps) if row.step == 0}

    # Both auditors -------------------------------------------------------------------------------------------------

    def sql_audit(self) -> list[tuple[int, str, int, int, int]]:
        """The rows of scripts/audit-ledger.sql, with the rates that are in force in this test."""
        rates = " UNION ALL ".join(
            f"SELECT '{rule.channel}', '{rule.first}', '{rule.until or '9999-12-31'}', {rule.cents}"
            for rule in self.rules.rules
        )
        assert RATE in SQL
        with reading(self.engine) as connection:
            rows = connection.execute(text(SQL.replace(RATE, rates)))
            return [(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows]

    def export(self) -> Path:
        folder = self.folder / f"export-{uuid.uuid4()}"
        with reading(self.engine) as connection:
            write_export(connection, folder, self.rules)
        return folder

    def sums(self) -> dict[str, int]:
        """What the auditor's Python says of an export; fails when it finds a fault."""
        sums, faults = AUDITOR.audit(self.export())
        assert faults == []
        found: dict[str, int] = sums
        return found

    def export_faults(self) -> list[str]:
        """What the auditor's Python finds wrong with an export."""
        return list(AUDITOR.audit(self.export())[1])

    def check_everything(self) -> dict[str, int]:
        """Central's own recount and both auditors agree; the sums."""
        report = self.recount()
        assert report.agrees, report.lines()
        rows = self.sql_audit()
        assert [row for row in rows if row[4]] == []
        sums = self.sums()
        by_number = {row[0]: row[3] for row in rows}
        assert by_number[1] == sums["cents_earned"] == report.money.cents_expected
        assert (by_number[6], by_number[8]) == (sums["cents_stated"], sums["cents_paid"])
        return sums

    def dossiers_opened(self) -> int:
        with reading(self.engine) as connection:
            return len(connection.execute(select(dossiers.c.dossier_id)).all())


@pytest.fixture
def money(tmp_path: Path) -> Iterator[MoneyRig]:
    rig = MoneyRig(tmp_path / "central")
    yield rig
    rig.close()


def replace_until(rule: Rule, first: date) -> Rule:
    until = first - timedelta(days=1)
    return rule if rule.until is not None and rule.until <= until else Rule(**{**rule_fields(rule), "until": until})


def rule_fields(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in rule.__struct_fields__}


def audit_export(folder: Path) -> subprocess.CompletedProcess[str]:
    """The auditor's own program, in a process that cannot import a line of ours."""
    return subprocess.run(
        [sys.executable, "-I", str(EXPORT_AUDITOR), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def _load_auditor() -> Any:
    """The auditor's program as a module: a process for each example of a property would cost more than all the rest."""
    found: dict[str, Any] = {"__name__": "audit_ledger_export"}
    exec(compile(EXPORT_AUDITOR.read_text(encoding="utf-8"), str(EXPORT_AUDITOR), "exec"), found)
    return SimpleNamespace(**found)


class _NoLink(VaultLink):
    """Nobody is asked: the answer is handed in."""

    def hand_over(self, request: bytes) -> bytes:
        raise AssertionError(request)

    def events(self, query: bytes) -> bytes:
        raise AssertionError(query)


AUDITOR = _load_auditor()
