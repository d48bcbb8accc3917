"""What an operator may decide about a vault. The only module that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from central.vault.errors import SettingsError
from central.vault.wraps import OWASP_FLOOR, RFC_9106_SECOND, KdfParameters

Network = IPv4Network | IPv6Network

_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultSettings:
    """One vault's settings.

    * ``home``: folder of keys, root and trust bundle (:mod:`wire.homes`); ``database_url``: SQLAlchemy's.
    * ``hosts``: names under which the pages are called; ``https``: whether browsers reach them so (cookies, HSTS).
    * ``trusted_proxies``: only their X-Forwarded-For is believed; none by default.
    * ``code_life``: counted from the arrival at the vault, so that a slip does not age in a terminal without a line.
    * ``wrong_tries_limit``: the try that locks a slip.
    * ``locator_tries``, ``address_tries``: tries within ``window``, right or wrong.
    * ``kdf``: never below OWASP's floor, except with ``weak_kdf_for_tests``, which no environment can set.
    * ``help_line``: said where a new code is needed; None names only the desks of the CPAM.
    """

    home: Path
    database_url: str
    hosts: frozenset[str] = _LOOPBACK_HOSTS
    https: bool = False
    trusted_proxies: tuple[Network, ...] = ()
    code_life: timedelta = timedelta(days=42)
    wrong_tries_limit: int = 5
    locator_tries: int = 10
    address_tries: int = 20
    window: timedelta = timedelta(minutes=15)
    kdf: KdfParameters = RFC_9106_SECOND
    weak_kdf_for_tests: bool = False
    help_line: str | None = None

    def __post_init__(self) -> None:
        self.kdf.check()
        if not self.weak_kdf_for_tests and not self.kdf.at_least(OWASP_FLOOR):
            raise SettingsError("the passphrase derivation is below OWASP's floor", code="kdf_weak")
        if min(self.wrong_tries_limit, self.locator_tries, self.address_tries) < 1:
            raise SettingsError("a limit of tries is at least one", code="tries")


def load_settings(environ: Mapping[str, str] = os.environ, *, home: Path | None = None) -> VaultSettings:
    """Settings of a process: ``home`` by argument or VAULT_HOME; the rest has a safe default.

    VAULT_DATABASE, VAULT_HOSTS (commas), VAULT_HTTPS (0 or 1), VAULT_TRUSTED_PROXIES (networks, commas),
    VAULT_CODE_DAYS, VAULT_HELP_LINE.
    """
    folder = home or Path(_needed(environ, "VAULT_HOME"))
    hosts = _listed(environ, "VAULT_HOSTS")
    return VaultSettings(
        home=folder,
        database_url=environ.get("VAULT_DATABASE") or f"sqlite:///{folder.resolve() / 'vault.db'}",
        hosts=_LOOPBACK_HOSTS | frozenset(hosts),
        https=_flag(environ, "VAULT_HTTPS"),
        trusted_proxies=tuple(_network(text) for text in _listed(environ, "VAULT_TRUSTED_PROXIES")),
        code_life=timedelta(days=_days(environ.get("VAULT_CODE_DAYS", "42"))),
        help_line=environ.get("VAULT_HELP_LINE") or None,
    )


def _needed(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise SettingsError(f"say where the vault's home is: --home or {name}", code="home_unsaid")
    return environ[name]


def _listed(environ: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in environ.get(name, "").split(",") if part.strip()]


def _flag(environ: Mapping[str, str], name: str) -> bool:
    word = environ.get(name, "0")
    if word not in {"0", "1"}:
        raise SettingsError(f"{name} is 0 or 1", code="flag")
    return word == "1"


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise SettingsError("VAULT_TRUSTED_PROXIES lists addresses or networks", code="proxies") from error


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 366:  # noqa: PLR2004 - a code that lives a year is no code
        raise SettingsError("VAULT_CODE_DAYS is a number of days from 1 to 366", code="code_days")
    return int(text)
