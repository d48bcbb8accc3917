"""From an opening to the bank, as a bonus officer types it."""

from __future__ import annotations

import io
import json
import stat
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from central import __main__ as command_line
from tests.central.money_rig import audit_export
from tests.central.web_site import PHARMACY, CentralSite
from tests.fakes.terminal import FakeTerminal, fictitious_nir, id_of
from wire import homes

Run = Callable[..., tuple[int, str, str]]
IBAN = "FR14 2004 1010 0505 0001 3M02 606"
OFFICE = PHARMACY.office


@pytest.fixture
def run(site: CentralSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command at the site's time; ``typed`` are the lines on its standard input."""
    monkeypatch.setenv("CENTRAL_DATABASE", site.settings.database)
    monkeypatch.setattr(command_line, "system_clock", site.clock)

    def command(words: str, *more: str, typed: Sequence[str] = ()) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        code = command_line.main([*words.split(), *more, "--home", str(site.home)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def terminal(site: CentralSite) -> FakeTerminal:
    """A counter terminal that has enrolled three persons; one was attested by nobody known."""
    site.fleet(PHARMACY)
    one = site.enrolling_terminal()
    now = site.clock.now
    for person, operator in ((1, "PHARMA-01"), (2, "PHARMA-01"), (3, "NOBODY-1")):
        one.enrol(person, at=now, operator=operator)
    assert site.send(one).status_code == 200
    (site.home / "payer.json").write_text(json.dumps({"holder": "Assurance maladie", "iban": IBAN}))
    return one


def record(terminal: FakeTerminal, place: int) -> str:
    return str(uuid.UUID(bytes=id_of(terminal.made[place])))


def test_from_openings_to_a_file_for_the_bank_with_a_signed_total(
    run: Run, site: CentralSite, terminal: FakeTerminal, tmp_path: Path
) -> None:
    bank = tmp_path / "bank"
    site.clock.pass_by(days=10)  # December
    assert run("ledger close 2026-11 --by MARTIN-1")[:2] == (0, "closed: 2026-11; 1 statements\n")
    assert run(f"payment account {OFFICE} --holder Piton --by MARTIN-1", typed=[IBAN])[0] == 0
    code, out, _ = run("payment order 2026-11 --on 2026-12-10 --by MARTIN-1 --into", str(bank))
    assert (code, "payment 2026-11-1: 1 transfers, 2.00 EUR" in out) == (0, True)
    file, total = bank / "dmp-2026-11-1.xml", bank / "dmp-2026-11-1.total"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("payment check", str(file), str(total))[:2] == (
        0,
        "signed: payment 2026-11-1, 1 transfers, 2.00 EUR, on 2026-12-10\n",
    )
    again = tmp_path / "again"
    assert run("payment file 2026-11-1 --into", str(again))[0] == 0
    assert (again / file.name).read_bytes() == file.read_bytes()
    file.write_bytes(file.read_bytes().replace(b"2.00", b"9.00"))
    assert run("payment check", str(file), str(total))[0] == 1
    assert run("payment returned 2026-11-1", OFFICE, "--because", "closed", "--by", "MARTIN-1")[0] == 0
    assert run("verify")[0] == 0


def test_a_record_is_explained_and_nobody_named(run: Run, terminal: FakeTerminal) -> None:
    code, out, _ = run("ledger explain", record(terminal, 2))
    assert code == 0
    assert "kept back until somebody has looked (operator_unknown) [held]" in out
    assert "now       held" in out
    assert not [secret for secret in ("SPÉCIMEN", fictitious_nir(3).compact) if secret in out]
    assert run("ledger explain", str(uuid.uuid4()))[0] == 1


def test_a_hold_of_intake_is_released_and_one_by_hand_is_made_and_lifted(run: Run, terminal: FakeTerminal) -> None:
    held, paid = record(terminal, 2), record(terminal, 0)
    assert run("ledger release", held, "--because", "operator_unknown", "--by", "MARTIN-1")[:2] == (
        0,
        "accrued: 1.00 EUR to pay\n",
    )
    assert run("ledger hold", paid, "--because", "look", "--by", "MARTIN-1")[:2] == (0, "held: -1.00 EUR to pay\n")
    assert run("ledger hold", paid, "--because", "look", "--by", "MARTIN-1")[0] == 1
    assert run("ledger release", paid, "--because", "look", "--by", "MARTIN-1")[0] == 0
    assert run("verify")[0] == 0


def test_an_opening_is_annulled_by_a_name(run: Run, terminal: FakeTerminal) -> None:
    code, out, _ = run("annul-opening", record(terminal, 0), "--because", "no_consent", "--by", "CHEF-1")
    assert (code, "1.00 EUR are taken back" in out) == (0, True)
    assert run("verify")[0] == 0


def test_a_statement_is_shown_and_written(run: Run, site: CentralSite, terminal: FakeTerminal, tmp_path: Path) -> None:
    pdf, csv = tmp_path / "a.pdf", tmp_path / "a.csv"
    code, out, _ = run("statement show", OFFICE, "2026-11", "--pdf", str(pdf), "--csv", str(csv))
    assert (code, "2026-11  3 openings  2.00 EUR to pay  open" in out) == (0, True)
    assert pdf.read_bytes().startswith(b"%PDF")
    assert csv.read_text(encoding="utf-8-sig").count("\n") == 5
    assert run("statement contest", OFFICE, "2026-11", "--because", "sums", "--by", "MARTIN-1")[0] == 1
    site.clock.pass_by(days=10)
    run("ledger close 2026-11 --by MARTIN-1")
    assert run("statement contest", OFFICE, "2026-11", "--because", "sums", "--by", "MARTIN-1")[0] == 0
    assert run("statement settle", OFFICE, "2026-11", "--because", "sums", "--by", "MARTIN-1")[0] == 0


def test_cases_are_filed_listed_shown_and_decided_once(run: Run, terminal: FakeTerminal) -> None:
    code, out, _ = run("abuse scan")
    assert (code, "3 enrolments read, 1 new cases" in out) == (0, True)
    assert "0 enrolments read, 0 new cases" in run("abuse scan")[1]
    listed = run("abuse list")[1]
    assert "unknown_operators" in listed
    case = listed.rpartition("case ")[2].strip()
    assert record(terminal, 2) in run("abuse evidence", case)[1]
    assert run("abuse decide", case, "confirmed", "--because", "nobody", "--by", "MARTIN-1")[0] == 0
    assert run("abuse decide", case, "cleared", "--because", "nobody", "--by", "MARTIN-1")[0] == 1
    assert run("abuse list")[1] == "no case waits\n"
    assert run("verify")[0] == 0


def test_an_export_is_added_up_by_the_auditor_s_own_program(run: Run, terminal: FakeTerminal, tmp_path: Path) -> None:
    assert run("ledger export", str(tmp_path / "export"))[0] == 0
    done = audit_export(tmp_path / "export")
    assert (done.returncode, json.loads(done.stdout)["cents_earned"]) == (0, 300)
    entries = tmp_path / "export" / "entries.csv"
    entries.write_text(entries.read_text().replace(",100,", ",200,", 1))
    assert audit_export(tmp_path / "export").returncode == 1


def test_an_anchor_is_made_and_held_against_the_chains(run: Run, site: CentralSite, terminal: FakeTerminal) -> None:
    code, out, _ = run("anchor make")
    assert code == 0
    assert run("anchor check", out.strip())[0] == 0
    with site.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ledger_entries SET entry_hash = record_id")
    assert run("anchor check", out.strip())[0] == 1


def test_what_the_rules_make_of_the_past_is_corrected_once(run: Run, terminal: FakeTerminal) -> None:
    assert run("ledger correct")[:2] == (0, "0 entries by rules version 1\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ledger close 2026-11 --by M", "period_open"),
        ("ledger close 11-2026 --by M", "period_form"),
        ("payment order 2026-11 --on 2026-12-10 --by M --into /nowhere", "period_open"),
        ("statement show NOWHERE-1 2026", "not_found"),
        ("payment check /nowhere/a /nowhere/b", "total_file"),
        ("anchor check /nowhere/a", "anchor_file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_with_a_code(
    run: Run, terminal: FakeTerminal, words: str, code: str
) -> None:
    done, _, err = run(words)
    assert (done, f"[{code}]" in err) == (1, True)


def test_an_iban_is_never_repeated(run: Run, terminal: FakeTerminal) -> None:
    code, out, err = run(f"payment account {OFFICE} --holder Piton --by M", typed=["FR14 2004 1010 0505 0001 3M02 607"])
    assert (code, "[bank_account]" in err, "2004" in out + err) == (1, True, False)


def test_a_home_of_before_the_ledger_key_says_what_to_do(run: Run, site: CentralSite, terminal: FakeTerminal) -> None:
    (site.home / homes.LEDGER_KEY).unlink()
    code, _, err = run("anchor make")
    assert (code, "[key_missing]" in err) == (1, True)
    assert run("ledger")[0] == 0


def test_home_may_stand_before_or_after_the_words_of_a_group(
    site: CentralSite, terminal: FakeTerminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTRAL_DATABASE", site.settings.database)
    assert command_line.main(["ledger", "--home", str(site.home), "explain", record(terminal, 0)]) == 0
    assert "[pays]" in capsys.readouterr().out
