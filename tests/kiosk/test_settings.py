"""Settings: the command line before the environment before defaults; what is missing is named."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from kiosk.settings import START_SPREAD_S, SettingsError, TabletListen, VoiceMode, load_settings


def given(**values: object) -> Namespace:
    return Namespace(**{"home": None, "port": None, "simulate": False, "printer": None, **values})


def test_the_command_line_goes_before_the_environment() -> None:
    settings = load_settings(given(home="/a", simulate=True, port="8300"), {"KIOSK_HOME": "/b", "KIOSK_PORT": "1"})
    assert (settings.home, settings.port) == (Path("/a"), 8300)


def test_the_environment_goes_before_the_defaults() -> None:
    environment = {"KIOSK_HOME": "/b", "KIOSK_PRINTER": "file:/dev/usb/lp0", "KIOSK_AUTHORITIES": "/ca.pem"}
    settings = load_settings(given(), environment)
    assert (settings.home, settings.printer, settings.authorities) == (
        Path("/b"),
        "file:/dev/usb/lp0",
        Path("/ca.pem"),
    )


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"simulate": True}, "--home"),
        ({"home": "/a"}, "--printer"),
        ({"home": "/a", "simulate": True, "port": "0"}, "port"),
        ({"home": "/a", "simulate": True, "port": "65536"}, "port"),
        ({"home": "/a", "simulate": True, "port": "http"}, "port"),
    ],
)
def test_what_is_missing_or_no_value_is_named(values: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load_settings(given(**values), {})


def test_a_second_printer_is_named_beside_the_first() -> None:
    environment = {"KIOSK_SECOND_PRINTER": "tcp://b:9100", "KIOSK_SECOND_PRINTER_PROFILE": "generic-58"}
    settings = load_settings(given(home="/a", printer="tcp://a:9100"), environment)

    assert (settings.second_printer, settings.second_printer_profile) == ("tcp://b:9100", "generic-58")


def test_an_office_has_one_printer_unless_a_second_is_named() -> None:
    assert load_settings(given(home="/a", printer="tcp://a:9100"), {}).second_printer is None


def test_terminals_of_the_field_begin_to_send_apart_from_each_other() -> None:
    assert load_settings(given(home="/a", printer="tcp://p:9100"), {}).start_spread_s == START_SPREAD_S
    assert load_settings(given(home="/a", simulate=True), {}).start_spread_s == 0


def test_the_environment_cannot_switch_the_simulation_on() -> None:
    with pytest.raises(SettingsError):
        load_settings(given(home="/a"), {"KIOSK_SIMULATE": "1"})


def test_a_terminal_is_silent_unless_it_has_a_headset() -> None:
    assert load_settings(given(home="/a", simulate=True), {}).voice is VoiceMode.OFF
    assert load_settings(given(home="/a", simulate=True), {"KIOSK_VOICE": "headset"}).voice is VoiceMode.HEADSET


@pytest.mark.parametrize("word", ["on", "loudspeaker", "Headset"])
def test_there_is_no_other_voice_than_over_a_headset(word: str) -> None:
    with pytest.raises(SettingsError, match="headset"):
        load_settings(given(home="/a", simulate=True, voice=word), {})


HERE = {"KIOSK_HOME": "/a"}


def test_a_scanner_types_nothing_first_unless_it_is_said() -> None:
    assert load_settings(given(simulate=True), HERE).scan_prefix == ""
    assert load_settings(given(simulate=True), {**HERE, "KIOSK_SCAN_PREFIX": "]Q1"}).scan_prefix == "]Q1"


@pytest.mark.parametrize("prefix", ["123456789", "é", "a b", "\x02"])
def test_a_prefix_that_no_page_can_tell_is_refused(prefix: str) -> None:
    with pytest.raises(SettingsError, match="KIOSK_SCAN_PREFIX"):
        load_settings(given(simulate=True), {**HERE, "KIOSK_SCAN_PREFIX": prefix})


TLS = {"KIOSK_PATIENT_CERTIFICATE": "/c.pem", "KIOSK_PATIENT_KEY": "/k.pem"}


def test_without_a_word_nothing_is_listened_on_for_a_tablet() -> None:
    assert load_settings(given(simulate=True), HERE).tablet is None


def test_a_tablet_of_the_network_is_listened_for_over_tls() -> None:
    environment = {**HERE, **TLS, "KIOSK_PATIENT_LISTEN": "192.168.1.20:8443", "KIOSK_PATIENT_NAME": "comptoir.lan"}
    tablet = load_settings(given(simulate=True), environment).tablet
    assert tablet == TabletListen("192.168.1.20", 8443, ("comptoir.lan",), Path("/c.pem"), Path("/k.pem"))


def test_on_the_loopback_a_second_browser_needs_no_certificate() -> None:
    tablet = load_settings(given(simulate=True), {**HERE, "KIOSK_PATIENT_LISTEN": "127.0.0.1:8443"}).tablet
    assert tablet == TabletListen("127.0.0.1", 8443, ("127.0.0.1",))


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"KIOSK_PATIENT_LISTEN": "192.168.1.20:8443"}, "TLS"),
        ({"KIOSK_PATIENT_LISTEN": "0.0.0.0:8443"}, "TLS"),
        ({**TLS, "KIOSK_PATIENT_LISTEN": "0.0.0.0:8443"}, "KIOSK_PATIENT_NAME"),
        ({**TLS, "KIOSK_PATIENT_LISTEN": "8443"}, "HOST:PORT"),
        ({**TLS, "KIOSK_PATIENT_LISTEN": "192.168.1.20:https"}, "port"),
        ({"KIOSK_PATIENT_LISTEN": "127.0.0.1:8443", "KIOSK_PATIENT_KEY": "/k.pem"}, "together"),
    ],
)
def test_a_listener_that_would_be_open_or_nameless_is_refused(environment: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load_settings(given(simulate=True), {**HERE, **environment})
