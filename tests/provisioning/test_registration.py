from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from provisioning import registration
from provisioning.authority import Programme, make_keys, renew_bundle
from provisioning.bundle import SignedBundle
from provisioning.errors import CentralRefusedError, KeyFileError, RegistrationError
from provisioning.keys import load_signing_key, public_bytes
from provisioning.private_files import Owner
from provisioning.registration import register
from tests.fakes.registering_central import Place, RegisteringCentral
from tests.provisioning.conftest import programme_under
from wire import homes
from wire.canonical import encode
from wire.configuration import open_configuration
from wire.identifiers import terminal_id
from wire.registration import RegistrationAnswer, Ticket, new_token, open_registration_answer, token_hash
from wire.trust import KeyUse, open_bundle


class AlteredCentral(RegisteringCentral):
    """Answers as central does, with some fields of the registration answer put in place of the true ones."""

    instead: dict[str, bytes | str]

    @classmethod
    def of(cls, central: RegisteringCentral, **instead: bytes | str) -> AlteredCentral:
        altered = cls(**{f.name: getattr(central, f.name) for f in dataclasses.fields(central)})
        altered.instead = instead
        return altered

    def register(self, request: bytes) -> bytes:
        true = open_registration_answer(super().register(request))
        fields = {"terminal": true.terminal, "bundle": true.bundle, "configuration": true.configuration}
        return encode(RegistrationAnswer(**(fields | self.instead)))


def is_registered(home: Path) -> bool:
    return (home / homes.TERMINAL_NAME).exists()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "terminal"


def test_a_registered_home_holds_what_a_terminal_starts_from(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    done = register(ticket, home, central, owner, now=now)
    assert done.terminal == (home / homes.TERMINAL_NAME).read_text() == "HALL-75-01-A"
    assert (home / homes.CENTRAL_URL).read_text() == ticket.central
    assert (home / homes.ROOT_PUBLIC).read_text() == ticket.root_public.hex()
    root = Ed25519PublicKey.from_public_bytes(ticket.root_public)
    bundle = open_bundle((home / homes.TRUST_BUNDLE).read_bytes(), root, now=now)
    document = (home / homes.CONFIGURATION).read_bytes()
    configuration = open_configuration(
        document, bundle.verifying_key(KeyUse.ANSWER), terminal=terminal_id("HALL-75-01-A")
    )
    assert configuration.office == done.office


def test_the_device_key_at_central_is_the_public_half_of_the_one_made_here(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    register(ticket, home, central, owner, now=now)
    key = load_signing_key(home / homes.DEVICE_KEY, owner)
    assert central.places[token_hash(ticket.token)].device_public == public_bytes(key)


def test_home_and_files_are_closed_to_others(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    register(ticket, home, central, owner, now=now)
    assert home.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}


def test_neither_token_nor_root_key_stays_in_the_home(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    register(ticket, home, central, owner, now=now)
    assert ticket.token.encode() not in b"".join(path.read_bytes() for path in home.iterdir())


def test_a_home_open_to_others_is_refused_before_central_is_asked(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    home.mkdir()
    home.chmod(0o755)
    with pytest.raises(KeyFileError):
        register(ticket, home, central, owner, now=now)
    assert central.asked == []


def test_a_registered_terminal_is_not_registered_over(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    register(ticket, home, central, owner, now=now)
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    with pytest.raises(RegistrationError) as refusal:
        register(ticket, home, central, owner, now=now)
    assert refusal.value.code == "registered_already"
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_a_root_mistyped_on_the_ticket_costs_no_token(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    mistyped = dataclasses.replace(ticket, root_public=public_bytes(Ed25519PrivateKey.generate()))
    with pytest.raises(RegistrationError, match="mistyped") as refusal:
        register(mistyped, home, central, owner, now=now)
    assert (refusal.value.code, central.asked) == ("not_this_programme", ["trust"])


def test_a_mistyped_token_is_unknown_and_the_right_one_still_works(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    with pytest.raises(CentralRefusedError) as refusal:
        register(dataclasses.replace(ticket, token=new_token()), home, central, owner, now=now)
    assert refusal.value.code == "token_unknown"
    assert register(ticket, home, central, owner, now=now).terminal == "HALL-75-01-A"


def test_a_ticket_used_by_another_machine_is_refused(
    ticket: Ticket, home: Path, tmp_path: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    register(ticket, home, central, owner, now=now)
    with pytest.raises(CentralRefusedError) as refusal:
        register(ticket, tmp_path / "thief", central, owner, now=now)
    assert (refusal.value.code, is_registered(tmp_path / "thief")) == ("token_used", False)


def test_an_expired_ticket_is_refused(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    central.clock = lambda: now + timedelta(days=8)
    with pytest.raises(CentralRefusedError) as refusal:
        register(ticket, home, central, owner, now=now)
    assert (refusal.value.code, is_registered(home)) == ("token_expired", False)


def test_a_bundle_by_another_root_in_the_answer_is_refused(
    ticket: Ticket, home: Path, tmp_path: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    foreign = make_keys(programme_under(tmp_path / "foreign", owner), now=now, days=365)
    with pytest.raises(RegistrationError) as refusal:
        register(ticket, home, AlteredCentral.of(central, bundle=foreign.document), owner, now=now)
    assert (refusal.value.code, is_registered(home)) == ("bundle", False)


def test_an_older_bundle_in_the_answer_than_the_one_shown_is_refused(
    ticket: Ticket,
    home: Path,
    central: RegisteringCentral,
    programme: Programme,
    bundle: SignedBundle,
    owner: Owner,
    now: datetime,
) -> None:
    central.bundle = renew_bundle(programme, now=now, days=365).document
    with pytest.raises(RegistrationError) as refusal:
        register(ticket, home, AlteredCentral.of(central, bundle=bundle.document), owner, now=now)
    assert (refusal.value.code, is_registered(home)) == ("trust_rollback", False)


def test_an_expired_bundle_is_refused_with_a_word_about_the_clock(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    with pytest.raises(RegistrationError, match="clock") as refusal:
        register(ticket, home, central, owner, now=now + timedelta(days=366))
    assert (refusal.value.code, central.asked) == ("trust_validity", ["trust"])


def test_a_configuration_not_signed_by_centrals_answer_key_is_refused(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    forger = dataclasses.replace(central, answer_key=Ed25519PrivateKey.generate())
    forged = forger.configuration("HALL-75-01-A")
    with pytest.raises(RegistrationError) as refusal:
        register(ticket, home, AlteredCentral.of(central, configuration=forged), owner, now=now)
    assert (refusal.value.code, is_registered(home)) == ("configuration", False)


def test_the_configuration_of_another_terminal_is_refused(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    other = central.configuration("HALL-75-01-B")
    with pytest.raises(RegistrationError) as refusal:
        register(ticket, home, AlteredCentral.of(central, configuration=other), owner, now=now)
    assert (refusal.value.code, is_registered(home)) == ("configuration", False)


def test_a_terminal_name_that_is_a_path_is_refused(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    with pytest.raises(RegistrationError) as refusal:
        register(ticket, home, AlteredCentral.of(central, terminal="../../etc/passwd"), owner, now=now)
    assert refusal.value.code == "configuration"


@pytest.mark.parametrize("writes", range(5))
def test_a_power_cut_between_the_files_is_mended_by_running_it_again(
    ticket: Ticket,
    home: Path,
    central: RegisteringCentral,
    owner: Owner,
    now: datetime,
    writes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = iter(range(writes))
    real = registration.write_atomically

    def write_until_the_power_fails(path: Path, content: bytes, whose: Owner) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        real(path, content, whose)

    with monkeypatch.context() as power:
        power.setattr(registration, "write_atomically", write_until_the_power_fails)
        with pytest.raises(KeyboardInterrupt):
            register(ticket, home, central, owner, now=now)
    key = (home / homes.DEVICE_KEY).read_bytes()
    assert not is_registered(home)
    register(ticket, home, central, owner, now=now)
    assert ((home / homes.DEVICE_KEY).read_bytes(), is_registered(home)) == (key, True)


def test_an_answer_lost_on_the_line_is_mended_by_running_it_again(
    ticket: Ticket, home: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    class LosesTheAnswer(RegisteringCentral):
        def register(self, request: bytes) -> bytes:
            super().register(request)
            raise RegistrationError("central cannot be reached", code="unreachable")

    lossy = LosesTheAnswer(**{f.name: getattr(central, f.name) for f in dataclasses.fields(central)})
    with pytest.raises(RegistrationError):
        register(ticket, home, lossy, owner, now=now)
    assert register(ticket, home, central, owner, now=now).terminal == "HALL-75-01-A"


def test_the_place_of_a_ticket_is_told_apart_by_its_token(
    ticket: Ticket, home: Path, tmp_path: Path, central: RegisteringCentral, owner: Owner, now: datetime
) -> None:
    second = dataclasses.replace(ticket, token=new_token())
    central.places[token_hash(second.token)] = Place("COUNTER-13-07", now + timedelta(days=1))
    names = [
        register(one, folder, central, owner, now=now).terminal
        for one, folder in ((ticket, home), (second, tmp_path / "second"))
    ]
    assert names == ["HALL-75-01-A", "COUNTER-13-07"]
