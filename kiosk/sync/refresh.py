"""Keeps trust bundle and configuration fresh: asks now and then, takes over only what verifies."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.enrolment.errors import EnrolmentError
from kiosk.sync.errors import LinkError
from kiosk.sync.keys import DeviceKey
from kiosk.sync.link import CentralLink
from kiosk.sync.server_time import ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.configuration import Condition, ConfigurationQuery

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefreshPace:
    """Seconds between two questions; each wait is drawn from half of it to the whole, so that a fleet spreads out."""

    configuration_s: float = 60.0  # a stolen terminal is dead within a minute of its revocation
    trust_s: float = 15 * 60.0


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
        self._trust_due_s = 0.0
        self._failure: str | None = None
        self._condition: Callable[[], Condition | None] = lambda: None

    def tell(self, condition: Callable[[], Condition | None]) -> None:
        """Tell central from now on, with each question, what ``condition`` says of the terminal."""
        self._condition = condition

    @property
    def failure(self) -> str | None:
        """Code of what went wrong at the last turn, None when it went well; for the agent's panel."""
        return self._failure

    def due_s(self) -> float:
        """The moment of the next question, by the monotonic clock."""
        return self._due_s

    def hasten(self) -> None:
        """There is a sign that a document held is behind (keys, or the right to enrol). Ask at the next turn."""
        self._due_s = self._trust_due_s = 0.0

    def turn(self, now_s: float, jitter: float) -> None:
        """Ask for both if due; failures are logged by code and change nothing that is held."""
        if now_s < self._due_s:
            return
        spread = 0.5 + jitter / 2
        self._due_s = now_s + self._pace.configuration_s * spread
        # A bundle that cannot be taken over must not hide a revocation, nor the other way round.
        trust = self._failure_of(self._refresh_trust) if now_s >= self._trust_due_s else None
        if now_s >= self._trust_due_s and trust is None:
            self._trust_due_s = now_s + self._pace.trust_s * spread
        self._failure = self._failure_of(self._refresh_configuration) or trust

    def _failure_of(self, refresh: Callable[[], None]) -> str | None:
        try:
            refresh()
        except (LinkError, EnrolmentError) as error:
            self._whereabouts.heed(error)
            _log.warning("refresh failed: %s", error.code)
            return error.code
        return None

    def _refresh_trust(self) -> None:
        fetched = self._link.trust(self._whereabouts.trust_etag())
        if fetched is not None:
            self._whereabouts.accept_trust(fetched)

    def _refresh_configuration(self) -> None:
        query = ConfigurationQuery(
            terminal=self._whereabouts.terminal,
            asked_ms=self._server_time.stamp_ms(),
            held=self._whereabouts.configuration_etag(),
            condition=self._condition(),
        )
        fetched = self._link.configuration(self._key.configuration_query(query))
        if fetched is not None:
            self._whereabouts.accept_configuration(fetched)
        self._whereabouts.confirm_configuration()
