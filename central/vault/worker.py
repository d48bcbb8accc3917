"""The vault's rounds: notices, then the guard, then what is to be destroyed. Beside the server (a thread) or alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Engine

from central.messaging.ports import Messenger
from central.vault.destruction import Destruction
from central.vault.errors import SettingsError, VaultError
from central.vault.guard import Guard, GuardParts
from central.vault.herald import Herald, HeraldParts
from central.vault.keys import check_bundle, check_recovery, load_keys, load_recovery, load_root
from central.vault.settings import VaultSettings
from central.vault.trust_file import TrustFile
from wire import homes
from wire.errors import WireError

OBJECTION_PATH = "/opposition/"
"""Where the page of objection is; the link's token follows."""

LONGEST_PAUSE = timedelta(minutes=1)
_log = logging.getLogger("central.vault.worker")


class GuardWorker:
    """Runs rounds until it is stopped."""

    def __init__(self, herald: Herald, guard: Guard, destruction: Destruction, pause: timedelta) -> None:
        self._herald = herald
        self._guard = guard
        self._destruction = destruction
        self._pause_s = pause.total_seconds()

    def run(self, stop: Event) -> None:
        """Rounds until ``stop`` is set. A failure is logged by its code and answered by waiting longer."""
        failures = 0
        while not stop.is_set():
            try:
                self.round()
                failures = 0
            except Exception as error:  # noqa: BLE001 - a guard that dies makes no code good; the next round may
                failures += 1
                # Code or class only: the text of a database error may quote what was written.
                reason = error.code if isinstance(error, (VaultError, WireError)) else type(error).__name__
                _log.warning("the guard's round was put off: %s", reason)
            stop.wait(min(LONGEST_PAUSE.total_seconds(), self._pause_s * 2 ** min(failures, 10)))

    def round(self) -> None:
        """Once: what is due now."""
        self._herald.round()
        self._guard.round()
        self._destruction.round()


def make_worker(
    settings: VaultSettings, engine: Engine, messenger: Messenger, clock: Callable[[], datetime]
) -> GuardWorker:
    """A worker over the home of ``settings``: the one place that loads the recovery key.

    Raises:
        HomeError: a key is missing, unsafe or not the one the bundle names. TrustError: no bundle is valid now.
        SettingsError: ``public_url``: messages are set, and nothing says under which address holders can object.
    """
    if (messenger.has_email or messenger.has_sms) and settings.public_url is None:
        raise SettingsError("notices need VAULT_PUBLIC_URL: the address under which holders reach the vault")
    keys, recovery = load_keys(settings.home), load_recovery(settings.home)
    bundle_path = settings.home / homes.TRUST_BUNDLE
    trust = TrustFile(bundle_path, load_root(settings.home), lambda bundle: check_bundle(keys, bundle))
    check_recovery(recovery, trust.current(clock()))

    def link(token: str) -> str:
        return f"{settings.public_url}{OBJECTION_PATH}{token}"

    herald = Herald(HeraldParts(engine, keys, messenger, settings, clock, link))
    guard = Guard(GuardParts(engine, recovery, trust, settings, clock))
    return GuardWorker(herald, guard, Destruction(engine, clock), settings.guard_pause)
