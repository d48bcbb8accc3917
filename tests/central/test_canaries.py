"""Invariant 10, over everything one journey writes: from the counter to the bank, the managers' exports and the backup.

Strings of a person, in every spelling a file may hold them in, are sought in what central and the vault answer, log,
store, print, export and tell monitoring. The same over real processes: tests/invariants/test_10_no_trace_of_people.
"""

from __future__ import annotations

import io
import json
import logging
import re
import uuid
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pypdf import PdfReader

from central import __main__ as command_line
from central.keys import load_keys
from central.staff.permissions import PERMISSIONS, Role
from tests.central.vault.in_process import hand_over_all, worker_to
from tests.central.vault.site import BOTH, PASSPHRASE, Enrolment, VaultSite
from tests.central.web_site import PHARMACY, CentralSite
from tests.fakes.databases import is_postgresql, written_by
from tests.fakes.postgres import binaries
from tests.fakes.terminal import enrolment_facts, fictitious_nir, id_of
from tests.town.canaries import of_code, spelled
from wire import homes
from wire.canonical import encode
from wire.codes import ActivationCode, Locator
from wire.dossier_keys import make_vault_part
from wire.evidence import Contact
from wire.identifiers import RecordId, TerminalId
from wire.trust import KeyUse

EMAIL, MOBILE, NAME = "canari.quatre@exemple.fr", "+33698765499", "SPÉCIMEN"
PEOPLE = [fictitious_nir(number).compact for number in (1, 2, 3)]
WORDS = {
    word
    for text in (EMAIL, MOBILE, MOBILE[3:], NAME, PASSPHRASE, *PEOPLE, *(number[:13] for number in PEOPLE))
    for word in spelled(text)
}
IBAN = "FR14 2004 1010 0505 0001 3M02 606"
HERE = {"REMOTE_ADDR": "127.0.0.1"}


@dataclass
class Journey:
    """Central, the vault, a counter and what all of them wrote, by where it stands."""

    site: CentralSite
    vault: VaultSite
    folder: Path
    enrolments: list[Enrolment] = field(default_factory=list)
    written: dict[str, bytes] = field(default_factory=dict)

    def enrol(self) -> str:
        """Three people at a counter; the first record's id."""
        self.site.fleet(PHARMACY)
        terminal = self.site.enrolling_terminal()
        terminal._vault = self.vault.bundle.sealing_key(KeyUse.VAULT)
        contact = Contact(email=EMAIL, mobile=MOBILE)
        for person in (1, 2, 3):
            made = self._slip(terminal.name, contact)
            self.enrolments.append(made)
            operator = "PHARMA-01" if person < 3 else "NOBODY-1"
            terminal.enrol(
                person,
                record_id=made.record_id,
                vault_part=encode(made.part),
                at=self.site.clock.now,
                contact=contact,
                operator=operator,
            )
        assert self.site.send(terminal).status_code == 200
        self.written["answer to damage"] = self.site.app.test_client().post("/v1/batches", data=terminal.made[0]).data
        return str(uuid.UUID(bytes=id_of(terminal.made[2])))

    def _slip(self, terminal: TerminalId, contact: Contact) -> Enrolment:
        key, record_id = X25519PrivateKey.generate(), RecordId.new(self.site.clock.now)
        slip = Locator.new(), ActivationCode.new()
        part = make_vault_part(key, record_id, terminal, self.vault.bundle, BOTH, slip, contact=contact)
        return Enrolment(record_id, key, *slip, part, terminal)

    def hand_over(self) -> None:
        keys = load_keys(self.site.home, now=self.site.clock.now)
        hand_over_all(worker_to(self.vault, self.site.engine, keys, self.site.clock))

    def activate(self) -> None:
        for enrolment in self.enrolments[:2]:
            answer = self.vault.activate_slip(enrolment)
            self.written[f"activation {answer.status_code}"] = answer.data
        assert "activation 200" in self.written

    def look(self, record: str) -> None:
        """Every page a manager may open, and what monitoring reads."""
        for role in Role:
            region = PHARMACY.region if role is Role.REGIONAL_MANAGER else None
            self.site.manager(role.name.replace("_", "-"), region, role=role)
        for endpoint, rule in sorted(closed_pages(self.site)):
            browser = self.site.browser()
            browser.sign_in(min(PERMISSIONS[endpoint], key=lambda one: one.value).name.replace("_", "-"))
            path = rule.replace("<terminal_id>", "PHARM-974-01-A").replace("<office_id>", PHARMACY.office)
            answer = browser.get(path)
            self.written[f"page {path} {answer.location or ''}"] = unpacked(answer.data)
        auditor = self.site.browser()
        auditor.sign_in("AUDITOR")
        seen = auditor.post("/enregistrement", "/enregistrement", record=record, reason="audit")
        assert seen.status_code == 200
        self.written["look"] = seen.data
        for name, app in (("central", self.site.app), ("vault", self.vault.app)):
            for path in ("/metrics", "/readyz", "/healthz"):
                self.written[f"{name} {path}"] = app.test_client().get(path, environ_base=HERE).data


def closed_pages(site: CentralSite) -> set[tuple[str, str]]:
    return {
        (rule.endpoint, rule.rule)
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint in PERMISSIONS and "GET" in (rule.methods or set())
    }


def unpacked(content: bytes) -> bytes:
    """A workbook's sheets as text; anything else as it is."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"\n".join(book.read(name) for name in book.namelist())


_MADE: dict[str, Journey] = {}
"""By kind of database: seconds of work, and nobody changes what was written."""


@pytest.fixture
def journey(
    database: str,
    site: CentralSite,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Journey:
    """All of it, once, down to the payment and the backup."""
    if database in _MADE:
        return _MADE[database]
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("CENTRAL_DATABASE", site.settings.database)
    monkeypatch.setattr(command_line, "system_clock", site.clock)
    vault = VaultSite(tmp_path / "programme", clock=site.clock)  # type: ignore[arg-type]
    made = Journey(site, vault, tmp_path / "written")
    made.folder.mkdir()
    record = made.enrol()
    made.hand_over()
    made.activate()
    made.hand_over()
    made.look(record)

    def run(words: str, typed: str = "") -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = command_line.main([*words.split(), "--home", str(site.home)])
        out, err = capsys.readouterr()
        assert code == 0, (words, err)
        made.written[f"command {words}"] = (out + err).encode()

    office, into = PHARMACY.office, made.folder
    (site.home / "payer.json").write_text(json.dumps({"holder": "Assurance maladie", "iban": IBAN}))
    for words in ("verify", "worklist", "ledger --last 20", f"ledger explain {record}", "list-managers", "abuse scan"):
        run(words)
    case = re.search(r"case (\S+)", run_of(made, run, "abuse list"))
    assert case is not None
    run(f"abuse evidence {case[1]}")
    site.clock.pass_by(days=10)
    run("ledger close 2026-11 --by MARTIN-1")
    run(f"statement show {office} 2026-11 --pdf {into}/statement.pdf --csv {into}/statement.csv")
    run(f"payment account {office} --holder Piton --by MARTIN-1", typed=IBAN + "\n")
    run(f"payment order 2026-11 --on 2026-12-10 --by MARTIN-1 --into {into}/bank")
    run(f"ledger export {into}/export")
    run(f"backup-key {tmp_path}/identity")
    (site.home / homes.BACKUP_RECIPIENTS).write_bytes(made.written[f"command backup-key {tmp_path}/identity"])
    tools = f" --postgresql-bin {binaries()}" if is_postgresql() else ""
    run(f"backup {into}/central.age{tools}")
    made.written["log"] = "\n".join(
        [*(entry.getMessage() for entry in caplog.get_records("setup")), caplog.text]
    ).encode()
    for file in into.rglob("*"):
        if file.is_file():
            made.written[str(file.relative_to(into))] = file.read_bytes()
    made.written["central's database"] = written_by(site.engine)
    made.written["the vault's database"] = written_by(vault.engine)
    vault.close()
    _MADE[database] = made
    return made


def run_of(made: Journey, run: object, words: str) -> str:
    assert callable(run)
    run(words)
    return made.written[f"command {words}"].decode()


def test_invariant_10_no_person_is_in_anything_a_whole_journey_wrote(journey: Journey) -> None:
    codes = {word for enrolment in journey.enrolments for word in of_code(enrolment.code)}
    found = [place for place, content in journey.written.items() if any(word in content for word in WORDS | codes)]
    assert found == []


def test_the_journey_wrote_everywhere_and_the_search_can_find(journey: Journey) -> None:
    """What would make the test above say nothing: nothing written, or words that nobody could have written."""
    given = encode(enrolment_facts(fictitious_nir(1), contact=Contact(email=EMAIL, mobile=MOBILE)))
    for text in (EMAIL, MOBILE, NAME, PEOPLE[0]):
        assert any(word in given for word in spelled(text))
    assert [place for place, content in journey.written.items() if not content and "GET" in place] == []
    assert {"statement.pdf", "statement.csv", "central.age", "log", "look", "vault /metrics"} <= set(journey.written)
    assert any(place.startswith("bank") for place in journey.written)
    assert any(place.startswith("export") for place in journey.written)
    assert b"PHARM-974-01" in journey.written["central's database"]


def test_no_person_is_on_a_printed_statement(journey: Journey) -> None:
    pages = PdfReader(io.BytesIO(journey.written["statement.pdf"])).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert "Pharmacie du Piton" in text
    assert not [word for word in (NAME, EMAIL, *PEOPLE) if word in text]


def test_the_database_of_each_party_holds_nothing_of_the_others(journey: Journey) -> None:
    """The insurer has no wrap and no locator, the host neither office nor operator."""
    central, vault = journey.written["central's database"], journey.written["the vault's database"]
    for enrolment in journey.enrolments:
        assert enrolment.locator.value.encode() in vault
        assert enrolment.locator.value.encode() not in central
        assert enrolment.part.wrap_recovery not in central
    for word in (b"PHARMA-01", PHARMACY.name.encode()):
        assert word in central
        assert word not in vault


def test_a_canary_that_were_stored_in_clear_would_be_found(site: CentralSite) -> None:
    site.fleet(replace(PHARMACY, name=NAME))
    assert any(word in written_by(site.engine) for word in WORDS)
