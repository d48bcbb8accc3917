from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from provisioning.authority import Programme, rotate_signing_key
from provisioning.bundle import SignedBundle
from provisioning.inspection import describe_home
from provisioning.private_files import Owner
from provisioning.registration import register
from tests.fakes.registering_central import RegisteringCentral
from wire import homes
from wire.registration import Ticket
from wire.trust import KeyUse


def faults(home: Path, owner: Owner, now: datetime) -> list[str]:
    return [line for line in describe_home(home, owner, now=now) if line.startswith("!")]


def test_homes_as_provisioning_makes_them_have_no_fault(
    programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime
) -> None:
    assert bundle.serial == 1
    homes_of_three = (programme.root, programme.central, programme.vault)
    assert [faults(home.folder, owner, now) for home in homes_of_three] == [[], [], []]


def test_a_registered_terminal_is_described_by_name_office_and_central(
    tmp_path: Path, ticket: Ticket, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    register(ticket, tmp_path / "terminal", central, owner, now=now)
    text = "\n".join(describe_home(tmp_path / "terminal", owner, now=now))
    assert faults(tmp_path / "terminal", owner, now) == []
    assert all(word in text for word in ("HALL-75-01-A", "office HALL-75-01", ticket.central, "serial 1"))


def test_no_private_key_and_no_secret_is_shown(
    programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime
) -> None:
    assert bundle.serial == 1
    for home in (programme.root, programme.central, programme.vault):
        shown = "\n".join(describe_home(home.folder, owner, now=now))
        secrets = [
            line
            for path in home.folder.iterdir()
            if path.suffix == ".key"
            for line in path.read_text().splitlines()
            if "-----" not in line
        ]
        assert secrets
        assert [line for line in secrets if line in shown] == []


def test_a_key_the_bundle_does_not_name_is_pointed_at(
    programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime
) -> None:
    rotate_signing_key(programme, KeyUse.ANSWER, now=now, days=365)
    (programme.central.folder / homes.TRUST_BUNDLE).write_bytes(bundle.document)
    [fault] = faults(programme.central.folder, owner, now)
    assert fault.startswith("! answer.key")


def test_an_expired_bundle_is_pointed_at(
    programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime
) -> None:
    assert bundle.serial == 1
    [fault] = faults(programme.central.folder, owner, now + timedelta(days=366))
    assert fault.startswith("! not valid now")


def test_a_key_open_to_others_is_pointed_at_with_the_command(
    programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime
) -> None:
    assert bundle.serial == 1
    (programme.vault.folder / homes.PEPPER_KEY).chmod(0o644)
    [fault] = faults(programme.vault.folder, owner, now)
    assert "chmod 0600" in fault


def test_a_folder_that_is_none_is_said_so(tmp_path: Path, owner: Owner, now: datetime) -> None:
    assert faults(tmp_path / "nowhere", owner, now) == [f"! {tmp_path / 'nowhere'} is no folder"]
