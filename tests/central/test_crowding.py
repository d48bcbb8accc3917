"""Argon2 for anybody who asks, but never for all threads at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from central.crowding import CrowdedError, Places
from central.passwords import Passwords
from central.vault import activation
from central.vault.wraps import PassphraseKey
from tests.central.vault.site import PASSPHRASE, VaultSite
from tests.central.web_site import CHEAPEST, CentralSite
from tests.waiting import wait_for


def test_a_place_is_free_again_when_its_holder_failed() -> None:
    places = Places(1)
    with pytest.raises(ZeroDivisionError), places.one():
        _ = 1 / 0
    with places.one(), pytest.raises(CrowdedError), places.one():
        raise AssertionError("there was only one place")


class SlowPasswords(Passwords):
    """Somebody whose every look takes until the test lets go."""

    def __init__(self) -> None:
        super().__init__(CHEAPEST)
        self.looking = 0
        self.let_go = threading.Event()

    def matches(self, stored: str | None, password: str) -> bool:
        self.looking += 1
        self.let_go.wait(30)
        return super().matches(stored, password)


@pytest.fixture
def slow(site: CentralSite) -> Iterator[SlowPasswords]:
    site.passwords = SlowPasswords()
    guessers = [threading.Thread(target=site.browser().sign_in, args=(f"GUESS-{number}",)) for number in range(2)]
    for guesser in guessers:
        guesser.start()
    wait_for("two are looked at", lambda: site.passwords.looking == 2, 30)
    yield site.passwords
    site.passwords.let_go.set()
    for guesser in guessers:
        guesser.join()


@pytest.mark.usefixtures("slow")
def test_who_comes_while_two_passwords_are_looked_at_is_asked_to_come_again(site: CentralSite) -> None:
    answer = site.browser().sign_in("NATIONAL")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Trop de demandes en ce moment." in answer.text


@pytest.mark.usefixtures("slow")
def test_meanwhile_terminals_are_served(site: CentralSite) -> None:
    assert site.app.test_client().get("/v1/trust").status_code == 200


def test_who_was_sent_away_has_lost_no_try(site: CentralSite, slow: SlowPasswords) -> None:
    site.manager("NATIONAL")
    answers = [site.browser().sign_in("NATIONAL").status_code for _ in range(6)]
    slow.let_go.set()
    wait_for("a place is free", lambda: site.browser().sign_in("NATIONAL").status_code != 503, 30)
    assert answers == [503] * 6
    assert site.browser().sign_in("NATIONAL").status_code == 303


def test_at_the_vault_passphrases_are_derived_by_two_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = VaultSite(tmp_path / "vault")
    derive, let_go, looking = activation.derive_passphrase_key, threading.Event(), []

    def slowly(*given: Any) -> PassphraseKey:
        looking.append(given)
        let_go.wait(30)
        return derive(*given)

    monkeypatch.setattr(activation, "derive_passphrase_key", slowly)
    _, enrolment = vault.opened_dossier()
    flood = [threading.Thread(target=vault.activate_slip, args=(enrolment,)) for _ in range(2)]
    for one in flood:
        one.start()
    wait_for("two are derived", lambda: len(looking) == 2, 30)
    answer = vault.activate_slip(enrolment)
    let_go.set()
    for one in flood:
        one.join()
    vault.close()
    assert answer.status_code == 503
    assert PASSPHRASE not in answer.text
