"""Keeps trust bundle and configuration fresh: asks now and then, takes over only what verifies."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from kiosk.enrolment.errors import EnrolmentError
from kiosk.sync.errors import LinkError, RefusedError
from kiosk.sync.keys import DeviceKey
from kiosk.sync.link import CentralLink
from kiosk.sync.server_time import ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.configuration import ConfigurationQuery

_log = logging.getLogger(__name__)
_REVOKED = "terminal_revoked"


@dataclass(frozen=True, slots=True)
class RefreshPace:
    """Seconds between two questions; each wait is drawn from half of it to the whole, so that a fleet spreads out."""

    well_s: float = 15 * 60.0
    ill_s: float = 60.0  # after a failure, or while the terminal is not ready


class Refresher:
    """Asks central for both documents when they are due. One thread calls it."""

    def __init__(
        self,
        link: CentralLink,
        key: DeviceKey,
        whereabouts: HeldWhereabouts,
        server_time: ServerTime,
        pace: RefreshPace | None = None,
    ) -> None:
        self._link = link
        self._key = key
        self._whereabouts = whereabouts
        self._server_time = server_time
        self._pace = pace or RefreshPace()
        self._due_s = 0.0

    def due_s(self) -> float:
        """The moment of the next question, by the monotonic clock."""
        return self._due_s

    def hasten(self) -> None:
        """Something signed did not verify: perhaps the keys have changed. Ask at the next turn."""
        self._due_s = 0.0

    def turn(self, now_s: float, jitter: float) -> None:
        """Ask for both if due; failures are logged by code and change nothing that is held."""
        if now_s < self._due_s:
            return
        well = self._refresh()
        wait_s = self._pace.well_s if well else self._pace.ill_s
        self._due_s = now_s + wait_s * (0.5 + jitter / 2)

    def _refresh(self) -> bool:
        try:
            self._refresh_trust()
            self._refresh_configuration()
        except RefusedError as error:
            if error.code == _REVOKED:
                # On the word of whoever the TLS context vouches for: it can stop the terminal, never make it lose.
                self._whereabouts.revoke()
            _log.warning("refresh refused: %s", error.code)
            return False
        except (LinkError, EnrolmentError) as error:
            _log.warning("refresh failed: %s", error.code)
            return False
        return True

    def _refresh_trust(self) -> None:
        fetched = self._link.trust(self._whereabouts.trust_etag())
        if fetched is not None:
            self._whereabouts.accept_trust(fetched)

    def _refresh_configuration(self) -> None:
        query = ConfigurationQuery(
            terminal=self._whereabouts.terminal,
            asked_ms=self._server_time.stamp_ms(),
            held=self._whereabouts.configuration_etag(),
        )
        fetched = self._link.configuration(self._key.configuration_query(query))
        if fetched is not None:
            self._whereabouts.accept_configuration(fetched)
