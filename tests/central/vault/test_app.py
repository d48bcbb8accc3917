from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from central.vault.app import create_app
from central.vault.db import migrate
from central.vault.errors import DatabaseError, HomeError
from central.vault.wraps import OWASP_FLOOR
from provisioning.authority import renew_bundle
from tests.central.vault.site import VaultSite
from wire import homes
from wire.errors import TrustError
from wire.trust import KeyUse


@pytest.fixture
def stranger(make_site: Callable[..., VaultSite]) -> VaultSite:
    """Another programme, with a root of its own."""
    return make_site()


def overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)


def test_a_bundle_not_signed_by_the_pinned_root_stops_the_start(site: VaultSite, stranger: VaultSite) -> None:
    overwrite(site.home / homes.TRUST_BUNDLE, (stranger.home / homes.TRUST_BUNDLE).read_bytes())
    with pytest.raises(TrustError, match="not signed by the programme root") as caught:
        create_app(site.settings, clock=site.clock)
    assert caught.value.code == "trust_root"


def test_a_bundle_that_has_run_out_stops_the_start(site: VaultSite) -> None:
    site.clock.pass_by(days=366)
    with pytest.raises(TrustError, match="not valid now"):
        create_app(site.settings, clock=site.clock)


def test_a_home_without_a_bundle_stops_the_start(site: VaultSite) -> None:
    (site.home / homes.TRUST_BUNDLE).unlink()
    with pytest.raises(HomeError, match="no trust bundle"):
        create_app(site.settings, clock=site.clock)


@pytest.mark.parametrize("name", [homes.VAULT_KEY, homes.VAULT_ANSWER_KEY])
def test_a_key_of_another_programme_stops_the_start(site: VaultSite, stranger: VaultSite, name: str) -> None:
    overwrite(site.home / name, (stranger.home / name).read_bytes())
    with pytest.raises(HomeError, match="of two programmes") as caught:
        create_app(site.settings, clock=site.clock)
    assert caught.value.code == "key_other"


@pytest.mark.parametrize("name", [homes.VAULT_KEY, homes.VAULT_ANSWER_KEY, homes.PEPPER_KEY])
def test_a_secret_that_others_may_read_stops_the_start(site: VaultSite, name: str) -> None:
    (site.home / name).chmod(0o640)
    with pytest.raises(HomeError, match="chmod 600") as caught:
        create_app(site.settings, clock=site.clock)
    assert caught.value.code == "key_mode"


@pytest.mark.parametrize("name", [homes.VAULT_KEY, homes.VAULT_ANSWER_KEY, homes.PEPPER_KEY, homes.ROOT_PUBLIC])
@pytest.mark.parametrize("content", [b"", b"rubbish", b"00" * 31, b"\xff\xfe"])
def test_a_damaged_key_file_stops_the_start_by_its_name(site: VaultSite, name: str, content: bytes) -> None:
    overwrite(site.home / name, content)
    with pytest.raises(HomeError, match=name) as caught:
        create_app(site.settings, clock=site.clock)
    assert caught.value.code == "key_form"


def test_a_missing_key_says_which_command_makes_it(site: VaultSite) -> None:
    (site.home / homes.PEPPER_KEY).unlink()
    with pytest.raises(HomeError, match="make-keys"):
        create_app(site.settings, clock=site.clock)


def test_the_vault_starts_without_the_role_keys_for_it_never_reads_them(site: VaultSite) -> None:
    for name in (homes.BREAK_GLASS_KEY, homes.CENTRE_15_KEY, homes.RECOVERY_KEY):
        (site.home / name).unlink()
    assert site.app.test_client().get("/healthz").json == {"status": "ok"}


def test_a_database_of_another_version_stops_the_start(site: VaultSite) -> None:
    migrate(site.engine, "base")
    with pytest.raises(DatabaseError, match=r"central\.vault migrate"):
        create_app(site.settings, clock=site.clock)


def test_a_cheap_derivation_warns_at_start(site: VaultSite, caplog: pytest.LogCaptureFixture) -> None:
    assert site.app
    assert "for tests only" in caplog.text


def test_the_shipped_derivation_does_not_warn(
    make_site: Callable[..., VaultSite], caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site(kdf=OWASP_FLOOR, weak_kdf_for_tests=False)
    with caplog.at_level(logging.WARNING):
        assert site.app
    assert "passphrases" not in caplog.text


def test_without_a_server_for_messages_the_log_says_once_what_is_missing(
    site: VaultSite, caplog: pytest.LogCaptureFixture
) -> None:
    _, enrolment = site.opened_dossier()
    site.activate_slip(enrolment)
    assert caplog.text.count("activations have no second factor") == 1


def test_a_new_bundle_is_taken_over_without_a_restart(site: VaultSite) -> None:
    assert site.app
    site.clock.pass_by(days=300)
    renew_bundle(site.programme, now=site.clock.now, days=365)
    site.clock.pass_by(days=100)
    assert site.post("/v1/events", site.events_query()).status_code == 200


@pytest.mark.parametrize("how", ["foreign", "older", "rubbish", "gone"])
def test_a_bundle_that_does_not_verify_never_replaces_the_one_held(
    site: VaultSite, stranger: VaultSite, how: str
) -> None:
    former = (site.home / homes.TRUST_BUNDLE).read_bytes()
    renew_bundle(site.programme, now=site.clock.now, days=365)
    assert site.app
    path = site.home / homes.TRUST_BUNDLE
    if how == "gone":
        path.unlink()
    else:
        foreign = (stranger.home / homes.TRUST_BUNDLE).read_bytes()
        overwrite(path, {"foreign": foreign, "older": former, "rubbish": b"rubbish"}[how])
    assert site.post("/v1/events", site.events_query()).status_code == 200


def test_a_bundle_put_back_does_not_bring_a_replaced_key_back(site: VaultSite) -> None:
    older, former = (site.home / homes.TRUST_BUNDLE).read_bytes(), site.hand_over_key
    site.rotate(KeyUse.HAND_OVER)
    assert site.app
    overwrite(site.home / homes.TRUST_BUNDLE, older)
    assert site.post("/v1/events", site.events_query(key=former)).status_code == 401
    assert site.post("/v1/events", site.events_query()).status_code == 200


def test_a_renewed_vault_key_is_not_believed_until_the_process_holds_it(
    site: VaultSite, caplog: pytest.LogCaptureFixture
) -> None:
    assert site.app
    site.rotate(KeyUse.VAULT_ANSWER)
    assert site.post("/v1/events", site.events_query()).status_code == 200
    assert "trust bundle not taken over: key_other" in caplog.text
    site.restart()
    assert site.events().events == ()
