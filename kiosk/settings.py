"""What may differ between two terminals' machines, in one frozen value; the only module that reads the environment.

What a terminal is told about its place (office, operators, addresses) is not here: it comes signed from central.
"""

from __future__ import annotations

import enum
import os
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.enrolment.scan import LONGEST_PREFIX, is_prefix

DEFAULT_PORT = 8200
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_PROFILE = "tm-t20iii"
START_SPREAD_S = 60.0


class VoiceMode(enum.Enum):
    """Whether screens may be spoken. Names are said aloud, so there is no mode for loudspeakers (decision 0017)."""

    OFF = "off"
    HEADSET = "headset"  # the machine's sound leaves by a headset socket and by nothing else


class SettingsError(Exception):
    """A setting is missing or is no value of its kind; the message names it."""


@dataclass(frozen=True, slots=True)
class TabletListen:
    """Where a tablet finds the person's own screen; ``hosts`` are the names it may call us by.

    ``certificate`` and ``key`` are PEM files; both are None on the loopback only.
    """

    host: str
    port: int
    hosts: tuple[str, ...]
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """One terminal's machine.

    ``printer`` is an address of :func:`kiosk.printer.device.sink_from_address`, ``second_printer`` that of one that
    takes over (None: there is none; its profile None: the first one's model), ``reader`` a part of the reader's name
    (None: whichever there is), ``professional_reader`` the same of a counter's second one (None: any other slot than
    the patient's), ``tablet`` the second listener (None: there is none). ``authorities`` is a PEM file that replaces
    the system's list for https to central.
    ``manager_url`` and ``messages_url`` are shown on the demonstration's page alone.
    ``scan_prefix``: what the code scanner was set to type before a code; empty: nothing.
    ``start_spread_s``: how far apart terminals that boot together begin to send, in seconds.
    """

    home: Path
    port: int = DEFAULT_PORT
    simulate: bool = False
    reader: str | None = None
    printer: str | None = None
    printer_profile: str = DEFAULT_PROFILE
    authorities: Path | None = None
    start_spread_s: float = START_SPREAD_S
    voice: VoiceMode = VoiceMode.OFF
    manager_url: str | None = None
    messages_url: str | None = None
    professional_reader: str | None = None
    tablet: TabletListen | None = None
    second_printer: str | None = None
    second_printer_profile: str | None = None
    scan_prefix: str = ""


def load_settings(given: Namespace, environment: Mapping[str, str] | None = None) -> KioskSettings:
    """Settings from the command line, then from the environment (``KIOSK_HOME``, ``KIOSK_PORT``, …), then defaults.

    Raises:
        SettingsError: no home, a port that is none, or neither a printer nor ``--simulate``.
    """
    source = os.environ if environment is None else environment

    def setting(name: str) -> str | None:
        value = getattr(given, name, None)
        return str(value) if value is not None else source.get(f"KIOSK_{name.upper()}") or None

    home, authorities, printer = setting("home"), setting("authorities"), setting("printer")
    simulate = bool(given.simulate)
    if home is None:
        raise SettingsError("name the terminal's folder: --home DIR or KIOSK_HOME")
    if printer is None and not simulate:
        raise SettingsError("name the printer: --printer tcp://host:9100 (or usb:, file:) or KIOSK_PRINTER")
    return KioskSettings(
        home=Path(home),
        port=_port(setting("port")),
        simulate=simulate,
        reader=setting("reader"),
        printer=printer,
        printer_profile=setting("printer_profile") or DEFAULT_PROFILE,
        authorities=Path(authorities) if authorities else None,
        # A demonstration shows its first record arriving at once.
        start_spread_s=0.0 if simulate else START_SPREAD_S,
        voice=_voice(setting("voice")),
        manager_url=setting("manager_url"),
        messages_url=setting("messages_url"),
        professional_reader=setting("professional_reader"),
        tablet=_tablet(setting),
        second_printer=setting("second_printer"),
        second_printer_profile=setting("second_printer_profile"),
        scan_prefix=_scan_prefix(setting("scan_prefix") or ""),
    )


def _tablet(setting: Callable[[str], str | None]) -> TabletListen | None:
    """The second listener: beyond the loopback only over TLS, and only under a name it was given."""
    listen, certificate, key = setting("patient_listen"), setting("patient_certificate"), setting("patient_key")
    if listen is None:
        return None
    host, _, port = listen.rpartition(":")
    if not host or not port:
        raise SettingsError("the tablet's listener is HOST:PORT (KIOSK_PATIENT_LISTEN)")
    if (certificate is None) is not (key is None):
        raise SettingsError("certificate and key go together (KIOSK_PATIENT_CERTIFICATE, KIOSK_PATIENT_KEY)")
    if certificate is None and host not in LOOPBACK:
        raise SettingsError(
            "beyond the loopback the tablet is served over TLS: give KIOSK_PATIENT_CERTIFICATE and _KEY"
        )
    hosts = tuple((setting("patient_name") or host).split(","))
    if "0.0.0.0" in hosts or "[::]" in hosts:  # noqa: S104 - refused here as a name
        raise SettingsError("say by which name the tablet calls this terminal (KIOSK_PATIENT_NAME)")
    return TabletListen(
        host.strip("[]"), _port(port), hosts, Path(certificate) if certificate else None, Path(key) if key else None
    )


def _scan_prefix(text: str) -> str:
    if not is_prefix(text):
        raise SettingsError(f"a scanner's prefix is up to {LONGEST_PREFIX} plain characters (KIOSK_SCAN_PREFIX)")
    return text


def _voice(text: str | None) -> VoiceMode:
    try:
        return VoiceMode(text or VoiceMode.OFF.value)
    except ValueError:
        raise SettingsError("voice is off or headset (KIOSK_VOICE)") from None


def _port(text: str | None) -> int:
    if text is None:
        return DEFAULT_PORT
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1 << 16:
        raise SettingsError("a port is a number from 1 to 65535")
    return int(text)
