"""What an operator may decide about a vault. The only module that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

from central.callers import Network
from central.messaging.errors import MessageError
from central.messaging.settings import NO_MESSAGES, MessagingSettings, messaging_settings
from central.observing.settings import UNOBSERVED, ObservingSettings, ObservingSetupError, observing_settings
from central.vault.errors import SettingsError
from central.vault.wraps import OWASP_FLOOR, RFC_9106_SECOND, KdfParameters
from wire.addresses import service_address
from wire.errors import ServiceAddressError

GUARD_DELAY = timedelta(hours=24)
"""Ours: no text says how long a holder must have to object. A day is read by who looks at their phone once a day."""

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
    * ``derivations_at_once``: in one process; whoever comes above them is asked to try again.
    * ``kdf``: never below OWASP's floor, except with ``weak_kdf_for_tests``, which no environment can set.
    * ``help_line``: said where a new code is needed; None names only the desks of the CPAM.
    * ``public_url``: under which holders reach the pages; stands in notices.
    * ``observing``: who may read readiness and numbers.
    * ``messages``: how holders are written to; nothing set: no second factor and no notice.
    * ``guard_delay``: how long a new code waits where a passphrase exists; ``guard_pause``: between two of its rounds.
    * ``one_time_life``: of a one-time code, 3 to 10 minutes (dmp.md §5); ``one_time_tries``: the try that ends it;
      ``one_time_pause``: until it is sent again; ``one_time_sends``: for one slip in ``one_time_window``.
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
    derivations_at_once: int = 2  # each is 64 MiB and a processor; half of the threads stay for the other pages
    kdf: KdfParameters = RFC_9106_SECOND
    weak_kdf_for_tests: bool = False
    help_line: str | None = None
    public_url: str | None = None
    messages: MessagingSettings = NO_MESSAGES
    observing: ObservingSettings = UNOBSERVED
    guard_delay: timedelta = GUARD_DELAY
    guard_pause: timedelta = timedelta(seconds=2)
    one_time_life: timedelta = timedelta(minutes=10)
    one_time_tries: int = 3
    one_time_pause: timedelta = timedelta(seconds=60)
    one_time_sends: int = 5
    one_time_window: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        self.kdf.check()
        if not self.weak_kdf_for_tests and not self.kdf.at_least(OWASP_FLOOR):
            raise SettingsError("the passphrase derivation is below OWASP's floor", code="kdf_weak")
        if min(self.wrong_tries_limit, self.locator_tries, self.address_tries) < 1:
            raise SettingsError("a limit of tries is at least one", code="tries")
        if not timedelta(minutes=3) <= self.one_time_life <= timedelta(minutes=10):
            raise SettingsError("a one-time code lives 3 to 10 minutes", code="one_time_minutes")


def load_settings(environ: Mapping[str, str] = os.environ, *, home: Path | None = None) -> VaultSettings:
    """Settings of a process: ``home`` by argument or VAULT_HOME; the rest has a safe default.

    VAULT_DATABASE, VAULT_HOSTS (commas), VAULT_HTTPS (0 or 1), VAULT_TRUSTED_PROXIES (networks, commas),
    VAULT_CODE_DAYS, VAULT_HELP_LINE, VAULT_PUBLIC_URL, VAULT_GUARD_HOURS, VAULT_GUARD_SECONDS (between two rounds),
    VAULT_ONE_TIME_MINUTES, and those of :mod:`central.messaging.settings` and of :mod:`central.observing.settings` with
    VAULT_ before them.
    """
    folder = home or Path(_needed(environ, "VAULT_HOME"))
    hosts = _listed(environ, "VAULT_HOSTS")
    return VaultSettings(
        home=folder,
        database_url=environ.get("VAULT_DATABASE") or f"sqlite:///{folder.resolve() / 'vault.db'}",
        hosts=_LOOPBACK_HOSTS | frozenset(hosts),
        https=_flag(environ, "VAULT_HTTPS"),
        trusted_proxies=tuple(_network(text) for text in _listed(environ, "VAULT_TRUSTED_PROXIES")),
        # A code that lives a year is no code.
        code_life=timedelta(days=_whole(environ, "VAULT_CODE_DAYS", 42, range(1, 367))),
        help_line=environ.get("VAULT_HELP_LINE") or None,
        public_url=_address(environ, "VAULT_PUBLIC_URL"),
        messages=_messages(environ),
        observing=_observing(environ),
        guard_delay=timedelta(hours=_whole(environ, "VAULT_GUARD_HOURS", 24, range(24 * 30 + 1))),
        guard_pause=timedelta(seconds=_whole(environ, "VAULT_GUARD_SECONDS", 2, range(1, 3601))),
        one_time_life=timedelta(minutes=_whole(environ, "VAULT_ONE_TIME_MINUTES", 10, range(3, 11))),
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


def _whole(environ: Mapping[str, str], name: str, usual: int, allowed: range) -> int:
    text = environ.get(name, str(usual))
    if not text.isdecimal() or int(text) not in allowed:
        code = name.removeprefix("VAULT_").lower()
        raise SettingsError(f"{name} is a whole number from {allowed[0]} to {allowed[-1]}", code=code)
    return int(text)


def _address(environ: Mapping[str, str], name: str) -> str | None:
    text = environ.get(name)
    if not text:
        return None
    try:
        return service_address(text)
    except ServiceAddressError as error:
        raise SettingsError(f"{name}: {error}", code=error.code) from error


def _observing(environ: Mapping[str, str]) -> ObservingSettings:
    try:
        return observing_settings(environ, "VAULT_")
    except ObservingSetupError as error:
        raise SettingsError(str(error), code=error.code) from error


def _messages(environ: Mapping[str, str]) -> MessagingSettings:
    try:
        return messaging_settings(environ, "VAULT_")
    except MessageError as error:
        raise SettingsError(str(error), code=error.code) from error
