"""Opens a registered terminal's folder: keys, documents, disk and the line to central."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from kiosk.settings import KioskSettings
from kiosk.sync.database import TerminalDatabase
from kiosk.sync.errors import KeyFileError
from kiosk.sync.facts import Facts
from kiosk.sync.keys import DeviceKey, open_root_key
from kiosk.sync.link import CentralLink, HttpCentralLink, tls_context
from kiosk.sync.server_time import Clock, Monotonic, ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.errors import IdentifierError
from wire.homes import CENTRAL_URL, DEVICE_KEY, ROOT_PUBLIC, TERMINAL_NAME, TERMINAL_STORE
from wire.identifiers import TerminalId, terminal_id


@dataclass(frozen=True, slots=True)
class Home:
    """A registered terminal's folder, opened: keys, documents, disk and the line to central."""

    key: DeviceKey
    central_url: str
    link: CentralLink
    database: TerminalDatabase
    facts: Facts
    server_time: ServerTime
    whereabouts: HeldWhereabouts

    def close(self) -> None:
        """Let go of line and disk; harmless twice."""
        self.link.close()
        self.database.close()


def utc_now() -> datetime:
    """The terminal's clock."""
    return datetime.now(UTC)


def boot_clock() -> float:
    """Seconds since the machine booted, standby included: nobody can set it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def open_home(
    settings: KioskSettings,
    *,
    clock: Clock = utc_now,
    monotonic: Monotonic = boot_clock,
    link: CentralLink | None = None,
) -> Home:
    """Open a registered terminal's folder; ``link`` is taken in the place of the line its files name.

    Raises:
        KeyFileError: not registered, or a key file that is open to others.
        LinkError: central's address is neither https nor loopback, or the authorities cannot be read.
        kiosk.enrolment.errors.StoreError: the database cannot be opened.
    """
    folder = settings.home
    terminal, central_url = _terminal_name(settings), _text(settings, CENTRAL_URL)
    key, root = DeviceKey.open(folder / DEVICE_KEY), open_root_key(folder / ROOT_PUBLIC)
    line = link or HttpCentralLink(central_url, tls=tls_context(settings.authorities))
    database = TerminalDatabase(folder / TERMINAL_STORE)
    facts = Facts(database)
    server_time = ServerTime(facts, clock, monotonic)
    whereabouts = HeldWhereabouts(folder, terminal, root, facts, server_time)
    return Home(key, central_url, line, database, facts, server_time, whereabouts)


def _terminal_name(settings: KioskSettings) -> TerminalId:
    try:
        return terminal_id(_text(settings, TERMINAL_NAME))
    except IdentifierError as error:
        raise KeyFileError(f"{TERMINAL_NAME} is not a terminal's name", code="not_registered") from error


def _text(settings: KioskSettings, name: str) -> str:
    try:
        return (settings.home / name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise KeyFileError(
            f"{name} cannot be read: register this terminal (python -m provisioning register)", code="not_registered"
        ) from error
