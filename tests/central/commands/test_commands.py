"""Central's command line, as the operator of the fleet types it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from central import __main__ as command_line
from central.audit.models import audit_entries
from central.counters.models import Measure
from central.counters.tally import Place
from central.devices.models import devices, operators
from central.engine import reading, writing
from tests.central.web_site import PASSWORD, PHARMACY, CentralSite
from tests.fakes.terminal import fictitious_nir
from wire.registration import Ticket

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(site: CentralSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command; ``typed`` are the lines on its standard input."""
    monkeypatch.setenv("CENTRAL_DATABASE", site.settings.database)

    def command(*arguments: str, typed: Sequence[str] = ()) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        code = command_line.main([*arguments, "--home", str(site.home)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def add_hall(run: Run, *more: str) -> tuple[int, str, str]:
    words = "add-office CPAM-75-1 --name Accueil --kind cpam --departement 75 --region 11 --line rue --line ville"
    return run(*words.split(), *more)


def test_from_an_office_to_a_ticket_that_a_terminal_understands(run: Run, site: CentralSite) -> None:
    assert add_hall(run)[0] == 0
    code, out, _ = run("issue-ticket", "HALL-75-1-A", "--office", "CPAM-75-1")
    assert code == 0
    ticket = Ticket.parse(out)
    assert ticket.root_public == site.root.public_bytes_raw()
    assert ticket.central == "http://127.0.0.1:8100"


def test_a_ticket_is_the_only_line_so_that_it_can_be_piped(run: Run) -> None:
    add_hall(run)
    assert len(run("issue-ticket", "HALL-75-1-A", "--office", "CPAM-75-1")[1].splitlines()) == 1


def test_a_generated_pin_is_printed_once_and_stored_as_a_hash(run: Run, site: CentralSite) -> None:
    add_hall(run)
    who = ("add-operator", "AGENT-1", "--office", "CPAM-75-1", "--role", "agent", "--display-name", "A. Essai")
    _, out, _ = run(*who, "--generate")
    pin = out.splitlines()[0].removeprefix("PIN: ")
    with reading(site.engine) as connection:
        stored = connection.execute(select(operators.c.pin_hash)).scalar_one()
    assert PasswordHasher().verify(stored, pin)
    assert pin not in stored


def test_a_pin_is_typed_twice(run: Run, site: CentralSite) -> None:
    add_hall(run)
    who = ("add-operator", "AGENT-1", "--office", "CPAM-75-1", "--role", "agent", "--display-name", "A. Essai")
    assert run(*who, typed=["471100", "471200"])[0] == 1
    assert run(*who, typed=["471100", "471100"])[0] == 0


@pytest.mark.parametrize("pin", ["", "12345", "1234567890123", "12a456", "١٢٣٤٥٦"])
def test_a_pin_is_digits_and_neither_short_nor_endless(run: Run, pin: str) -> None:
    add_hall(run)
    who = ("add-operator", "AGENT-1", "--office", "CPAM-75-1", "--role", "agent", "--display-name", "A. Essai")
    code, _, err = run(*who, typed=[pin, pin])
    assert (code, "[pin]" in err) == (1, True)


def test_a_pin_that_a_colleague_has_is_refused_so_that_nobody_attests_in_anothers_name(run: Run) -> None:
    add_hall(run)
    who = ("--office", "CPAM-75-1", "--role", "agent", "--display-name", "A. Essai")
    assert run("add-operator", "AGENT-1", *who, typed=["471100", "471100"])[0] == 0
    code, _, err = run("add-operator", "AGENT-2", *who, typed=["471100", "471100"])
    assert (code, "[pin_taken]" in err) == (1, True)
    assert run("add-operator", "AGENT-1", *who, typed=["471100", "471100"])[0] == 0


def test_an_operator_who_left_attests_no_more_and_it_is_told_once(run: Run, site: CentralSite) -> None:
    add_hall(run)
    who = ("AGENT-1", "--office", "CPAM-75-1")
    run("add-operator", *who, "--role", "agent", "--display-name", "A. Essai", "--generate")
    assert run("retire-operator", *who)[0] == 0
    assert run("retire-operator", *who)[0] == 0
    with reading(site.engine) as connection:
        left = connection.execute(select(operators.c.retired_ms)).scalar_one()
        told = connection.execute(select(audit_entries).where(audit_entries.c.tag == "operator:retired")).all()
    assert left is not None
    assert len(told) == 1
    assert run("retire-operator", "AGENT-2", "--office", "CPAM-75-1")[2].strip().endswith("[operator_unknown]")


def test_a_manager_made_by_command_can_sign_in(run: Run, site: CentralSite) -> None:
    assert run("add-manager", "resp-11", "--region", "11", typed=[PASSWORD, PASSWORD])[0] == 0
    assert site.browser().sign_in("RESP-11").status_code == 303


def test_a_generated_password_signs_in(run: Run, site: CentralSite) -> None:
    _, out, _ = run("add-manager", "RESP-NAT", "--national", "--generate")
    password = out.splitlines()[0].removeprefix("password: ")
    assert site.browser().sign_in("RESP-NAT", password).status_code == 303


def test_a_printed_password_is_replaced_at_the_first_sign_in(run: Run, site: CentralSite) -> None:
    _, out, _ = run("add-manager", "RESP-NAT", "--national", "--generate")
    assert "good for one sign-in until" in out
    password = out.splitlines()[0].removeprefix("password: ")
    browser = site.browser()
    assert browser.sign_in("RESP-NAT", password).location == "/connexion/mot-de-passe"
    assert browser.get("/tableau").status_code == 302


def test_a_printed_password_is_in_no_log(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    _, out, err = run("add-manager", "RESP-NAT", "--national", "--generate")
    password = out.splitlines()[0].removeprefix("password: ")
    assert len(password) == 19
    assert password not in caplog.text + err + "".join(out.splitlines()[1:])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("add-manager X-1 --national --role regional_manager --generate", "role"),
        ("add-manager X-1 --region 11 --role auditor --generate", "role"),
        ("lock-manager NOBODY", "manager_unknown"),
        ("unlock-manager NOBODY", "manager_unknown"),
        ("reset-second-factor NOBODY", "manager_unknown"),
        ("map-manager NOBODY --subject x", "manager_unknown"),
    ],
)
def test_a_mistake_about_a_manager_is_told_with_its_code(run: Run, arguments: str, code: str) -> None:
    exit_code, _, err = run(*arguments.split())
    assert (exit_code, err.rstrip().endswith(f"[{code}]")) == (1, True)


def test_a_claim_means_one_manager(run: Run) -> None:
    for name in ("ONE", "TWO"):
        run("add-manager", name, "--national", "--generate")
    assert run("map-manager", "ONE", "--subject", "rpps-1")[0] == 0
    assert run("map-manager", "TWO", "--subject", "rpps-1")[2].rstrip().endswith("[already_there]")
    assert run("map-manager", "ONE", "--none")[0] == 0
    assert run("map-manager", "TWO", "--subject", "rpps-1")[0] == 0


def test_the_list_says_who_as_what_and_how_and_no_secret(run: Run) -> None:
    assert run("list-managers")[1] == "no manager is known\n"
    run("add-manager", "RESP-11", "--region", "11", typed=[PASSWORD, PASSWORD])
    run("add-manager", "PRIMES", "--national", "--role", "bonus_officer", "--generate")
    run("map-manager", "PRIMES", "--subject", "rpps-1")
    run("lock-manager", "RESP-11")
    assert run("list-managers")[1].splitlines() == [
        "PRIMES  bonus_officer  France entière  identity provider",
        "RESP-11  regional_manager  Île-de-France  LOCKED",
    ]


def test_a_locked_manager_comes_in_again_when_unlocked(run: Run, site: CentralSite) -> None:
    run("add-manager", "RESP-11", "--region", "11", typed=[PASSWORD, PASSWORD])
    run("lock-manager", "resp-11")
    assert site.browser().sign_in("RESP-11").status_code == 403
    run("unlock-manager", "RESP-11")
    assert site.browser().sign_in("RESP-11").status_code == 303


def test_resetting_a_second_factor_is_audited(run: Run, site: CentralSite) -> None:
    run("add-manager", "RESP-11", "--region", "11", typed=[PASSWORD, PASSWORD])
    assert run("reset-second-factor", "RESP-11")[0] == 0
    assert site.audit_tags()[-1] == "manager:factor_reset"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("issue-ticket T-001 --office NULLE-PART", "office_unknown"),
        ("revoke-terminal T-001", "terminal_unknown"),
        ("add-operator AGENT-1 --office NULLE-PART --role agent --display-name x --generate", "office_unknown"),
        ("add-manager RESP --region 99 --generate", "region"),
        ("add-manager r --national --generate", "manager_name"),
        ("add-office lower --name x --kind cpam --departement 75 --region 11", "office_id"),
        ("add-office ABC --name x --kind cpam --departement 99 --region 11", "departement"),
        ("add-office ABC --name x --kind pharmacy --departement 75 --region 11 --finess 123456789", "finess"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_with_its_code(run: Run, arguments: str, code: str) -> None:
    exit_code, out, err = run(*arguments.split())
    assert (exit_code, out) == (1, "")
    assert err.rstrip().endswith(f"[{code}]")


def test_a_short_password_is_refused(run: Run) -> None:
    assert "[password]" in run("add-manager", "RESP", "--national", typed=["short", "short"])[2]


def test_an_office_is_added_once(run: Run) -> None:
    add_hall(run)
    assert "[already_there]" in add_hall(run)[2]


def test_a_revoked_terminal_stays_known(run: Run, site: CentralSite) -> None:
    add_hall(run)
    run("issue-ticket", "HALL-75-1-A", "--office", "CPAM-75-1")
    assert run("revoke-terminal", "HALL-75-1-A")[0] == 0
    with reading(site.engine) as connection:
        assert connection.execute(select(devices.c.state)).scalar_one() == "revoked"


def test_migrating_twice_changes_nothing(run: Run) -> None:
    assert run("migrate")[:2] == (0, "the database is at the newest shape\n")


def test_an_empty_ledger_says_so(run: Run) -> None:
    assert run("ledger")[:2] == (0, "the ledger is empty\n")


def test_verify_says_that_everything_agrees(run: Run) -> None:
    add_hall(run)
    code, out, _ = run("verify")
    assert (code, out.splitlines()[-1]) == (0, "everything agrees")
    assert "audit chain 0: 1 entries, whole" in out


def test_verify_notices_an_audit_entry_that_was_changed(run: Run, site: CentralSite) -> None:
    add_hall(run)
    with writing(site.engine) as connection:
        connection.execute(update(audit_entries).values(actor="manager:SOMEBODY-ELSE"))
    code, out, _ = run("verify")
    assert code == 1
    assert "audit chain 0: 1 entries, BROKEN at 1" in out


def test_verify_notices_a_counter_that_was_changed(run: Run, site: CentralSite) -> None:
    site.count(Measure.DOSSIERS_OPENED, "2026-11-22", Place("desk", "hall_terminal", "11", "75", "A", "B"))
    code, out, _ = run("verify")
    assert code == 1
    assert "differ from the facts" in out


def test_the_last_ledger_entries_are_shown_oldest_first_and_name_no_person(run: Run, site: CentralSite) -> None:
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    for person in (1, 2, 3):
        terminal.enrol(person, at=site.clock.now)
    assert site.send(terminal).status_code == 200
    everything, last = (run("ledger", "--last", number)[1].splitlines() for number in ("9", "2"))
    assert (len(everything), last) == (3, everything[1:])
    assert last[1].split()[:7] == ["2026-11-22", "opening", "accrued", "1.00", "EUR", PHARMACY.office, terminal.name]
    assert fictitious_nir(3).compact not in "".join(everything)


def test_verify_agrees_with_what_intake_wrote(run: Run, site: CentralSite) -> None:
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    terminal.enrol(1, at=site.clock.now)
    site.send(terminal)
    code, out, _ = run("verify")
    assert (code, out.splitlines()[-1]) == (0, "everything agrees")
    assert "ledger: 1 earn 100 cents, 100 are booked" in out
