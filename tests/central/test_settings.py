from __future__ import annotations

from pathlib import Path

import pytest

from central.errors import SetupError
from central.settings import load_settings
from wire.configuration import Regime
from wire.nir import InsAuthority


def test_a_home_is_enough() -> None:
    settings = load_settings(Path("/srv/central"), {})
    assert settings.database == "sqlite:////srv/central/central.db"
    assert (settings.shards, settings.ins_authority) == (1, InsAuthority.NIR_TEST)


def test_unless_said_the_vault_is_looked_for_where_its_command_serves() -> None:
    assert load_settings(Path("/srv"), {}).vault_url == "http://127.0.0.1:8101"


def test_the_command_line_wins_over_the_environment() -> None:
    assert load_settings(Path("/srv/a"), {"CENTRAL_HOME": "/srv/b"}).home == Path("/srv/a")
    assert load_settings(None, {"CENTRAL_HOME": "/srv/b"}).home == Path("/srv/b")


def test_the_activation_page_is_the_vaults_unless_said() -> None:
    given = {"CENTRAL_VAULT": "https://coffre.exemple.fr/"}
    assert load_settings(Path("/srv"), given).activation_url == "https://coffre.exemple.fr/activation"
    given["CENTRAL_ACTIVATION_URL"] = "https://dmp.exemple.fr/a"
    assert load_settings(Path("/srv"), given).activation_url == "https://dmp.exemple.fr/a"


@pytest.mark.parametrize("value", ["0", "-1", "two", "4096", "\u0661"])
def test_a_number_of_shards_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SetupError):
        load_settings(Path("/srv"), {"CENTRAL_SHARDS": value})


def test_an_unknown_authority_is_refused() -> None:
    with pytest.raises(SetupError):
        load_settings(Path("/srv"), {"CENTRAL_INS_OID": "1.2.3"})


def test_without_a_home_there_is_no_central() -> None:
    with pytest.raises(SetupError, match="--home"):
        load_settings(None, {})


def test_consent_creates_unless_said_otherwise() -> None:
    assert load_settings(Path("/srv"), {}).regime is Regime.OPT_IN
    assert load_settings(Path("/srv"), {"CENTRAL_REGIME": "opt_out"}).regime is Regime.OPT_OUT


def test_a_regime_that_is_none_is_refused() -> None:
    with pytest.raises(SetupError, match="CENTRAL_REGIME"):
        load_settings(Path("/srv"), {"CENTRAL_REGIME": "OPT-OUT"})


def test_languages_are_named_in_their_order() -> None:
    assert load_settings(Path("/srv"), {"CENTRAL_LANGUAGES": "fr, br"}).languages == ("fr", "br")


@pytest.mark.parametrize("text", ["", "fr,fr", "fr;en", "FR", "fr,"])
def test_languages_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(SetupError, match="CENTRAL_LANGUAGES"):
        load_settings(Path("/srv"), {"CENTRAL_LANGUAGES": text})


def test_messages_have_settings_of_centrals_own() -> None:
    given = {"CENTRAL_SMTP_URL": "smtps://mail.exemple.fr", "CENTRAL_MAIL_FROM": "ne-pas-repondre@dmp.example"}
    messaging = load_settings(Path("/srv"), given).messaging
    assert messaging.mail is not None
    assert messaging.mail.route.host == "mail.exemple.fr"
    assert messaging.sms is None


def test_a_setting_of_messages_that_cannot_be_used_stops_central() -> None:
    with pytest.raises(SetupError) as refused:
        load_settings(Path("/srv"), {"CENTRAL_SMTP_URL": "mail.exemple.fr", "CENTRAL_MAIL_FROM": "a@dmp.example"})
    assert refused.value.code == "smtp_url"


@pytest.mark.parametrize("minutes", ["3", "10"])
def test_a_code_lives_as_long_as_the_guide_lets_it(minutes: str) -> None:
    assert load_settings(Path("/srv"), {"CENTRAL_PROOF_MINUTES": minutes}).proof_minutes == int(minutes)


@pytest.mark.parametrize("minutes", ["2", "11", "0", "-3", "x", "5.5", "\u0665"])
def test_a_life_of_codes_beyond_the_guide_is_refused(minutes: str) -> None:
    with pytest.raises(SetupError, match="CENTRAL_PROOF_MINUTES"):
        load_settings(Path("/srv"), {"CENTRAL_PROOF_MINUTES": minutes})


def test_what_outsiders_see_and_how_often_programs_ask_has_a_usual_number() -> None:
    usual = load_settings(Path("/srv"), {})
    assert (usual.small_cell, usual.api_per_minute) == (11, 60)


@pytest.mark.parametrize("name", ["CENTRAL_SMALL_CELL", "CENTRAL_API_PER_MINUTE"])
@pytest.mark.parametrize("text", ["0", "-1", "x", "1000000"])
def test_a_number_for_others_beyond_reason_is_refused(name: str, text: str) -> None:
    with pytest.raises(SetupError, match=name):
        load_settings(Path("/srv"), {name: text})


def test_the_second_factor_is_asked_for_unless_central_is_this_machine_s_alone(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).second_factor
    assert not load_settings(tmp_path, {"CENTRAL_SECOND_FACTOR": "off"}).second_factor
    elsewhere = {"CENTRAL_SECOND_FACTOR": "off", "CENTRAL_PUBLIC_URL": "https://central.example"}
    with pytest.raises(SetupError, match="only this machine"):
        load_settings(tmp_path, elsewhere)


@pytest.mark.parametrize(
    "given", [{"CENTRAL_SECOND_FACTOR": "no"}, {"CENTRAL_TRUSTED_PROXIES": "proxy.example"}], ids=["factor", "proxies"]
)
def test_a_word_that_is_no_setting_of_the_door_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(SetupError, match=next(iter(given))):
        load_settings(tmp_path, given)


def test_trusted_proxies_are_networks(tmp_path: Path) -> None:
    proxies = load_settings(tmp_path, {"CENTRAL_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/24"}).trusted_proxies
    assert [str(network) for network in proxies] == ["127.0.0.1/32", "10.0.0.0/24"]
