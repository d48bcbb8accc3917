from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from central.vault.errors import SettingsError
from central.vault.settings import VaultSettings, load_settings
from central.vault.wraps import RFC_9106_SECOND
from tests.central.vault.site import CHEAPEST_KDF

HOME = Path("/srv/vault")


def test_with_a_home_alone_all_the_rest_is_safe() -> None:
    settings = load_settings({"VAULT_HOME": str(HOME)})
    assert (settings.home, settings.database_url) == (HOME, "sqlite:////srv/vault/vault.db")
    assert (settings.kdf, settings.weak_kdf_for_tests, settings.trusted_proxies) == (RFC_9106_SECOND, False, ())
    assert (settings.code_life, settings.wrong_tries_limit) == (timedelta(days=42), 5)


def test_the_argument_stands_before_the_environment() -> None:
    assert load_settings({"VAULT_HOME": "/elsewhere"}, home=HOME).home == HOME


def test_everything_an_operator_may_say_is_read() -> None:
    said = {
        "VAULT_HOME": str(HOME),
        "VAULT_DATABASE": "postgresql+psycopg://vault",
        "VAULT_HOSTS": "activation.example, coffre.example",
        "VAULT_HTTPS": "1",
        "VAULT_TRUSTED_PROXIES": "10.0.0.0/24,::1",
        "VAULT_CODE_DAYS": "30",
        "VAULT_HELP_LINE": "00 00",
        "VAULT_PUBLIC_URL": "https://coffre.example/",
        "VAULT_GUARD_HOURS": "48",
        "VAULT_GUARD_SECONDS": "30",
        "VAULT_ONE_TIME_MINUTES": "3",
        "VAULT_SMTP_URL": "smtp://127.0.0.1:2525",
        "VAULT_MAIL_FROM": "coffre@exemple.fr",
    }
    settings = load_settings(said)
    assert settings.database_url == "postgresql+psycopg://vault"
    assert {"activation.example", "coffre.example", "localhost"} <= settings.hosts
    assert settings.trusted_proxies == (ip_network("10.0.0.0/24"), ip_network("::1"))
    assert (settings.https, settings.code_life, settings.help_line) == (True, timedelta(days=30), "00 00")
    assert (settings.public_url, settings.one_time_life) == ("https://coffre.example", timedelta(minutes=3))
    assert (settings.guard_delay, settings.guard_pause) == (timedelta(hours=48), timedelta(seconds=30))
    assert settings.messages.mail is not None
    assert settings.messages.sms is None


def test_by_default_nobody_is_written_to_and_a_new_code_waits_a_day() -> None:
    settings = load_settings({"VAULT_HOME": str(HOME)})
    assert (settings.messages.mail, settings.messages.sms, settings.public_url) == (None, None, None)
    assert (settings.guard_delay, settings.one_time_life) == (timedelta(hours=24), timedelta(minutes=10))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("VAULT_HOME", "", "home_unsaid"),
        ("VAULT_HTTPS", "yes", "flag"),
        ("VAULT_TRUSTED_PROXIES", "everybody", "proxies"),
        ("VAULT_CODE_DAYS", "0", "code_days"),
        ("VAULT_CODE_DAYS", "400", "code_days"),
        ("VAULT_CODE_DAYS", "-1", "code_days"),
        ("VAULT_GUARD_HOURS", "a day", "guard_hours"),
        ("VAULT_GUARD_SECONDS", "0", "guard_seconds"),
        ("VAULT_ONE_TIME_MINUTES", "30", "one_time_minutes"),
        ("VAULT_PUBLIC_URL", "http://coffre.example", "address_insecure"),
        ("VAULT_PUBLIC_URL", "coffre", "address"),
        ("VAULT_SMTP_URL", "https://mail.example", "messaging_setup"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str, code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"VAULT_HOME": str(HOME)} | {name: value})
    assert caught.value.code == code


def test_a_cheap_derivation_is_refused_unless_a_test_asks_for_it_by_name() -> None:
    with pytest.raises(SettingsError) as caught:
        VaultSettings(home=HOME, database_url="sqlite://", kdf=CHEAPEST_KDF)
    assert caught.value.code == "kdf_weak"
    VaultSettings(home=HOME, database_url="sqlite://", kdf=CHEAPEST_KDF, weak_kdf_for_tests=True)


def test_a_limit_of_no_tries_is_refused() -> None:
    with pytest.raises(SettingsError):
        VaultSettings(home=HOME, database_url="sqlite://", wrong_tries_limit=0)
