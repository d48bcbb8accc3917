"""Six weeks after the letter a dossier opens by itself, unless the person objected; never twice, never paid."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from central.accounts.models import accounts
from central.audit.models import audit_entries
from central.automatic.letters import note_letters, read_letters
from central.automatic.models import register
from central.automatic.worker import OpeningsWorker
from central.counters.models import counters
from central.engine import writing
from central.enrolments.models import dossiers, persons
from central.handover.models import outbox
from central.ledger.models import ledger_entries
from tests.central.intake_rig import VAULT_KEY, IntakeRig
from tests.fakes.terminal import fictitious_nir, id_of
from wire.configuration import Regime
from wire.evidence import Question
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.nir import InsAuthority
from wire.sealing import SealPurpose, unseal
from wire.vault_parts import read_vault_change

LETTER_DAY = datetime(2018, 11, 10, 12, tzinfo=UTC)
HEADER = "nir;ins_oid;family_name;given_name;birth_date;informed_on"


def line(person: int, informed_on: str = "2018-11-10") -> str:
    return f"{fictitious_nir(person).compact};{InsAuthority.NIR_TEST.value};SPÉCIMEN;LÉA;19900315;{informed_on}"


@dataclass
class Country:
    """Central in the regime of letters, with a clock that tests set."""

    rig: IntakeRig
    now: datetime = LETTER_DAY

    def inform(self, *people: int, informed_on: str = "2018-11-10") -> int:
        letters = read_letters(
            [HEADER, *(line(person, informed_on) for person in people)],
            InsAuthority.NIR_TEST,
            today=self.now.date(),
        )
        with writing(self.rig.engine) as connection:
            return note_letters(connection, letters, self.rig.keys, shards=1, now_ms=milliseconds(self.now))

    def after(self, days: int) -> int:
        """A round of the worker so many days after the letter; how many dossiers there are then."""
        self.now = LETTER_DAY + timedelta(days=days)
        OpeningsWorker(self.rig.parts, lambda: self.now).round()
        return self.rig.count(dossiers)

    def tells(self, kind: str, *, days: int, **changes: Any) -> tuple[str | None, bytes]:
        """A record of person 1, made and sent so many days after the letter; its code and id."""
        terminal = self.rig.terminal(f"T-PHARM-{days}-{kind[:3].upper()}")
        at = LETTER_DAY + timedelta(days=days)
        raw = terminal.enrol(1, at=at) if kind == "enrolment" else terminal.come_back(kind, 1, at=at, **changes)
        [(_, code)] = self.rig.send(terminal, raw, at=at + timedelta(minutes=1))
        return code, id_of(raw)

    def states(self) -> list[str]:
        return [row.state for row in self.rig.rows(register)]

    def tags(self) -> list[str]:
        return [row.tag for row in self.rig.rows(audit_entries)]


@pytest.fixture
def country(tmp_path: Path) -> Iterator[Country]:
    rig = IntakeRig(tmp_path / "central", regime=Regime.OPT_OUT)
    yield Country(rig)
    report = rig.recount()
    assert report.agrees, report.lines()
    rig.close()


def test_on_day_41_it_is_closed_on_day_42_it_is_open(country: Country) -> None:
    country.inform(1)
    assert (country.after(41), country.after(42)) == (0, 1)


def test_the_days_are_those_of_paris(country: Country) -> None:
    country.inform(1)
    country.now = datetime(2018, 12, 21, 22, 59, tzinfo=UTC)
    worker = OpeningsWorker(country.rig.parts, lambda: country.now)
    assert worker.round().due == 0
    country.now += timedelta(minutes=2)
    assert worker.round().due == 1


def test_an_objection_keeps_it_closed(country: Country) -> None:
    country.inform(1, 2)
    assert country.tells("opposition", days=20)[0] is None
    assert (country.after(42), country.after(400)) == (1, 1)
    assert sorted(country.states()) == ["opposed", "settled"]
    assert country.tags().count("person:opposed") == 1


def test_who_objected_before_the_letter_was_noted_goes_on_objecting(country: Country) -> None:
    country.tells("opposition", days=0)
    country.inform(1)
    assert country.after(60) == 0


def test_it_opens_once_without_a_bonus_with_a_key_the_vault_makes(country: Country) -> None:
    country.inform(1)
    assert (country.after(42), country.after(43)) == (1, 1)
    [row] = country.rig.rows(outbox)
    assert (row.action, row.kind, row.vault, row.terminal_id) == ("make", "letter", b"", "CENTRAL")
    assert country.rig.count(ledger_entries) == 0
    [dossier], [account] = country.rig.rows(dossiers), country.rig.rows(accounts)
    assert (dossier.channel, dossier.break_glass_refused, account.state) == ("auto", False, "none")
    assert country.tags() == ["person:informed", "dossier:opened"]


def test_it_counts_under_its_own_channel_and_no_place(country: Country) -> None:
    country.inform(1)
    country.after(42)
    dimensions = {row.dimension for row in country.rig.rows(counters)}
    assert dimensions == {"total", "channel", "sub_channel"}


def test_who_asked_for_a_dossier_before_keeps_that_one(country: Country) -> None:
    country.inform(1)
    country.tells("enrolment", days=10)
    assert country.after(42) == 1
    assert (country.states(), country.rig.rows(dossiers)[0].channel) == (["settled"], "pharmacy")


def test_who_objected_and_then_asks_for_one_gets_it(country: Country) -> None:
    country.inform(1)
    country.tells("opposition", days=5)
    assert country.tells("enrolment", days=10)[0] is None
    assert (country.rig.count(dossiers), country.states()) == (1, ["consented"])
    assert "person:opposition_ended" in country.tags()


def test_an_objection_that_was_said_twice_is_told_once(country: Country) -> None:
    country.inform(1)
    country.tells("opposition", days=5)
    assert country.tells("opposition", days=6)[0] == "already_opposed"


def test_an_objection_that_comes_late_closes_what_opened_by_itself_also_at_the_vault(country: Country) -> None:
    country.inform(1)
    country.after(42)
    code, record_id = country.tells("opposition", days=50)
    [dossier] = country.rig.rows(dossiers)
    assert (code, dossier.state, dossier.motive) == (None, "closed", "OPPOSITION")
    [row] = [row for row in country.rig.rows(outbox) if row.record_id == record_id]
    context = RecordId(record_id), TerminalId(row.terminal_id)
    change = read_vault_change(unseal(row.vault, VAULT_KEY, SealPurpose.VAULT_PART, *context))
    assert (row.action, change.is_closed) == ("change", True)


def test_an_objection_closes_nothing_that_was_asked_for(country: Country) -> None:
    country.inform(1)
    country.after(42)
    country.tells("enrolment", days=45)
    assert country.tells("opposition", days=50)[0] == "already_open"
    assert country.rig.rows(dossiers)[0].state == "created"


def test_a_refusal_that_came_before_it_opened_holds(country: Country) -> None:
    country.inform(1)
    assert country.tells("consent_change", days=10, accepted={Question.BREAK_GLASS: False})[0] == "no_dossier"
    country.after(42)
    assert country.rig.rows(dossiers)[0].break_glass_refused


def test_a_list_read_twice_opens_nothing_twice_and_the_first_day_stands(country: Country) -> None:
    country.now = LETTER_DAY + timedelta(days=30)
    assert (country.inform(1), country.inform(1, informed_on="2018-12-01")) == (1, 0)
    assert country.after(42) == 1
    assert country.rig.count(persons) == 1


def test_nobody_is_named_by_the_register(country: Country) -> None:
    country.inform(1)
    country.rig.engine.dispose()
    written = b"".join(path.read_bytes() for path in country.rig.folder.iterdir())
    assert [word for word in (fictitious_nir(1).compact, "SPÉCIMEN") if word.encode() in written] == []


def test_the_thread_goes_on_after_a_failure_and_logs_no_word_of_what_was_written(
    country: Country, caplog: pytest.LogCaptureFixture
) -> None:
    country.inform(1)
    stop, asked = threading.Event(), []

    def clock() -> datetime:
        asked.append(1)
        if len(asked) == 1:
            raise RuntimeError(fictitious_nir(1).compact)
        if len(asked) > 2:
            stop.set()
        return LETTER_DAY + timedelta(days=42)

    OpeningsWorker(country.rig.parts, clock, round_s=0.0).run(stop)
    assert country.rig.count(dossiers) == 1
    assert "openings put off: RuntimeError" in caplog.messages
    assert fictitious_nir(1).compact not in caplog.text


def test_where_consent_creates_nothing_opens_by_itself_and_an_objection_is_only_kept(tmp_path: Path) -> None:
    country = Country(IntakeRig(tmp_path / "central"))
    country.inform(1)
    assert country.tells("opposition", days=5)[0] == "opt_in"
    assert (country.after(42), country.states()) == (0, ["informed"])
    assert country.rig.recount().agrees
    country.rig.close()
