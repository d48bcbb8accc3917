"""Central's settings: one frozen value, and the only reader of the environment.

CENTRAL_HOME           folder with the keys and the trust bundle (or ``--home``)
CENTRAL_DATABASE       SQLAlchemy URL; default ``sqlite:///HOME/central.db``
CENTRAL_PUBLIC_URL     where terminals reach central; printed in tickets
CENTRAL_VAULT          where central reaches the vault
CENTRAL_ACTIVATION_URL what terminals print on slip B; default the vault's ``/activation``
CENTRAL_SHARDS         number of hash chains (ledger, audit) and counter rows side by side; never lowered
CENTRAL_INS_OID        authority of the numbers this programme accepts; the test OID unless set
CENTRAL_REGIME         ``opt_in`` (consent creates; the default) or ``opt_out`` (a letter, six weeks, no objection)
CENTRAL_LANGUAGES      languages offered at terminals, the first is the one a screen wakes up in; default ``fr,en,ar``
CENTRAL_PROOF_MINUTES  how long a one-time code is valid, 3 to 10 (domain/dmp.md §5); default 10
CENTRAL_SMALL_CELL     smallest number besides zero that outsiders see, 2 to 1000; default 11, ours: no source says one
CENTRAL_API_PER_MINUTE questions that one service account may ask in a minute; default 60
CENTRAL_SECOND_FACTOR  ``required`` (the default), or ``off``: only where CENTRAL_PUBLIC_URL is this very machine
CENTRAL_TRUSTED_PROXIES addresses or networks, commas: whose X-Forwarded-For says where a manager signs in from
CENTRAL_TERMINAL_RECORDS how many records a terminal may hand in a day (UTC); default 50000
CENTRAL_METRICS_TOKEN_FILE …  readiness and numbers: central/observing/settings.py
CENTRAL_TARGET …       the dashboards' target and thresholds: central/dashboards/settings.py
CENTRAL_OIDC_ISSUER …  the identity provider managers may come by: central/staff/provider/settings.py
CENTRAL_SMTP_URL …     where e-mails and text messages go: central/messaging/settings.py
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from central.callers import Network
from central.dashboards.settings import USUAL, DashboardSettings, dashboard_settings
from central.devices.quota import USUAL_RECORDS
from central.errors import SetupError
from central.messaging.errors import MessagingSetupError
from central.messaging.settings import NO_MESSAGES, MessagingSettings, messaging_settings
from central.observing.settings import UNOBSERVED, ObservingSettings, ObservingSetupError, observing_settings
from central.staff.provider.settings import ProviderSettings, provider_settings
from wire.configuration import Regime
from wire.nir import InsAuthority

_SHARDS_LIMIT = 1024
_RECORDS_LIMIT = 10_000_000
_PROOF_MINUTES = range(3, 11)
_SMALL_CELLS = range(2, 1001)
_API_CALLS = range(1, 10_001)
_PUBLIC_URL = "http://127.0.0.1:8100"
_VAULT_URL = "http://127.0.0.1:8101"
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_LANGUAGES = ("fr", "en", "ar")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class CentralSettings:
    """Everything that differs between two centrals."""

    home: Path
    database: str
    public_url: str = _PUBLIC_URL
    vault_url: str = _VAULT_URL
    activation_url: str = f"{_VAULT_URL}/activation"
    shards: int = 1
    ins_authority: InsAuthority = InsAuthority.NIR_TEST
    regime: Regime = Regime.OPT_IN
    languages: tuple[str, ...] = _LANGUAGES
    proof_minutes: int = 10
    small_cell: int = 11
    api_per_minute: int = 60
    messaging: MessagingSettings = NO_MESSAGES
    second_factor: bool = True
    trusted_proxies: tuple[Network, ...] = ()
    provider: ProviderSettings | None = None
    observing: ObservingSettings = UNOBSERVED
    terminal_records: int = USUAL_RECORDS
    dashboards: DashboardSettings = USUAL


def load_settings(home: Path | None = None, environment: Mapping[str, str] | None = None) -> CentralSettings:
    """Read the settings; ``home`` from the command line wins over CENTRAL_HOME.

    Raises:
        SetupError: no home, or a value that is none.
    """
    given = os.environ if environment is None else environment
    folder = home or (Path(given["CENTRAL_HOME"]) if given.get("CENTRAL_HOME") else None)
    if folder is None:
        raise SetupError("central needs its home folder: --home DIR or CENTRAL_HOME")
    vault_url = given.get("CENTRAL_VAULT", _VAULT_URL).rstrip("/")
    return CentralSettings(
        home=folder,
        database=given.get("CENTRAL_DATABASE", f"sqlite:///{folder.resolve() / 'central.db'}"),
        public_url=given.get("CENTRAL_PUBLIC_URL", _PUBLIC_URL).rstrip("/"),
        vault_url=vault_url,
        activation_url=given.get("CENTRAL_ACTIVATION_URL", f"{vault_url}/activation"),
        shards=_shards(given.get("CENTRAL_SHARDS", "1")),
        ins_authority=_authority(given.get("CENTRAL_INS_OID", InsAuthority.NIR_TEST.value)),
        regime=_regime(given.get("CENTRAL_REGIME", Regime.OPT_IN.value)),
        languages=_languages(given.get("CENTRAL_LANGUAGES", ",".join(_LANGUAGES))),
        proof_minutes=_proof_minutes(given.get("CENTRAL_PROOF_MINUTES", "10")),
        small_cell=_number(given, "CENTRAL_SMALL_CELL", "11", _SMALL_CELLS),
        api_per_minute=_number(given, "CENTRAL_API_PER_MINUTE", "60", _API_CALLS),
        messaging=_messaging(given),
        second_factor=_second_factor(given),
        trusted_proxies=_proxies(given.get("CENTRAL_TRUSTED_PROXIES", "")),
        provider=provider_settings(given),
        observing=_observing(given),
        terminal_records=_terminal_records(given.get("CENTRAL_TERMINAL_RECORDS", str(USUAL_RECORDS))),
        dashboards=dashboard_settings(given),
    )


def _shards(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _SHARDS_LIMIT:
        raise SetupError(f"CENTRAL_SHARDS is a number from 1 to {_SHARDS_LIMIT}")
    return int(text)


def _authority(text: str) -> InsAuthority:
    try:
        return InsAuthority(text)
    except ValueError as error:
        raise SetupError("CENTRAL_INS_OID is none of the known authorities") from error


def _regime(text: str) -> Regime:
    try:
        return Regime(text)
    except ValueError as error:
        raise SetupError("CENTRAL_REGIME is opt_in or opt_out") from error


def _languages(text: str) -> tuple[str, ...]:
    languages = tuple(language.strip() for language in text.split(","))
    if not all(_LANGUAGE.fullmatch(language) for language in languages) or len({*languages}) != len(languages):
        raise SetupError("CENTRAL_LANGUAGES names languages like fr,en,ar, each once")
    return languages


def _proof_minutes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) not in _PROOF_MINUTES:
        raise SetupError("CENTRAL_PROOF_MINUTES is a number of minutes from 3 to 10")
    return int(text)


def _number(given: Mapping[str, str], name: str, default: str, allowed: range) -> int:
    text = given.get(name, default)
    if not text.isascii() or not text.isdigit() or int(text) not in allowed:
        raise SetupError(f"{name} is a number from {allowed.start} to {allowed.stop - 1}")
    return int(text)


def _second_factor(given: Mapping[str, str]) -> bool:
    """Off is for a demonstration: where central can be reached from elsewhere it is refused."""
    word = given.get("CENTRAL_SECOND_FACTOR", "required")
    if word not in {"required", "off"}:
        raise SetupError("CENTRAL_SECOND_FACTOR is required or off")
    if word == "off" and urlsplit(given.get("CENTRAL_PUBLIC_URL", _PUBLIC_URL)).hostname not in LOOPBACK:
        raise SetupError("CENTRAL_SECOND_FACTOR=off is for a central that only this machine can reach")
    return word == "required"


def _proxies(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SetupError("CENTRAL_TRUSTED_PROXIES lists addresses or networks") from error


def _observing(given: Mapping[str, str]) -> ObservingSettings:
    try:
        return observing_settings(given, "CENTRAL_")
    except ObservingSetupError as error:
        raise SetupError(str(error), code=error.code) from error


def _terminal_records(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _RECORDS_LIMIT:
        raise SetupError(f"CENTRAL_TERMINAL_RECORDS is a number from 1 to {_RECORDS_LIMIT}")
    return int(text)


def _messaging(given: Mapping[str, str]) -> MessagingSettings:
    try:
        return messaging_settings(given, "CENTRAL_")
    except MessagingSetupError as error:
        raise SetupError(str(error), code=error.code) from error
